"""Institutions in the browser: whose tree is seen, how it is searched, and reforms with a preview."""

import pytest
from sqlalchemy import insert, text

from app.foundation import clock
from app.identity.histories import history_of
from app.identity.institutions import Institution, InstitutionState, name_of_institution
from app.identity.placements import standing_placement
from app.identity.units.listings import PAGE
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import (
    HEALTH,
    make_institute,
    make_institution,
    make_interior,
    make_person,
)

AT = "/en/institutions"


def make_offices(db, count: int) -> None:
    """Many offices under the ministry of the interior."""
    parent, now, first = make_interior(db), clock.now(), 10_000
    ids = range(first, first + count)
    db.execute(insert(Institution), [
        {"id": i, "key": f"office-{i}", "kind": "office", "time_zone": "UTC"} for i in ids
    ])  # fmt: skip
    db.execute(insert(InstitutionState), [
        {"institution_id": i, "name": f"Office {i}", "parent_id": parent.id, "valid_from": now,
         "recorded_at": now} for i in ids
    ])  # fmt: skip
    for table in ("institutions", "institution_states"):  # a server does this by itself
        db.execute(text(f"ANALYZE {table}"))
    db.commit()


def test_six_thousand_units_are_shown_a_hundred_at_a_time(db, engines, browser, chloe):
    make_offices(db, 6000)
    with browser.as_(chloe) as at, statements(engines) as sent:
        top = at.get(AT)
        below = at.get(f"{AT}?under=ministry-of-the-interior&page=2")
        found = at.get(f"{AT}?words=Office 15999")
    assert "6,000" in text_of(top)
    assert below.text.count("<tr>") == 101
    assert "Next 100 rows" in text_of(below)
    assert found.text.count("<tr>") == 2
    assert len(below.content) < 60_000
    assert len(sent) < 24


def test_nobody_sees_or_reforms_the_institutions_of_others(db, browser, chloe, awa):
    make_institution(db, *HEALTH)
    db.commit()
    with browser.as_(chloe) as at:
        assert "Ministry of Health" not in text_of(at.get(f"{AT}?words=Ministry"))
        for path in ("ministry-of-health", "ministry-of-health/reforms/close"):
            assert at.get(f"{AT}/{path}").status_code == 404
        assert at.get(f"{AT}/institute/reforms/burn").status_code == 404
    with browser.as_(awa) as at:
        assert at.get(AT).status_code == 403


def test_a_reform_shows_what_it_affects_and_changes_nothing_until_agreed(db, browser, chloe, awa):
    institute = make_institute(db)
    make_institution(db, "academy", "Academy", under=make_interior(db))
    db.commit()
    path = f"{AT}/institute/reforms/merge"
    told = {"since": f"{clock.now():%Y-%m-%d}", "target": "academy"}
    with browser.as_(chloe) as at:
        preview = at.post(path, told)
        assert "Nothing is changed yet" in text_of(preview)
        assert "1 person works at Institute of Public Administration." in text_of(preview)
        assert "Into or under Academy" in text_of(preview), "the name of what the key means"
        assert "It opens the past" not in text_of(preview), "no role is held on it"
        assert len(history_of(db, institute.id)) == 1
        db.commit()
        done = at.follow(at.post(path, {**told, "agreed": "yes"}))
    assert "The institution is merged" in text_of(done)
    assert "merged into Academy on" in text_of(done)
    assert "takes no further change" in text_of(done)
    # People are sent nowhere: they say, or are told, where they work now.
    assert standing_placement(db, awa.id).institution_id == institute.id


def test_who_goes_back_from_a_preview_finds_what_they_wrote(db, browser, chloe):
    make_institute(db)
    db.commit()
    told = {"since": "2026-02-01", "name": "School of Administration", "back": "yes"}
    again = browser.as_(chloe).post(f"{AT}/institute/reforms/rename", told)
    assert again.status_code == 200
    assert 'value="School of Administration"' in again.text
    assert 'value="2026-02-01"' in again.text
    assert "Nothing is changed yet" not in again.text


