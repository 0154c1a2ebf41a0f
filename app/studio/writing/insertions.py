"""Insertions of files: what came with the lesson's form, kept, and the box that shows one of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.i18n.catalogues import translations_for
from app.i18n.refusals import said
from app.studio.drafts import Draft, DraftText
from app.studio.holdings import add_files
from app.studio.libraries import Holding, library_of
from app.studio.outlines import Outline
from app.studio.showings import CAPTION, CHOSEN, NONE_CHOSEN, WORDS, Showing, box_of, faults_of
from app.studio.uploads import Ready, Refused

UPLOAD = "media_upload"
NOTHING_SHOWN: Mapping[str, Any] = {"typed": {}, "faults": {}, "box": ""}


@dataclass(frozen=True)
class Shown:
    """The box, or what hinders it; `typed` is the form again, with the names that files now have."""

    box: str
    typed: Mapping[str, Any]
    faults: Mapping[str, str]
    refused: tuple[Refused, ...]

    def said(self, language: str) -> Mapping[str, Any]:
        """What the page shows of it, in the reader's language; a form that was used is empty."""
        say = translations_for(language).gettext
        faults = {field: say(fault) for field, fault in self.faults.items()}
        sentences = [
            f"{each.sent_as}: {said(each.because, language).whole}" for each in self.refused
        ]
        if sentences:
            faults[UPLOAD] = " ".join(sentences)
        return {
            "typed": {} if self.box else self.typed,
            "faults": faults,
            "box": self.box,
        }


def shown_by(
    db: Session,
    author_id: int,
    draft: Draft,
    texts: Mapping[str, DraftText],
    outline: Outline,
    sent: Sequence[Ready | Refused],
    asked: Mapping[str, Any],
) -> Shown:
    """Keep what came, and write the box for what was chosen, or else for the first that came.

    `asked` are the fields of the form that begin with `media_`.

    Captions and a transcript that come with a film are taken as its own. Raises LibraryFull.
    """
    ready = [each for each in sent if isinstance(each, Ready)]
    refused = tuple(each for each in sent if isinstance(each, Refused))
    came = [each.name for each in add_files(db, author_id, draft, ready)] if ready else []
    held = {each.name: each for each in library_of(db, draft, texts, outline)}
    typed = {**asked, **_names_that_came(came, held)}
    file = held.get(typed[CHOSEN])
    said = Showing(
        words=typed[WORDS],
        is_decorative=typed["media_decorative"],
        caption=typed[CAPTION],
        captions=typed["media_captions"] if typed["media_captions"] in held else "",
        transcript=typed["media_transcript"] if typed["media_transcript"] in held else "",
    )
    faults = faults_of(file, said)
    if refused and faults.get(CHOSEN) == NONE_CHOSEN:
        faults = {}
    is_sound = file is not None and not faults and not refused
    return Shown(box_of(file, said) if is_sound and file else "", typed, faults, refused)


def _names_that_came(came: Sequence[str], held: Mapping[str, Holding]) -> dict[str, str]:
    fields = {"captions": "media_captions", "transcript": "media_transcript"}
    named: dict[str, str] = {}
    for name in came:
        named.setdefault(fields.get(held[name].use, CHOSEN), name)
    return named
