"""Recommendations: each stands with its words, its stance and what answers it, linked both ways."""

import re
import shutil

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from app.catalogue.outcomes import Alignment
from app.catalogue.publications import publish_folder
from app.catalogue.recommendations import (
    Recommendation,
    load_recommendations,
    reason_of,
    recommendations_in,
)
from app.settings import ROOT
from app.tables import metadata
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course

FOLDER = ROOT / "courses" / "recommendations"


@pytest.fixture
def with_a_gap(tmp_path):
    """The register as it would be if nothing answered RS2."""
    shutil.copytree(FOLDER, tmp_path / "register")
    file = tmp_path / "register" / "recommendations.yaml"
    file.write_text(file.read_text().replace("stance: supports", "stance: gap"))
    return tmp_path / "register"


def test_loading_twice_changes_nothing_and_loading_anew_changes_what_it_says(db, with_a_gap):
    count = load_recommendations(db, FOLDER)
    before = recommendations_in(db)
    assert load_recommendations(db, FOLDER) == count == len(before)
    assert recommendations_in(db) == before

    load_recommendations(db, with_a_gap)
    db.expire_all()
    assert not db.scalars(select(Recommendation).where(Recommendation.stance == "supports")).all()


def test_a_request_of_a_list_keeps_the_words_before_the_list(db):
    load_recommendations(db, FOLDER)
    lead_ins = {each.key: each.lead_in for each in recommendations_in(db)}
    assert lead_ins["LL3"] == "Member States need to:"
    assert lead_ins["T0"] == ""


def test_a_long_sentence_is_cut_at_a_word_and_says_so():
    sentence = "strengthen the capacities of institutes, " * 9
    reason = reason_of("LL1", sentence, "")
    assert reason.sentence.endswith("the capacities …")
    assert reason.sentence.removesuffix(" …") in sentence
    assert reason_of("T0", "A short one", "").sentence == "A short one"


def test_what_performs_a_recommendation_is_a_route_or_a_table(app):
    registry = YAML(typ="safe").load(FOLDER / "recommendations.yaml")
    known = app.state.pages.addresses.names() | set(metadata.tables)
    performers = [
        each["performed_by"] for each in registry["recommendations"] if "performed_by" in each
    ]
    assert performers
    assert set(performers) <= known


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_recommendation_is_answered_or_says_what_is_missing(db):
    """An orphan: no course answers it, nothing performs it, and nobody says why."""
    publish_folder(db, ROOT / "courses")
    answered = set(db.scalars(select(Alignment.recommendation_key)))
    orphans = [
        each.key
        for each in recommendations_in(db)
        if each.key not in answered and not each.performed_by and not each.why
    ]
    assert orphans == []
    taught = {each.key for each in recommendations_in(db) if each.stance == "teaches"}
    assert taught <= answered


def test_all_stand_in_the_order_of_the_source_with_their_stance(db, eve, with_a_gap):
    load_recommendations(db, with_a_gap)
    db.commit()

    answer = eve.get("/en/recommendations")
    keys = re.findall(r'<h3><a class="plate" href="/en/recommendations/(\w+)">', answer.text)
    assert keys == [each.key for each in recommendations_in(db)]
    told = text_of(answer)
    for stance in ("A course teaches it", "The platform does it", "A gap today"):
        assert stance in told


def test_the_crosswalk_leads_from_goals_and_principles(db, eve):
    load_recommendations(db, FOLDER)
    db.commit()

    crosswalk = eve.get("/en/recommendations").text.partition('id="crosswalk"')[2]
    goals = re.findall(r"<dt>Target ([\w.]+)</dt>", crosswalk)
    numbers = [
        tuple(int(part) if part.isdigit() else 0 for part in goal.split(".")) for goal in goals
    ]
    assert numbers == sorted(numbers)
    assert "16.6" in goals
    assert "11. Intergenerational equity" in crosswalk


def test_one_stands_with_its_words_and_what_teaches_it(db, eve):
    make_course(db, recommendations=("T0", "HR1"))
    db.commit()

    answer = eve.get("/en/recommendations/HR1")
    told = text_of(answer)
    assert "“Member States need to strengthen the institutional and human capacities" in told
    assert "A course teaches it" in told
    for path in ("", "/lessons/lesson-1-1", "/lessons/lesson-2-2"):
        assert f'href="/en/courses/first-aid-at-work{path}"' in answer.text
    assert 'href="/en/courses/first-aid-at-work#module-1"' in eve.get("/en/recommendations/T0").text


def test_what_is_done_by_the_platform_leads_to_the_page_that_does_it(db, eve):
    load_recommendations(db, FOLDER)
    db.commit()
    assert 'href="/en/">Open the page that does it' in eve.get("/en/recommendations/IC3").text


def test_a_gap_says_what_is_missing(db, eve, with_a_gap):
    load_recommendations(db, with_a_gap)
    db.commit()

    told = text_of(eve.get("/en/recommendations/RS2"))
    assert "A gap today" in told
    assert "Still missing: Courses are online only: there is no training" in told
    assert "No course teaches it yet." in told


@pytest.mark.parametrize("key", ["XX9", "t0", "T0%2F"])
def test_what_was_never_recommended_is_not_there(db, eve, key):
    load_recommendations(db, FOLDER)
    db.commit()
    assert eve.get(f"/en/recommendations/{key}").status_code == 404


def test_the_words_of_the_source_are_marked_as_english(db, eve):
    make_course(db)
    db.commit()

    answer = eve.get("/ar-XB/recommendations/T0").text
    assert '<blockquote class="own-words" lang="en" dir="ltr">' in answer
    assert '<blockquote class="own-words">' in eve.get("/en/recommendations/T0").text


@pytest.mark.parametrize("path", ["/en/recommendations", "/en/recommendations/T0"])
def test_more_courses_ask_no_more_of_the_database(db, eve, engines, path):
    def asked() -> int:
        eve.get(path)  # what never changes is kept from here on
        with statements(engines) as sent:
            assert eve.get(path).status_code == 200
        return len(sent)

    make_course(db, "One")
    db.commit()
    one = asked()
    for title in ("Two", "Three"):
        make_course(db, title)
    db.commit()
    assert asked() == one == 3
