"""My learning of somebody who did a thousand courses: as many statements, no more rows than shown."""

from datetime import date, timedelta

from app.duties.boards import SHOWN, board_of
from app.learning.enrolments import withdraw
from app.learning.rounds import record_of, rounds_of, steps_by
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.duties import complete_on
from tests.makers.learning import do, make_enrolment


def test_a_long_record_shows_its_newest_and_leads_to_the_others(db, browser, awa):
    version = make_course(db)
    for number in range(1, 31):
        complete_on(db, awa, version, date(2026, 1, 1) + timedelta(days=number), number)
    place = make_enrolment(db, awa, make_course(db, "Under way"))
    do(db, place, "lesson-1-1")
    withdraw(db, make_enrolment(db, awa, make_course(db, "Left behind")).id, "en")
    board = board_of(db, awa.id)
    assert [each.number for each in board.rounds if each.completed_on] == list(range(30, 20, -1))
    assert (len(board.rounds), board.more) == (SHOWN + 2, 20)
    db.commit()
    awas = browser.as_(awa)
    assert "All courses that you ever opened 20" in text_of(awas.get("/en/my-learning"))
    every = awas.get("/en/my-learning/all").text
    assert every.count("/en/courses/first-aid-at-work") == 30


def test_a_short_record_is_the_same_as_all_of_it(db, awa):
    places = [make_enrolment(db, awa, make_course(db, title)) for title in ("One", "Two", "Three")]
    do(db, places[0], "lesson-1-1")
    withdraw(db, places[1].id, "en")
    make_enrolment(db, awa, make_course(db, "Two"))
    withdraw(db, places[2].id, "en")
    board = board_of(db, awa.id)
    assert board.steps == steps_by(db, awa.id)
    steps = board.steps
    assert steps[places[0].id].done == ("lesson-1-1",)
    assert record_of(board.rounds, steps) == record_of(rounds_of(db, awa.id), steps)
    assert board.more == 1  # the round of Two that was left before the one under way


def test_many_under_way_are_cut_where_the_page_ends(db, awa):
    places = [
        make_enrolment(db, awa, make_course(db, f"Course {number}", modules=1))
        for number in range(SHOWN + 3)
    ]
    for each in reversed(places):
        do(db, each, "lesson-1-1")
    board = board_of(db, awa.id)
    assert len(board.rounds) == SHOWN + 1
    assert {*board.steps} == {each.id for each in board.rounds} < {*steps_by(db, awa.id)}
