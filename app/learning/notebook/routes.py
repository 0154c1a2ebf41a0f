"""Routes of notes: the one beside a paragraph, all of a person's, their files; and the place."""

from functools import partial
from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.articles import Paragraph, paragraph_in, paragraphs_of
from app.catalogue.editions import Edition, EditionActivity, marks_of
from app.catalogue.shelves import edition_of
from app.identity.access import SignedIn
from app.learning.notebook.forms import NoteForm, PlaceForm
from app.learning.notebooks import COLUMNS, Entry, Notebook, notebooks_of, rows_of
from app.learning.notes import Beside, delete_note, keep_note, mark_of, words_beside
from app.learning.progress import note_place
from app.learning.readers import Learner, Reader
from app.statistics.exports import small_file
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import PRIVATE, Pages, onward, page, path_of
from app.web.turn import Turnstile

router = Turnstile()
FilledNote = Annotated[Filled[NoteForm], form_of(NoteForm)]
FilledPlace = Annotated[Filled[PlaceForm], form_of(PlaceForm)]


@router.post("/courses/{slug}/lessons/{key}/place")
def create_place(
    request: Request, db: Db, learner: Learner, key: str, form: FilledPlace
) -> Response:
    """Keep how far the lesson is read; sent by a script, which needs no answer."""
    lesson = _edition(request, db, learner).lesson(key)
    if form.value is not None:
        note_place(db, learner.own_place_id, lesson.key, form.value.block, form.value.opened)
    return Response(status_code=204, headers=PRIVATE)


@router.get("/courses/{slug}/lessons/{key}/notes/{block}")
def edit_note(request: Request, db: Db, learner: Learner, key: str, block: str) -> Response:
    edition = _edition(request, db, learner)
    paragraph = _paragraph(db, learner, edition, edition.lesson(key), block)
    words = words_beside(db, _beside(learner, key, block))
    form: Filled[NoteForm] = Filled(None, {"note": words or "", "known": mark_of(words)})
    return _form_page(request, edition, key, paragraph, form, is_kept=words is not None)


@router.post("/courses/{slug}/lessons/{key}/notes/{block}")
def update_note(
    request: Request, db: Db, learner: Learner, key: str, block: str, form: FilledNote
) -> Response:
    edition = _edition(request, db, learner)
    paragraph = _paragraph(db, learner, edition, edition.lesson(key), block)
    beside = _beside(learner, key, block)
    standing = words_beside(db, beside)
    shown = partial(_form_page, request, edition, key, paragraph, is_kept=standing is not None)
    if form.value is None:
        return shown(form, status=422)
    words = form.value.note
    if form.value.would_undo(standing):
        again: Filled[NoteForm] = Filled(None, {"note": words, "known": mark_of(standing)})
        return shown(again, newer=standing, status=409)
    keep_note(
        db,
        beside,
        words=words,
        quoted=paragraph.text,
        language=paragraph.language or edition.shown_in,
    )
    return onward(request, "show_lesson", f"#note-{block}", slug=edition.slug, key=key)


@router.post("/my-learning/notes/{slug}/{key}/{block}/removal")
def delete_own_note(
    request: Request, db: Db, visitor: SignedIn, slug: str, key: str, block: str
) -> Response:
    """Take a note away, also one whose paragraph or course is gone; then back to where it stood."""
    delete_note(db, visitor.id, slug, key, block)
    if request.query_params.get("from") == "lesson":
        return onward(request, "show_lesson", f"#{block}", slug=slug, key=key)
    return onward(request, "show_notes")


@router.get("/my-learning/notes")
def show_notes(request: Request, db: Db, visitor: SignedIn) -> Response:
    """All notes, or with `course` in the query those of one."""
    asked = _course_asked(request)
    return page(
        request,
        "learning/notes.html",
        notebooks=notebooks_of(db, visitor.id, request.scope["language"], asked),
        asked=asked,
    )


@router.get("/my-learning/notes.csv")
def show_notes_table(request: Request, db: Db, visitor: SignedIn) -> Response:
    notebooks = notebooks_of(db, visitor.id, request.scope["language"], _course_asked(request))
    table = small_file(COLUMNS, rows_of(notebooks, lambda *place: _address(request, *place)))
    return _file(table, "text/csv; charset=utf-8", "notes.csv")


@router.get("/my-learning/notes.txt")
def show_notes_text(request: Request, db: Db, visitor: SignedIn) -> Response:
    language = request.scope["language"]
    pages: Pages = request.app.state.pages
    text = pages.render(
        language,
        "learning/notes.txt",
        {
            "notebooks": notebooks_of(db, visitor.id, language, _course_asked(request)),
            "address": lambda *place: _address(request, *place),
        },
    )
    return _file(text.encode(), "text/plain; charset=utf-8", "notes.txt")


def _file(content: bytes, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=PRIVATE | disposition, media_type=media_type)


def _address(request: Request, notebook: Notebook, entry: Entry) -> str:
    key = entry.note.lesson_key
    path = path_of(request, "show_lesson", slug=notebook.slug, key=key)
    return f"{request.app.state.settings.public_url}{path}#{entry.note.block}"


def _course_asked(request: Request) -> str:
    return request.query_params.get("course", "")[:64]


def _beside(reader: Reader, key: str, block: str) -> Beside:
    assert reader.visitor is not None
    return Beside(reader.visitor.id, reader.course_id, key, block)


def _paragraph(
    db: Session, reader: Reader, edition: Edition, lesson: EditionActivity, block: str
) -> Paragraph:
    return paragraph_in(paragraphs_of(db, edition, lesson, reader.compiler), block)


def _form_page(
    request: Request,
    edition: Edition,
    key: str,
    paragraph: Paragraph,
    form: Filled[NoteForm],
    *,
    is_kept: bool,
    newer: str | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "learning/note.html",
        status,
        edition=edition,
        lesson=edition.lesson(key),
        paragraph=paragraph,
        marks=marks_of(paragraph.language or edition.shown_in, edition.language),
        form=form,
        is_kept=is_kept,
        newer=newer,
    )


def _edition(request: Request, db: Session, reader: Reader) -> Edition:
    return edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
