"""Routes of citing: the glossary and the sources of a draft, as lists and entry by entry."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import Visitor, Writer
from app.identity.grants import AUTHOR, STUDIO_ROLES
from app.studio.changes import Conflict, Saved
from app.studio.citing.forms import SourceEntryForm, TermForm
from app.studio.conflicts import conflict_page
from app.studio.drafts import Draft, DraftText, draft_for, texts_of
from app.studio.entries import (
    SOURCES,
    TERMS,
    Entry,
    Kind,
    entries_in,
    entry_at,
    entry_called,
    put_entry,
    remove_entry,
    revision_in,
)
from app.studio.outlines import Outline, outline_of
from app.studio.works import may_write
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()

TermFilled = Annotated[Filled[TermForm], form_of(TermForm)]
SourceFilled = Annotated[Filled[SourceEntryForm], form_of(SourceEntryForm)]
TAKEN = N_("Another entry has this name already.")
NO_SOURCE = N_("The sources of the course have no %(name)s. Add it there first.")
_LISTS = {TERMS.path: "edit_glossary", SOURCES.path: "edit_sources"}


class Shelf(NamedTuple):
    """A draft with its texts and the entries of one of its lists."""

    draft: Draft
    texts: dict[str, DraftText]
    outline: Outline
    kind: Kind
    entries: list[Entry]

    def name_of(self, entry: Entry) -> str:
        return str(entry.get(self.kind.field) or "")


@router.get("/studio/{slug}/glossary")
def edit_glossary(request: Request, db: Db, visitor: Writer, slug: str, done: str = "") -> Response:
    return _list_page(request, db, visitor, _shelf(db, visitor, slug, TERMS), done=done)


@router.post("/studio/{slug}/glossary")
def create_term(request: Request, db: Db, visitor: Writer, slug: str, form: TermFilled) -> Response:
    return _created(request, db, visitor, _shelf(db, visitor, slug, TERMS, (AUTHOR,)), form)


@router.get("/studio/{slug}/glossary/{called:path}")
def edit_term(request: Request, db: Db, visitor: Writer, slug: str, called: str) -> Response:
    return _entry_page(request, db, visitor, _shelf(db, visitor, slug, TERMS), called)


@router.post("/studio/{slug}/glossary/{called:path}")
def update_term(
    request: Request, db: Db, visitor: Writer, slug: str, called: str, form: TermFilled
) -> Response:
    """Save the term, or take it out."""
    shelf = _shelf(db, visitor, slug, TERMS, (AUTHOR,))
    return _updated(request, db, visitor, shelf, called, form)


@router.get("/studio/{slug}/sources")
def edit_sources(request: Request, db: Db, visitor: Writer, slug: str, done: str = "") -> Response:
    return _list_page(request, db, visitor, _shelf(db, visitor, slug, SOURCES), done=done)


@router.post("/studio/{slug}/sources")
def create_source_entry(
    request: Request, db: Db, visitor: Writer, slug: str, form: SourceFilled
) -> Response:
    return _created(request, db, visitor, _shelf(db, visitor, slug, SOURCES, (AUTHOR,)), form)


@router.get("/studio/{slug}/sources/{called}")
def edit_source_entry(
    request: Request, db: Db, visitor: Writer, slug: str, called: str
) -> Response:
    return _entry_page(request, db, visitor, _shelf(db, visitor, slug, SOURCES), called)


@router.post("/studio/{slug}/sources/{called}")
def update_source_entry(
    request: Request, db: Db, visitor: Writer, slug: str, called: str, form: SourceFilled
) -> Response:
    """Save the source, or take it out."""
    shelf = _shelf(db, visitor, slug, SOURCES, (AUTHOR,))
    return _updated(request, db, visitor, shelf, called, form)


def _created(
    request: Request, db: Session, visitor: Visitor, shelf: Shelf, form: Filled[Any]
) -> Response:
    checked = _checked(request, shelf, form, "")
    if checked.value is None:
        return _list_page(request, db, visitor, shelf, form=checked)
    revision = revision_in(shelf.texts, shelf.kind)
    answer = put_entry(
        db,
        visitor.id,
        shelf.draft,
        shelf.texts,
        shelf.kind,
        _entry_from(checked.value),
        revision=revision,
    )
    return _answered(request, db, shelf, answer, "added")


def _updated(
    request: Request, db: Session, visitor: Visitor, shelf: Shelf, name: str, form: Filled[Any]
) -> Response:
    entry = entry_called(shelf.entries, shelf.kind, name)
    if form.typed.get("do") == "remove":
        asked = form.typed.get("revision", "")
        revision = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        answer = remove_entry(
            db,
            visitor.id,
            shelf.draft,
            shelf.texts,
            shelf.outline,
            shelf.kind,
            name,
            revision,
        )
        return _answered(request, db, shelf, answer, "removed")
    checked = _checked(request, shelf, form, shelf.name_of(entry))
    if checked.value is None:
        return _entry_page(request, db, visitor, shelf, name, form=checked)
    revision = revision_in(shelf.texts, shelf.kind)
    is_late = checked.value.revision != revision
    if is_late and entry != entry_at(db, shelf.draft, shelf.kind, name, checked.value.revision):
        # Other entries of the file may have changed; this one has, so its writer chooses.
        return _entry_page(request, db, visitor, shelf, name, form=checked, theirs=entry)
    answer = put_entry(
        db,
        visitor.id,
        shelf.draft,
        shelf.texts,
        shelf.kind,
        _entry_from(checked.value),
        old=name,
        revision=revision,
    )
    return _answered(request, db, shelf, answer, "saved")


def _answered(
    request: Request, db: Session, shelf: Shelf, answer: Saved | Conflict, done: str
) -> Response:
    if isinstance(answer, Conflict):
        return conflict_page(request, db, shelf.draft, shelf.outline, answer)
    return onward(request, _LISTS[shelf.kind.path], f"?done={done}", slug=shelf.draft.slug)


def _checked(request: Request, shelf: Shelf, form: Filled[Any], own: str) -> Filled[Any]:
    """The form, with a fault for a name that another entry has and for a source that is none."""
    told, say = form.value, translations_for(request.scope["language"]).gettext
    if told is None:
        return form
    name = getattr(told, shelf.kind.field)
    names = [shelf.name_of(each) for each in shelf.entries]
    if any(shelf.kind.same(name, each) for each in names if each != own):
        form = form.with_fault(shelf.kind.field, say(TAKEN))
    if isinstance(told, TermForm):
        known = {str(each.get("id")) for each in entries_in(shelf.texts, SOURCES)}
        missing = next((each for each in ids_in(told.sources) if each not in known), None)
        if missing:
            form = form.with_fault("sources", say(NO_SOURCE) % {"name": missing})
    return form


def ids_in(text: str) -> list[str]:
    """The ids of sources in a field, whatever separates them."""
    return text.replace(",", " ").replace(";", " ").split()


def _entry_from(told: TermForm | SourceEntryForm) -> Entry:
    """The entry that the file holds, without what is empty."""
    if isinstance(told, TermForm):
        definition = " ".join(told.definition.split())
        entry: Mapping[str, Any] = {
            "term": " ".join(told.term.split()),
            "definition": definition,
            "sources": ids_in(told.sources),
        }
    else:
        said = told.model_dump(exclude={"revision", "year", "confirmed"})
        year = int(told.year) if told.year else None
        entry = {**said, "year": year, "confirmed": told.confirmed}
        order = ("id", "authors", "title", "publisher", "year", "url", "confirmed")
        entry = {field: entry[field] for field in order}
    return {field: value for field, value in entry.items() if value not in (None, "", [])}


def _shelf(
    db: Session, visitor: Visitor, slug: str, kind: Kind, roles: tuple[str, ...] = STUDIO_ROLES
) -> Shelf:
    draft = draft_for(db, visitor.id, slug, roles)
    texts = texts_of(db, draft)
    return Shelf(draft, texts, outline_of(texts), kind, entries_in(texts, kind))


def _list_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    shelf: Shelf,
    *,
    form: Filled[Any] | None = None,
    done: str = "",
) -> Response:
    named = shelf.kind.named(shelf.draft.slug, shelf.texts, shelf.outline)
    rows = [
        (each, shelf.name_of(each), shelf.kind.places(shelf.name_of(each), named))
        for each in shelf.entries
    ]
    return page(
        request,
        f"studio/citing/{'terms' if shelf.kind is TERMS else 'sources'}.html",
        422 if form else 200,
        draft=shelf.draft,
        outline=shelf.outline,
        rows=rows,
        form=form or Filled(None),
        is_author=may_write(db, visitor.id, shelf.draft),
        done=done,
    )


def _entry_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    shelf: Shelf,
    name: str,
    *,
    form: Filled[Any] | None = None,
    theirs: Mapping[str, Any] | None = None,
) -> Response:
    """An entry as a form; `theirs` is what somebody else made of it since the writer opened it."""
    entry = entry_called(shelf.entries, shelf.kind, name)
    known = shelf.name_of(entry)
    said = {field: value for field, value in entry.items() if isinstance(value, str)}
    sources = entry.get("sources")
    said["sources"] = ", ".join(map(str, sources)) if isinstance(sources, list) else ""
    asked = form.typed.get("revision", "") if form and theirs is None else ""
    return page(
        request,
        f"studio/citing/{'term' if shelf.kind is TERMS else 'source'}.html",
        409 if theirs else 422 if form else 200,
        draft=shelf.draft,
        outline=shelf.outline,
        name=known,
        theirs=said if theirs else {},
        typed=form.typed if form else said,
        faults=form.faults if form else {},
        places=shelf.kind.places(
            known, shelf.kind.named(shelf.draft.slug, shelf.texts, shelf.outline)
        ),
        revision=asked or revision_in(shelf.texts, shelf.kind),
        is_author=may_write(db, visitor.id, shelf.draft),
    )
