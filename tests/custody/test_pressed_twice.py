"""Custody's buttons pressed twice at the same moment: one request, one rule, and no fault of ours."""

from sqlalchemy import select

from app.custody.data_requests import DataRequest
from app.custody.retentions import Retention
from tests.identity.test_races import pressed_twice
from tests.makers.people import make_interior


def test_what_is_asked_twice_at_once_is_asked_once(db, browser, awa, found):
    asked = "kind=access&said=All+of+it"
    assert pressed_twice(browser.as_(awa), "/en/account/data-requests", asked) == [303, 409]
    assert found(select(DataRequest.kind)) == ["access"]


def test_of_a_rule_set_twice_at_once_one_stands(db, browser, chloe, found):
    key = make_interior(db).key
    db.commit()
    rule = f"institution={key}&record_class=holder-names&months=12&ground=Archives+act"
    assert pressed_twice(browser.as_(chloe), "/en/retention", rule) == [303, 303]
    assert found(select(Retention.months).where(Retention.ended_at.is_(None))) == [12]
