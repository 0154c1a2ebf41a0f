"""Rounds and ways: what is under way, done and left, and where to go on."""

from app.catalogue.compiling.compiled import COMPILER
from app.catalogue.shelves import edition_of
from app.learning.enrolments import withdraw
from app.learning.rounds import record_of, rounds_of, steps_by
from app.learning.ways import missing_in, next_in, way_through
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment


def record(db, learner):
    return record_of(rounds_of(db, learner.id), steps_by(db, learner.id))


def edition(db, version, language="en"):
    return edition_of(db, version.id, language, COMPILER)


def test_the_course_touched_last_comes_first(db, awa):
    places = [make_enrolment(db, awa, make_course(db, title)) for title in ("One", "Two", "Three")]
    assert [each.slug for each in record(db, awa).under_way] == ["three", "two", "one"]

    do(db, places[0], "lesson-1-1")
    assert [each.slug for each in record(db, awa).under_way] == ["one", "three", "two"]


def test_a_completed_course_is_done_and_stays_done_after_leaving(db, awa):
    place = make_enrolment(db, awa, make_course(db, modules=1))
    complete(db, place)
    withdraw(db, place.id, "en")

    told = record(db, awa)
    assert [each.slug for each in told.completed] == ["first-aid-at-work"]
    assert told.under_way == told.left == ()


def test_a_left_course_counts_by_its_last_round(db, awa):
    version = make_course(db)
    withdraw(db, make_enrolment(db, awa, version).id, "en")
    assert [each.number for each in record(db, awa).left] == [1]

    make_enrolment(db, awa, version)
    told = record(db, awa)
    assert told.left == ()
    assert [each.number for each in told.under_way] == [2]


def test_going_on_is_what_follows_the_last_thing_done(db):
    course = edition(db, make_course(db))

    assert next_in(course, ()).key == "lesson-1-1"
    assert next_in(course, ("lesson-1-1",)).key == "lesson-1-2"
    assert next_in(course, ("lesson-1-1", "lesson-2-1")).key == "lesson-2-2"
    assert next_in(course, ("lesson-2-1", "lesson-1-1")).key == "lesson-1-2"


def test_going_on_after_the_end_begins_with_what_was_left_out(db):
    course = edition(db, make_course(db))
    keys = [each.key for each in course.activities]

    assert next_in(course, (*keys[1:], "of-an-older-version")).key == keys[0]
    assert next_in(course, keys) is None


def test_the_way_knows_what_is_behind_and_what_is_left(db):
    version = make_course(db)
    course = edition(db, version)
    way = way_through(course, ("lesson-1-1", "lesson-1-2", "quiz-1"), course.lesson("lesson-2-1"))

    assert (way.behind, way.left) == (25, version.minutes - 25)
    assert way.stations_done == (True, False, False)
    assert [stop.standing for stop in way.stretches()[1].stops] == ["here", "ahead", "ahead"]
    assert [stop.sign for stop in way.stretches()[0].stops] == ["done", "done", "testdone"]
    assert way.final().sign == "end"


def test_what_is_missing_is_said_in_words_and_minutes(db):
    course = edition(db, make_course(db))

    def said(*done):
        return [(each.words, each.time, each.first.key) for each in missing_in(course, done)]

    assert said() == [
        ("4 lessons", "40 min", "lesson-1-1"),
        ("2 module quizzes", "10 min", "quiz-1"),
        ("Final assessment, 70% to pass", "15 min", "final"),
    ]
    assert said("lesson-1-1", "lesson-1-2", "quiz-2", "lesson-2-1", "final") == [
        ("1 lesson in module 2", "10 min", "lesson-2-2"),
        ("Quiz of module 1", "5 min", "quiz-1"),
    ]


def test_the_ways_words_speak_the_pages_language(db):
    course = edition(db, make_course(db), "ar-XB")
    assert missing_in(course, ())[0].words.startswith("[4 ")
