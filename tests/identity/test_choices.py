"""Choices: an institution found by a part of its name, with a script and without one."""

import json

import pytest
from sqlalchemy import insert

from app.foundation import clock
from app.identity.choosing.choices import NONE, SEVERAL, meant_by
from app.identity.choosing.matches import administered, every, matches
from app.identity.institutions import Institution, InstitutionState
from app.identity.placements import standing_placement
from tests.browser import text_of
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior

NAMES = {
    "economy": "Ministère de l’Économie",
    "emploi": "ÉCOLE de l’emploi",
    "finance-ar": "وزارة المالية",
    "justice-ru": "Министерство юстиции",
    "finance-zh": "财政部",
    "finance-hi": "वित्त मंत्रालय",
    "audit": "Court of Audit",
}
FROM = "/en/institution-choices"


@pytest.fixture
def named(db):
    for key, name in NAMES.items():
        make_institution(db, key, name)
    db.commit()


def make_offices(db, count: int) -> None:
    """Many offices under the ministry of the interior, each name twice."""
    parent, now = make_interior(db), clock.now()
    ids = range(20_000, 20_000 + count)
    db.execute(insert(Institution), [
        {"id": i, "key": f"office-{i}", "kind": "office", "time_zone": "UTC"} for i in ids
    ])  # fmt: skip
    db.execute(insert(InstitutionState), [
        {"institution_id": i, "name": f"Office {i // 2}", "parent_id": parent.id,
         "valid_from": now, "recorded_at": now} for i in ids
    ])  # fmt: skip
    db.commit()


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("economie MINISTERE", "economy"), ("ecole", "emploi"), ("ماليه", "finance-ar"),
        ("ЮСТИЦИИ", "justice-ru"), ("财政", "finance-zh"), ("वित्त", "finance-hi"),
        ("audi", "audit"), ("finance-zh", "finance-zh"),
    ],
)  # fmt: skip
def test_names_are_found_in_every_script_whatever_the_accents(db, named, words, key):
    assert [each.key for each in matches(db, every(), words)] == [key]


def test_signs_of_a_pattern_are_no_pattern(db, named):
    assert matches(db, every(), "%") == matches(db, every(), "_") == []
    assert [each.key for each in matches(db, every(), "%audit%")] == ["audit"]


def test_later_words_win_over_an_earlier_pick(db, named):
    for key, words, meant in [
        ("audit", "Court of Audit", "audit"), ("audit", "court", "audit"),
        ("audit", "财政部", "finance-zh"), ("", "audit", "audit"), ("audit", "", None),
    ]:  # fmt: skip
        found, fault = meant_by(db, every(), key, words)
        assert (found.key if found else None, fault) == (meant, ""), words
    assert meant_by(db, every(), "", "de") == (None, SEVERAL)
    assert meant_by(db, every(), "audit", "Zoo") == (None, NONE)


def test_each_finds_only_what_they_may_choose(db, browser, chloe, awa):
    make_institute(db)
    make_institution(db, *HEALTH)
    db.commit()
    assert {each.key for each in matches(db, administered(chloe.id), "")} == {
        "institute", "ministry-of-the-interior",
    }  # fmt: skip
    assert matches(db, administered(awa.id), "") == []
    db.commit()
    ask = {"Accept": "application/json"}
    with browser.as_(awa) as at:
        open_to_all = at.get(f"{FROM}?words=ministry", headers=ask)
        assert len(json.loads(open_to_all.text)["found"]) == 2
        for among in ("own", "written", "counted", "named"):
            told = at.get(f"{FROM}?among={among}&words=ministry", headers=ask)
            assert json.loads(told.text) == {"found": [], "more": False}
        assert at.get(f"{FROM}?among=all-of-it").status_code == 404
    assert browser.get(f"{FROM}?among=own&words=ministry").status_code == 303


def test_many_institutions_are_written_and_picked_in_a_second_step(db, browser, awa):
    make_offices(db, 60)
    with browser.as_(awa) as at:
        form = at.get("/en/account/work")
        assert "<select" not in form.text.split('name="grade"')[0]
        several = at.post("/en/account/work", {"institution_words": "office 10003"})
        assert several.status_code == 422
        assert "Several institutions have this" in text_of(several)
        assert several.text.count('type="radio"') == 2
        assert "Ministry of the Interior" in text_of(several)
        told = {"institution_words": "office 10003", "institution": "office-20007"}
        assert at.post("/en/account/work", told).status_code == 303
        none = at.post("/en/account/work", {"institution_words": "Zoo"})
        assert "No institution has this in its name" in text_of(none)
    db.expire_all()
    assert standing_placement(db, awa.id).institution_id == 20_007


def test_a_filter_of_statistics_leads_to_a_page_that_finds(db, browser, chloe):
    make_offices(db, 60)
    with browser.as_(chloe) as at:
        page = "/en/statistics/completions?view=then&institution=&institution_words="
        several = at.follow(at.get(page + "office+10003"))
        assert several.text.count("?view=then&amp;institution=office-2000") == 2
        one = at.get(page + "OFFICE-20007")
        assert one.headers["location"].endswith("?view=then&institution=office-20007")
        chosen = at.get(one.headers["location"])
        assert 'value="Office 10003"' in chosen.text
