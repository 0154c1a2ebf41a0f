"""Erasures and the day's tidying: what is forgotten, and what stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.grants import ROLES, Grant
from app.identity.invitations import Invitation, invite
from app.identity.jobs import TIDY
from app.identity.one_time_links import CONFIRMATION, RESET, OneTimeLink, make_link
from app.identity.placements import Placement
from app.identity.resets import ask_for_reset
from app.identity.sign_ins import SignIn, open_sign_in
from app.identity.throttles import SIGN_INS_HERE, Throttle, note_try
from app.identity.users import NoSuchPerson, User, sign_up, user_called, user_numbered
from app.main import worker_of
from app.queue.jobs import Job, later
from tests.makers.people import make_institute


def test_an_erased_person_has_no_name_no_address_and_no_way_in(db, browser, chloe):
    institute = make_institute(db)
    invite(db, chloe, "nia@example.org", ["registrar"], institute.id)
    ask_for_reset(db, chloe.email, "en")
    db.commit()
    own = browser.as_(chloe)
    address, number = chloe.email, chloe.id

    erase(db, chloe)
    db.commit()
    row = db.scalars(select(User).where(User.id == number)).one()
    assert (row.name, row.email, row.email_folded, row.password_hash) == ("", None, None, None)
    assert user_called(db, address) is None
    with pytest.raises(NoSuchPerson):
        user_numbered(db, number)
    for gone in (SignIn, OneTimeLink, Invitation):
        assert db.scalars(select(gone)).all() == []
    assert all(db.scalars(select(Grant.ended_at)))
    db.commit()
    assert own.get("/en/account").status_code == 303


def test_what_was_counted_stays_and_the_address_is_free_again(db, chloe):
    events = len(db.scalars(select(Event.id)).all())
    address, number = chloe.email, chloe.id
    erase(db, chloe)
    kinds = db.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds[events:] == [*["role-ended"] * len(ROLES), "person-erased"]
    placements = db.scalars(select(Placement).where(Placement.user_id == number)).all()
    assert [placement.ended_at is not None for placement in placements] == [True]
    again = sign_up(db, name="Chloé", email=address, language="fr", password_hash=None)
    assert again.id != number


def test_the_days_tidying_keeps_what_still_counts(app, db, engines, chloe):
    now, long_ago = clock.now(), clock.now() - timedelta(days=31)
    institute = make_institute(db)
    for _each in range(2):
        make_link(db, CONFIRMATION, details={"name": "Nia"})
        open_sign_in(db, chloe.id)
        invite(db, chloe, "nia@example.org", ["registrar"], institute.id)
    make_link(db, RESET, user_id=chloe.id)
    note_try(db, SIGN_INS_HERE, "old")
    db.flush()
    db.execute(update(Throttle).values(window_start=now - timedelta(days=2)))
    note_try(db, SIGN_INS_HERE, "new")
    for table, column in ((OneTimeLink.hash, "until"), (SignIn.token_hash, "until")):
        first = db.scalars(select(table)).first()
        moment = now if column == "until" and table is OneTimeLink.hash else long_ago
        db.execute(update(table.class_).where(table == first).values(until=moment))
    first = db.scalars(select(Invitation.id)).first()
    db.execute(update(Invitation).where(Invitation.id == first).values(until=long_ago))
    db.execute(update(Job).values(done_at=long_ago, run_at=long_ago))
    later(db, TIDY, {})
    db.commit()

    assert worker_of(app).run_until_idle() == 1
    assert len(db.scalars(select(OneTimeLink)).all()) == 2
    assert len(db.scalars(select(SignIn)).all()) == 1
    assert len(db.scalars(select(Invitation)).all()) == 1
    assert len(db.scalars(select(Throttle)).all()) == 1
    assert db.scalars(select(Job.kind)).all() == [TIDY]
