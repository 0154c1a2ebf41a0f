"""Sanitisers: the last gate, after rendering; only what is named here reaches a reader."""

import re

import nh3


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_PROSE = _names(
    "a aside blockquote cite code dd details dfn div dl dt em figcaption figure h2 h3 img li ol p "
    "picture pre section span strong summary table tbody td th thead tr ul video audio source track"
)
_MATHEMATICS = _names(
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover mprescripts none"
)
DRAWING = _names(
    "svg g path rect circle ellipse line polyline polygon text tspan defs use symbol marker "
    "linearGradient radialGradient stop clipPath mask pattern"
)
DRAWING_ATTRIBUTES = _names(
    "id class transform viewBox preserveAspectRatio d x y x1 y1 x2 y2 cx cy r rx ry dx dy width "
    "height points fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin "
    "stroke-dasharray stroke-dashoffset stroke-opacity stroke-miterlimit opacity color font-size "
    "font-weight font-style text-anchor dominant-baseline letter-spacing rotate textLength "
    "lengthAdjust clip-path clip-rule mask marker-start marker-mid marker-end markerWidth "
    "markerHeight markerUnits refX refY orient offset stop-color stop-opacity gradientUnits "
    "gradientTransform spreadMethod fx fy patternUnits patternTransform patternContentUnits "
    "clipPathUnits maskUnits maskContentUnits vector-effect direction href"
)
_MATHEMATICS_ATTRIBUTES = _names(
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle fence "
    "form frame height linethickness lspace mathvariant maxsize minsize movablelimits "
    "rowlines rowspacing rspace scriptlevel separator stretchy symmetric voffset width"
)
CLASSES = _names(
    "opening aside box box--note box--try box__kind steps figure cite sources term table-box "
    "recall recall__item recall__options download quiet f-head f-soft"
)
_ATTRIBUTES = {
    "*": {"id", "lang", "dir", "class"},
    "a": {"href", "download"},
    "aside": {"aria-label"},
    "audio": {"controls", "preload", "src"},
    "div": {"role", "tabindex", "aria-label", "aria-labelledby"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "math": {"xmlns", "alttext", *_MATHEMATICS_ATTRIBUTES},
    "ol": {"role", "start"},
    "section": {"aria-labelledby", "aria-label"},
    "source": {"src", "srcset", "sizes", "type"},
    "svg": {"role", "aria-label", "aria-hidden", *DRAWING_ATTRIBUTES},
    "th": {"scope"},
    "track": {"kind", "src", "srclang", "label", "default"},
    "ul": {"role"},
    "video": {"controls", "preload", "src", "width", "height"},
    **{tag: {*_MATHEMATICS_ATTRIBUTES} for tag in _MATHEMATICS - {"math"}},
    **{tag: {*DRAWING_ATTRIBUTES} for tag in DRAWING - {"svg"}},
}
_RENDITION = r"media:[a-z0-9][a-z0-9._-]*/\d{1,4}\.webp \d{1,4}w"
_RENDITIONS = re.compile(rf"{_RENDITION}(?:, {_RENDITION})*")
_SCHEMES = {"http", "https", "mailto", "media", "lesson"}


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(each for each in value.split() if each in CLASSES) or None
    if name == "srcset":
        return value if _RENDITIONS.fullmatch(value) else None
    if name == "href" and tag in DRAWING:
        return value if value.startswith("#") else None
    return value


def _within(address: str) -> str | None:
    """An address inside the page stays; any other relative address is nobody's."""
    return address if address.startswith("#") else None


_gate = nh3.Cleaner(
    tags=set(_PROSE | _MATHEMATICS | DRAWING),
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    strip_comments=True,
    link_rel=None,
    url_schemes=_SCHEMES,
    url_relative=_within,
)


def sanitised(html: str) -> str:
    """The HTML without anything that is not named in this module."""
    return _gate.clean(html)
