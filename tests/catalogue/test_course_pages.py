"""Course pages: anyone finds, reads and plays an open course; looking writes nothing."""

import re

import pytest
from sqlalchemy import func, select, update

from app.catalogue.versions import CourseVersion
from app.tables import metadata
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment

COURSE = "/en/courses/first-aid-at-work"
LESSON = f"{COURSE}/lessons/lesson-1-2"
PAGES = ("/en/", COURSE, LESSON, "/en/recommendations", "/en/recommendations/T0")


def test_anyone_reads_a_course_and_its_lessons(db, eve):
    make_course(db)
    db.commit()

    assert "2 module quizzes" in text_of(eve.get(COURSE))
    lesson = eve.get(LESSON)
    assert "Look before you act." in text_of(lesson)
    assert "Right answer" in text_of(lesson)  # a recall answer, opened without a script
    assert "Mark as read" not in lesson.text
    assert not eve.client.cookies


def test_a_course_says_what_it_is_and_what_it_asks_for(db, eve):
    make_course(db)
    db.commit()

    told = text_of(eve.get(COURSE))
    for said in (
        "Help a colleague until the doctor is there.",
        "Tell an urgent case from one that can wait.",
        "4 lessons 40 min",
        "Final assessment, 70% to pass 15 min",
        "Institute of Public Administration",
        "The training unit",
        "CC BY 4.0",
        "Reviewers no expert from outside yet",
        "Facts checked 25 November 2026",
        "1 h 5 min",
        "59 KB",
    ):
        assert said in told


def test_what_is_beside_each_other_is_listed_as_the_language_does(db, eve):
    make_course(db)
    db.commit()
    for language, comma in (("en", ", "), ("ar-XB", "، ")):
        facts = eve.get(f"/{language}/courses/first-aid-at-work").text
        assert re.search(rf'/glossary">[^<]+</a>{comma}<a href="[^"]+/bibliography">', facts), comma


def test_a_lesson_says_why_it_exists_in_the_words_of_the_source(db, eve):
    make_course(db, recommendations=("T0",))
    db.commit()

    answer = eve.get(LESSON)
    assert "Why this lesson exists. “The human factor in capacity-building" in text_of(answer)
    assert 'href="/en/recommendations/T0"' in answer.text


def test_a_lesson_leads_to_what_stands_around_it(db, eve):
    make_course(db)
    db.commit()

    links = dict(re.findall(r'href="([^"]+)" rel="(prev|next)"', eve.get(LESSON).text))
    assert links == {f"{COURSE}/lessons/lesson-1-1": "prev", f"{COURSE}/quizzes/quiz-1": "next"}
    first = eve.get(f"{COURSE}/lessons/lesson-1-1").text
    assert 'rel="prev"' not in first


def test_links_and_pictures_of_a_lesson_lead_into_this_course(db, eve):
    make_course(db)
    db.commit()

    html = eve.get(LESSON).text
    assert f'href="{COURSE}/lessons/lesson-1-1"' in html
    assert f'src="{COURSE}/media/1/arms.png"' in html
    french = eve.get(LESSON.replace("/en/", "/ar-XB/")).text
    assert 'src="/ar-XB/courses/first-aid-at-work/media/1/arms.png"' in french


