"""Entries: the terms and sources of a draft, put, renamed and taken out as entries of their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.declarations import Bibliography, Glossary
from app.foundation.errors import NotFound, Refusal, Way
from app.i18n.marking import N_
from app.studio.beginnings import yaml_of
from app.studio.changes import NOT_THERE, Change, Conflict, Saved, change, states_of
from app.studio.drafts import Draft, DraftFile, DraftText
from app.studio.namings import (
    BIBLIOGRAPHY,
    GLOSSARY,
    Rename,
    folded,
    renamed_catalogues,
    renamed_texts,
    source_rename,
    sources_named,
    term_rename,
    terms_named,
)
from app.studio.outlines import Outline
from app.studio.sheets import Sheet, renewed_node

Entry = dict[str, Any]


class EntryUnknown(NotFound):
    """The file has no entry of this name."""

    says = N_("There is no such entry.")
    mend = N_("Somebody may have renamed it or taken it out. Look at the list again.")


class EntryInUse(Refusal):
    """Texts name the entry, so that it cannot be taken out; its ways lead to them."""

    says = N_("The course still names %(name)s, so it cannot be taken out.")
    mend = N_("Take it out of these places first:")


@dataclass(frozen=True)
class Kind:
    """A file that is a list of entries, the field by which others name them, and how they do."""

    path: str
    field: str
    model: type[BaseModel]

    def same(self, one: str, other: str) -> bool:
        """Whether two names are one; terms are told apart without regard to capitals."""
        return folded(one) == folded(other) if self.path == GLOSSARY else one == other

    def rename(self, old: str, new: str) -> Rename:
        return (term_rename if self.path == GLOSSARY else source_rename)(old, new)

    def named(
        self, slug: str, texts: Mapping[str, DraftText], outline: Outline
    ) -> dict[str, list[Way]]:
        """The places that name each entry, by its name as it is looked up."""
        return (terms_named if self.path == GLOSSARY else sources_named)(slug, texts, outline)

    def places(self, name: str, named: Mapping[str, Sequence[Way]]) -> Sequence[Way]:
        return named.get(folded(name) if self.path == GLOSSARY else name, ())


TERMS = Kind(GLOSSARY, "term", Glossary)
SOURCES = Kind(BIBLIOGRAPHY, "id", Bibliography)


def entries_in(texts: Mapping[str, DraftText], kind: Kind) -> list[Entry]:
    """The entries in the order of their file; raises SheetUnreadable."""
    if kind.path not in texts:
        return []
    found = Sheet(kind.path, texts[kind.path].text, kind.model).root.value()
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def entry_called(entries: Sequence[Entry], kind: Kind, name: str) -> Entry:
    """The entry of this name; raises EntryUnknown."""
    for each in entries:
        if kind.same(str(each.get(kind.field) or ""), name):
            return each
    raise EntryUnknown


def entry_at(db: Session, draft: Draft, kind: Kind, name: str, revision: int) -> Entry | None:
    """The entry as it stood at a revision of the file, or none; what others wrote beside it is left out."""
    then = next((e for e in states_of(db, draft, kind.path) if e.revision <= revision), None)
    if then is None or then.content is None:
        return None
    found = Sheet(kind.path, then.content.decode(errors="replace"), kind.model).root.value()
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    named = (each for each in listed if kind.same(str(each.get(kind.field) or ""), name))
    return next(named, None)


def revision_in(texts: Mapping[str, DraftText], kind: Kind) -> int:
    """The revision that a change of the file has to name."""
    return texts[kind.path].revision if kind.path in texts else NOT_THERE


def put_entry(
    db: Session,
    author_id: int,
    draft: Draft,
    texts: Mapping[str, DraftText],
    kind: Kind,
    entry: Entry,
    *,
    old: str = "",
    revision: int,
) -> Saved | Conflict:
    """Write the entry over the one called `old`, or behind all; every text follows another name.

    What the form does not know of an entry stays. Raises EntryUnknown.
    """
    entries = entries_in(texts, kind)
    name = str(entry[kind.field])
    files: dict[str, bytes] = {}
    if old:
        standing = entry_called(entries, kind, old)
        known = str(standing[kind.field])
        entries = [entry if each is standing else each for each in entries]
        if known != name:
            rename = kind.rename(known, name)
            files = renamed_texts(texts, rename)
            term = (known, name) if kind is TERMS else None
            files |= renamed_catalogues(db, draft, rename, term)
    else:
        entries = [*entries, entry]
    files[kind.path] = _written(texts, kind, entries)
    seen = {path: each.revision for path, each in texts.items()} | {kind.path: revision}
    return change(db, author_id, draft, _changes(db, draft, files, seen))


def remove_entry(
    db: Session,
    author_id: int,
    draft: Draft,
    texts: Mapping[str, DraftText],
    outline: Outline,
    kind: Kind,
    name: str,
    revision: int,
) -> Saved | Conflict:
    """Take an entry out that no file names; the last one takes the file with it.

    Raises EntryUnknown or EntryInUse.
    """
    entries = entries_in(texts, kind)
    standing = entry_called(entries, kind, name)
    places = kind.places(name, kind.named(draft.slug, texts, outline))
    if places:
        raise EntryInUse(*places, name=str(standing[kind.field]))
    left = [each for each in entries if each is not standing]
    content = _written(texts, kind, left) if left else None
    return change(db, author_id, draft, {kind.path: Change(content, revision)})


def _written(texts: Mapping[str, DraftText], kind: Kind, entries: Sequence[Entry]) -> bytes:
    """The file with these entries; remarks and all that is as it was stay as they are written."""
    if kind.path not in texts:
        return yaml_of(list(entries), kind.model).encode()
    sheet = Sheet(kind.path, texts[kind.path].text, kind.model)
    sheet.document.root = renewed_node(sheet.root, list(entries))
    return sheet.text().encode()


def _changes(
    db: Session, draft: Draft, files: Mapping[str, bytes], seen: Mapping[str, int]
) -> dict[str, Change]:
    """Each file with the revision that was read here; catalogues have just been read."""
    revisions = {**_revisions(db, draft), **seen}
    return {path: Change(content, revisions[path]) for path, content in files.items()}


def _revisions(db: Session, draft: Draft) -> dict[str, int]:
    rows = db.execute(
        select(DraftFile.path, DraftFile.revision).where(DraftFile.draft_id == draft.id)
    )
    return dict(rows.all())
