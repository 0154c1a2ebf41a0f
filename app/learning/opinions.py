"""Opinions: what people say of a course that they completed, once a round, to be counted only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from sqlalchemy import ForeignKey, Index, Integer, Text, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.courses import Course
from app.foundation import clock
from app.foundation.database import Answer, AnswerType, Model, Moment, MomentType, Ref, table_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment

QUESTIONS = ("worth", "relevance", "intent")
LEAST, MOST = 1, 4  # every question has four answers, from the least to the most
OPEN_FOR = timedelta(days=30)
LONGEST_COMMENT = 1_000


class Opinion(Model):
    """The three answers of one completed round, to be changed for 30 days after the first.

    `aims` are the keys of the outcomes that the person means to use; the comment is read without
    a name by those who work on the course, and goes when the person is erased.
    """

    __tablename__ = "opinions"
    __table_args__ = (Index("ix_opinions_course_id", "course_id"),)

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    worth: Mapped[int] = mapped_column(Integer)
    relevance: Mapped[int] = mapped_column(Integer)
    intent: Mapped[int] = mapped_column(Integer)
    aims: Mapped[Answer | None]
    comment: Mapped[str | None] = mapped_column(Text)
    given_at: Mapped[Moment]
    changed_at: Mapped[Moment]


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(Happening):
    """Somebody answered or changed the three questions; who it was stands nowhere in the ledger."""

    kind: ClassVar[str] = "opinion-given"

    worth: int
    relevance: int
    intent: int


class NothingCompleted(NotFound):
    """The person has completed no round of this course."""

    says = N_("You have not completed this course, so there is nothing to ask yet.")
    mend = N_("The questions open when you have done what the certificate needs.")


class OpinionSettled(Refusal):
    """The 30 days in which an opinion may be changed are over."""

    says = N_("Your answers can no longer be changed: 30 days have passed.")
    mend = N_("Complete the course again, and you are asked anew.")


class Asked(NamedTuple):
    """A completed round that may be spoken of, with what was said by now, if anything."""

    enrolment_id: int
    course_id: int
    version_id: int
    worth: int | None
    relevance: int | None
    intent: int | None
    given_at: datetime | None
    aims: Sequence[str] | None
    comment: str | None

    @property
    def is_settled(self) -> bool:
        """Whether the answers stand for good."""
        return self.given_at is not None and clock.now() > self.given_at + OPEN_FOR


_enrolments, _opinions = Enrolment.__table__.c, Opinion.__table__.c
_completions, _courses = Completion.__table__.c, Course.__table__.c
_ASKED = (
    select(
        _enrolments.id, _enrolments.course_id, _completions.version_id,
        _opinions.worth, _opinions.relevance, _opinions.intent, _opinions.given_at,
        _opinions.aims, _opinions.comment,
    )
    .select_from(
        Enrolment.__table__.join(Completion.__table__, _completions.enrolment_id == _enrolments.id)
        .join(Course.__table__, _courses.id == _enrolments.course_id)
        .outerjoin(Opinion.__table__, _opinions.enrolment_id == _enrolments.id)
    )
    .where(
        _enrolments.learner_id == bindparam("learner_id"), _courses.slug == bindparam("slug")
    )
    .order_by(_enrolments.round.desc())
    .limit(1)
)  # fmt: skip
_CHANGE = (
    update(table_of(Opinion))
    .where(_opinions.enrolment_id == bindparam("round_id"))
    .values(
        **{each: bindparam(f"new_{each}") for each in QUESTIONS},
        aims=bindparam("new_aims", type_=AnswerType),
        comment=bindparam("new_comment"),
        changed_at=bindparam("now", type_=MomentType()),
    )
)
_once = Once(Opinion)


def asked_of(db: Session, learner_id: int, slug: str) -> Asked:
    """The person's last completed round in a course; raises NothingCompleted."""
    row = db.execute(_ASKED, {"learner_id": learner_id, "slug": slug}).one_or_none()
    if row is None:
        raise NothingCompleted
    return Asked(*row)


def give(
    db: Session,
    asked: Asked,
    answers: dict[str, int],
    language: str,
    *,
    aims: Sequence[str] = (),
    comment: str = "",
) -> None:
    """Keep the answers to the three questions; raises OpinionSettled after 30 days."""
    if asked.is_settled:
        raise OpinionSettled
    said = {**answers, "aims": sorted(aims), "comment": comment or None}
    moment = clock.now()
    row = {
        "enrolment_id": asked.enrolment_id,
        "course_id": asked.course_id,
        "version_id": asked.version_id,
        **said,
        "given_at": moment,
        "changed_at": moment,
    }
    if not _once.add(db, row):
        changed = {f"new_{name}": value for name, value in said.items()}
        db.execute(_CHANGE, {"round_id": asked.enrolment_id, "now": moment, **changed})
    record(
        db,
        OpinionGiven(
            course_id=asked.course_id,
            version_id=asked.version_id,
            language=language,
            worth=answers["worth"],
            relevance=answers["relevance"],
            intent=answers["intent"],
        ),
    )


def forget_comments(db: Session, person_id: int) -> None:
    """Empty what an erased person wrote; the counted answers stay."""
    theirs = select(_enrolments.id).where(_enrolments.learner_id == person_id)
    written = _opinions.comment.is_not(None) & _opinions.enrolment_id.in_(theirs)
    db.execute(update(table_of(Opinion)).where(written).values(comment=None))
