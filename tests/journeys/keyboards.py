"""Keyboards: hands that know no mouse, and eyes that want to see where they are."""

from tests.journeys.windows import Window

MOST_STOPS = 80
# The ring may be drawn on the row around a field, as it is for an answer; the button within a date is
# ringed by the browser, and the field that holds it then has no focus of its own.
SEEN = """() => {
    const ringed = e => getComputedStyle(e).outlineStyle !== "none"
        && parseFloat(getComputedStyle(e).outlineWidth) > 0;
    const here = document.activeElement, row = here.closest("label");
    const box = here.getBoundingClientRect();
    const words = [here.getAttribute("aria-label"),
        ...here.labels?.length ? [...here.labels].map(label => label.innerText) : [here.innerText]];
    return {
        name: words.filter(Boolean).join(" ").replace(/\\s+/g, " ").trim(),
        field: here.name ?? "",
        value: here.value ?? "",
        is_body: here === document.body,
        is_ringed: ringed(here) || (row !== null && ringed(row))
            || (here.type === "date" && !here.matches(":focus")),
        is_in_view: box.bottom > 0 && box.top < innerHeight,
    };
}"""


class Keyboard:
    """Keys pressed in a window; every stop of the focus must be visible."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.keys = window.page.keyboard

    def here(self) -> dict[str, str]:
        """What has the focus: its `name` as said, its form `field` and `value`."""
        seen = self.window.page.evaluate(SEEN)
        assert not seen["is_body"], "the focus is lost"
        assert seen["is_ringed"], f"the focus cannot be seen on {seen}"
        assert seen["is_in_view"], f"the focus is out of view on {seen}"
        return seen

    def to(self, *wanted: str) -> dict[str, str]:
        """Press Tab until something so named, or a form field so called, has the focus."""
        for _stop in range(MOST_STOPS):
            self.keys.press("Tab")
            seen = self.here()
            if any(each in seen["name"] or each == seen["field"] for each in wanted):
                return seen
        raise AssertionError(f"Tab never comes to {wanted}")

    def go(self, words: str, status: int = 200) -> None:
        """Come to a link or button and press Enter."""
        self.to(words)
        self.window.type_enter(status)

    def type(self, field: str, text: str) -> None:
        self.to(field)
        self.keys.type(text)

    def choose(self, field: str, value: str) -> None:
        """Move with the arrows among radio buttons, or in a list, until this value is chosen."""
        for _step in range(MOST_STOPS):
            if self._chosen(field) == value:
                self.here()
                return
            self.keys.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {value} of {field}")

    def arrange(self, texts: list[str]) -> None:
        """Bring steps into this order by their buttons, or keep the order that is there already."""
        for place, text in enumerate(texts):
            ahead = self._place(text) - place
            if ahead:
                self.to(f"Move up: {text}")
            for _step in range(ahead):
                self.keys.press("Enter")
                self.here()
        if self.window.page.get_by_role("button", name="Keep this order").is_visible():
            self.to("Keep this order")
            self.keys.press("Enter")

    def _place(self, text: str) -> int:
        return self.window.page.evaluate(
            "text => [...document.querySelectorAll('.order li')]"
            ".findIndex(step => step.textContent.includes(text))",
            text,
        )

    def _chosen(self, field: str) -> str | None:
        return self.window.page.evaluate(
            "name => (document.querySelector(`select[name='${name}'], input[name='${name}']:checked`)"
            " ?? {}).value",
            field,
        )
