"""Merges of two accounts of one person: who may, what meets, and when it can be undone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from app.activity.events import Event
from app.credentials.certificates import Certificate
from app.custody.data_requests import DataRequest
from app.duties.duties import Duty
from app.duties.reckonings import months_after
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.grants import ADMINISTRATOR, Grant, grant
from app.identity.one_time_links import RESET, LinkOver, link_of, make_link
from app.identity.placements import Placement, place, standing_placement
from app.identity.users import AccountMerged, User, user_numbered
from app.learning.enrolments import Enrolment, withdraw
from app.learning.notes import Beside, Note, keep_note
from app.loads.loads import agree, confirm
from app.main import worker_of
from app.merges.changes import MergeChange
from app.merges.jobs import TIDY_MERGES
from app.merges.merges import (
    AlreadyMerged,
    ErasureOwed,
    Merge,
    OwnAccount,
    RolesNotYours,
    SameAccount,
    merge,
)
from app.merges.undoings import (
    LearntSince,
    MergedSince,
    MergeTooOld,
    NoteChangedSince,
    PlaceChangedSince,
    UndoneAlready,
    undo,
)
from app.queue.jobs import later
from app.statistics.completions import Asked
from app.statistics.records import rows_of
from app.statistics.scopes import NAMES, scope_of
from tests.makers.courses import make_course
from tests.makers.duties import complete_on, duties_of, make_requirement, noon, roll
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.loads import PEOPLE, looked_at, sheet, worked
from tests.makers.people import make_institute, make_interior, make_person
from tests.plans import plan_of

WHY = "Asked by telephone"


@pytest.fixture
def old(db):
    """The account that awa left behind when she changed institutions."""
    return make_person(db, "Awa Old", make_interior(db))


def test_what_both_held_is_one_persons(db, chloe, awa, old):
    version, other = make_course(db), make_course(db, "Second")
    rounds = [make_enrolment(db, old, version), make_enrolment(db, awa, version)]
    complete(db, make_enrolment(db, old, other))
    do(db, rounds[0], "lesson-1-1")
    for person, words in ((old, "Mine of then"), (awa, "Mine of now")):
        beside = Beside(person.id, version.course_id, "lesson-1-1", "b-1")
        keep_note(db, beside, words=words, quoted="Look", language="en")
        grant(db, person.id, "author", make_interior(db).id)
    code = db.scalars(select(Certificate.code)).one()
    then = standing_placement(db, old.id).id
    merge(db, chloe.id, awa.id, old.id, WHY)

    kept = db.scalars(select(Enrolment).order_by(Enrolment.course_id, Enrolment.round)).all()
    assert [each.learner_id for each in kept] == [awa.id] * 3
    # The round with more done goes on, the other one ends and is kept.
    ended = {each.id: each.end_reason for each in kept}
    assert (ended[rounds[0].id], ended[rounds[1].id]) == (None, "merged")
    assert [each.round for each in kept] == [1, 2, 1]
    assert db.scalars(select(Certificate.code)).one() == code
    assert db.scalars(select(Note.words).where(Note.person_id == awa.id)).all() == [
        "Mine of now\n\nMine of then"
    ]
    roles = db.scalars(
        select(Grant.user_id).where(Grant.ended_at.is_(None), Grant.role == "author")
    )
    assert awa.id in list(roles)
    assert standing_placement(db, old.id) is None
    assert standing_placement(db, awa.id).id != then
    # The fact keeps its person, the list names the account that stands.
    everything = scope_of(db, chloe.id, NAMES)
    today = clock.now().date()
    asked = Asked(today - timedelta(days=3), today + timedelta(days=3))
    rows = rows_of(db, everything, asked, "completed", 10)
    assert [row.person for row in rows] == ["Awa Diop"]
    with pytest.raises(AccountMerged):
        user_numbered(db, old.id)


def test_who_may_not_merge_or_undo_is_told_why(db, chloe, awa, old, dara):
    with pytest.raises(SameAccount):
        merge(db, chloe.id, awa.id, awa.id, WHY)
    with pytest.raises(OwnAccount):
        merge(db, chloe.id, chloe.id, old.id, WHY)
    held = db.scalars(select(Grant).where(Grant.user_id == chloe.id)).first()
    grant(db, old.id, ADMINISTRATOR, None)
    with pytest.raises(RolesNotYours):
        merge(db, chloe.id, awa.id, old.id, WHY)
    db.execute(update(Grant).where(Grant.user_id == old.id).values(ended_at=held.granted_at))
    day = clock.now().date()
    asked = DataRequest(
        key=uuid4(), person_id=old.id, kind="erasure", words="", came_on=day,
        due_on=day, extension="", answer="",
    )  # fmt: skip
    db.add(asked)
    db.flush()
    with pytest.raises(ErasureOwed):
        merge(db, chloe.id, awa.id, old.id, WHY)
    db.delete(asked)
    made = merge(db, chloe.id, awa.id, old.id, WHY)
    with pytest.raises(AlreadyMerged):
        merge(db, chloe.id, awa.id, old.id, WHY)
    third = make_person(db, "Awa Third", make_interior(db))
    later_one = merge(db, chloe.id, third.id, awa.id, WHY)
    # No chain: what was merged before follows.
    assert db.scalars(select(User.merged_into).where(User.id == old.id)).one() == third.id
    with pytest.raises(MergedSince):
        undo(db, chloe.id, made)
    undo(db, chloe.id, later_one)
    with pytest.raises(UndoneAlready):
        undo(db, chloe.id, later_one)
    db.execute(update(Merge).values(merged_at=clock.now() - timedelta(days=31)))
    db.expire_all()
    with pytest.raises(MergeTooOld):
        undo(db, chloe.id, db.get_one(Merge, made.id))


@pytest.mark.parametrize(
    ("since", "refusal"),
    [
        ("read", LearntSince), ("again", LearntSince), ("moved", PlaceChangedSince),
        ("note", NoteChangedSince),
    ],
)  # fmt: skip
def test_what_happened_since_keeps_the_accounts_one(db, chloe, old, since, refusal):
    stays = make_person(db, "Awa New")
    version = make_course(db)
    held = make_enrolment(db, old, version)
    beside = Beside(old.id, version.course_id, "lesson-1-1", "b-1")
    for each in (beside, beside._replace(person_id=stays.id)):
        keep_note(db, each, words=f"Of {each.person_id}", quoted="", language="en")
    if since == "again":
        withdraw(db, held.id, "en")
    made = merge(db, chloe.id, stays.id, old.id, WHY)
    if since == "read":
        do(db, held, "lesson-1-1")
    elif since == "again":
        make_enrolment(db, stays, version)
    elif since == "moved":
        place(db, stays.id, make_institute(db).id)
    else:
        keep_note(db, beside._replace(person_id=stays.id), words="New", quoted="", language="en")
    with pytest.raises(refusal):
        undo(db, chloe.id, made)


def test_the_ways_in_of_the_account_that_goes_end_and_no_others(db, browser, chloe, awa, old):
    links = {person: make_link(db, RESET, user_id=person.id) for person in (old, awa, chloe)}
    db.commit()
    browsers = {person: browser.as_(person) for person in links}
    merge(db, chloe.id, awa.id, old.id, WHY)
    db.commit()
    with pytest.raises(LinkOver):
        link_of(db, RESET, links[old])
    assert [link_of(db, RESET, links[each]).user_id for each in (awa, chloe)] == [awa.id, chloe.id]
    db.rollback()
    told = [browsers[each].get("/en/account").status_code for each in (old, awa, chloe)]
    assert told == [303, 200, 200]


def test_one_course_that_both_owe_is_owed_once(db, app, chloe, awa, old):
    version = make_course(db)
    required = make_requirement(db, chloe, make_interior(db), version)
    roll(db, required)
    complete(db, make_enrolment(db, old, version))
    before = {person.id: len(duties_of(db, person)) for person in (awa, old)}
    made = merge(db, chloe.id, awa.id, old.id, WHY)
    db.commit()
    for _before_and_after_the_roll in range(2):
        standing = [each for each in duties_of(db, awa) if each.stands]
        assert [each.done_on is not None for each in standing] == [True]
        db.commit()
        worker_of(app).run_until_idle()
    assert db.scalar(select(func.count()).where(Duty.done_placement_id.is_not(None))) == 1
    undo(db, chloe.id, made)
    db.commit()
    worker_of(app).run_until_idle()
    assert {person.id: len(duties_of(db, person)) for person in (awa, old)} == before
    assert [each.done_on for each in duties_of(db, awa)] == [None]


def test_of_two_duties_to_do_one_is_left_with_what_was_granted_for_either(db, chloe, awa, old):
    roll(db, make_requirement(db, chloe, make_interior(db), make_course(db)))
    today = clock.now().date()
    exempt_until, extended_to = today + timedelta(days=20), today + timedelta(days=50)
    for person, granted in (
        (old, {"exempt_until": exempt_until}),
        (awa, {"extended_to": extended_to}),
    ):
        db.execute(update(Duty).where(Duty.person_id == person.id).values(granted))
    merge(db, chloe.id, awa.id, old.id, WHY)
    left, ended = sorted(duties_of(db, awa), key=lambda each: not each.stands)
    assert (left.stands, left.ended_on) == (True, None)
    assert (left.exempt_until, left.extended_to) == (exempt_until, extended_to)
    assert (ended.stands, ended.ended_on) == (False, today)


def test_a_round_that_the_nightly_roll_opened_since_does_not_keep_the_accounts_one(
    db, chloe, awa, old
):
    today, day = clock.now().date(), timedelta(days=1)
    begins_on, version = today - 400 * day, make_course(db)
    db.execute(update(Placement).values(valid_from=noon(begins_on)))
    required = make_requirement(
        db, chloe, make_interior(db), version, begins_on, every_months=12, window_days=60
    )
    roll(db, required, begins_on)
    for person, ago in ((old, 293), (awa, 323)):
        complete_on(db, person, version, today - ago * day, 1)
        roll(db, required, today - ago * day)
    roll(db, required, today - 40 * day)
    before = {person.id: rows_as_they_stand(db, person) for person in (awa, old)}
    made = merge(db, chloe.id, awa.id, old.id, WHY)
    db.commit()
    opens_on = months_after(today - 293 * day, 12) - 60 * day
    roll(db, required, opens_on)
    *_past, opened = duties_of(db, awa)
    assert (opened.stands, opened.since) == (True, opens_on)
    db.commit()
    undo(db, chloe.id, made)
    assert rows_as_they_stand(db, old) == before[old.id]
    assert rows_as_they_stand(db, awa)[:-1] == before[awa.id]
    opened = duties_of(db, awa)[-1]
    assert (opened.stands, opened.ended_on) == (False, today)
    lapsed = select(Event.payload["round"].as_integer()).where(Event.kind == "duty-lapsed")
    assert db.scalars(lapsed).all() == [opened.round]
    for _twice in range(2):
        roll(db, required, opens_on)
        assert [each.done_on for each in duties_of(db, awa) if each.stands] == [None]
        assert [each.done_on for each in duties_of(db, old) if each.stands] == [None]


def rows_as_they_stand(db, person) -> list[tuple]:
    return [(each.id, each.round, each.stands, each.done_on) for each in duties_of(db, person)]


def test_an_old_address_in_a_file_means_the_account_that_stays(db, engines, chloe, awa, old):
    merge(db, chloe.id, awa.id, old.id, WHY)
    db.commit()
    row = (old.email, "", "Awa", "institute", "A7", "")
    load = looked_at(db, engines, "people", make_interior(db), chloe, sheet(PEOPLE, [row]))
    for step in (agree, confirm):
        worked(db, engines, load, step)
    assert standing_placement(db, awa.id).grade == "A7"
    assert standing_placement(db, old.id) is None


def test_erasure_takes_what_was_merged_along_and_time_forgets_what_stood_before(
    db, app, chloe, awa, old
):
    grant(db, old.id, "author", make_interior(db).id)
    merge(db, chloe.id, awa.id, old.id, WHY)
    other = merge(db, chloe.id, *(make_person(db, f"B {each}").id for each in "xy"), WHY)
    grants = select(func.count()).select_from(MergeChange).where(MergeChange.merge_id != other.id)
    assert db.scalar(grants)
    erase(db, awa)
    db.expire_all()
    assert [(user.name, user.email) for user in (db.get(User, old.id), db.get(User, awa.id))] == [
        ("", None)
    ] * 2
    assert db.scalar(grants) == 0
    assert db.scalars(select(Merge.reason).order_by(Merge.id)).all() == ["", WHY]
    db.execute(update(Merge).values(merged_at=clock.now() - timedelta(days=31)))
    later(db, TIDY_MERGES, {})
    db.commit()
    worker_of(app).run_until_idle()
    assert db.scalar(select(func.count()).select_from(MergeChange)) == 0
    told = select(Event.kind).where(Event.person_id == old.id)
    assert db.scalars(told.order_by(Event.id)).all()[-2:] == ["accounts-merged", "person-erased"]


def test_what_was_merged_into_a_person_is_found_where_nobody_was(db):
    people = [make_person(db, f"Person {at}") for at in range(400)]
    db.execute(text("ANALYZE users"))
    assert "ix_users_merged_into" in plan_of(
        db, select(User).where(User.merged_into == people[0].id)
    )
