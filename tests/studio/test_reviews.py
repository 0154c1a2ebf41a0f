"""From draft to version: handed in, commented on, approved, published; never what nobody approved."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.identity.grants import PUBLISHER, REVIEWER, grant
from app.queue.jobs import Job
from app.studio.changes import save
from app.studio.comments import (
    CommentUnknown,
    PassageUnknown,
    comment,
    open_comments,
    reply,
    settle,
    threads_of,
)
from app.studio.drafts import texts_of
from app.studio.guests import LinkUnknown, invite, opened_by, revoke_guest
from app.studio.passages import CHANGED, GONE, MOVED, SAME, passages_of, spot_of
from app.studio.releases import (
    ChangedSince,
    NotApproved,
    ReleaseWaits,
    carry_out,
    plan,
    ready,
    roll_back,
    versions_of,
)
from app.studio.submissions import (
    DraftFaulty,
    NothingWaits,
    TwoPeopleNeeded,
    approve,
    open_submission,
    send_back,
    submit,
)
from tests.makers.drafts import make_draft
from tests.makers.people import cast, make_institute
from tests.makers.sources import LESSON


@pytest.fixture
def draft(db, bilal):
    return make_draft(db, bilal)


@pytest.fixture
def rosa(db):
    """A reviewer of the institute."""
    institute = make_institute(db)
    return cast(db, "Rosa Ferri", institute, roles=(REVIEWER,), on=institute)


@pytest.fixture
def paul(db):
    """A publisher of the institute."""
    institute = make_institute(db)
    return cast(db, "Paul Okoro", institute, roles=(PUBLISHER,), on=institute)


def write_on(db, author, draft, old: str, new: str) -> None:
    there = texts_of(db, draft)[LESSON]
    assert old in there.text
    save(db, author.id, draft, LESSON, there.text.replace(old, new).encode(), there.revision)


def approved(db, author, reviewer, draft) -> None:
    submit(db, author.id, draft)
    approve(db, reviewer.id, draft, draft.revision)


def publish_now(db, publisher, draft, *, whole_only=True, matters=False) -> CourseVersion:
    release = plan(db, publisher.id, draft, clock.now(), whole_only=whole_only, matters=matters)
    return carry_out(db, release, draft, ready(db, draft))


def kinds(db) -> list[str]:
    return list(db.scalars(select(Event.kind).order_by(Event.id)))


def letters(db) -> list[tuple[str, str]]:
    jobs = db.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
    return [(job.payload["to"], job.payload["values"]["step"]) for job in jobs]


def test_a_draft_with_faults_is_not_handed_in_and_its_findings_say_why(db, bilal, draft):
    write_on(db, bilal, draft, "[@R1]", "[@R9]")
    with pytest.raises(DraftFaulty) as refusal:
        submit(db, bilal.id, draft)
    assert [fault.path for fault in refusal.value.faults] == [LESSON]
    assert open_submission(db, draft) is None


def test_each_step_is_an_event_and_a_letter_to_those_concerned(db, bilal, rosa, paul, draft):
    submit(db, bilal.id, draft)
    submit(db, bilal.id, draft)
    send_back(db, rosa.id, draft, draft.revision, "Say it more simply.")
    with pytest.raises(NothingWaits):
        approve(db, rosa.id, draft, draft.revision)
    approved(db, bilal, rosa, draft)
    version = publish_now(db, paul, draft)
    assert (version.number, version.is_current, draft.based_on) == (1, True, version.id)
    steps = [kind for kind in kinds(db) if kind.startswith(("draft-", "release-", "version-"))]
    assert steps == [
        "draft-opened", "draft-submitted", "draft-sent-back", "draft-submitted",
        "draft-approved", "release-planned", "version-published", "release-ended",
    ]  # fmt: skip
    assert letters(db) == [
        (rosa.email, "submitted"),
        (bilal.email, "sent-back"),
        (rosa.email, "submitted"),
        (bilal.email, "approved"),
        (paul.email, "to-publish"),
        (bilal.email, "published"),
        (rosa.email, "published"),
    ]


def test_nobody_approves_what_they_handed_in(db, bilal, draft):
    grant(db, bilal.id, REVIEWER, make_institute(db).id)
    submit(db, bilal.id, draft)
    with pytest.raises(TwoPeopleNeeded):
        approve(db, bilal.id, draft, draft.revision)
    assert open_submission(db, draft).state == "waiting"


def test_only_the_revision_approved_is_published(db, bilal, rosa, paul, draft):
    with pytest.raises(NotApproved):
        publish_now(db, paul, draft)
    approved(db, bilal, rosa, draft)
    made = ready(db, draft)
    release = plan(db, paul.id, draft, clock.now(), whole_only=False, matters=False)
    with pytest.raises(ReleaseWaits):
        plan(db, paul.id, draft, clock.now(), whole_only=False, matters=False)
    write_on(db, bilal, draft, "A course has", "Each course has")
    for compiled in (made, ready(db, draft)):
        with pytest.raises(ChangedSince):
            carry_out(db, release, draft, compiled)
    assert versions_of(db, draft.slug) == []
    with pytest.raises(NothingWaits):
        approve(db, rosa.id, draft, draft.revision)


def test_a_release_is_carried_out_once(db, bilal, rosa, paul, draft):
    approved(db, bilal, rosa, draft)
    release = plan(db, paul.id, draft, clock.now(), whole_only=False, matters=True)
    made = ready(db, draft)
    assert carry_out(db, release, draft, made).matters
    assert carry_out(db, release, draft, made) is None
    assert len(versions_of(db, draft.slug)) == kinds(db).count("version-published") == 1


def test_an_earlier_version_becomes_current_again_and_stays_what_it_was(
    db, bilal, rosa, paul, draft
):
    approved(db, bilal, rosa, draft)
    first = publish_now(db, paul, draft)
    hash_of_first = first.source_hash
    write_on(db, bilal, draft, "A course has", "Each course has")
    approved(db, bilal, rosa, draft)
    second = publish_now(db, paul, draft)
    for _twice in range(2):
        assert roll_back(db, paul.id, draft, 1, whole_only=True).id == first.id
    assert [(each.number, each.is_current) for each in versions_of(db, draft.slug)] == [
        (2, False), (1, True),
    ]  # fmt: skip
    assert first.source_hash == hash_of_first != second.source_hash
    assert kinds(db).count("version-published") == 3


def test_a_comment_outlives_what_becomes_of_its_passage(db, bilal, rosa, draft):
    sentence = "A course has modules, a module has lessons, and a quiz asks what stayed with you"
    passage = passages_of(LESSON, texts_of(db, draft)[LESSON].text)[-1]
    assert passage.text.startswith(sentence)
    made = comment(db, draft, LESSON, passage.key, "Who asks?", by=rosa.id)
    with pytest.raises(PassageUnknown):
        comment(db, draft, LESSON, "p-nowhere", "Here?", by=rosa.id)

    def state() -> str:
        files = {p: passages_of(p, each.text) for p, each in texts_of(db, draft).items()}
        (thread,) = threads_of(db, draft, files)
        assert thread.quote == passage.text
        return thread.spot.state

    assert state() == SAME
    write_on(db, bilal, draft, sentence, f"A first paragraph.\n\n{sentence}")
    assert state() == SAME
    write_on(db, bilal, draft, "a quiz asks what", "a quiz asks you what")
    assert state() == CHANGED
    write_on(db, bilal, draft, texts_of(db, draft)[LESSON].text.partition("---\n")[2], "")
    assert state() == GONE
    reply(db, draft, made.id, "The platform does.", by=bilal.id)
    settle(db, rosa.id, draft, made.id, is_resolved=True)
    assert open_comments(db, draft) == 0
    with pytest.raises(CommentUnknown):
        settle(db, rosa.id, draft, made.id + 100, is_resolved=True)
    reply(db, draft, made.id, "Not quite.", by=rosa.id)
    assert open_comments(db, draft) == 1


def test_a_passage_moved_to_another_file_is_found_there():
    before = passages_of("one/a.md", "First words.\n\nSecond words.\n")
    files = {"one/a.md": before[:1], "one/b.md": before[1:]}
    spot = spot_of("one/a.md", before[1].key, before[1].text, files)
    assert spot == ("one/b.md", before[1].key, MOVED)


def test_a_link_opens_one_draft_until_it_is_over_or_taken_back(db, bilal, draft, monkeypatch):
    guest, token = invite(db, bilal.id, draft, "Prof. Amara Diallo", 14)
    assert token.encode() not in guest.hash
    assert opened_by(db, token)[1].id == draft.id
    with pytest.raises(LinkUnknown):
        opened_by(db, token + "x")
    now = clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + timedelta(days=14, seconds=1))
        with pytest.raises(LinkUnknown):
            opened_by(db, token)
    revoke_guest(db, bilal.id, draft, guest.id)
    revoke_guest(db, bilal.id, draft, guest.id)
    with pytest.raises(LinkUnknown):
        opened_by(db, token)
    assert kinds(db).count("guest-revoked") == 1
