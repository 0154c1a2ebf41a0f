"""Libraries: the pictures, recordings and files of a draft, and where its lessons use each."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.figures import DrawingFaulty, drawing
from app.catalogue.compiling.media import Use, use_of
from app.catalogue.compiling.sanitisers import sanitised
from app.catalogue.files import MEDIA_FOLDER, STORED, FileUnknown, StoredFile
from app.catalogue.versions import Source
from app.studio.drafts import Draft, DraftFile, DraftText, text_in
from app.studio.filenames import split_name
from app.studio.outlines import Outline

DESCRIBED, ORNAMENT, UNDESCRIBED = "described", "decorative", "undescribed"
NEEDING_WORDS = ("drawing", "picture")
_FIGURE = re.compile(r"(?<!:):{3,}+[ \t]*+figure[ \t]+media/([a-z0-9][a-z0-9._-]*)[ \t]*(.*)")
_NAMED = re.compile(r"media/([a-z0-9][a-z0-9._-]*)")
_CAPTIONS = re.compile(r"(.+)\.[a-z]{2,3}(?:-[a-z0-9]{2,8})*\.vtt")


class Place(NamedTuple):
    """A lesson that names a file; `words` says whether its figure there is described."""

    key: str
    path: str
    title: str
    words: str


class Holding(NamedTuple):
    """A file of the library as its page lists it; `places` are the lessons that name it."""

    name: str
    use: Use
    size: int
    revision: int
    places: tuple[Place, ...]
    is_picture: bool

    @property
    def path(self) -> str:
        return f"{MEDIA_FOLDER}/{self.name}"

    @property
    def stem(self) -> str:
        """What an author may change of the name."""
        return split_name(self.name)[0]

    @property
    def ending(self) -> str:
        return split_name(self.name)[1]

    @property
    def words(self) -> str:
        """Whether people who do not see it are told what it shows: the least of all its places."""
        said = {place.words for place in self.places}
        order = (UNDESCRIBED, ORNAMENT, DESCRIBED)
        return next((each for each in order if each in said), "")


_FILES = (
    select(DraftFile.path, DraftFile.hash, *STORED, DraftFile.revision)
    .join(Source, Source.hash == DraftFile.hash)
    .order_by(DraftFile.path)
)


def library_of(
    db: Session, draft: Draft, texts: Mapping[str, DraftText], outline: Outline
) -> list[Holding]:
    """All files under media/ by their names, each with the lessons that use it."""
    rows = db.execute(
        _FILES.where(DraftFile.draft_id == draft.id, DraftFile.path.startswith(f"{MEDIA_FOLDER}/"))
    ).all()
    places = _places(texts, outline)
    held = []
    for *stored, revision in rows:
        file = StoredFile(*stored)
        shown = file.shown_as or ""
        use = use_of(file.name) or "download"
        used = tuple(places.get(_key_of(file.name), ()))
        held.append(Holding(file.name, use, file.size, revision, used, shown.startswith("image/")))
    return held


def holding_called(held: Iterable[Holding], name: str) -> Holding:
    """The file of this name; raises FileUnknown."""
    for each in held:
        if each.name == name:
            return each
    raise FileUnknown


def drawing_in(db: Session, draft: Draft, holding: Holding) -> Markup:
    """A drawing as lessons show it, rebuilt and made safe; nothing for other files or a faulty one."""
    there = text_in(db, draft, holding.path) if holding.use == "drawing" else None
    try:
        found = drawing(there.content, "", "shown-", escape) if there else ""
    except DrawingFaulty:
        found = ""
    return Markup(sanitised(found))  # noqa: S704 - rebuilt from a list of shapes, then sanitised


def stored_in(db: Session, draft: Draft, name: str) -> StoredFile:
    """A file of the draft's media as it is stored, without its bytes; raises FileUnknown."""
    path = f"{MEDIA_FOLDER}/{name}"
    row = db.execute(
        _FILES.where(DraftFile.draft_id == draft.id, DraftFile.path == path)
    ).one_or_none()
    if row is None:
        raise FileUnknown
    return StoredFile(*row[:-1])


def _places(texts: Mapping[str, DraftText], outline: Outline) -> dict[str, list[Place]]:
    titles = {part.path: part.title for part in outline.parts}
    found: dict[str, list[Place]] = {}
    for path, each in texts.items():
        if not path.endswith(".md"):
            continue
        key = path.rpartition("/")[2].removesuffix(".md")
        words = _words_in(each.text)
        for name in dict.fromkeys(_mentioned(each.text)):
            place = Place(key, path, titles.get(path, key), words.get(name, ""))
            found.setdefault(_key_of(name), []).append(place)
    return {name: list(dict.fromkeys(places)) for name, places in found.items()}


def _mentioned(text: str) -> Iterable[str]:
    return (found[1].rstrip(".") for found in _NAMED.finditer(text))


def _words_in(text: str) -> dict[str, str]:
    """How each figure of the text is described; a file that is shown twice has the lesser."""
    found: dict[str, str] = {}
    for name, rest in _FIGURE.findall(text):
        said = rest.strip()
        state = ORNAMENT if said == "decorative" else UNDESCRIBED
        if said.strip('"').strip() and said.startswith('"'):
            state = DESCRIBED
        if found.get(name) != UNDESCRIBED:
            found[name] = state
    return found


def _key_of(name: str) -> str:
    """Captions of all languages are used where those of one are."""
    captions = _CAPTIONS.fullmatch(name)
    return f"{captions[1]}.*.vtt" if captions else name
