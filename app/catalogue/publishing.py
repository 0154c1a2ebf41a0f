"""Publishing: a compiled course becomes an immutable version; its derived form can be made anew."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity, Module
from app.catalogue.compiling.compiled import COMPILER, CompiledCourse
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.items import Item, QuizItem
from app.catalogue.outcomes import Alignment, Outcome
from app.catalogue.ownerships import add_accepted
from app.catalogue.search_entries import SearchEntry, kind_of
from app.catalogue.successions import Succession, current_version, make_current
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.foundation import clock
from app.foundation.errors import Refusal
from app.foundation.prepared import Once
from app.i18n.foldings import folded
from app.i18n.marking import N_
from app.identity.institutions import Institution

_sources, _items = Once(Source), Once(Item)


class InstitutionUnknown(Refusal):
    """A course names an owner that the platform does not know."""

    says = N_("No institution has the key %(key)s.")
    mend = N_("Add it to institutions.yaml beside the courses, or mend the course's owner.")


@dataclass(frozen=True)
class Publication:
    """The version that now stands, and whether this call made it."""

    version: CourseVersion
    is_new: bool


def publish(
    db: Session,
    compiled: CompiledCourse,
    publisher_id: int | None = None,
    succession: Succession | None = None,
) -> Publication:
    """Store the compiled course as the current version; the same source again changes nothing.

    A source published before becomes current once more. What becomes of learners is as the course
    says, if it is not told. Raises InstitutionUnknown.
    """
    succession = succession or Succession(compiled.keeps_progress)
    course = _course_for(db, compiled)
    current = current_version(db, course.id)
    if current is not None and current.source_hash == compiled.source_hash:
        return Publication(current, is_new=False)
    known = db.scalar(
        select(CourseVersion).where(
            CourseVersion.course_id == course.id,
            CourseVersion.source_hash == compiled.source_hash,
        )
    )
    version = known or _new_version(db, course, compiled, current, publisher_id, succession)
    make_current(db, version, publisher_id, succession)
    return Publication(version, is_new=known is None)


def _course_for(db: Session, compiled: CompiledCourse) -> Course:
    owner_id = db.scalar(select(Institution.id).where(Institution.key == compiled.institution_key))
    if owner_id is None:
        raise InstitutionUnknown(key=compiled.institution_key)
    course = db.scalar(select(Course).where(Course.slug == compiled.slug).with_for_update())
    if course is None:
        course = Course(slug=compiled.slug, institution_id=owner_id, made_at=clock.now())
        course.audience = compiled.audience
        db.add(course)
        db.flush()
        db.add(CourseOwner(course_id=course.id, institution_id=owner_id))
        add_accepted(db, course)
    course.audience = compiled.audience
    db.flush()
    return course


def _new_version(
    db: Session,
    course: Course,
    compiled: CompiledCourse,
    current: CourseVersion | None,
    publisher_id: int | None,
    succession: Succession,
) -> CourseVersion:
    newest = db.scalar(
        select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course.id)
    )
    version = CourseVersion(
        course_id=course.id,
        number=(newest or 0) + 1,
        source_hash=compiled.source_hash,
        source_language=compiled.source_language,
        rule=compiled.rule,
        facts=compiled.facts | {"module_outcomes": _module_outcomes(compiled)},
        licence=compiled.licence,
        minutes=compiled.minutes,
        bytes=compiled.bytes,
        published_at=clock.now(),
        published_by=publisher_id,
        is_current=False,
        keeps_progress_from=current.number if current and succession.keeps_progress else None,
        matters=succession.matters,
        compiler=COMPILER,
    )
    db.add(version)
    db.flush()
    _store_source(db, version.id, compiled)
    _store_structure(db, version.id, compiled)
    _store_questions(db, version.id, compiled)
    store_derived(db, version, compiled)
    return version


def _module_outcomes(compiled: CompiledCourse) -> dict[str, list[str]]:
    return {module.key: list(module.outcome_keys) for module in compiled.modules}


def _store_source(db: Session, version_id: int, compiled: CompiledCourse) -> None:
    for file in compiled.files:
        _sources.add(db, {"hash": file.hash, "bytes": file.bytes})
    _add_all(
        db,
        VersionFile,
        [{"version_id": version_id, "path": f.path, "hash": f.hash} for f in compiled.files],
    )


def _store_structure(db: Session, version_id: int, compiled: CompiledCourse) -> None:
    _add_all(
        db,
        Module,
        [
            {"version_id": version_id, "key": m.key, "position": m.position}
            for m in compiled.modules
        ],
    )
    module_ids = dict(
        db.execute(select(Module.key, Module.id).where(Module.version_id == version_id)).all()
    )
    _add_all(
        db,
        Activity,
        [
            {
                "version_id": version_id,
                "module_id": module_ids.get(each.module_key or ""),
                "key": each.key,
                "kind": each.kind,
                "position": each.position,
                "minutes": each.minutes,
                "bytes": each.bytes,
                "required": each.required,
                "settings": each.settings,
            }
            for each in compiled.activities
        ],
    )
    _add_all(
        db,
        Outcome,
        [
            {"version_id": version_id, "key": o.key, "position": o.position, "level": o.level}
            for o in compiled.outcomes
        ],
    )
    _add_all(
        db,
        Alignment,
        [
            {"version_id": version_id, "owner_key": owner, "recommendation_key": key}
            for owner, key in dict.fromkeys(compiled.alignments)
        ],
    )


def _store_questions(db: Session, version_id: int, compiled: CompiledCourse) -> None:
    for item in compiled.items:
        _items.add(db, {"hash": item.hash, "kind": item.kind, "definition": item.definition})
    activity_ids = dict(
        db.execute(select(Activity.key, Activity.id).where(Activity.version_id == version_id)).all()
    )
    _add_all(
        db,
        QuizItem,
        [
            {
                "activity_id": activity_ids[place.activity_key],
                "item_key": place.item_key,
                "position": place.position,
                "item_hash": place.item_hash,
                "outcome_key": place.outcome_key,
            }
            for place in compiled.quiz_items
        ],
    )


def store_derived(db: Session, version: CourseVersion, compiled: CompiledCourse) -> None:
    """Write a version's texts and search entries anew and mark it with this compiler's number."""
    for model in (CompiledText, SearchEntry):
        db.execute(delete(model).where(model.version_id == version.id))
    _add_all(
        db,
        CompiledText,
        [
            {
                "version_id": version.id,
                "owner_key": text.owner_key,
                "language": text.language,
                "title": text.title,
                "html": text.html,
                "parts": text.parts,
                "fresh": text.fresh,
                "stale": text.stale,
                "compiler": COMPILER,
            }
            for text in compiled.texts
        ],
    )
    _add_all(
        db,
        SearchEntry,
        [
            {
                "version_id": version.id,
                "owner_key": entry.owner_key,
                "kind": kind_of(entry.owner_key),
                "language": entry.language,
                "title": entry.title,
                "place": entry.place,
                "folded_title": folded(entry.title, entry.language),
                "folded": " ".join(folded(text, entry.language) for _id, text in entry.blocks),
                "blocks": [list(block) for block in entry.blocks],
            }
            for entry in compiled.entries
        ],
    )
    db.execute(
        update(CourseVersion).where(CourseVersion.id == version.id).values(compiler=COMPILER)
    )


def _add_all(db: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(insert(model), rows)