def test_a_preview_counts_exactly_for_registrars_alone(db, browser, chloe, awa):
    institute = make_institute(db)
    complete(db, make_enrolment(db, awa, make_course(db)))
    omar = make_person(db, "Omar Aziz", institute, roles=("administrator",), on=institute)
    db.commit()
    told, path = {"since": f"{clock.now():%Y-%m-%d}"}, f"{AT}/institute/reforms/close"
    exact = "1 completion was counted there."
    assert exact in text_of(browser.as_(chloe).post(path, told))
    seen = text_of(browser.as_(omar).post(path, told))
    assert exact not in seen
    assert "adjusted so that nobody can be found in them: few." in seen


def test_a_preview_counts_before_its_transaction_and_nothing_for_a_change(
    db, engines, browser, chloe
):
    make_institute(db)
    db.commit()
    told, path = {"since": f"{clock.now():%Y-%m-%d}"}, f"{AT}/institute/reforms/close"

    def counts(*, written: bool, **more: str) -> int:
        with statements(engines, written=written) as sent:
            browser.as_(chloe).post(path, told | more)
        return sum("FROM facts" in each or "FROM tallies" in each for each in sent)

    assert counts(written=True) == 0
    assert counts(written=False) > 0
    assert counts(written=False, agreed="yes") == 0


def test_a_target_is_found_by_its_key_however_many_names_hold_the_word(db, browser, chloe):
    ministry = make_interior(db)
    for number in range(PAGE + 1):
        make_institution(db, f"unit-{number}", f"Institute annex {number}", under=ministry)
    institute = make_institute(db)
    move_to = f"{AT}/unit-1/reforms/move"
    db.commit()
    for target in ("institute", "Institute of Public Administration"):
        told = {"since": f"{clock.now():%Y-%m-%d}", "target": target}
        assert "Nothing is changed yet" in text_of(browser.as_(chloe).post(move_to, told))
    assert len(history_of(db, institute.id)) == 1


@pytest.mark.parametrize(
    ("how", "told", "words"),
    [
        ("merge", {"target": "institute"}, "cannot merge with itself"),
        ("move", {"target": "nowhere"}, "None of your institutions is called"),
        ("move", {"target": "ministry-of-health"}, "None of your institutions is called"),
        ("rename", {"name": "School", "since": "0044-03-15"}, "The date 15 March 44 cannot be right"),
        ("rename", {"name": "School", "since": "1990-01-01"}, "The first day that fits is"),
        ("rename", {"name": "School", "since": "yesterday"}, "year, month and day"),
        ("rename", {"name": " "}, "Fill in this field"),
        ("found", {"name": "Desk", "key": "A Desk"}, "small letters, digits and hyphens"),
        ("found", {"name": "Desk", "key": "institute"}, "exists already"),
        ("split", {"first_name": "A", "first_key": "a", "second_name": "B", "second_key": "a"},
         "at least two"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_typed_text_stays(db, browser, chloe, how, told, words):
    institute = make_institute(db)
    make_institution(db, *HEALTH)
    db.commit()
    told = {"since": f"{clock.now():%Y-%m-%d}", "agreed": "yes", **told}
    with browser.as_(chloe) as at:
        refused = at.post(f"{AT}/institute/reforms/{how}", told)
    assert refused.status_code in {404, 409, 422}
    assert words in text_of(refused)
    assert len(history_of(db, institute.id)) == 1


@pytest.mark.parametrize(
    ("how", "told", "words"),
    [
        ("found", {"name": "Desk", "key": "desk", "kind": "office"}, "The institution is added"),
        ("rename", {"name": "School"}, "The name is changed"),
        ("close", {}, "The institution is closed"),
        ("split", {"first_name": "A", "first_key": "a", "second_name": "B", "second_key": "b"},
         "The institution is split"),
    ],
)  # fmt: skip
def test_each_reform_is_done_when_agreed_to(db, browser, chloe, how, told, words):
    institute = make_institute(db)
    db.commit()
    told = {"since": f"{clock.now():%Y-%m-%d}", "agreed": "yes", **told}
    with browser.as_(chloe) as at:
        assert at.get(f"{AT}/institute/reforms/{how}").status_code == 200
        assert words in text_of(at.follow(at.post(f"{AT}/institute/reforms/{how}", told)))
    assert name_of_institution(db, institute.id)
