"""Offices: what somebody wrote and saved for courses, their readers and lists, for their archive."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import FromClause, Select, bindparam, select

from app.catalogue.courses import Course
from app.identity.users import own_accounts
from app.learning.inquiries import Inquiry
from app.statistics.exporting.long_files import LongFile
from app.studio.comments import Comment
from app.studio.drafts import Draft, DraftState
from app.studio.mutings import DraftMute
from app.studio.submissions import Submission

_mine = own_accounts(bindparam("user_id"))
_comments, _states, _submissions = (
    Comment.__table__.c, DraftState.__table__.c, Submission.__table__.c
)  # fmt: skip
_inquiries, _files, _mutes = Inquiry.__table__.c, LongFile.__table__.c, DraftMute.__table__.c
_draft = Draft.__table__.c.slug.label("draft")


def _with_drafts(model: Any) -> FromClause:
    table: FromClause = model.__table__
    return table.join(Draft.__table__, Draft.__table__.c.id == table.c.draft_id)


OFFICES: Mapping[str, Select[Any]] = {
    "changes": select(_draft, _states.path, _states.revision, _states.saved_at)
    .select_from(_with_drafts(DraftState))
    .where(_states.saved_by.in_(_mine)),
    "comments": select(
        _draft, _comments.path, _comments.passage, _comments.quote, _comments.words,
        _comments.made_at, _comments.resolved_at,
    )
    .select_from(_with_drafts(Comment))
    .where(_comments.made_by.in_(_mine)),
    "submissions": select(_draft, _submissions.revision, _submissions.submitted_at)
    .select_from(_with_drafts(Submission))
    .where(_submissions.submitted_by.in_(_mine)),
    "reviews": select(
        _draft, _submissions.revision, _submissions.state, _submissions.words,
        _submissions.decided_at,
    )
    .select_from(_with_drafts(Submission))
    .where(_submissions.decided_by.in_(_mine)),
    "draft-mutes": select(_draft, _mutes.muted_at)
    .select_from(_with_drafts(DraftMute))
    .where(_mutes.user_id.in_(_mine)),
    "replies": select(
        Course.__table__.c.slug.label("course"), _inquiries.lesson_key, _inquiries.answer,
        _inquiries.closed_at,
    )
    .join_from(Inquiry.__table__, Course.__table__, Course.__table__.c.id == _inquiries.course_id)
    .where(_inquiries.answered_by.in_(_mine)),
    "lists": select(_files.query, _files.asked_at, _files.state, _files.rows, _files.until).where(
        _files.person_id.in_(_mine)
    ),
}  # fmt: skip
