"""Materials: a published version read back from the database as the compiled course that it was."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity, Module
from app.catalogue.compiling.compiled import (
    CompiledActivity,
    CompiledCourse,
    CompiledItem,
    CompiledModule,
    CompiledOutcome,
    CompiledText,
    QuizPlace,
    SourceFile,
)
from app.catalogue.courses import Course
from app.catalogue.items import Item, QuizItem
from app.catalogue.outcomes import Outcome
from app.catalogue.texts import CompiledText as TextRow
from app.catalogue.versions import CourseVersion, Source, VersionFile


def material_of(db: Session, version_id: int) -> CompiledCourse:
    """All of a version that a package may need, in a fixed number of statements."""
    version, slug = db.execute(
        select(CourseVersion, Course.slug)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id == version_id)
    ).one()
    modules = {m.id: m.key for m in _rows(db, Module, version_id)}
    rows = db.scalars(
        select(Activity).where(Activity.version_id == version_id).order_by(Activity.position)
    ).all()
    activities = tuple(_activity(row, modules) for row in rows)
    return CompiledCourse(
        slug=slug,
        source_language=version.source_language,
        institution_key="",
        audience="",
        licence=version.licence,
        keeps_progress=True,
        rule=version.rule,
        minutes=version.minutes,
        bytes=version.bytes,
        facts=version.facts,
        modules=tuple(_modules(db, version, activities)),
        activities=activities,
        outcomes=tuple(
            CompiledOutcome(o.key, o.position, o.level) for o in _rows(db, Outcome, version_id)
        ),
        alignments=(),
        items=tuple(_items(db, version_id)),
        quiz_items=tuple(
            QuizPlace(key, q.item_key, q.position, q.item_hash, q.outcome_key or "")
            for key, q in db.execute(_places(version_id))
        ),
        texts=tuple(_texts(db, version_id)),
        entries=(),
        files=tuple(SourceFile(*row) for row in db.execute(_files(version_id))),
        source_hash=version.source_hash,
    )


def _rows(db: Session, model: Any, version_id: int) -> list[Any]:
    found = select(model).where(model.version_id == version_id).order_by(model.position)
    return list(db.scalars(found))


def _activity(row: Activity, modules: dict[int, str]) -> CompiledActivity:
    return CompiledActivity(
        key=row.key,
        module_key=modules.get(row.module_id or 0),
        kind=row.kind,  # type: ignore[arg-type]  # written from the same three words
        position=row.position,
        minutes=row.minutes,
        bytes=row.bytes,
        required=row.required,
        settings=row.settings,
    )


def _modules(
    db: Session, version: CourseVersion, activities: tuple[CompiledActivity, ...]
) -> list[CompiledModule]:
    outcomes = version.facts["module_outcomes"]
    made = []
    for module in _rows(db, Module, version.id):
        inside = [a for a in activities if a.module_key == module.key]
        minutes = sum(a.minutes for a in inside if a.kind != "scenario")
        size = sum(a.bytes for a in inside)
        keys = tuple(outcomes.get(module.key, ()))
        made.append(CompiledModule(module.key, module.position, minutes, size, keys))
    return made


def _items(db: Session, version_id: int) -> list[CompiledItem]:
    found = db.execute(
        select(Item.hash, Item.kind, Item.definition)
        .join(QuizItem, QuizItem.item_hash == Item.hash)
        .join(Activity, Activity.id == QuizItem.activity_id)
        .where(Activity.version_id == version_id)
    )
    return [CompiledItem(*row) for row in found]


def _texts(db: Session, version_id: int) -> list[CompiledText]:
    columns = (
        TextRow.owner_key, TextRow.language, TextRow.title, TextRow.html, TextRow.parts,
        TextRow.fresh, TextRow.stale,
    )  # fmt: skip
    found = select(*columns).where(TextRow.version_id == version_id).order_by(TextRow.id)
    return [CompiledText(*row) for row in db.execute(found)]


def _places(version_id: int) -> Any:
    return (
        select(Activity.key, QuizItem)
        .join(QuizItem, QuizItem.activity_id == Activity.id)
        .where(Activity.version_id == version_id)
        .order_by(Activity.position, QuizItem.position)
    )


def _files(version_id: int) -> Any:
    return (
        select(VersionFile.path, Source.bytes, Source.hash)
        .join(Source, Source.hash == VersionFile.hash)
        .where(VersionFile.version_id == version_id)
        .order_by(VersionFile.path)
    )