def test_a_learner_marks_a_lesson_where_a_guest_goes_on(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()
    awas = browser.as_(awa)

    assert f'action="{LESSON}/progress"' in awas.get(LESSON).text
    done = awas.get(f"{COURSE}/lessons/lesson-1-1")
    assert "/progress" not in done.text
    assert 'rel="next"' in done.text


def test_the_outline_knows_what_is_done_and_where_you_are(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()

    rail = browser.as_(awa).get(LESSON).text.partition('id="outline"')[2]
    signs = re.findall(r'href="#sign-(\w+)"', rail.partition("</nav>")[0])
    assert signs == ["ahead", "done", "here", "test", "open", "end"]
    assert rail.count('aria-current="page"') == 1


def test_a_learner_sees_what_is_still_missing_and_one_button(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()

    answer = browser.as_(awa).get(COURSE)
    told = text_of(answer)
    assert "Still missing for your certificate 3 lessons 30 min" in told
    assert ", in version 1." in told
    assert f'href="{LESSON}"><span>Continue' in answer.text
    assert "Start this course" not in told


def test_a_course_without_a_rule_promises_no_certificate(db, browser, eve, awa):
    version = make_course(db, rule={"lessons": "none", "quizzes": "none", "final": "none"})
    ruled = make_course(db, "Night shifts")
    make_enrolment(db, awa, version)
    make_enrolment(db, awa, ruled)
    db.commit()

    for person in (eve, browser.as_(awa)):
        page = person.get(COURSE)
        told = text_of(page)
        assert "This course gives no certificate." in told
        assert "for your certificate" not in told
        assert "The certificate is ready" not in told
        assert "To complete it" not in told
        assert '<ul role="list" class="way--small">' not in page.text
        assert "gives no certificate" not in text_of(person.get("/en/courses/night-shifts"))
    assert "earn its certificate" not in text_of(eve.get(LESSON))
    assert "it gives no certificate" in text_of(eve.get(LESSON))
    other = LESSON.replace("first-aid-at-work", "night-shifts")
    assert "earn its certificate" in text_of(eve.get(other))


def test_who_completed_a_course_is_told_so(db, browser, awa):
    complete(db, make_enrolment(db, awa, make_course(db, modules=1)))
    db.commit()

    awas = browser.as_(awa)
    told = text_of(awas.get(COURSE))
    assert "You completed this course" in told
    assert "Leave this course" not in told
    assert "newer version" not in told

    make_course(db, modules=1, edition=2)
    db.commit()
    assert "The course has a newer version now. Your certificate stands." in text_of(
        awas.get(COURSE)
    )


def test_a_learner_of_an_older_version_reads_that_version(db, browser, awa, dara):
    make_enrolment(db, awa, make_course(db, lessons=3))
    make_course(db, lessons=2, keeps_progress=False)
    db.commit()
    removed = f"{COURSE}/lessons/lesson-1-3"

    assert browser.as_(awa).get(removed).status_code == 200
    assert browser.as_(dara).get(removed).status_code == 404
    assert browser.get(removed).status_code == 404


def test_a_course_is_read_in_its_own_language_where_it_is_not_translated(db, eve):
    make_course(db, translated=("ar-XB",))
    make_course(db, "Night shifts")
    db.commit()

    there = eve.get("/ar-XB/courses/first-aid-at-work/lessons/lesson-1-2")
    assert '<html lang="ar-XB" dir="rtl"' in there.text
    assert "[ar-XB] Look before you act." in there.text
    assert '<p lang="en" dir="ltr">A sentence not translated yet.</p>' in there.text
    assert "šhöwñ îñ" in text_of(there)

    missing = eve.get("/ar-XB/courses/night-shifts/lessons/lesson-1-2")
    assert '<div class="prose" lang="en" dir="ltr">' in missing.text
    assert '<h1><span lang="en" dir="ltr">Lesson 1 2</span></h1>' in missing.text
    assert "ñöţ ţråñšlåţéd" in text_of(missing)


def test_a_page_from_right_to_left_mirrors_its_line(db, eve):
    make_course(db)
    db.commit()

    def first_station(language: str) -> str:
        page = eve.get(f"/{language}/courses/first-aid-at-work").text
        return re.search(r'class="line__stop" cx="([\d.]+)%"', page)[1]

    assert first_station("en") == "38.5"
    assert first_station("ar-XB") == "61.5"


def test_a_course_without_a_current_version_is_not_there(db, eve):
    make_course(db)
    db.execute(update(CourseVersion).values(is_current=False))
    db.commit()

    assert eve.get(COURSE).status_code == 404
    assert "No course yet" in text_of(eve.get("/en/"))


@pytest.mark.parametrize(
    "path", ["/en/courses/nothing", f"{COURSE}/lessons/nothing", f"{COURSE}/lessons/quiz-1"]
)
def test_what_is_not_there_is_not_found(db, eve, path):
    make_course(db)
    db.commit()
    assert eve.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/en/courses/%00",
        "/en/recommendations/%00",
        f"{COURSE}/lessons/%00",
        f"{COURSE}/media/1/%00",
        f"{COURSE}/media/99999999999999999999/x",
        f"{COURSE}/media/x/y",
    ],
)
def test_a_broken_address_is_not_found_either(db, eve, path):
    make_course(db)
    db.commit()
    assert eve.get(path).status_code == 404


def rows_of_every_table(db) -> dict[str, int]:
    counted = {
        name: db.scalar(select(func.count()).select_from(table))
        for name, table in metadata.tables.items()
    }
    db.commit()
    return counted


def test_looking_writes_nothing(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    db.commit()
    awas = browser.as_(awa)
    before = rows_of_every_table(db)

    for person in (browser, awas):
        for path in PAGES:
            assert person.get(path).status_code == 200
    for path in ("/en/my-learning", f"{COURSE}/withdrawal"):
        assert awas.get(path).status_code == 200
    assert rows_of_every_table(db) == before


@pytest.mark.parametrize(("path", "guest", "learner"), [(LESSON, 1, 2), (COURSE, 2, 2)])
def test_the_number_of_statements_is_small_and_stays(
    db, browser, engines, awa, path, guest, learner
):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    def asked(person) -> int:
        person.get(path)  # what never changes is kept from here on
        with statements(engines) as sent:
            assert person.get(path).status_code == 200
        return len(sent)

    assert (asked(browser), asked(awas)) == (guest, learner)
    make_course(db, modules=4, lessons=4)
    for title in ("One", "Two"):
        do(db, make_enrolment(db, awa, make_course(db, title)), "lesson-1-1")
    db.commit()
    assert (asked(browser), asked(awas)) == (guest, learner)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small(db, browser, awa, path):
    """12 KB as gzip sends it, for the largest course we mean to have."""
    make_enrolment(db, awa, make_course(db, modules=8, lessons=5))
    db.commit()

    answer = browser.as_(awa).get(path, headers={"Accept-Encoding": "gzip"})
    assert int(answer.headers["content-length"]) <= 12_000


def test_one_module_stands_open_the_first_for_a_guest_and_the_own_for_a_learner(db, browser, awa):
    place = make_enrolment(db, awa, make_course(db))
    for key in ("lesson-1-1", "lesson-1-2", "quiz-1"):
        do(db, place, key)
    db.commit()

    def opened(person) -> list[str]:
        return re.findall(r'<details class="[^"]+" id="([^"]+)" open>', person.get(COURSE).text)

    assert opened(browser) == ["module-1"]
    assert opened(browser.as_(awa)) == ["module-2"]
