"""Windows: a person's browser window, which notes whatever the browser complains about."""

import gzip
from collections.abc import Collection
from typing import Any, NamedTuple

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Download,
    Locator,
    Page,
    Request,
    Response,
)

PATIENCE = 30_000  # milliseconds, on a busy machine
NARROW, MIDDLE = {"width": 320, "height": 640}, {"width": 768, "height": 1024}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
MOST_BYTES = 12 * 1024  # of a page's HTML
MOST_OF_ALL = 16 * 1024  # of the style guide, which shows every part of all pages
# The status of a page is asked for at each step, so that the browser's own remark adds nothing.
ABOUT_STATUS = "Failed to load resource: the server responded with a status of"


class Look(NamedTuple):
    """How a window looks at the site; `scripts` may be off, `scheme` is light or dark."""

    size: dict[str, int] = DESKTOP
    scripts: bool = True
    scheme: str = "light"


USUAL = Look()


class Window:
    """One page in a browser of its own; each step checks the answer that it leads to."""

    def __init__(self, context: BrowserContext, look: Look = USUAL) -> None:
        context.set_default_timeout(PATIENCE)
        self.look = look
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda fault: self.complaints.append(f"script: {fault}"))
        self.page.on("requestfailed", self._on_failed)
        self.page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ABOUT_STATUS):
            self.complaints.append(f"console: {message.text}")

    def _on_failed(self, request: Request) -> None:
        # A page that is left drops what it still loads, and a file that is saved ends as a page.
        # Only what a script writes has to come to its end.
        if request.failure != "net::ERR_ABORTED" or request.method != "GET":
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"failed: {response.url} {response.status}")

    def open(self, path: str, status: int = 200) -> None:
        """Go to an address as if it were typed."""
        self._arrive(self.page.goto(path), status)

    def press(self, what: Locator, status: int = 200) -> None:
        """Click on what leads to another page, and wait for it."""
        with self.page.expect_navigation() as leaving:
            what.click()
        self._arrive(leaving.value, status)

    def type_enter(self, status: int = 200) -> None:
        """Press Enter on what has the focus and leads to another page."""
        with self.page.expect_navigation() as leaving:
            self.page.keyboard.press("Enter")
        self._arrive(leaving.value, status)

    def download(self, what: Locator) -> Download:
        """Click on what the browser saves as a file."""
        with self.page.expect_download() as saving:
            what.click()
        return saving.value

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name).first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name).first

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def text(self) -> str:
        """What the main part of the page says."""
        return " ".join(self.page.locator("main").inner_text().split())

    def focused(self) -> str:
        """The element that has the focus, by its name, id and classes: "div.notice"."""
        return self.page.evaluate(
            "(e => e.localName + (e.id && '#' + e.id) + [...e.classList].map(c => '.' + c).join(''))"
            "(document.activeElement)"
        )

    def _arrive(self, response: Response | None, status: int) -> None:
        assert response is not None, "nothing was loaded"
        assert response.status == status, f"{response.url} answers {response.status}"
        check_policy(response)
        check_weight(response)
        self.check_width()

    def check_width(self) -> None:
        """Nothing makes the reader scroll sideways."""
        size = self.page.viewport_size
        assert size is not None
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{self.page.url} is {wide} wide at {size['width']}"


def check_weight(response: Response) -> None:
    """A page is light enough for a slow line, as it travels with gzip."""
    weight = len(gzip.compress(response.body(), 5))
    most = MOST_OF_ALL if response.url.endswith("/styleguide") else MOST_BYTES
    assert weight <= most, f"{response.url} weighs {weight} bytes"


def check_policy(response: Response) -> None:
    """Scripts and styles come from our own files alone."""
    policy = response.headers.get("content-security-policy", "")
    parts = {name: values for name, *values in map(str.split, filter(None, policy.split(";")))}
    assert parts["default-src"] == ["'none'"], policy
    assert parts["script-src"] == ["'self'"], policy
    assert parts["style-src"] == ["'self'"], policy
    assert "unsafe" not in policy, policy


def fields(window: Window, values: dict[str, str], *, ticked: Collection[str] = ()) -> None:
    """Fill a form's fields by their labels, and tick boxes."""
    for label, value in values.items():
        window.page.get_by_label(label).first.fill(value)
    for label in ticked:
        window.page.get_by_label(label).check()


def pick(window: Window, label: str, name: str) -> None:
    """Choose an institution: from a list if the site has few, else by its name."""
    field = window.page.get_by_label(label).first
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option(label=name)
    else:
        field.fill(name)


def options_of(look: Look) -> dict[str, Any]:
    """The look as a browser's context takes it."""
    return {
        "viewport": look.size,
        "java_script_enabled": look.scripts,
        "color_scheme": look.scheme,
        "reduced_motion": "reduce",
        "locale": "en-GB",
        "accept_downloads": True,
    }
