"""Formulae: MathML as pieces that a press sets, with the words that stand for it where none sees it."""

from collections.abc import Mapping

from app.foundation.fragments import Element

Piece = dict[str, object]

_LEAVES = {"mi": "name", "mn": "number", "mo": "sign", "mtext": "words", "ms": "words"}
_SHAPES = {
    "mfrac": "fraction", "msup": "above", "msub": "below", "msubsup": "both", "msqrt": "root",
    "mroot": "nth", "mover": "over", "munder": "under", "munderover": "around",
}  # fmt: skip
_SAID = {"fraction": " / ", "above": "^", "below": "_", "both": " ", "nth": " ", "over": " "}
_RELATIONS = "=<>≤≥≠≈→⇒∈"
_BINARIES = "+−-×·⋅÷±∗*/"


def formula_of(math: Element) -> Piece:
    """A whole formula; one on a line of its own is `block`."""
    return {
        "k": "formula",
        "block": math.marks.get("display") == "block",
        "alt": said_of(math),
        "c": _inside(math),
    }


def said_of(element: Element) -> str:
    """The formula as it is read out, sign by sign."""
    if element.tag in _LEAVES:
        return element.text()
    between = _SAID.get(_SHAPES.get(element.tag, ""), " ")
    return between.join(filter(None, (said_of(each) for each in element.elements))).strip()


def _inside(element: Element) -> list[Piece]:
    return [_piece(each) for each in element.elements]


def _piece(element: Element) -> Piece:
    leaf = _LEAVES.get(element.tag)
    if leaf:
        text = element.text()
        return {"m": leaf, "text": text, "class": _class(text) if leaf == "sign" else ""}
    return {"m": _SHAPES.get(element.tag, "row"), "c": _inside(element)}


def _class(sign: str) -> str:
    kinds: Mapping[str, str] = {"relation": _RELATIONS, "binary": _BINARIES}
    return next((kind for kind, signs in kinds.items() if sign and sign in signs), "normal")
