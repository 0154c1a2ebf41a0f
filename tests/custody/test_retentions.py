"""Rules of retention: set for a tree, carried out every day, once."""

from datetime import timedelta
from itertools import chain

import pytest
from sqlalchemy import select

from app.activity.events import Event, record
from app.credentials.certificates import Certificate
from app.custody import retentions
from app.custody.jobs import keep_at, keep_idle_at
from app.custody.retentions import (
    HOLDER_NAMES,
    IDLE_ACCOUNTS,
    KEEP,
    KEEP_IDLE,
    IdleWarning,
    Retention,
    idle_in,
    rule_for,
    rule_of_names,
    set_rule,
    warn_or_erase,
)
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.sign_ins import SignedIn
from app.identity.users import User
from app.loads.loads import agree, confirm
from app.main import worker_of
from app.merges.merges import merge
from app.queue.jobs import Job, later
from app.studio.guests import Guest, invite
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.drafts import make_draft
from tests.makers.learning import complete, make_enrolment
from tests.makers.loads import PEOPLE, looked_at, sheet, worked
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import make_institute, make_interior, make_person

PAGE = "/en/retention"
LATER = timedelta(days=400)


@pytest.fixture
def kept(engines, db):
    """Play the daily work as it will be at a moment; who was to be warned or erased."""

    def play(moment=None):
        db.commit()
        then = moment or clock.now()
        due = keep_at(engines, then)
        for rule_id, people in due.items():
            keep_idle_at(engines, rule_id, people, then)
        db.expire_all()
        return [*chain(*due.values())]

    return play


def test_the_nearest_rule_above_holds(db, chloe):
    interior, institute = make_interior(db), make_institute(db)
    assert rule_for(db, institute.id, HOLDER_NAMES) is None
    set_rule(db, chloe.id, interior.id, HOLDER_NAMES, 120, "Law 1")
    assert rule_for(db, institute.id, HOLDER_NAMES).months == 120
    set_rule(db, chloe.id, institute.id, HOLDER_NAMES, 24, "Law 2")
    assert rule_for(db, institute.id, HOLDER_NAMES).months == 24
    set_rule(db, chloe.id, institute.id, HOLDER_NAMES, 0, "")
    assert rule_for(db, institute.id, HOLDER_NAMES).months == 120
    assert len(db.scalars(select(Retention)).all()) == 2


def test_the_law_is_that_of_the_place_that_was_left_last(db, awa, dara, chloe):
    """Where the other account worked is left, though its person came there later."""
    interior = make_interior(db)
    set_rule(db, chloe.id, interior.id, HOLDER_NAMES, 12, "Law 1")
    merge(db, chloe.id, awa.id, dara.id, "One person")
    assert rule_of_names(db, awa.id).institution_id == interior.id
    erase(db, awa)
    assert rule_of_names(db, awa.id).institution_id == interior.id


def test_a_name_stays_on_a_certificate_as_long_as_the_law_says(db, awa, chloe, kept, browser):
    set_rule(db, chloe.id, make_interior(db).id, HOLDER_NAMES, 12, "Law 1")
    complete(db, make_enrolment(db, awa, make_course(db)))
    db.commit()
    code = db.scalars(select(Certificate.code)).one()
    erase(db, awa)
    kept()
    assert "Awa Diop" in text_of(browser.get(f"/en/verify/{code}"))
    kept(clock.now() + LATER)
    page = browser.get(f"/en/verify/{code}")
    assert page.status_code == 200
    assert "Awa Diop" not in text_of(page)


def test_an_idle_account_is_warned_and_thirty_days_later_erased(app, db, awa, chloe, kept):
    set_rule(db, chloe.id, make_interior(db).id, IDLE_ACCOUNTS, 12, "Law 1")
    address, start = awa.email, clock.now()
    kept()
    assert db.scalars(select(IdleWarning.user_id)).all() == []
    assert kept(start + LATER) == [awa.id]
    assert kept(start + LATER + timedelta(days=10)) == []
    assert db.scalars(select(IdleWarning.user_id)).all() == [awa.id]
    assert kept(start + LATER + timedelta(days=31)) == [awa.id]
    assert db.get_one(User, awa.id).erased_at is not None
    assert db.get_one(User, chloe.id).erased_at is None  # holds a role
    db.commit()
    letters = [text_of_letter(each) for each in delivered(app) if each["To"] == address]
    assert "it will be deleted" in letters[0]
    assert "Nobody has used your account" in letters[1]
    assert len(letters) == 2


def test_the_worker_warns_who_is_idle_behind_all_else(app, db, awa, chloe, monkeypatch):
    set_rule(db, chloe.id, make_interior(db).id, IDLE_ACCOUNTS, 12, "Law 1")
    then = clock.now() + LATER
    monkeypatch.setattr(clock, "now", lambda: then)
    later(db, KEEP, {}, unique_key="today")
    db.commit()
    worker = worker_of(app)
    assert worker.run_once()
    waiting = select(Job.kind, Job.gives_way, Job.payload["ids"][0].as_integer())
    assert db.execute(waiting.where(Job.done_at.is_(None))).all() == [(KEEP_IDLE, True, awa.id)]
    db.rollback()
    worker.run_until_idle()
    assert db.scalars(select(IdleWarning.user_id)).all() == [awa.id]


