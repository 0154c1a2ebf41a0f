"""The page of a quiz: what it is, what was done in it, and what to do next, for everyone."""

import pytest
from sqlalchemy import select

from app.assessment.attempts import Attempt
from app.learning.enrolments import Enrolment
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.counting import statements
from tests.makers.learning import make_enrolment
from tests.makers.people import confirm_place
from tests.makers.quizzes import (
    LESSON,
    PATH,
    SEVEN,
    SLUG,
    TRUE_FALSE,
    asked_in,
    make_quiz,
    right,
    sheet,
    wrong,
)

COURSE = f"/en/courses/{SLUG}"
LEAVE = f"{COURSE}/withdrawal"


def hand_in(browser, engines, number: int, answering) -> None:
    path = begin(browser, number)
    answer = browser.post(f"{path}/submission", sheet(asked_in(engines, number), answering))
    assert answer.headers["location"] == f"{path}/result"


def test_anyone_learns_what_a_quiz_is_and_how_to_begin(db, eve):
    make_quiz(db, pass_mark=70, draw=3, attempts=2)
    db.commit()
    page = eve.get(PATH)
    said = text_of(page)
    assert "Module quiz: Numbers" in said
    assert "3, drawn anew from 7 for each attempt" in said
    assert "70%, 3 of 3" in said
    assert "Count what matters" in said
    assert "needs a place in the course" in said
    assert f'href="/en/sign-in?next={PATH}"' in page.text
    begun = eve.post(f"{PATH}/attempts")
    assert begun.headers["location"].startswith("/en/sign-in")


def test_a_final_titled_after_its_kind_says_so_once_and_a_language_sets_its_own_colon(db, eve):
    for slug, title in (("plain", "Final assessment"), ("own", "What counts")):
        make_quiz(db, slug=slug, final=True, title=title)
    db.commit()
    plain, own, french = (
        eve.get(path).text.partition("<h1>")[2].partition("</h1>")[0]
        for path in (
            PATH.replace(SLUG, "plain"),
            PATH.replace(SLUG, "own"),
            PATH.replace(SLUG, "own").replace("/en/", "/fr/"),
        )
    )
    assert plain == "Final assessment"
    assert own == "Final assessment: What counts"
    assert french.startswith("Évaluation finale\u00a0: ")
    untranslated = eve.get(PATH.replace(SLUG, "plain").replace("/en/", "/fr/")).text
    assert "<h1>Évaluation finale</h1>" in untranslated


def test_where_nothing_counts_no_certificate_is_promised(db, eve):
    make_quiz(db).rule = {"lessons": "none", "quizzes": "none", "final": "none"}
    make_quiz(db, slug="ruled")
    db.commit()
    bare, ruled = (text_of(eve.get(path)) for path in (PATH, PATH.replace(SLUG, "ruled")))
    assert "certificate" not in bare.partition("How it works")[0]
    assert "It needs a place in the course" in bare
    assert "It counts towards a certificate" in ruled


def test_who_has_no_place_is_offered_one_and_cannot_begin_without(db, awa, browser, found):
    make_quiz(db)
    db.commit()
    hers = browser.as_(awa)
    page = hers.get(PATH)
    assert 'action="/en/courses/asking-well/enrolment"' in page.text
    refused = hers.post(f"{PATH}/attempts")
    assert refused.status_code == 409
    assert "needs a place in the course" in text_of(refused)
    assert found(select(Attempt.id)) == found(select(Enrolment.id)) == []


def test_a_quiz_of_an_institution_does_not_exist_for_others(db, awa, dara, browser):
    make_quiz(db, audience="institution")
    confirm_place(db, awa, dara)
    assert browser.as_(awa).get(PATH).status_code == 200
    for stranger in (browser.as_(dara), browser):
        assert stranger.get(PATH).status_code == 404
        assert stranger.post(f"{PATH}/attempts").status_code == 404
        assert stranger.get(f"{PATH}/attempts/1").status_code in {303, 404}


def test_an_attempt_begins_with_one_question_or_at_once_with_all(hers):
    page = hers.get(PATH)
    assert (
        '<button class="link" name="view" value="all">All questions on one page</button>'
        in page.text
    )
    begun = hers.post(f"{PATH}/attempts", {"view": "all"})
    assert begun.headers["location"] == f"{PATH}/attempts/1?view=all"
    assert hers.post(f"{PATH}/attempts").headers["location"] == f"{PATH}/attempts/1"


def test_the_button_follows_where_the_learner_stands(engines, hers):
    assert "Begin" in text_of(hers.get(PATH))
    begin(hers)
    assert "Continue attempt 1" in text_of(hers.get(PATH))
    hers.post(f"{PATH}/attempts/1/submission", sheet(asked_in(engines), wrong))
    said = text_of(hers.get(PATH))
    assert "Not passed yet" in said
    assert "Try again" in said
    hand_in(hers, engines, 2, right)
    assert "You passed this quiz" in text_of(hers.get(PATH))


