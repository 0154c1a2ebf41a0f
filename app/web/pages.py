"""Pages: templates in the reader's language, whole and compressed; redirects; refusals."""

import gzip
import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

import zstandard
from jinja2 import Environment, Template
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.foundation.errors import NotFound, Refusal
from app.i18n.catalogues import translations_for
from app.i18n.languages import BY_CODE, colon_of, comma_of, direction_of, name_of
from app.i18n.phrases import phrases_of
from app.i18n.refusals import said, way_in_words
from app.i18n.sayings import told
from app.web import charts, drawing
from app.web.addresses import Addresses
from app.web.assets import encoding_for
from app.web.templates import TEXT, open_templates

THEME_COOKIE = "display"
HINTS_COOKIE = "hints"  # there once somebody has put the first hint away
WORTH_COMPRESSING = 700
PRIVATE = {"Cache-Control": "no-store"}
MADE_FOR = "made-for"  # the field in which a form says for whom its page was made
_MADE_FOR = Markup('<input type="hidden" name="%s" value="%s">')
_own = threading.local()
_CODE = re.compile(r"` *([^`]+?) *`")
PUBLIC = {"Cache-Control": "private, no-cache"}


class AssetAddresses(Protocol):
    """Whoever knows the hashed address of a joined asset."""

    def address(self, name: str) -> str: ...


@dataclass(frozen=True)
class Pages:
    """The template environments, one a language, and what every page is given."""

    addresses: Addresses
    assets: AssetAddresses
    codes: tuple[str, ...]
    public_url: str

    @cached_property
    def early(self) -> str:
        """What a browser may ask for before it has read the page: a round trip less to the text."""
        return f"<{self.assets.address('app.css')}>; rel=preload; as=style"

    @cached_property
    def _marked_up(self) -> dict[str, Environment]:
        return {code: self._environment(code, marked_up=True) for code in self.codes}

    @cached_property
    def _texts(self) -> dict[str, Environment]:
        return {code: self._environment(code, marked_up=False) for code in self.codes}

    def _environment(self, code: str, *, marked_up: bool) -> Environment:
        words = translations_for(code)
        prefix, phrases = f"/{code}", phrases_of(code)
        environment = open_templates(words, phrases.number, marked_up=marked_up)
        environment.globals.update(
            url=lambda name, **values: prefix + self.addresses.path(name, **values),
            asset=self.assets.address,
            language=BY_CODE[code],
            languages=[BY_CODE[each] for each in self.codes],
            comma=comma_of(code),
            colon=colon_of(code),
            direction_of=direction_of,
            line_of=drawing.line_of,
            scale_of=drawing.scale_of,
            ruler_of=drawing.ruler_of,
            flow_of=drawing.flow_of,
            **charts.DRAWN,
            name_of=name_of,
            public_url=self.public_url,
        )
        environment.filters.update(
            minutes=phrases.minutes,
            kilobytes=phrases.kilobytes,
            day=phrases.day,
            moment=phrases.moment,
            number=phrases.number,
            measured=phrases.measured,
            brief=phrases.brief,
            figures=phrases.figures,
            share=phrases.share,
            month=phrases.month,
            marked=lambda sentence: marked(told(sentence, words)),
            told=lambda words_said: told(words_said, words),
            said=lambda refusal: said(refusal, code),
        )
        return environment

    def template(self, code: str, name: str) -> Template:
        environments = self._texts if name.endswith(TEXT) else self._marked_up
        return environments[code].get_template(name)

    def render(self, code: str, name: str, context: Mapping[str, Any]) -> str:
        """A template's text in one language, for mail and other things without a request."""
        return self.template(code, name).render(context)


