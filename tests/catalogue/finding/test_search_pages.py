"""The search page: everything in the address, each result in its language, leading to its passage."""

import pytest

from app.catalogue.compiling.compiled import CompiledEntry
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.people import confirm_place


@pytest.fixture
def aid(db):
    entries = (
        CompiledEntry("course", "en", "First aid at work", "", (("", "What to do first."),)),
        CompiledEntry("module/m", "en", "Wounds", "module-2", (("module-2", "Stop a bleeding"),)),
        CompiledEntry("lesson/a", "en", "Look", "lesson-1-1", (("b-1", "Look at the wound <b>."),)),
        CompiledEntry("lesson/a", "ar", "انظر", "lesson-1-1", (("b-1", "انظر إلى الجرح"),)),
        CompiledEntry("term/t", "en", "wound", "lesson-1-2", (("term-wound", "A hurt."),)),
        *(
            CompiledEntry(f"lesson/{n}", "en", f"Burn {n}", "lesson-1-1", (("", "A burn."),))
            for n in range(12)
        ),
    )
    version = make_course(db, "First aid at work", entries=entries)
    db.commit()
    return version


def test_a_result_leads_to_its_passage_and_marks_the_words(aid, eve):
    answer = eve.get("/en/search?q=wounds")
    assert answer.status_code == 200
    for path in ("#module-2", "/lessons/lesson-1-1#b-1", "/lessons/lesson-1-2#term-wound"):
        assert f'href="/en/courses/first-aid-at-work{path}"' in answer.text
    assert "Look at the <mark>wound</mark> &lt;b&gt;." in answer.text
    assert "3 results for “wounds”" in text_of(answer)
    assert 'value="wounds"' in answer.text


def test_a_result_in_another_language_says_so(aid, eve):
    answer = eve.get("/en/search?q=الجرح")
    assert '<span lang="ar" dir="rtl">انظر</span>' in answer.text
    assert '<span lang="ar" dir="rtl">انظر إلى <mark>الجرح</mark></span>' in answer.text
    assert '<bdi lang="ar">العربية</bdi>' in answer.text


def test_kinds_and_pages_stand_in_the_address(aid, eve):
    answer = eve.get("/en/search?q=burn")
    assert 'href="?q=burn&amp;kind=lesson"' in answer.text
    assert "Next 2 results" in text_of(answer)
    second = eve.get("/en/search?q=burn&kind=lesson&from=10")
    assert second.text.count('class="result"') == 2
    assert 'href="?q=burn&amp;kind=lesson"' in second.text
    assert "Previous results" in text_of(second)
    assert "no such page" in text_of(eve.get("/en/search?q=burn&from=700"))


SAID = {
    "": "What are you looking for",
    "q=%22%22+*": "no word to look for",
    "q=zebra": "Nothing found for “zebra”",
    "q=burn&kind=term": "Nothing found for “burn” here",
    "q=burn&language=xx": "Search everywhere",
    "q=burn+zebra": "at least one of them",
    "q=%ff%fe%f0&from=-1&kind=%2e": "no word to look for",
    "q=HR1": "1 recommendation asks for it",
}


def test_every_search_says_what_it_found(aid, eve):
    answers = {asked: eve.get(f"/en/search?{asked}") for asked in SAID}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert [asked for asked, said in SAID.items() if said not in text_of(answers[asked])] == []


def test_only_those_it_is_for_find_a_course_and_only_its_current_version(db, browser, awa, dara):
    words = (CompiledEntry("lesson/a", "en", "Secret wards", "lesson-1-1", ()),)
    make_course(db, "Wards", audience="institution", entries=words)
    confirm_place(db, awa, dara)
    for person, sees in ((awa, True), (dara, False)):
        found = browser.as_(person).get("/en/search?q=wards")
        assert ("<mark>wards</mark>" in found.text) is sees
    assert "<mark>" not in browser.get("/en/search?q=wards").text
    make_course(db, "Wards", audience="institution", edition=2)
    db.commit()
    assert "<mark>" not in browser.as_(awa).get("/en/search?q=wards").text


def test_a_search_asks_the_database_four_times_however_much_it_finds(aid, eve, engines):
    for words in ("burn", "wounds"):
        eve.get(f"/en/search?q={words}")
        with statements(engines) as sent:
            eve.get(f"/en/search?q={words}")
        assert len(sent) == 4
