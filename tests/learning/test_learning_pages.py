"""Pages of learning: starting, marking, going on, leaving, and My learning itself."""

from sqlalchemy import select

from app.learning.completions import Completion
from app.learning.enrolments import standing_place, withdraw
from app.learning.progress import done_in
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.quizzes import make_quiz

COURSE = "/en/courses/first-aid-at-work"


def test_starting_a_course_opens_its_first_lesson(db, browser, awa):
    version = make_course(db)
    db.commit()

    answer = browser.as_(awa).post(f"{COURSE}/enrolment")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{COURSE}/lessons/lesson-1-1"
    assert standing_place(db, awa.id, version.course_id).round == 1


def test_starting_again_opens_what_comes_next(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()

    answer = browser.as_(awa).post(f"{COURSE}/enrolment")
    assert answer.headers["location"] == f"{COURSE}/lessons/lesson-1-2"
    assert standing_place(db, awa.id, place.course_id).id == place.id


def test_a_stranger_to_the_site_is_sent_to_sign_in(db, eve):
    make_course(db)
    db.commit()

    answer = eve.post(f"{COURSE}/enrolment")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["location"]


def test_marking_a_lesson_goes_on_to_the_next_activity(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    first = awas.post(f"{COURSE}/lessons/lesson-1-1/progress")
    assert first.headers["location"] == f"{COURSE}/lessons/lesson-1-2"
    second = awas.post(f"{COURSE}/lessons/lesson-1-2/progress")
    assert second.headers["location"] == f"{COURSE}/quizzes/quiz-1"
    assert done_in(db, place.id) == ("lesson-1-1", "lesson-1-2")


def test_marking_twice_marks_once_and_goes_on(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    answers = [awas.post(f"{COURSE}/lessons/lesson-1-1/progress") for _ in range(2)]
    assert {each.headers["location"] for each in answers} == {f"{COURSE}/lessons/lesson-1-2"}
    assert done_in(db, place.id) == ("lesson-1-1",)


def test_marking_the_last_lesson_completes_and_shows_the_course(db, browser, awa):
    lessons_only = {"lessons": "all", "quizzes": "none", "final": "none"}
    version = make_course(db, modules=1, quizzes=False, final=False, rule=lessons_only)
    place = make_enrolment(db, awa, version)
    do(db, place, "lesson-1-1")
    db.commit()
    awas = browser.as_(awa)

    answer = awas.post(f"{COURSE}/lessons/lesson-1-2/progress")
    assert answer.headers["location"] == COURSE
    assert db.scalar(select(Completion.enrolment_id)) == place.id
    assert "You completed this course" in text_of(awas.get(COURSE))


def test_who_has_no_place_marks_nothing(db, browser, awa):
    make_course(db)
    db.commit()

    answer = browser.as_(awa).post(f"{COURSE}/lessons/lesson-1-1/progress")
    assert answer.status_code == 409
    assert "You have not started this course" in text_of(answer)


def test_a_quiz_or_an_unknown_key_is_no_lesson_to_mark(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    for key in ("quiz-1", "final", "nothing", "lesson-9-9"):
        assert awas.post(f"{COURSE}/lessons/{key}/progress").status_code == 404
    assert done_in(db, place.id) == ()


def test_leaving_asks_first_and_then_ends_the_round(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()
    awas = browser.as_(awa)

    asked = awas.get(f"{COURSE}/withdrawal")
    assert "You have done 1 lesson or quiz" in text_of(asked)
    assert standing_place(db, awa.id, place.course_id)
    db.commit()

    left = awas.follow(awas.post(f"{COURSE}/withdrawal"))
    assert "Start again" in text_of(left)
    assert standing_place(db, awa.id, place.course_id) is None


def test_a_lesson_of_a_round_that_has_ended_is_not_marked(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    withdraw(db, place.id, "en")
    db.commit()

    answer = browser.as_(awa).post(f"{COURSE}/lessons/lesson-1-1/progress")
    assert answer.status_code == 409


def test_my_learning_is_for_people_who_are_signed_in(db, eve):
    answer = eve.get("/en/my-learning")
    assert answer.status_code == 303
    assert "next=%2Fen%2Fmy-learning" in answer.headers["location"]


def test_my_learning_shows_the_place_and_one_way_on(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()

    answer = browser.as_(awa).get("/en/my-learning")
    told = text_of(answer)
    assert "55 min of 1 h 5 min left" in told
    assert "Module 1, lesson 2 Lesson 1 2" in told
    assert "3 lessons 2 module quizzes Final assessment, 70% to pass" in told
    assert f'href="{COURSE}/lessons/lesson-1-2">Continue' in answer.text


def test_my_learning_of_somebody_new_says_how_to_begin(db, browser, awa):
    told = text_of(browser.as_(awa).get("/en/my-learning"))
    assert "No course yet" in told
    assert "Find a course" in told


def test_a_completed_course_stands_with_its_certificate(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1))
    complete(db, place)
    db.commit()

    answer = browser.as_(awa).get("/en/my-learning")
    assert "No course under way" in text_of(answer)
    assert "Done Your transcript First aid at work" in text_of(answer)
    assert "/en/certificates/" in answer.text


def test_my_learning_asks_as_much_of_the_database_for_more_courses(db, browser, engines, awa):
    awas = browser.as_(awa)

    def asked() -> int:
        awas.get("/en/my-learning")  # what never changes is kept from here on
        with statements(engines) as sent:
            assert awas.get("/en/my-learning").status_code == 200
        return len(sent)

    for title in ("One", "Two"):
        do(db, make_enrolment(db, awa, make_course(db, title)), "lesson-1-1")
    db.commit()
    two = asked()
    for title in ("Three", "Four"):
        complete(db, make_enrolment(db, awa, make_course(db, title, modules=4)))
    db.commit()
    assert asked() == two <= 3


def test_nobody_marks_or_leaves_for_somebody_else(db, browser, awa, dara):
    place = make_enrolment(db, awa, make_course(db))
    db.commit()
    daras = browser.as_(dara)

    assert daras.post(f"{COURSE}/lessons/lesson-1-1/progress").status_code == 409
    assert daras.post(f"{COURSE}/withdrawal").status_code == 409
    assert "First aid" not in text_of(daras.get("/en/my-learning"))
    assert done_in(db, place.id) == ()


def test_with_completed_courses_alone_nothing_says_that_there_is_none(db, browser, awa):
    complete(db, make_enrolment(db, awa, make_course(db, modules=1)))
    db.commit()
    answer = browser.as_(awa).get("/en/my-learning")
    said = text_of(answer)
    assert "No course yet" not in said
    assert "You have done all that you began." in said
    assert 'class="split"' not in answer.text


def test_one_course_under_way_leaves_no_empty_column(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    answer = browser.as_(awa).get("/en/my-learning")
    assert 'class="split"' not in answer.text
    assert "Something else?" in text_of(answer)


def test_a_quiz_that_ends_by_itself_stands_first(db, browser, awa):
    make_enrolment(db, awa, make_quiz(db, time_limit=20))
    db.commit()
    awas = browser.as_(awa)
    begun = awas.post("/en/courses/asking-well/quizzes/the-quiz/attempts").headers["location"]
    answer = awas.get("/en/my-learning")
    said = text_of(answer)
    assert "Due Module quiz, 7 questions Asking well until" in said
    assert f'href="{begun}"' in answer.text
    awas.post(f"{begun}/submission", {"anyway": "1"})
    assert " Due " not in text_of(awas.get("/en/my-learning"))
