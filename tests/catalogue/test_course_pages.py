"""Course pages: anyone finds, reads and plays an open course; nothing is written by looking."""

from tests.browser import text_of
from tests.makers.courses import make_course


def test_anyone_reads_a_course_and_its_lessons(db, eve):
    make_course(db)
    db.commit()

    assert "First aid at work" in text_of(eve.get("/en/"))
    assert "2 module quizzes" in text_of(eve.get("/en/courses/first-aid-at-work"))
    lesson = eve.get("/en/courses/first-aid-at-work/lessons/lesson-1-2")
    assert "Look before you act." in text_of(lesson)
    assert not eve.client.cookies
