"""Routes of describing: a form over course.yaml."""

import re
from dataclasses import replace
from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.recommendations import recommendations_in
from app.identity.access import Writer
from app.identity.grants import AUTHOR
from app.studio.changes import Conflict, save
from app.studio.conflicts import conflict_page
from app.studio.describing.forms import FactsForm, ModuleForm
from app.studio.describing.modules import module_page, put_module, sheet_of
from app.studio.descriptions import LEVELS, Facts, OutcomeRow, facts_of, put_facts
from app.studio.drafts import Draft, draft_for, texts_of
from app.studio.outlines import COURSE, course_sheet, outline_of
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/studio/{slug}/facts")
def edit_facts(request: Request, db: Db, visitor: Writer, slug: str, done: str = "") -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    texts = texts_of(db, draft)
    facts = facts_of(course_sheet(texts))
    return _facts_page(request, db, draft, facts, texts[COURSE].revision, done=done)


@router.post("/studio/{slug}/facts")
def update_facts(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[FactsForm], form_of(FactsForm)],
) -> Response:
    """Save the facts; or, when a row is added or taken out, show the form again as it was typed."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    texts = texts_of(db, draft)
    sheet = course_sheet(texts)
    fields = request.state.fields
    typed = _typed(facts_of(sheet), fields)
    asked = form.typed.get("revision", "")
    revision = int(asked) if re.fullmatch(r"\d{1,9}", asked) else 0
    do = form.typed.get("do", "")
    if do:
        rows = _rows_after(typed.outcomes, do)
        return _facts_page(request, db, draft, replace(typed, outcomes=rows), revision)
    if form.value is None:
        return _facts_page(request, db, draft, typed, revision, form=form)
    put_facts(sheet, typed)
    answer = save(db, visitor.id, draft, COURSE, sheet.text().encode(), revision)
    if isinstance(answer, Conflict):
        return conflict_page(request, db, draft, outline_of(texts), answer)
    return onward(request, "edit_facts", "?done=saved", slug=slug)


@router.get("/studio/{slug}/modules/{module}")
def edit_module(
    request: Request, db: Db, visitor: Writer, slug: str, module: str, done: str = ""
) -> Response:
    draft = draft_for(db, visitor.id, slug)
    return module_page(request, db, visitor, draft, texts_of(db, draft), module, done=done)


@router.post("/studio/{slug}/modules/{module}")
def update_module(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    module: str,
    form: Annotated[Filled[ModuleForm], form_of(ModuleForm)],
) -> Response:
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    texts = texts_of(db, draft)
    if form.value is None:
        return module_page(request, db, visitor, draft, texts, module, form=form)
    sheet, outline = sheet_of(texts, module), outline_of(texts)
    told = form.value
    put_module(sheet, told.title, told.recommendations, told.outcomes)
    path = outline.module(module).path
    answer = save(db, visitor.id, draft, path, sheet.text().encode(), told.revision)
    if isinstance(answer, Conflict):
        return conflict_page(request, db, draft, outline, answer)
    return onward(request, "edit_module", "?done=saved", slug=slug, module=module)


def _typed(standing: Facts, fields: list[tuple[str, str]]) -> Facts:
    """The form's fields as they were typed, whether or not they are sound."""
    first = dict(reversed(fields))
    every = {
        name: [value for key, value in fields if key == name]
        for name in ("recommendations", "outcome_key", "outcome_text", "outcome_level")
    }
    rows = zip(every["outcome_key"], every["outcome_text"], every["outcome_level"], strict=False)
    texts = {
        name: first.get(name, "").replace("\r\n", "\n").strip()
        for name in ("title", "summary", "purpose", "licence", "authors", "reviewers")
    }
    chosen = {
        name: first.get(name, getattr(standing, name))
        for name in ("audience", "facts_checked", "lessons", "quizzes", "final")
    }
    return replace(
        standing,
        **texts,
        **chosen,
        recommendations=tuple(every["recommendations"]),
        outcomes=tuple(
            OutcomeRow(key, text, level if level in LEVELS else LEVELS[1])
            for key, text, level in rows
        ),
        keeps_progress=first.get("keeps_progress") == "true",
    )


def _rows_after(rows: tuple[OutcomeRow, ...], do: str) -> tuple[OutcomeRow, ...]:
    kind, _, number = do.partition("-")
    if kind == "add":
        return (*rows, OutcomeRow())
    return tuple(row for place, row in enumerate(rows) if str(place) != number)


def _facts_page(
    request: Request,
    db: Session,
    draft: Draft,
    facts: Facts,
    revision: int,
    *,
    form: Filled[FactsForm] | None = None,
    done: str = "",
) -> Response:
    return page(
        request,
        "studio/facts.html",
        422 if form else 200,
        draft=draft,
        facts=facts,
        revision=revision,
        faults=form.faults if form else {},
        levels=LEVELS,
        recommendations=recommendations_in(db),
        outline=outline_of(texts_of(db, draft)),
        done=done,
    )
