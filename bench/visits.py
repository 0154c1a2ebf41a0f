"""Visits: the pages that are measured, as a browser asks for them."""

from typing import NamedTuple

from bench.courses import WIDE, lesson_key
from bench.databases import IN_AN_OFFICE, token_of

# What Chromium sends with a page of the same site; the yardsticks get the same.
HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-User: ?1",
    "Sec-Fetch-Dest: document",
)
COURSE = f"/en/courses/{WIDE}"
STATISTICS = "/en/statistics/completions"
LESSON = f"{COURSE}/lessons/{lesson_key(4, 2)}"
LEARNERS = range(8, 1_000, 15)  # seats, spread over all people


class Visit(NamedTuple):
    """A page and who looks at it; `most` is its target in calibrators on SQLite and PostgreSQL."""

    name: str
    path: str
    signed_in: bool
    most: tuple[int, int] | None = None

    def requests(self) -> list[bytes]:
        """One request for each of many people, or one of the registrar's, or of nobody's."""
        if not self.signed_in:
            return [request(self.path)]
        people = [IN_AN_OFFICE] if self.path.startswith(STATISTICS) else LEARNERS
        return [request(self.path, f"sign_in={token_of(each)}") for each in people]


VISITS = (
    Visit("lesson", LESSON, signed_in=True, most=(40, 55)),
    Visit("course", COURSE, signed_in=True, most=(50, 65)),
    Visit("my-learning", "/en/my-learning", signed_in=True, most=(50, 65)),
    Visit("catalogue", "/en/", signed_in=True),
    Visit("lesson-unknown", LESSON, signed_in=False),
    Visit("course-unknown", COURSE, signed_in=False),
)


# Those of a registrar of one office, whose thousand people are the same in every population.
OFFICE_VISITS = (
    Visit("office-counts", f"{STATISTICS}?since=2026-01&until=2026-12", signed_in=True),
    Visit("office-list", f"{STATISTICS}/list?since=2026-01&until=2026-12", signed_in=True),
)


def request(path: str, cookie: str = "", method: str = "GET", body: bytes = b"") -> bytes:
    """A request in HTTP/1.1, with the headers that browsers send."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *HEADERS]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
