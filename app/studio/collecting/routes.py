"""Routes of collecting: a draft's pictures, recordings and files, listed, added and changed."""

from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.files import FileUnknown
from app.foundation.errors import Refusal
from app.i18n.refusals import said
from app.identity.access import Visitor, Writer
from app.identity.grants import AUTHOR, STUDIO_ROLES
from app.studio.collecting.forms import FileForm, FileNameForm
from app.studio.drafts import Draft, DraftText, draft_for, texts_of
from app.studio.holdings import add_files, remove_file, rename_file, replace_file
from app.studio.libraries import Holding, drawing_in, holding_called, library_of
from app.studio.outlines import Outline, outline_of
from app.studio.uploads import FileEmpty, Ready, Refused, prepared
from app.studio.works import may_write
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db, takes_files
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()

Sent = Annotated[list[Ready | Refused], Before(prepared)]
FileAsSeen = Annotated[Filled[FileForm], form_of(FileForm)]


class Shelf(NamedTuple):
    """A draft with its texts and its library."""

    draft: Draft
    texts: dict[str, DraftText]
    outline: Outline
    files: list[Holding]


@router.get("/studio/{slug}/files")
def show_library(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    return _library_page(request, db, visitor, _shelf(db, visitor, slug))


@router.post("/studio/{slug}/files")
@takes_files
def create_files(request: Request, db: Db, visitor: Writer, slug: str, sent: Sent) -> Response:
    """Add what can be taken; what cannot is said beside it, file by file."""
    shelf = _shelf(db, visitor, slug, (AUTHOR,))
    ready = [each for each in sent if isinstance(each, Ready)]
    stored = add_files(db, visitor.id, shelf.draft, ready)
    refused = [each for each in sent if isinstance(each, Refused)]
    names = [("there" if each.was_there else "added", each.name) for each in stored]
    if refused or not sent:
        shelf = _shelf(db, visitor, slug, (AUTHOR,))
        return _library_page(
            request, db, visitor, shelf, names=names, refused=refused, is_empty=not sent
        )
    return onward(request, "show_library", f"?{urlencode(names)}", slug=slug)


@router.get("/studio/{slug}/files/{file}")
def edit_file(
    request: Request, db: Db, visitor: Writer, slug: str, file: str, done: str = ""
) -> Response:
    shelf = _shelf(db, visitor, slug)
    return _file_page(request, db, visitor, shelf, holding_called(shelf.files, file), done=done)


@router.post("/studio/{slug}/files/{file}/name")
def update_file_name(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    file: str,
    form: Annotated[Filled[FileNameForm], form_of(FileNameForm)],
) -> Response:
    shelf = _shelf(db, visitor, slug, (AUTHOR,))
    holding = holding_called(shelf.files, file)
    if form.value is None:
        return _file_page(request, db, visitor, shelf, holding, form=form)
    told = form.value
    now = rename_file(db, visitor.id, shelf.draft, holding, told.name, told.revision, shelf.texts)
    return onward(request, "edit_file", "?done=renamed", slug=slug, file=now)


@router.post("/studio/{slug}/files/{file}/content")
@takes_files
def update_file(
    request: Request, db: Db, visitor: Writer, slug: str, file: str, sent: Sent, form: FileAsSeen
) -> Response:
    """Put another file in the place of this one; the lessons that show it stay as they are."""
    shelf = _shelf(db, visitor, slug, (AUTHOR,))
    holding = holding_called(shelf.files, file)
    if form.value is None:
        raise FileUnknown
    first = sent[0] if sent else Refused("", "", FileEmpty())
    if isinstance(first, Refused):
        return _file_page(request, db, visitor, shelf, holding, because=first.because)
    now = replace_file(
        db, visitor.id, shelf.draft, holding, first, form.value.revision, shelf.texts
    )
    return onward(request, "edit_file", "?done=replaced", slug=slug, file=now)


@router.post("/studio/{slug}/files/{file}/removal")
def delete_file(
    request: Request, db: Db, visitor: Writer, slug: str, file: str, form: FileAsSeen
) -> Response:
    shelf = _shelf(db, visitor, slug, (AUTHOR,))
    if form.value is None:
        raise FileUnknown
    holding = holding_called(shelf.files, file)
    remove_file(db, visitor.id, shelf.draft, holding, form.value.revision)
    return onward(request, "show_library", f"?{urlencode({'removed': file})}", slug=slug)


def _shelf(
    db: Session, visitor: Visitor, slug: str, roles: tuple[str, ...] = STUDIO_ROLES
) -> Shelf:
    draft = draft_for(db, visitor.id, slug, roles)
    texts = texts_of(db, draft)
    outline = outline_of(texts)
    return Shelf(draft, texts, outline, library_of(db, draft, texts, outline))


def _library_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    shelf: Shelf,
    *,
    names: list[tuple[str, str]] | None = None,
    refused: list[Refused] | None = None,
    is_empty: bool = False,
) -> Response:
    known = {each.name for each in shelf.files}
    news = names if names is not None else request.query_params.multi_items()
    removed = request.query_params.get("removed", "")
    language = request.scope["language"]
    return page(
        request,
        "studio/collecting/library.html",
        422 if refused or is_empty else 200,
        draft=shelf.draft,
        outline=shelf.outline,
        files=shelf.files,
        total=sum(each.size for each in shelf.files),
        added=[name for kind, name in news if kind == "added" and name in known],
        there=[name for kind, name in news if kind == "there" and name in known],
        removed="" if removed in known else removed[:100],
        refused=[(each.sent_as, said(each.because, language).whole) for each in refused or ()],
        is_empty=is_empty,
        is_author=may_write(db, visitor.id, shelf.draft),
    )


def _file_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    shelf: Shelf,
    holding: Holding,
    *,
    form: Filled[FileNameForm] | None = None,
    because: Refusal | None = None,
    done: str = "",
) -> Response:
    return page(
        request,
        "studio/collecting/file.html",
        422 if form or because else 200,
        draft=shelf.draft,
        outline=shelf.outline,
        file=holding,
        drawing=drawing_in(db, shelf.draft, holding),
        form=form or Filled(None),
        because=said(because, request.scope["language"]).whole if because else "",
        done=done,
        is_author=may_write(db, visitor.id, shelf.draft),
    )
