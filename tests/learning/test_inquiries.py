"""Inquiries: a reader asks about a paragraph, the owning institution answers, the reader learns it."""

import re
from uuid import uuid4

from sqlalchemy import select

from app.catalogue.courses import Course
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.grants import grant
from app.identity.placements import standing_placement
from app.learning.inquiries import MOST_A_DAY, PAGE, Inquiry
from tests.browser import text_of
from tests.makers.learning import make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.quizzes import LESSON, SLUG, make_quiz

LESSON_PATH = f"/en/courses/{SLUG}/lessons/{LESSON}"
PATH = f"{LESSON_PATH}/inquiry"
ASKED = {"kind": "unclear", "said": "What is a thing to count?"}


def block_in(browser) -> str:
    return "b-" + browser.get(LESSON_PATH).text.partition('id="b-')[2][:10]


def test_a_question_reaches_the_institution_and_its_answer_the_asker(
    db, app, browser, awa, bilal, chloe
):
    make_enrolment(db, awa, make_quiz(db))
    grant(db, bilal.id, "administrator", standing_placement(db, bilal.id).institution_id)
    db.commit()
    awas, bilals = browser.as_(awa), browser.as_(bilal)
    assert f'href="{PATH}"' in awas.get(LESSON_PATH).text
    block = block_in(awas)
    assert f'<option value="{block}"' in awas.get(f"{PATH}?block={block}").text
    sent = awas.follow(awas.post(PATH, ASKED | {"block": block}))
    assert "Your question is sent" in text_of(sent)
    listed = bilals.get("/en/inquiries").text
    key = listed.partition("/en/inquiries/")[2][:36]
    asked = bilals.get(f"/en/inquiries/{key}")
    assert "<p><bdi>What is a thing to count?" in asked.text
    assert 'dir="auto" rows="6"' in asked.text
    assert f"{LESSON_PATH}#{block}" in asked.text
    assert awa.name not in text_of(asked)
    answered = bilals.post(f"/en/inquiries/{key}", {"answer": "A letter, for example."})
    assert "The question is answered" in text_of(bilals.follow(answered))
    assert bilals.post(f"/en/inquiries/{key}", {"answer": "Again."}).status_code == 409
    (letter,) = delivered(app)
    assert (letter["To"], "A letter, for example." in text_of_letter(letter)) == (awa.email, True)
    assert "A question of yours is answered" in text_of(awas.get("/en/my-learning"))
    own = awas.get("/en/my-learning/questions")
    assert "Answer: A letter, for example." in text_of(own)
    assert '<p dir="auto">What is a thing to count?' in own.text
    for page in (own, bilals.get(f"/en/inquiries/{key}")):
        assert '<span dir="auto">A letter, for example.' in page.text
    assert "A question of yours is answered" not in text_of(awas.get("/en/my-learning"))
    # Who administers the ministry above the institute answers for it as well.
    assert browser.as_(chloe).get(f"/en/inquiries/{key}").status_code == 200


def test_a_question_is_closed_without_an_answer_only_by_who_says_so(
    db, app, browser, awa, bilal, found
):
    make_quiz(db)
    grant(db, bilal.id, "administrator", standing_placement(db, bilal.id).institution_id)
    db.commit()
    awas, bilals = browser.as_(awa), browser.as_(bilal)
    awas.post(PATH, ASKED)
    at = f"/en/inquiries/{found(select(Inquiry.key))[0]}"
    assert "Close without an answer" in text_of(bilals.get(at))
    nothing = bilals.post(at, {"answer": "  "})
    assert nothing.status_code == 422
    assert "Write an answer, or close the question without one." in text_of(nothing)
    assert 'aria-describedby="answer-hint answer-error"' in nothing.text
    assert found(select(Inquiry.closed_at)) == [None]
    closed = bilals.follow(bilals.post(at, {"do": "close"}))
    assert "The question is closed without an answer" in text_of(closed)
    assert "Closed without an answer" in text_of(awas.get("/en/my-learning/questions"))
    assert delivered(app) == []


