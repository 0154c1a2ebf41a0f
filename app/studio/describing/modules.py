"""Modules as forms: their title, and what of the course's recommendations and outcomes is theirs."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.recommendations import recommendations_in
from app.identity.access import Visitor
from app.studio.drafts import Draft, DraftText
from app.studio.outlines import PartUnknown, course_sheet, module_sheet, outline_of
from app.studio.sheets import Sheet
from app.studio.works import may_write
from app.web.forms import Filled
from app.web.pages import page


def sheet_of(texts: dict[str, DraftText], module: str) -> Sheet:
    """The module's file under edit; raises PartUnknown for one that is none or cannot be read."""
    outline_of(texts).module(module)
    sheet = module_sheet(texts, module)
    if sheet is None:
        raise PartUnknown
    return sheet


def put_module(sheet: Sheet, title: str, recommendations: list[str], outcomes: list[str]) -> None:
    """Write these over what the file says; lessons and quiz stay."""
    sheet.put("title", title)
    sheet.put("recommendations", recommendations)
    sheet.put("outcomes", outcomes)


def module_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    draft: Draft,
    texts: dict[str, DraftText],
    module: str,
    *,
    form: Filled[Any] | None = None,
    done: str = "",
) -> Response:
    """The form; what can be chosen is what the course itself names."""
    sheet, course, outline = sheet_of(texts, module), course_sheet(texts), outline_of(texts)
    parts = outline.module(module)
    chosen: dict[str, Any] = {
        "recommendations": sheet.keys("recommendations"),
        "outcomes": sheet.keys("outcomes"),
    }
    if form:
        fields = request.state.fields
        chosen = {name: [v for key, v in fields if key == name] for name in chosen}
    titles = {each.key: each.title for each in recommendations_in(db)}
    return page(
        request,
        "studio/module.html",
        422 if form else 200,
        draft=draft,
        outline=outline,
        module=parts,
        title=form.typed.get("title", "") if form else parts.title,
        recommendations=[(key, titles.get(key, "")) for key in course.keys("recommendations")],
        outcomes=[
            (str(each["key"]), str(each.get("text") or each["key"]))
            for each in course.value("outcomes", [])
            if isinstance(each, dict) and each.get("key")
        ],
        chosen=chosen,
        faults=form.faults if form else {},
        revision=form.typed.get("revision", "") if form else texts[parts.path].revision,
        is_author=may_write(db, visitor.id, draft),
        done=done,
    )