def test_who_comes_back_after_the_warning_stays(db, awa, chloe, kept):
    set_rule(db, chloe.id, make_interior(db).id, IDLE_ACCOUNTS, 12, "Law 1")
    start = clock.now()
    kept(start + LATER)
    back = start + LATER + timedelta(days=1)
    record(db, SignedIn(actor_id=awa.id, person_id=awa.id, happened_at=back))
    kept(start + LATER + timedelta(days=31))
    assert db.get_one(User, awa.id).erased_at is None
    assert db.scalars(select(IdleWarning)).all() == []


def test_who_comes_back_while_others_are_erased_stays(db, awa, bilal, chloe):
    set_rule(db, chloe.id, make_interior(db).id, IDLE_ACCOUNTS, 12, "Law 1")
    rule, warned = db.scalars(select(Retention)).one(), clock.now() + LATER
    over = warned + timedelta(days=31)
    assert warn_or_erase(db, rule, awa.id, warned) == "warned"
    assert warn_or_erase(db, rule, bilal.id, warned) == "warned"
    assert idle_in(db, rule, over) == [awa.id, bilal.id]
    record(db, SignedIn(actor_id=awa.id, person_id=awa.id, happened_at=over))
    assert warn_or_erase(db, rule, awa.id, over) == "wait"
    assert warn_or_erase(db, rule, bilal.id, over) == "erased"
    assert db.get_one(User, awa.id).erased_at is None


def test_an_account_that_was_just_made_is_not_idle_however_long_its_person_works_there(
    db, engines, chloe, kept
):
    interior = make_interior(db)
    set_rule(db, chloe.id, interior.id, IDLE_ACCOUNTS, 12, "Law 1")
    make_institute(db)
    db.commit()
    rows = sheet(PEOPLE, [("", "4711", "Fatou Ba", "institute", "", "2015-03-01")])
    load = looked_at(db, engines, "people", interior, chloe, rows)
    worked(db, engines, worked(db, engines, load, agree), confirm)
    assert kept() == []
    assert len(kept(clock.now() + LATER)) == 1


def test_who_used_the_account_that_was_merged_into_theirs_is_not_idle(db, awa, dara, chloe, kept):
    set_rule(db, chloe.id, make_interior(db).id, IDLE_ACCOUNTS, 12, "Law 1")
    then = clock.now() + LATER
    record(db, SignedIn(actor_id=dara.id, person_id=dara.id, happened_at=then))
    merge(db, chloe.id, awa.id, dara.id, "One person")
    assert kept(then) == []


def test_a_guests_name_goes_a_month_after_the_link_ended(db, bilal, kept):
    draft = make_draft(db, bilal)
    invite(db, bilal.id, draft, "Prof. Amara Diallo", 14)
    kept(clock.now() + timedelta(days=40))
    assert db.scalars(select(Guest.name)).all() == ["Prof. Amara Diallo"]
    kept(clock.now() + timedelta(days=45))
    assert db.scalars(select(Guest.name)).all() == [""]


def test_rules_are_set_on_ones_own_institutions_only(browser, db, chloe, health, found):
    make_institute(db)
    db.commit()
    hers = browser.as_(chloe)
    rule = {"institution": "institute", "record_class": HOLDER_NAMES, "months": "60"}
    assert hers.post(PAGE, rule | {"ground": "Archives act"}).status_code == 303
    page = text_of(hers.get(PAGE))
    assert "Names on certificates of people who were erased" in page
    assert "Archives act" in page
    assert hers.post(PAGE, rule | {"institution": health.key}).status_code == 422
    idle = rule | {"record_class": IDLE_ACCOUNTS, "months": "2"}
    refused = hers.post(PAGE, idle)
    assert refused.status_code == 422
    assert "six months at least" in text_of(refused)
    assert hers.post(PAGE, rule | {"months": "99999"}).status_code == 422
    assert found(select(Event.payload).where(Event.kind == "retention-set"))[0]["months"] == 60


def test_a_unit_with_its_own_rule_is_left_out_of_the_one_above(db, awa, chloe):
    interior, institute = make_interior(db), make_institute(db)
    make_person(db, "Nia Mensah", interior)
    set_rule(db, chloe.id, interior.id, IDLE_ACCOUNTS, 6, "")
    set_rule(db, chloe.id, institute.id, IDLE_ACCOUNTS, 600, "")
    rules = {rule.institution_id: rule for rule in db.scalars(select(Retention))}
    after = clock.now() + LATER
    above = retentions.idle_in(db, rules[interior.id], after)
    assert [db.get_one(User, each).name for each in above] == ["Nia Mensah"]
    assert retentions.idle_in(db, rules[institute.id], after) == []
