"""Choices: a field that holds an institution, as it is shown and as it is understood when sent.

Few are a list. Of many a part of the name is written: the field is sent as `name_words`, beside
the key that was picked, if any, as `name`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, TypeVar

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.i18n.catalogues import translations_for
from app.i18n.foldings import folded_name
from app.i18n.marking import N_
from app.identity.choosing.matches import (
    MOST_WORDS,
    Match,
    Reach,
    match_called,
    matches,
    matches_exactly,
)
from app.web.forms import Filled, Form

F = TypeVar("F", bound=Form)
FEW = 30  # what still is a list of options
NEEDED = N_("Fill in this field.")
SEVERAL = N_("Several institutions have this in their name. Choose one of them, or write more.")
NONE = N_("No institution has this in its name. Look at the spelling, or write less of it.")


class Choice(NamedTuple):
    """What a field of institutions shows: options if they are few, else what is written.

    `found` are those to pick from where several have the words in their names.
    """

    reach: str
    options: list[tuple[str, str]] | None
    key: str
    words: str
    found: list[Match]


def choice_of(
    db: Session, reach: Reach, typed: Mapping[str, str], name: str = "institution"
) -> Choice:
    """A field of institutions as it was typed, or with the name of the one that is meant."""
    all_of_them = matches(db, reach, "", FEW + 1)
    key = typed.get(name, "")
    if len(all_of_them) <= FEW:
        options = [(each.key, each.name) for each in all_of_them]
        return Choice(reach.name, options, key, dict(options).get(key, ""), [])
    held = match_called(db, reach, key)
    words = typed.get(f"{name}_words", held.name if held else "")[:MOST_WORDS]
    meant, fault = meant_by(db, reach, key, words)
    found = matches(db, reach, words) if fault == SEVERAL else []
    return Choice(
        reach.name, None, meant.key if meant else "", meant.name if meant else words, found
    )


def meant_by(db: Session, reach: Reach, key: str, words: str) -> tuple[Match | None, str]:
    """The institution that a picked key and written words mean together, or what is wrong.

    Words that say another institution than the key win: somebody wrote them later.
    """
    words = " ".join(words.split())[:MOST_WORDS]
    if not words:
        return None, ""
    held, sought = match_called(db, reach, key), folded_name(words)
    name = folded_name(held.name) if held else ""
    if held and name == sought:
        return held, ""
    exact = matches_exactly(db, reach, words)
    if len(exact) == 1:
        return exact[0], ""
    if held and sought and all(term in name for term in sought.split()):
        return held, ""
    found = matches(db, reach, words, 2)
    if len(found) == 1:
        return found[0], ""
    return None, SEVERAL if found else NONE


def settled(
    request: Request,
    db: Session,
    reach: Reach,
    form: Filled[F],
    name: str = "institution",
    *,
    needed: bool = True,
) -> Filled[F]:
    """The form with the institution that is meant, or with words on why it is not clear."""
    words, say = form.typed.get(f"{name}_words"), translations_for(request.scope["language"])
    if words is None:
        is_missing = needed and not form.typed.get(name, "") and name not in form.faults
        return form.with_fault(name, say.gettext(NEEDED)) if is_missing else form
    meant, fault = meant_by(db, reach, form.typed.get(name, ""), words)
    if not fault and meant is None and needed:
        fault = NEEDED
    if fault:
        return form.with_fault(name, say.gettext(fault))
    key = meant.key if meant else ""
    value = form.value.model_copy(update={name: key}) if form.value is not None else None
    return replace(form, value=value, typed={**form.typed, name: key})
