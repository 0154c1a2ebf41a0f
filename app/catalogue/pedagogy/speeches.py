"""Speeches: what the rules must know of a language; rules about words rest where it is missing."""

import re
from collections.abc import Mapping
from typing import NamedTuple


class Speech(NamedTuple):
    """How a language denies, says that all options are right, and says that a figure is made up.

    `clauses` are the words that open another clause, and the words that ask for a reason.
    """

    negations: frozenset[str]
    clauses: frozenset[str]
    catch_alls: re.Pattern[str]
    own: re.Pattern[str]


def _speech(negations: str, clauses: str, catch_alls: str, own: str) -> Speech:
    return Speech(
        frozenset(negations.split()),
        frozenset(clauses.split()),
        re.compile(catch_alls, re.IGNORECASE),
        re.compile(own, re.IGNORECASE),
    )


SPEECHES: Mapping[str, Speech] = {
    "en": _speech(
        "not no never none nobody nothing neither except cannot",
        "that who whom whose if when where because although than so and but why",
        r"\b(all|none|both|some|any) of (the|these) (above|options|answers)\b"
        r"|\b(all|none) of (the above|these|them)$",
        r"\b(invented|imagined?|example|suppose|our own|made up)\b",
    ),
    "fr": _speech(
        "pas jamais aucun aucune rien personne sauf",
        "que qui dont si quand où parce quoique et mais pourquoi",
        r"\b(toutes|aucune) (de ces |les |des )?(réponses?|options?)\b|\btout ce qui précède\b",
        r"\b(inventée?s?|imagin\w+|exemple|supposons)\b",
    ),
    "es": _speech(
        "no nunca ninguno ninguna nada nadie excepto salvo",
        "que quien si cuando donde porque aunque y pero",
        r"\b(todas|ninguna)( de)? las (anteriores|opciones|respuestas)\b|\btodo lo anterior\b",
        r"\b(inventad[oa]s?|imagin\w+|ejemplo|supongamos)\b",
    ),
    "ru": _speech(
        "не ни никогда никто ничего кроме",
        "что который которая которое которые если когда где чтобы и но почему",
        r"\b(вс[её]|ничего из|ни один из) (выше)?перечисленно[ег]о?\b",
        r"\b(вымышлен\w+|придуман\w+|пример\w*|предположим)\b",
    ),
    "ar": _speech(
        "لا لم لن ليس ليست غير إلا",
        "الذي التي إذا عندما لأن لماذا",
        r"(كل|جميع) ما سبق|لا شيء مما سبق",
        r"مثال|افتراض|لنفترض|مختلق",
    ),
    "zh": _speech("", "", r"以上(都|皆|全部|均)(是|不是|正确|非)", r"例如|例子|假设|虚构"),
}


def speech_of(language: str) -> Speech | None:
    """What is known of the language, whatever its region."""
    return SPEECHES.get(language.split("-", maxsplit=1)[0].lower())
