"""Weights: what a first visit to a course costs on the line, heads of answers included."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import NamedTuple

from bench.visits import HEADERS

KILOBYTE = 1024
FETCHED_LINKS = {"stylesheet", "icon", "modulepreload", "preload", "manifest"}
IN_STYLES = re.compile(rb"url\([\"']?([^)\"']+)|@import\s+[\"']([^\"']+)")


class Weight(NamedTuple):
    """A cold page: bytes as they travel, requests, and the bytes of its HTML before packing."""

    bytes: int
    requests: int
    html: int


class Fetched(HTMLParser):
    """The addresses that a browser fetches by itself to show a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and FETCHED_LINKS & set(given.get("rel", "").split()):
            self.addresses.append(given["href"])
        elif tag in {"script", "img", "source", "video", "audio", "iframe"} and given.get("src"):
            self.addresses.append(given["src"])
        elif tag == "use" and not given.get("href", "#").startswith("#"):
            self.addresses.append(given["href"].partition("#")[0])


def weight_of(port: int, path: str) -> Weight:
    """Fetch a page and all it asks for, as compressed as a browser takes it."""
    size, _body = _fetched(port, path, "zstd, gzip")
    _size, plain = _fetched(port, path, "identity")
    addresses = dict.fromkeys(_asked_by(port, plain.decode()))
    sizes = [size, *(_fetched(port, each, "zstd, gzip")[0] for each in addresses)]
    return Weight(sum(sizes), len(sizes), len(plain))


def _asked_by(port: int, page: str) -> Iterator[str]:
    for address in Fetched(page).addresses:
        yield address
        if address.endswith(".css"):
            styles = _fetched(port, address, "identity")[1]
            found = (url or imported for url, imported in IN_STYLES.findall(styles))
            yield from (each.decode() for each in found if not each.startswith((b"#", b"data:")))


def _fetched(port: int, path: str, encoding: str) -> tuple[int, bytes]:
    """The bytes of an answer with its head, and its body as it came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = dict(line.split(": ", 1) for line in HEADERS) | {"Accept-Encoding": encoding}
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    return len(f"HTTP/1.1 200 {response.reason}\r\n\r\n") + head + len(body), body
