"""The catalogue: every course on one scale, found by words, recommendation and language."""

import re

import pytest

from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment


@pytest.fixture
def three(db):
    make_course(db, "First aid at work", modules=1, recommendations=("T0",))
    make_course(db, "Night shifts", modules=4, recommendations=("T0", "HR1"))
    make_course(db, "Überfüllte Züge", language="de", translated=("en",), recommendations=("AC1",))
    db.commit()


def titles(answer) -> list[str]:
    return [
        re.sub("<[^>]+>", "", title)
        for title in re.findall(r'<li class="course"><h2><a[^>]*>(.*?)</a>', answer.text)
    ]


def test_what_answers_the_theme_leads_and_the_longest_course_gives_the_scale(three, eve):
    answer = eve.get("/en/")
    assert titles(answer) == ["Night shifts", "First aid at work", "[en] Überfüllte Züge"]
    widths = re.findall(r'<svg width="([\d.]+)%" height="28"', answer.text)
    assert widths == ["95.8", "33.3", "54.2"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=NIGHT", ["Night shifts"]),
        ("q=first+work", ["First aid at work"]),
        ("q=überFÜLLTE", ["[en] Überfüllte Züge"]),
        ("q=what+to+do", ["Night shifts", "First aid at work", "[en] Überfüllte Züge"]),
        ("q=aid+night", []),
        ("recommendation=HR1", ["Night shifts"]),
        ("recommendation=T0&language=de", []),
        ("language=de", ["[en] Überfüllte Züge"]),
        ("recommendation=unknown", []),
        ("q=%25_%22'", []),
        ("topic=HR", ["Night shifts"]),
        ("topic=HR&language=de", []),
        ("length=hour", ["First aid at work"]),
        ("certificate=yes&sdg=16.6&length=day", ["Night shifts", "[en] Überfüllte Züge"]),
        ("translation=de&audience=open", ["[en] Überfüllte Züge"]),
        ("translation=en&size=middle", ["Night shifts"]),
        ("institution=nobody", []),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked(three, eve, asked, found):
    answer = eve.get(f"/en/?{asked}")
    assert answer.status_code == 200
    assert titles(answer) == found
    if not found:
        assert "No course matches" in text_of(answer)


def test_a_value_says_how_many_courses_it_would_leave_and_a_chip_takes_it_away(three, eve):
    answer = eve.get("/en/?topic=HR&length=hour")
    assert titles(answer) == []
    assert '<option value="HR" selected>' in answer.text
    lengths = re.findall(r'<option value="(hour|day|more)"[^>]*>[^(]*\((\d)\)', answer.text)
    assert ("day", "1") in lengths
    assert ("hour", "0") in lengths
    assert 'href="?length=hour"' in answer.text
    assert 'href="?topic=HR"' in answer.text
    assert '<details class="bar__more">' in answer.text
    assert '<details class="bar__more" open>' in eve.get("/en/?sdg=16.6").text
    words = eve.get("/en/?q=night&size=x").text
    assert 'href="/en/search?q=night"' in words


def test_what_was_asked_stands_in_the_form_again(three, eve):
    answer = eve.get('/en/?q="><b>&language=de')
    assert 'value="&#34;&gt;&lt;b&gt;"' in answer.text
    assert '<option value="de" lang="de" selected>' in answer.text


def test_a_recommendation_that_no_course_answers_is_not_offered(three, eve):
    offered = re.findall(r'<option value="([A-Z]+\d\w*)"', eve.get("/en/").text)
    assert offered == ["T0", "HR1", "AC1"]


def test_a_learner_sees_their_place_in_the_list(db, browser, three, awa):
    aid = make_enrolment(
        db, awa, make_course(db, "First aid at work", modules=1, recommendations=("T0",))
    )
    complete(db, aid)
    night = make_course(db, "Night shifts", modules=4, recommendations=("T0", "HR1"))
    do(db, make_enrolment(db, awa, night), "lesson-1-1")
    db.commit()

    told = text_of(browser.as_(awa).get("/en/"))
    assert re.search(r"Done on \d+ \w+ 20\d\d\.", told)
    assert "You are in module 1. Left: 1 h 45 min." in told


def test_twenty_courses_stand_on_a_page(db, eve):
    for number in range(22):
        make_course(db, f"Course {number:02}", modules=1, lessons=1)
    db.commit()

    first = eve.get("/en/?q=course")
    assert len(titles(first)) == 20
    assert "Next 2 courses" in text_of(first)
    second = eve.get("/en/?q=course&from=20")
    assert titles(second) == ["Course 20", "Course 21"]
    assert "Previous courses" in text_of(second)
    assert titles(eve.get("/en/?from=999999")) == titles(eve.get("/en/?from=x")) == titles(first)


def test_the_catalogue_names_the_recommendation_it_carries_out(three, eve):
    answer = eve.get("/en/")
    assert "Why this catalogue exists." in text_of(answer)
    assert 'href="/en/recommendations/IC3"' in answer.text


def test_more_courses_ask_no_more_of_the_database(db, browser, engines, awa):
    awas = browser.as_(awa)

    def asked() -> tuple[int, int]:
        counts = []
        for person in (browser, awas):
            person.get("/en/")  # what never changes is kept from here on
            with statements(engines) as sent:
                assert person.get("/en/").status_code == 200
            counts.append(len(sent))
        return counts[0], counts[1]

    make_enrolment(db, awa, make_course(db, "One"))
    db.commit()
    one = asked()
    for title in ("Two", "Three"):
        make_enrolment(db, awa, make_course(db, title))
    db.commit()
    assert asked() == one == (2, 5)
