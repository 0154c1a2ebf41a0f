"""Notes beside paragraphs: whose they are, how long they live, and what a reader pays for them."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from app.identity.erasures import erase
from app.learning.enrolments import withdraw
from app.learning.notes import (
    MOST_WORDS,
    Beside,
    Note,
    NoteUnknown,
    delete_note,
    keep_note,
    notes_of,
)
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import make_enrolment

COURSE = "/en/courses/first-aid-at-work"
LESSON = f"{COURSE}/lessons/lesson-1-1"
NOTE = f"{LESSON}/notes/b-1"
SAID = {"note": "Ask Bilal"}


def make_note(db, person, version, *, block="b-1", words="Ask Bilal", lesson="lesson-1-1"):
    beside = Beside(person.id, version.course_id, lesson, block)
    keep_note(db, beside, words=words, quoted="Look before you act.", language="en")
    return beside


def test_a_note_kept_twice_is_one_note_with_the_latest_words(db, awa):
    version = make_course(db)
    make_note(db, awa, version)
    make_note(db, awa, version, words="Ask Chloe")

    (kept,) = notes_of(db, awa.id)
    assert (kept.words, kept.quoted, kept.is_there) == ("Ask Chloe", "Look before you act.", True)
    assert kept.changed_at > kept.made_at


def test_a_note_outlives_the_round_and_the_paragraph(db, awa):
    version = make_course(db)
    place = make_enrolment(db, awa, version)
    make_note(db, awa, version, block="b-2", words="An old paragraph")
    withdraw(db, place.id, "en")

    (kept,) = notes_of(db, awa.id)
    assert (kept.words, kept.is_there) == ("An old paragraph", False)


def test_nobody_takes_the_note_of_somebody_else_away(db, awa, bilal):
    version = make_course(db)
    make_note(db, awa, version)

    with pytest.raises(NoteUnknown):
        delete_note(db, bilal.id, "first-aid-at-work", "lesson-1-1", "b-1")
    delete_note(db, awa.id, "first-aid-at-work", "lesson-1-1", "b-1")
    assert notes_of(db, awa.id) == ()


def test_an_erased_person_leaves_no_note(db, app, awa, bilal):
    version = make_course(db)
    make_note(db, awa, version)
    make_note(db, bilal, version)

    erase(db, awa)
    assert list(db.scalars(select(Note.person_id))) == [bilal.id]


def test_writing_beside_a_paragraph_leads_back_to_it(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    assert f'class="remark" href="{NOTE}"' in awas.get(LESSON).text
    asked = awas.get(NOTE)
    assert "Look before you act." in text_of(asked)
    answer = awas.post(NOTE, SAID)
    assert answer.headers["location"] == f"{LESSON}#note-b-1"
    told = awas.get(LESSON)
    assert "Your note: Ask Bilal Change Look before you act." in text_of(told)
    assert 'id="note-b-1"' in told.text
    assert "Ask Bilal</textarea>" in awas.get(NOTE).text


def test_a_note_without_words_marks_the_paragraph(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    awas.post(NOTE, {"note": "  "})
    assert "Marked by you. Change Look before you act." in text_of(awas.get(LESSON))


def test_what_is_written_stays_words_and_is_never_markup(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    awas.post(NOTE, {"note": "<script>alert(1)</script>"})
    for path in (LESSON, NOTE, "/en/my-learning/notes"):
        page = awas.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_note_that_is_too_long_comes_back_as_typed(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    answer = awas.post(NOTE, {"note": "x" * (MOST_WORDS + 1)})
    assert answer.status_code == 422
    assert "Shorten the note to 5000 signs or fewer." in text_of(answer)
    assert "x" * (MOST_WORDS + 1) in answer.text
    assert notes_of(db, awa.id) == ()


def test_an_older_page_does_not_undo_a_newer_note(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    phone, desk = browser.as_(awa), browser.as_(awa)
    known = known_in(phone.get(NOTE))
    desk.post(NOTE, {"note": "Ask Bilal on Monday", "known": known})

    refused = phone.post(NOTE, {"note": "Ask Chloé", "known": known})
    assert refused.status_code == 409
    assert "That newer note is kept: Ask Bilal on Monday What you wrote" in text_of(refused)
    assert "Ask Chloé</textarea>" in refused.text
    assert [note.words for note in notes_of(db, awa.id)] == ["Ask Bilal on Monday"]
    db.rollback()

    phone.post(NOTE, {"note": "Ask both", "known": known_in(refused)})
    assert [note.words for note in notes_of(db, awa.id)] == ["Ask both"]


def known_in(answer) -> str:
    return re.search(r'name="known" value="(\w+)"', answer.text)[1]


@pytest.mark.parametrize("block", ["b-2", "term-aid", "nothing", "b-1-2"])
def test_only_a_paragraph_of_the_lesson_takes_a_note(db, browser, awa, block):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    assert awas.get(f"{LESSON}/notes/{block}").status_code == 404
    assert awas.post(f"{LESSON}/notes/{block}", SAID).status_code == 404


def test_who_has_no_place_finds_no_way_to_a_note(db, browser, awa, dara):
    version = make_course(db)
    make_enrolment(db, awa, version)
    make_note(db, awa, version)
    db.commit()
    daras = browser.as_(dara)

    assert "remark" not in daras.get(LESSON).text
    assert "Ask Bilal" not in daras.get(LESSON).text
    assert daras.post(NOTE, SAID).status_code == 409


def test_my_notes_are_listed_by_lesson_and_say_what_is_gone(db, browser, awa, bilal):
    version = make_course(db)
    place = make_enrolment(db, awa, version)
    make_note(db, awa, version, lesson="lesson-2-1", words="Second")
    make_note(db, awa, version, words="First")
    make_note(db, awa, version, block="b-9", words="Third", lesson="lesson-gone")
    make_note(db, awa, make_course(db, "Night shifts"), block="b-7", words="Elsewhere")
    make_note(db, bilal, version, words="Not hers")
    withdraw(db, place.id, "en")
    db.commit()
    awas = browser.as_(awa)

    told = text_of(awas.get("/en/my-learning/notes"))
    assert re.search("First aid at work.* First .* Second .* Third .*Elsewhere", told)
    assert "This lesson is no longer in the course. Third" in told
    assert "This paragraph is no longer in the lesson. Elsewhere" in told
    assert "Not hers" not in told
    of_course = text_of(awas.get("/en/my-learning/notes?course=first-aid-at-work"))
    assert "Elsewhere" not in of_course


def test_my_notes_ask_as_much_of_the_database_for_more_of_them(db, browser, engines, awa):
    version = make_course(db, lessons=4)
    make_note(db, awa, version)
    db.commit()
    awas = browser.as_(awa)

    def asked():
        awas.get("/en/my-learning/notes")  # what never changes is kept from here on
        with statements(engines) as sent:
            awas.get("/en/my-learning/notes")
        return len(sent)

    one = asked()
    for number in range(2, 5):
        make_note(db, awa, version, lesson=f"lesson-1-{number}")
    db.commit()
    assert asked() == one == 2


def test_my_notes_leave_as_a_table_and_as_text(db, browser, awa):
    version = make_course(db)
    make_note(db, awa, version, words="=1+1\nand <more>")
    db.commit()
    awas = browser.as_(awa)

    table = awas.get("/en/my-learning/notes.csv")
    head, row = csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert told["note"] == "'=1+1\nand <more>"
    assert told["address"] == f"http://capacita.test{LESSON}#b-1"
    assert (told["course"], told["lesson"]) == ("First aid at work", "Lesson 1 1")
    text = awas.get("/en/my-learning/notes.txt")
    assert "> Look before you act.\n\n=1+1\nand <more>\n" in text.text
    assert "attachment" in text.headers["content-disposition"]


def test_a_note_is_taken_away_from_the_list_and_from_the_lesson(db, browser, awa):
    version = make_course(db)
    make_enrolment(db, awa, version)
    db.commit()
    awas = browser.as_(awa)
    removal = "/en/my-learning/notes/first-aid-at-work/lesson-1-1/b-1/removal"

    for query, place in (("", "/en/my-learning/notes"), ("?from=lesson", f"{LESSON}#b-1")):
        make_note(db, awa, version)
        db.commit()
        assert awas.post(removal + query).headers["location"] == place
        assert awas.post(removal + query).status_code == 404
        db.commit()


def test_a_lesson_asks_the_same_of_the_database_with_notes_and_without(db, browser, engines, awa):
    version = make_course(db)
    make_enrolment(db, awa, version)
    db.commit()
    awas = browser.as_(awa)

    def asked():
        awas.get(LESSON)  # what never changes is kept from here on
        with statements(engines) as sent:
            assert awas.get(LESSON).status_code == 200
        return len(sent)

    without = asked()
    make_note(db, awa, version)
    db.commit()
    assert asked() == without == 2
