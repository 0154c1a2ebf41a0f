"""Browsers: one person's way through pages and forms, as plain HTTP on one kept connection."""

from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from http.client import HTTPConnection
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from bench.visits import HEADERS

SECONDS_TO_ANSWER = 120
PLAIN = [line for line in HEADERS if not line.startswith("Accept-Encoding")]
Fields = list[tuple[str, str]]


class Answer(NamedTuple):
    """What came back: status, where it leads, and the page."""

    status: int
    location: str
    text: str


class Browser:
    """Follows redirects, as browsers do; anything but a page or a redirect is an error."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_ANSWER)
        self.headers = dict(line.split(": ", 1) for line in PLAIN)
        self.headers["Cookie"] = f"sign_in={token}"

    def open(self, path: str) -> str:
        """The page at a path."""
        return self._followed(self._ask("GET", path))

    def send(self, path: str, fields: Fields) -> str:
        """The page that a form leads to."""
        return self._followed(self._ask("POST", path, fields))

    def save(self, path: str, fields: Fields) -> None:
        """Send fields as the page's own script does."""
        self._ask("POST", path, fields, {"Accept": "application/json", "Sec-Fetch-Mode": "cors"})

    def _followed(self, answer: Answer) -> str:
        while answer.location:
            answer = self._ask("GET", answer.location)
        return answer.text

    def _ask(
        self,
        method: str,
        path: str,
        fields: Fields | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        headers = self.headers | dict(more)
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        if response.status not in {200, 303}:
            raise RuntimeError(f"{method} {path} answered {response.status}: {text[:2000]}")
        return Answer(response.status, response.getheader("location") or "", text)


class Questions(HTMLParser):
    """The fields of an attempt's page, filled in as someone who knows the bench's courses would.

    There the right options of a question are its first ones, and a left side has its own right.
    """

    RIGHT = {"radio": ("a", "false"), "checkbox": ("a", "b")}  # noqa: RUF012 - a constant

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: Fields = []
        self.feed(page[page.index("<quiz-answers") : page.index("</quiz-answers>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value, kind = given.get("name"), given.get("value") or "", given.get("type")
        if not name:
            return
        if tag == "select":
            self.fields.append((name, name.rpartition("-")[2]))
        elif tag == "input" and (kind == "hidden" or value in self.RIGHT.get(kind or "", ())):
            self.fields.append((name, value))

    def of(self, position: int) -> Fields:
        """What the page's script sends when this question is answered."""
        names = ("revision", f"shown-{position}", f"answer-{position}")
        part = f"answer-{position}-"
        return [pair for pair in self.fields if pair[0] in names or pair[0].startswith(part)]

    def with_saved(self, revisions: Iterable[tuple[int, int]]) -> Fields:
        """All of the page's fields after its script noted what was saved in which revision."""
        saved = {f"shown-{position}": str(revision) for position, revision in revisions}
        return [(name, saved.get(name, value)) for name, value in self.fields]
