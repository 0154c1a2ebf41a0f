"""Assets: style sheet, script and drawings, joined at start into files named by their content."""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import zstandard
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
PAGES = "pages"  # the layer that has a sheet of its own
# Components that no lesson shows to a stranger; they stand in that sheet, in their own layer.
LATER = {
    "answer", "bar", "chart", "chips", "choice", "dots", "empty", "field", "flow", "institution", "keys",
    "lead", "module", "notice", "outcomes", "pairs", "panel", "verdict",
}  # fmt: skip
# Elements of one page that few people open; each is a file of its own, named in that page's head.
APART = {"passkey-form", "quiz-ahead", "quiz-time", "load-progress", "institution-field"}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """One file as it leaves the server: its address, and its bytes in each encoding."""

    address: str
    media_type: str
    etag: str
    bodies: Mapping[str, bytes]

    @classmethod
    def of(cls, name: str, content: bytes) -> "Asset":
        """Name the content by its hash and compress it once, for as long as the process lives."""
        stem, suffix = name.rsplit(".", 1)
        digest = hashlib.sha256(content).hexdigest()[:12]
        return cls(
            address=f"/static/{stem}.{digest}.{suffix}",
            media_type=TYPES[f".{suffix}"],
            etag=digest,
            bodies={
                "zstd": zstandard.ZstdCompressor(level=19).compress(content),
                "gzip": gzip.compress(content, 9, mtime=0),
                "identity": content,
            },
        )


class Assets:
    """All files of the static folder; also the ASGI app that serves them below `/static`."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._by_name = dict(assets)
        self._by_address = {asset.address: asset for asset in assets.values()}

    @classmethod
    def gather(cls, folder: Path) -> "Assets":
        """Read the folder once: sheets, `app.js`, elements apart, and the drawings on top of it."""
        contents = {
            "app.css": joined_css(folder / "css"),
            "pages.css": pages_css(folder / "css"),
            "app.js": joined_js(folder / "js"),
            "studio.css": studio_css(folder / "css"),
            "studio.js": studio_js(folder / "js"),
        }
        elements = sorted((folder / "js" / "elements").glob("*.js"))
        contents |= {each.name: _own_text(each) for each in elements if each.stem in APART}
        files = {name: text.encode() for name, text in contents.items()}
        files |= {drawing.name: drawing.read_bytes() for drawing in sorted(folder.glob("*.svg"))}
        return cls({name: Asset.of(name, content) for name, content in files.items()})

    def address(self, name: str) -> str:
        """Where the page finds it, such as `/static/app.3f2a91c07be4.css` for `app.css`."""
        return self._by_name[name].address

    def answer(self, path: str, headers: Mapping[str, str]) -> Response:
        """Give the file in the smallest form the browser takes; an old name is 404, never kept."""
        asset = self._by_address.get(path)
        if asset is None:
            return Response(status_code=404, headers={"Cache-Control": "no-store"})
        encoding = encoding_for(headers.get("accept-encoding", ""))
        etag = f'"{asset.etag}-{encoding}"'
        always = {"Cache-Control": FOREVER, "ETag": etag, "Vary": "Accept-Encoding"}
        if etag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=always)
        if encoding != "identity":
            always["Content-Encoding"] = encoding
        return Response(asset.bodies[encoding], media_type=asset.media_type, headers=always)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as a mounted app; the mount's own prefix stands in `root_path`."""
        within = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix("/static")
        response = self.answer(f"/static{within}", Headers(scope=scope))
        await response(scope, receive, send)


@lru_cache(maxsize=256)
def encoding_for(accepted: str) -> str:
    """The best of zstd, gzip and identity that an Accept-Encoding header allows."""
    allowed = set()
    for offer in accepted.lower().split(","):
        coding, _, parameters = offer.partition(";")
        if not re.fullmatch(r"\s*q=0(\.0*)?\s*", parameters):
            allowed.add(coding.strip())
    return next((coding for coding in ("zstd", "gzip") if coding in allowed), "identity")


def joined_css(folder: Path) -> str:
    """One sheet in the order that `app.css` states: a file or folder named as a layer fills it.

    What stands on single pages is left to `pages_css`: a stranger reads a lesson without it.
    """
    order, layers = _order_of(folder)
    sheets = [
        _layer(folder, each, lambda name: name not in LATER) for each in layers if each != PAGES
    ]
    outside = minified_css((folder / "print.css").read_text())
    return "\n".join([order, *sheets, outside])


def pages_css(folder: Path) -> str:
    """The sheet of the layer of pages, which all ask for but a lesson that a stranger reads."""
    order, _layers = _order_of(folder)
    later = _layer(folder, "components", lambda name: name in LATER)
    return "\n".join([order, later, _layer(folder, PAGES, lambda _name: True)])


def studio_css(folder: Path) -> str:
    """The sheet that only the pages of the studio ask for."""
    order, _layers = _order_of(folder)
    sheets = [minified_css(each.read_text()) for each in sorted((folder / "studio").glob("*.css"))]
    return f"{order}\n@layer {PAGES}{{{''.join(sheets)}}}"


def _order_of(folder: Path) -> tuple[str, list[str]]:
    order = minified_css((folder / "app.css").read_text())
    return order, re.findall(r"[\w-]+", order.removeprefix("@layer"))


def _layer(folder: Path, layer: str, is_in: Callable[[str], bool]) -> str:
    paths = [folder / f"{layer}.css", *sorted((folder / layer).glob("*.css"))]
    sheets = [
        minified_css(each.read_text()) for each in paths if each.exists() and is_in(each.stem)
    ]
    return f"@layer {layer}{{{''.join(sheets)}}}"


CSS_PARTS = re.compile(
    r"""(?P<comment>/\*.*?\*/)|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<space>\s+)""",
    re.DOTALL,
)


def minified_css(text: str) -> str:
    """The sheet without comments and needless white space; what stands in quotes is kept."""
    strings: list[str] = []

    def part(found: re.Match[str]) -> str:
        if found["string"]:
            strings.append(found["string"])
            return "\0"
        return " "

    bare = re.sub(r" +", " ", CSS_PARTS.sub(part, text))
    bare = re.sub(r" ?([{};,>]) ?", r"\1", bare).replace(";}", "}")
    bare = re.sub(r"(?<=[\w-]): (?=[^{}]*[;}])", ":", bare).strip()
    return re.sub("\0", lambda _: strings.pop(0), bare)


# Comments that fill a line, and the white space before a line; no text of ours spans lines.
OWN_LINES = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)


def joined_js(folder: Path) -> str:
    """One module: `app.js`, then each element in a block of its own, so that names never meet."""
    elements = sorted((folder / "elements").glob("*.js"))
    files = [folder / "app.js", *(each for each in elements if each.stem not in APART)]
    return _one_module(files)


def studio_js(folder: Path) -> str:
    """The elements that only the pages of the studio ask for, joined in the same way."""
    return _one_module(sorted((folder / "studio").glob("*.js")))


def _one_module(files: Iterable[Path]) -> str:
    return "\n".join(f"{{\n{_own_text(path)}}}" for path in files) + "\n"


def _own_text(path: Path) -> str:
    text = path.read_text()
    if re.search(r"^\s*(import|export)\b", text, re.MULTILINE):
        message = f"{path.name} imports or exports: files here are joined, so use the page instead"
        raise ValueError(message)
    return OWN_LINES.sub("", text)
