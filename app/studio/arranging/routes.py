"""Routes of arranging: modules, lessons and quizzes added, named, moved and taken out."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Writer
from app.identity.grants import AUTHOR
from app.studio.arrangements import (
    add_lesson,
    add_module,
    add_quiz,
    move_lesson,
    move_module,
    remove_part,
    rename,
)
from app.studio.drafts import draft_for, texts_of
from app.studio.forms import PartForm, PlaceForm
from app.studio.losses import loss_of
from app.studio.outlines import Outline, PartUnknown, outline_of
from app.studio.routes import say_in
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()

Named = Annotated[Filled[PartForm], form_of(PartForm)]


@router.post("/studio/{slug}/modules")
def create_module(request: Request, db: Db, visitor: Writer, slug: str, form: Named) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    if form.value is None:
        return onward(request, "show_draft", "?done=untitled#new-module", slug=slug)
    language = outline_of(texts_of(db, draft)).language
    key = add_module(db, visitor.id, draft, form.value.title, say_in(language))
    return onward(request, "show_draft", f"?done=added#part-{key}", slug=slug)


@router.post("/studio/{slug}/modules/{module}/lessons")
def create_draft_lesson(
    request: Request, db: Db, visitor: Writer, slug: str, module: str, form: Named
) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    if form.value is None:
        return onward(request, "show_draft", f"?done=untitled#part-{module}", slug=slug)
    language = outline_of(texts_of(db, draft)).language
    key = add_lesson(db, visitor.id, draft, module, form.value.title, say_in(language))
    return onward(request, "edit_lesson", slug=slug, key=key)


@router.post("/studio/{slug}/modules/{module}/quiz")
def create_draft_quiz(
    request: Request, db: Db, visitor: Writer, slug: str, module: str
) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    language = outline_of(texts_of(db, draft)).language
    key = add_quiz(db, visitor.id, draft, module, say_in(language))
    return onward(request, "edit_quiz", slug=slug, key=key)


@router.post("/studio/{slug}/final")
def create_final(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    language = outline_of(texts_of(db, draft)).language
    key = add_quiz(db, visitor.id, draft, "", say_in(language))
    return onward(request, "edit_quiz", slug=slug, key=key)


@router.post("/studio/{slug}/parts/{key}/title")
def update_title(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, form: Named
) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    if form.value is None:
        return onward(request, "show_draft", f"?done=untitled#part-{key}", slug=slug)
    rename(db, visitor.id, draft, key, form.value.title)
    return onward(request, "show_draft", f"?done=named#part-{key}", slug=slug)


@router.post("/studio/{slug}/places")
def update_place(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[PlaceForm], form_of(PlaceForm)],
) -> Response:
    """Move a module or lesson; at the end of a module a lesson goes over into the next one."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    if form.value is None:
        raise PartUnknown
    outline = outline_of(texts_of(db, draft))
    told = form.value
    target = placed(outline, told) if told.way else (told.module, told.place)
    if target is not None:
        module, place = target
        if module:
            move_lesson(db, visitor.id, draft, told.key, module, place)
        else:
            move_module(db, visitor.id, draft, told.key, place)
    query = f"?done=moved&moved={told.key}#part-{told.key}"
    return onward(request, "show_draft", query, slug=slug)


@router.get("/studio/{slug}/parts/{key}/removal")
def new_removal(request: Request, db: Db, visitor: Writer, slug: str, key: str) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    outline = outline_of(texts_of(db, draft))
    module = next((each for each in outline.modules if each.key == key), None)
    parts = module.parts if module else (outline.part(key),)
    return page(
        request,
        "studio/removal.html",
        draft=draft,
        outline=outline,
        module=module,
        parts=parts,
        key=key,
        loss=loss_of(db, slug, [part.key for part in parts]),
    )


@router.post("/studio/{slug}/parts/{key}/removal")
def delete_part(request: Request, db: Db, visitor: Writer, slug: str, key: str) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    remove_part(db, visitor.id, draft, key)
    return onward(request, "show_draft", "?done=removed", slug=slug)


def placed(outline: Outline, told: PlaceForm) -> tuple[str, int] | None:
    """Where one step leads: a module and a place in it, no module for a module; none at an end."""
    step = -1 if told.way == "up" else 1
    modules = [each.key for each in outline.modules]
    if told.key in modules:
        place = modules.index(told.key) + step
        return ("", place) if 0 <= place < len(modules) else None
    part = outline.part(told.key, "lesson")
    home = outline.module_of(part)
    if home is None:
        return None
    place = home.lessons.index(part) + step
    if 0 <= place < len(home.lessons):
        return home.key, place
    number = modules.index(home.key) + step
    if not 0 <= number < len(modules):
        return None
    return modules[number], len(outline.modules[number].lessons) if step < 0 else 0