def test_an_administrator_elsewhere_sees_nothing_of_it(db, browser, awa, dara):
    make_quiz(db)
    grant(db, dara.id, "administrator", standing_placement(db, dara.id).institution_id)
    db.commit()
    awas, daras = browser.as_(awa), browser.as_(dara)
    awas.post(PATH, ASKED)
    key = db.scalars(select(Inquiry.key)).one()
    db.rollback()
    assert "Nobody has asked yet" in text_of(daras.get("/en/inquiries"))
    assert daras.get(f"/en/inquiries/{key}").status_code == 404
    assert daras.post(f"/en/inquiries/{key}", {"answer": "No."}).status_code == 404


def test_a_faulty_question_comes_back_and_an_unknown_paragraph_is_none(db, browser, awa, eve):
    make_quiz(db)
    db.commit()
    awas = browser.as_(awa)
    faulty = awas.post(PATH, {"said": ""})
    assert faulty.status_code == 422
    assert "Say in a sentence what is wrong or unclear." in text_of(faulty)
    assert faulty.text.count('aria-describedby="kind-error"') == 2
    assert awas.post(PATH, ASKED | {"block": "b-0123456789"}).status_code == 404
    assert "/sign-in" in eve.get(PATH).headers["location"]


def test_open_questions_come_first_and_the_list_goes_on_by_pages(db, browser, awa, bilal):
    version = make_enrolment(db, awa, make_quiz(db)).version_id
    course_id, moment = db.scalars(select(Course.id)).one(), clock.now()
    grant(db, bilal.id, "administrator", standing_placement(db, bilal.id).institution_id)
    row = {"asker_id": awa.id, "course_id": course_id, "version_id": version, "lesson_key": LESSON}
    row |= {"block": "", "kind": "unclear", "language": "en", "asked_at": moment, "answer": ""}
    db.add_all(
        Inquiry(**row, key=uuid4(), words=f"Question {each}.", closed_at=None if each else moment)
        for each in range(PAGE + 1)
    )
    db.commit()
    bilals = browser.as_(bilal)

    first, last = (text_of(bilals.get(f"/en/inquiries?page={each}")) for each in (1, 2))

    assert (first.count("Question "), first.count("Question 0.")) == (PAGE, 0)
    assert ("Next 100 rows" in first, "Previous 100 rows" in first) == (True, False)
    assert ("Question 0." in last, last.count("Question "), "Next 100" in last) == (True, 1, False)


def test_a_question_sent_twice_by_one_page_is_one_question(db, browser, awa, found):
    make_enrolment(db, awa, make_quiz(db))
    db.commit()
    awas = browser.as_(awa)
    first, second = (
        re.search(r'name="page" value="(\w+)"', awas.get(PATH).text)[1] for _each in range(2)
    )
    for page in (first, first, second):
        sent = awas.post(PATH, ASKED | {"page": page})
        assert sent.headers["location"] == "/en/my-learning/questions?sent=1"
    awas.post(PATH, ASKED | {"page": second, "said": "And what is none?"})
    assert found(select(Inquiry.words)).count(ASKED["said"]) == 2
    assert len(found(select(Inquiry.id))) == 3


def test_so_many_a_day_and_none_of_an_erased_person(db, browser, awa):
    make_quiz(db)
    db.commit()
    awas = browser.as_(awa)
    answers = [awas.post(PATH, ASKED) for _ in range(MOST_A_DAY + 1)]
    assert [answer.status_code for answer in answers] == [303] * MOST_A_DAY + [429]
    assert "send it tomorrow" in text_of(answers[-1])
    assert ASKED["said"] in text_of(answers[-1])  # or there would be nothing to keep
    erase(db, awa)
    assert set(db.scalars(select(Inquiry.words))) == {""}
    assert set(db.scalars(select(Inquiry.course_id))) == set(db.scalars(select(Course.id)))
