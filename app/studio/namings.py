"""Namings: where a draft names a source or a term, and the same files with another name."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.declarations import Glossary
from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.translations import Kept, read_catalogue, written
from app.catalogue.versions import Source
from app.foundation.errors import Way
from app.i18n.sayings import saying
from app.studio.drafts import Draft, DraftFile, DraftText
from app.studio.outlines import COURSE, LESSON, SCENARIO, Outline, Part
from app.studio.sheets import Sheet, SheetUnreadable

GLOSSARY, BIBLIOGRAPHY = "glossary.yaml", "bibliography.yaml"
_CITATION = re.compile(r"\[@[A-Za-z0-9-]+(?:\s*[;,]\s*@[A-Za-z0-9-]+)*\]")
_CITED = re.compile(r"@([A-Za-z0-9-]+)")
_SOURCES = re.compile(
    r"(?m)^([ \t]*(?:- )?sources:)([ \t]*\[[^\[\]]*\]|(?:[ \t]*\n[ \t]*- [^\n]*)+)"
)
_LISTED = re.compile(r"[A-Z][A-Za-z0-9-]*")
_TERM = re.compile(r"\[\[([^\[\]|]+)(\|[^\[\]|]+)?\]\]")
Rename = Callable[[str], str]


def sources_named(
    slug: str, texts: Mapping[str, DraftText], outline: Outline
) -> dict[str, list[Way]]:
    """The places that cite or list each source, and the way to each in the editor."""
    return _named(slug, texts, outline, _sources_in)


def terms_named(
    slug: str, texts: Mapping[str, DraftText], outline: Outline
) -> dict[str, list[Way]]:
    """The places that name each term, by the term without regard to capitals."""
    return _named(slug, texts, outline, lambda text: map(folded, _terms_in(text)))


def source_rename(old: str, new: str) -> Rename:
    """How a text says another id wherever it cites or lists the source."""

    def cited(found: re.Match[str]) -> str:
        return _CITED.sub(lambda each: f"@{new}" if each[1] == old else each[0], found[0])

    def listed(found: re.Match[str]) -> str:
        names = _LISTED.sub(lambda each: new if each[0] == old else each[0], found[2])
        return f"{found[1]}{names}"

    return lambda text: _SOURCES.sub(listed, _CITATION.sub(cited, text))


def term_rename(old: str, new: str) -> Rename:
    """How a text says another term; what it shows instead of the term stays, and so do capitals."""

    def named(found: re.Match[str]) -> str:
        if folded(found[1]) != folded(old):
            return found[0]
        begins = found[1].strip()[0].isupper() and not old[0].isupper()
        term = new[0].upper() + new[1:] if begins else new
        return f"[[{term}{found[2] or ''}]]"

    return lambda text: _TERM.sub(named, text)


def renamed_texts(texts: Mapping[str, DraftText], rename: Rename) -> dict[str, bytes]:
    """The files that change, but for the one that holds the entry itself."""
    changed = {}
    for path, each in texts.items():
        text = rename(each.text)
        if text != each.text:
            changed[path] = text.encode()
    return changed


def renamed_catalogues(
    db: Session, draft: Draft, rename: Rename, term: tuple[str, str] | None = None
) -> dict[str, bytes]:
    """The translations that change: theirs stay at the texts that now name it otherwise.

    A term has a translation of its own, which somebody has to look at again when it is renamed.
    """
    changed = {}
    for each in _catalogues(db, draft):
        faults = Faults()
        text = decoded(each.path, each.content, faults)
        kept = {} if text is None else read_catalogue(each.path, text, faults)
        if faults.are_grave or text is None:
            continue
        moved = {}
        for (owner, block), said in kept.items():
            moved[owner, rename(block)] = replace(said, text=rename(said.text))
        if term:
            _move_term(moved, *term)
        language = each.path.rpartition("/")[2].removesuffix(".po")
        content = written(language, moved).encode()
        if content != each.content:
            changed[each.path] = content
    return changed


def folded(term: str) -> str:
    """The term as it is looked up: without regard to capitals and line ends."""
    return " ".join(term.split()).casefold()


def _move_term(kept: dict[tuple[str, str], Kept], old: str, new: str) -> None:
    said = kept.pop(("glossary", old), None)
    if said is not None:
        kept["glossary", new] = replace(said, is_fuzzy=bool(said.text), previous=old)


def _catalogues(db: Session, draft: Draft) -> Iterator[DraftText]:
    rows = db.execute(
        select(
            DraftFile.path,
            Source.bytes,
            DraftFile.revision,
            DraftFile.changed_at,
            DraftFile.changed_by,
        )
        .join(Source, Source.hash == DraftFile.hash)
        .where(DraftFile.draft_id == draft.id, DraftFile.path.startswith("translations/"))
    )
    return (DraftText(*row) for row in rows)


def _named(
    slug: str,
    texts: Mapping[str, DraftText],
    outline: Outline,
    names_in: Callable[[str], Iterator[str]],
) -> dict[str, list[Way]]:
    found: dict[str, list[Way]] = {}
    for way, text in _places(slug, texts, outline):
        for name in dict.fromkeys(names_in(text)):
            found.setdefault(name, []).append(way)
    return found


def _places(
    slug: str, texts: Mapping[str, DraftText], outline: Outline
) -> Iterator[tuple[Way, str]]:
    """Each place that an author opens in the editor, with its text; the glossary term by term."""
    ways = {each.path: _way_to(slug, each) for each in outline.parts}
    for module in outline.modules:
        needs = {"slug": slug, "module": module.key}
        ways[module.path] = Way(module.title, "edit_module", needs)
    ways[COURSE] = Way(saying("Facts of the course"), "edit_facts", {"slug": slug})
    ways[BIBLIOGRAPHY] = Way(saying("Sources"), "edit_sources", {"slug": slug})
    for path, each in texts.items():
        if path == GLOSSARY:
            yield from _terms(slug, each.text)
        else:
            yield ways.get(path) or _to_text(slug, path, path), each.text


def _way_to(slug: str, part: Part) -> Way:
    if part.kind == SCENARIO:
        return _to_text(slug, part.path, part.title)
    page = "edit_lesson" if part.kind == LESSON else "edit_quiz"
    return Way(part.title, page, {"slug": slug, "key": part.key})


def _to_text(slug: str, path: str, words: str) -> Way:
    return Way(words, "edit_source", {"slug": slug, "path": path})


def _terms(slug: str, text: str) -> Iterator[tuple[Way, str]]:
    try:
        listed = Sheet(GLOSSARY, text, Glossary).root.value()
    except SheetUnreadable:
        yield Way(saying("Glossary"), "edit_source", {"slug": slug, "path": GLOSSARY}), text
        return
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict):
            term, sources = str(each.get("term") or ""), each.get("sources") or []
            words = saying("Glossary: %(term)s", term=term)
            said = f"{each.get('definition')}\nsources: [{', '.join(map(str, sources))}]"
            yield Way(words, "edit_term", {"slug": slug, "called": term}), said


def _sources_in(text: str) -> Iterator[str]:
    for found in _CITATION.finditer(text):
        yield from _CITED.findall(found[0])
    for found in _SOURCES.finditer(text):
        yield from _LISTED.findall(found[2])


def _terms_in(text: str) -> Iterator[str]:
    return (found[1] for found in _TERM.finditer(text))