def marked(sentence: str) -> Markup:
    """What a check says, as a sentence; what is to be typed runs from left to right in any other."""
    written = Markup(_CODE.sub(r'<code dir="ltr">\1</code>', str(escape(sentence))))  # noqa: S704 - escaped
    return written[:1].upper() + written[1:]


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """The whole page in the request's language, for whoever was found to be asking."""
    pages: Pages = request.app.state.pages
    scope = request.scope
    visitor = getattr(request.state, "visitor", None)
    theme = request.cookies.get(THEME_COOKIE, "")
    context |= {
        "visitor": visitor,
        "made_for": _MADE_FOR % (MADE_FOR, visitor.subject) if visitor is not None else "",
        "theme": theme if theme in {"light", "dark"} else "",
        "knows_way": HINTS_COOKIE in request.cookies,
        "here": lambda code: here_in(scope, code),
    }
    html = pages.template(scope["language"], template).render(context)
    headers = dict(PRIVATE if visitor is not None else PUBLIC)
    headers |= {"Content-Language": scope["language"], "Link": pages.early}
    return answer(request, html.encode(), "text/html; charset=utf-8", status, headers)


def answer(
    request: Request, body: bytes, media_type: str, status: int, headers: dict[str, str]
) -> Response:
    """The body compressed the best way the browser takes: zstd, else gzip, else as it is."""
    headers["Vary"] = "Accept-Encoding, Cookie"
    if len(body) >= WORTH_COMPRESSING:
        encoding = encoding_for(request.headers.get("accept-encoding", ""))
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
            is_best = encoding == "zstd"
            body = _compressor().compress(body) if is_best else gzip.compress(body, 5, mtime=0)
    return Response(body, status, headers, media_type)


def _compressor() -> zstandard.ZstdCompressor:
    """This thread's own; to make one costs a fifth of a page's compression."""
    own: zstandard.ZstdCompressor | None = getattr(_own, "compressor", None)
    if own is None:
        own = _own.compressor = zstandard.ZstdCompressor(level=1)
    return own


def here_in(scope: Mapping[str, Any], code: str) -> str:
    """This page's own path in another language."""
    path = quote(scope["path"].removeprefix(scope.get("root_path", "")))
    query = scope["query_string"].decode("latin-1")
    return f"/{code}{path}" + (f"?{query}" if query else "")


def path_of(request: Request, name: str, **values: Any) -> str:
    """The path of a route with the request's language in front."""
    pages: Pages = request.app.state.pages
    return f"/{request.scope['language']}{pages.addresses.path(name, **values)}"


def number_of_page(request: Request) -> int:
    """Which page of a list an address asks for, `?page=2` the second; the first for what is none."""
    told: str = request.query_params.get("page", "")
    return max(int(told), 1) if told.isascii() and told.isdigit() and len(told) < 6 else 1


def onward(request: Request, name: str, fragment: str = "", **values: Any) -> Response:
    """See Other: the answer to a form that did its work."""
    return to_path(path_of(request, name, **values) + fragment)


def to_path(path: str) -> Response:
    """See Other, to a path of our own."""
    return RedirectResponse(path, 303, headers=PRIVATE)


def refusal_page(
    request: Request, refusal: Refusal, meant: Iterable[tuple[str, str]] = (), incident: str = ""
) -> Response:
    """The page that says what was refused and how to go on; it asks no database.

    `meant` are titles and paths of what may have been looked for, `incident` is the number under
    which a fault stands in the log. A script of ours is told the same as JSON.
    """
    language = request.scope["language"]
    says, mend = said(refusal, language)
    if wants_json(request):
        told = json.dumps(
            {"says": says, "mend": mend} | ({"incident": incident} if incident else {})
        )
        return Response(told, refusal.status, PRIVATE, "application/json")
    return page(
        request,
        "layouts/refusal.html",
        refusal.status,
        says=says,
        mend=mend,
        ways=[
            (way_in_words(each, language), path_of(request, each.page, **each.needs))
            for each in refusal.ways
        ],
        is_lost=isinstance(refusal, NotFound),
        meant=list(meant),
        incident=incident,
    )


def wants_json(request: Request) -> bool:
    """Whether a script of ours asks, which is told in data what a page would say."""
    return request.headers.get("accept", "").startswith("application/json")