def test_attempts_are_listed_with_their_results_newest_first(engines, hers):
    hand_in(hers, engines, 1, wrong)
    hand_in(hers, engines, 2, right)
    page = hers.get(PATH)
    said = text_of(page)
    assert said.index("Attempt 2 7 / 7 Passed") < said.index("Attempt 1 0 / 7 Not passed")
    assert f'href="{PATH}/attempts/1/result"' in page.text


def test_a_limit_of_attempts_counts_down_and_ends(db, awa, browser, engines):
    make_enrolment(db, awa, make_quiz(db, [TRUE_FALSE], attempts=2))
    db.commit()
    hers = browser.as_(awa)
    assert "2 of 2 left" in text_of(hers.get(PATH))
    hand_in(hers, engines, 1, wrong)
    said = text_of(hers.get(f"{PATH}/attempts/1/result"))
    assert "One attempt is left." in said
    hand_in(hers, engines, 2, wrong)
    page = hers.get(PATH)
    assert "All 2 attempts are used" in text_of(page)
    assert f'href="{LEAVE}"' in page.text
    assert "All attempts are used" in text_of(hers.get(f"{PATH}/attempts/2/result"))
    refused = hers.post(f"{PATH}/attempts")
    assert refused.status_code == 409
    assert "All 2 attempts at this quiz are used." in text_of(refused)


def test_where_all_attempts_are_used_the_course_does_not_go_on_to_the_quiz(
    db, awa, browser, engines
):
    make_enrolment(db, awa, make_quiz(db, [TRUE_FALSE], attempts=1, final=True))
    db.commit()
    hers = browser.as_(awa)
    hers.post(f"{COURSE}/lessons/{LESSON}/progress")
    assert "Continue: Final assessment" in text_of(hers.get(COURSE))
    begin(hers)
    assert "Continue: Final assessment" in text_of(hers.get(COURSE))
    result = hers.follow(
        hers.post(f"{PATH}/attempts/1/submission", sheet(asked_in(engines), wrong))
    )
    assert f'class="button" href="{PATH}"><span>What you can do now' in result.text
    page = hers.get(COURSE)
    assert "Continue" not in text_of(page)
    assert "All attempts are used, and your best result counts. Final assessment" in text_of(page)

    hers.post(LEAVE)
    hers.post(f"{COURSE}/enrolment")
    assert "1 of 1 left" in text_of(hers.get(PATH))
    assert "Begin" in text_of(hers.get(PATH))


def test_who_has_passed_with_the_last_attempt_is_not_advised_to_leave(db, awa, browser, engines):
    make_enrolment(db, awa, make_quiz(db, [TRUE_FALSE], attempts=1))
    db.commit()
    hers = browser.as_(awa)
    hand_in(hers, engines, 1, right)
    page = hers.get(PATH)
    assert "The one attempt is used Your best result counts." in text_of(page)
    assert LEAVE not in page.text


def test_pages_ask_the_database_as_often_for_many_questions_as_for_few(db, awa, browser, engines):
    """Who, with the attempt and its items; a result has these with what is done and was tried."""
    asked = {}
    for slug, items in (("few", SEVEN), ("many", SEVEN * 4)):
        make_enrolment(db, awa, make_quiz(db, items, slug=slug))
        db.commit()
        hers = browser.as_(awa)
        path = f"/en/courses/{slug}/quizzes/the-quiz"
        hers.post(f"{path}/attempts")
        counts = []
        for page in ("", "/attempts/1", "/attempts/1?view=all", "/attempts/1?question=overview"):
            hers.get(f"{path}{page}")
            with statements(engines) as sent:
                assert hers.get(f"{path}{page}").status_code == 200
            counts.append(len(sent))
        fields = sheet(asked_in(engines)[:1])
        with statements(engines) as sent:
            hers.post(f"{path}/attempts/1/answers", fields, headers={"Accept": "application/json"})
        counts.append(len([each for each in sent if not each.startswith("BEGIN")]))
        hers.post(f"{path}/attempts/1/submission", {"anyway": "1"})
        hers.get(f"{path}/attempts/1/result")  # its passages are found once, as the bank is
        with statements(engines) as sent:
            hers.get(f"{path}/attempts/1/result")
        counts.append(len(sent))
        asked[slug] = counts
    saving = 4 if engines.is_sqlite else 2
    assert asked["few"] == asked["many"] == [2, 1, 1, 1, saving, 2]


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
def test_the_pages_speak_the_readers_language_and_mark_the_courses_own(hers, language):
    begin(hers)
    page = hers.get(f"{PATH}/attempts/1?view=all".replace("/en/", f"/{language}/", 1))
    direction = "rtl" if language == "ar-XB" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page.text
    assert '<span lang="en" dir="ltr">The waiting time</span>' in page.text
    assert "Save and go on" not in page.text
