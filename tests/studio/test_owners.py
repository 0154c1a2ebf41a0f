"""Owners of a course: asked, consenting, leaving, and what each of them may do in the studio."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.courses import owners_of as owners_named
from app.foundation import clock
from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER, STUDIO_ROLES, TRANSLATOR, grant
from app.queue.jobs import Job
from app.studio.drafts import DraftUnknown, draft_for, draft_from, open_draft, texts_of
from app.studio.inspections import findings_of
from app.studio.owned_courses import owned_by, owners_of
from app.studio.owners import (
    AnswersForCourse,
    LastOwner,
    OwnsAlready,
    ProposalOver,
    decide,
    leave,
    propose,
    withdraw,
)
from app.studio.releases import carry_out, plan, ready
from app.studio.submissions import approve, submit
from app.studio.works import holds
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.people import HEALTH, cast, make_institute, make_institution
from tests.makers.sources import make_source

SLUG = "first-course"


@pytest.fixture
def draft(db, bilal):
    return make_draft(db, bilal)


@pytest.fixture
def health(db):
    return make_institution(db, *HEALTH)


@pytest.fixture
def paul(db):
    """A publisher of the institute."""
    institute = make_institute(db)
    return cast(db, "Paul Okoro", institute, roles=(PUBLISHER, REVIEWER), on=institute)


@pytest.fixture
def nadia(db, health):
    """A publisher of the ministry of health, and all else that the studio knows."""
    roles = (*STUDIO_ROLES,)
    return cast(db, "Nadia Rahal", health, roles=roles, on=health)


def owned(db, person):
    return owned_by(db, person.id, SLUG, (PUBLISHER,))


def names(db, person) -> list[str]:
    return [each.name for each in owners_of(db, owned_by(db, person.id, SLUG))]


def ask(db, paul, key=HEALTH[0], *, answers=False):
    return propose(db, paul.id, owned(db, paul), key, answers=answers)


def publish(db, author, reviewer, draft):
    submit(db, author.id, draft)
    approve(db, reviewer.id, draft, draft.revision)
    release = plan(db, reviewer.id, draft, clock.now(), whole_only=True, matters=False)
    return carry_out(db, release, draft, ready(db, draft))


def kinds(db) -> list[str]:
    asked = select(Event.kind).where(Event.kind.startswith("owner-")).order_by(Event.id)
    return list(db.scalars(asked))


def test_nobody_owns_a_course_without_consent_and_a_refusal_leaves_all_as_it_was(
    db, draft, paul, nadia
):
    proposal = ask(db, paul)
    assert ask(db, paul).id == proposal.id
    with pytest.raises(DraftUnknown):
        draft_for(db, nadia.id, SLUG)
    decide(db, nadia.id, proposal.id, is_accepted=False)
    decide(db, nadia.id, proposal.id, is_accepted=False)
    with pytest.raises(ProposalOver):
        decide(db, nadia.id, proposal.id, is_accepted=True)
    with pytest.raises(DraftUnknown):
        draft_for(db, nadia.id, SLUG)
    again = ask(db, paul)
    withdraw(db, paul.id, owned(db, paul), again.id)
    with pytest.raises(ProposalOver):
        decide(db, nadia.id, again.id, is_accepted=True)
    with pytest.raises(OwnsAlready):
        ask(db, paul, "institute")
    decided = ["owner-proposed", "owner-decided"]
    assert kinds(db) == decided * 2
    letters = [
        (job.payload["to"], job.payload["values"]["step"])
        for job in db.scalars(select(Job).where(Job.kind == "mail").order_by(Job.id))
    ]
    assert letters == [(nadia.email, "to-own"), (paul.email, "refused"), (nadia.email, "to-own")]


def test_every_role_on_any_owner_is_a_role_on_the_draft_and_on_the_published_course(
    db, bilal, draft, paul, nadia
):
    assert not holds(db, nadia.id, draft, AUTHOR)
    decide(db, nadia.id, ask(db, paul).id, is_accepted=True)
    for role in STUDIO_ROLES:
        assert draft_for(db, nadia.id, SLUG, (role,)).id == draft.id
        assert holds(db, nadia.id, draft, role)
    submit(db, nadia.id, draft)
    approve(db, paul.id, draft, draft.revision)
    release = plan(db, nadia.id, draft, clock.now(), whole_only=True, matters=False)
    version = carry_out(db, release, draft, ready(db, draft))
    assert owners_named(db, version.course_id) == [
        "Institute of Public Administration", "Ministry of Health",
    ]  # fmt: skip
    draft.closed_at = clock.now()
    db.flush()
    reopened = open_draft(db, nadia.id, SLUG)
    assert reopened.institution_id == draft.institution_id
    assert [each for each in findings_of(db, reopened) if each.is_grave] == []
    assert holds(db, bilal.id, reopened, AUTHOR)


def test_an_owner_may_leave_but_not_the_last_nor_who_answers_for_the_course(
    db, bilal, draft, paul, nadia, health
):
    publish(db, bilal, paul, draft)
    institute = make_institute(db)
    with pytest.raises(LastOwner):
        leave(db, paul.id, owned(db, paul), institute.id)
    decide(db, nadia.id, ask(db, paul).id, is_accepted=True)
    with pytest.raises(AnswersForCourse):
        leave(db, paul.id, owned(db, paul), institute.id)
    before = db.scalars(select(Course.owners_revision)).one()
    leave(db, nadia.id, owned(db, nadia), health.id)
    assert names(db, paul) == ["Institute of Public Administration"]
    assert db.scalars(select(CourseOwner.institution_id)).all() == [institute.id]
    assert db.scalars(select(Course.owners_revision)).one() == before + 1
    with pytest.raises(DraftUnknown):
        draft_for(db, nadia.id, SLUG)
    assert kinds(db)[-1] == "owner-left"


@pytest.mark.parametrize("is_published", [False, True])
def test_another_owner_answers_for_the_course_once_it_agrees(
    db, bilal, draft, paul, nadia, health, is_published
):
    if is_published:
        publish(db, bilal, paul, draft)
    decide(db, nadia.id, ask(db, paul).id, is_accepted=True)
    decide(db, nadia.id, ask(db, paul, answers=True).id, is_accepted=True)
    assert draft.institution_id == health.id
    assert f"institution: {health.key}" in texts_of(db, draft)["course.yaml"].text
    assert [each for each in findings_of(db, draft) if each.is_grave] == []
    assert len(names(db, paul)) == 2
    leave(db, paul.id, owned(db, paul), make_institute(db).id)
    assert names(db, nadia) == ["Ministry of Health"]


def test_a_new_course_of_the_same_name_has_none_of_the_earlier_owners(
    db, bilal, draft, paul, nadia
):
    decide(db, nadia.id, ask(db, paul).id, is_accepted=True)
    draft.closed_at = clock.now()
    db.flush()
    draft_from(db, bilal.id, make_source(), make_institute(db))
    with pytest.raises(DraftUnknown):
        draft_for(db, nadia.id, SLUG)


def test_pages_ask_accept_name_the_owners_and_say_the_licence(
    db, browser, eve, bilal, draft, paul, nadia, health, awa
):
    grant(db, awa.id, TRANSLATOR("fr"), make_institute(db).id)
    publish(db, bilal, paul, draft)
    db.commit()
    asks, accepts, translator = (browser.as_(each) for each in (paul, nadia, awa))
    at = f"/en/studio/{SLUG}/owners"
    lesson = f"/en/courses/{SLUG}/lessons/first-lesson"
    assert "Ministry of Health" not in text_of(eve.get(lesson))
    assert "Ask it to own" not in translator.get(at).text
    assert translator.post(at, {"institution": health.key}).status_code == 404
    assert asks.post(at, {"institution": ""}).status_code == 422
    asks.post(at, {"institution": health.key, "what": "own"})
    assert accepts.get(at).status_code == 404
    studio = accepts.get("/en/studio").text
    assert "Shall Ministry of Health own this course too?" in studio
    number = studio.partition("/en/studio/proposals/")[2].partition("/")[0]
    assert (
        asks.post(f"/en/studio/proposals/{number}/answer", {"answer": "accept"}).status_code == 404
    )
    accepts.post(f"/en/studio/proposals/{number}/answer", {"answer": "accept"})
    assert accepts.get(at).status_code == 200
    paths = ("", "/lessons/first-lesson", "/quizzes/first-quiz", "/print", "/glossary")
    for path in (*paths, "/bibliography", "/take-along/site", "/take-along/pdf"):
        answer = eve.get(f"/en/courses/{SLUG}{path}")
        assert answer.status_code == 200, path
        if "take-along" not in path:
            assert "Ministry of Health" in text_of(answer), path
            assert "https://creativecommons.org/licenses/by/4.0/" in answer.text, path
    accepts.post(f"{at}/{health.key}/end")
    assert "Ministry of Health" not in text_of(eve.get(lesson))
