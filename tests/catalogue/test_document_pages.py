"""Courses and modules as one document, and the pages of their terms and sources."""

import re

import pytest
from sqlalchemy import update

from app.catalogue.texts import CompiledText
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course

COURSE = "/en/courses/first-aid-at-work"
FIRST = """\
<p class="opening" id="b-1">A <a class="term" href="#term-pulse">pulse</a> \
<a class="cite" href="#L02">[L02]</a>, see <a href="lesson:lesson-2-1">bleeding</a>.</p>\
<aside class="aside" id="term-pulse"><dfn>pulse</dfn>: A beat. <a class="cite" href="#L02">[L02]\
</a></aside><h2 id="b-2">Feel it</h2><section class="box recall" aria-labelledby="recall-1">\
<p class="box__kind">Recall</p><h3 id="recall-1">What do you remember?</h3><div \
class="recall__item" id="b-3"><p>Where is it?</p><ul class="recall__options" role="list"><li>\
<details><summary>In the wrist</summary><p><strong>Right answer</strong></p><p>There it is near.\
</p></details></li><li><details><summary>In the hair</summary><p><strong>Not right</strong></p>\
<p>Hair is dead.</p></details></li></ul></div><div class="recall__item" id="b-4"><p>How often?</p>\
<details><summary>Show the answer</summary><p><strong>70</strong></p></details></div></section>\
<section class="sources" aria-labelledby="sources"><h2 id="sources">Sources</h2><dl>\
<dt id="L02">[L02]</dt><dd>The pulse book. <a href="https://example.org/p">example.org</a></dd>\
</dl></section>"""
SECOND = """\
<p class="opening" id="b-1">Blood and <a class="term" href="#term-pulse">pulse</a>.</p>\
<aside class="aside" id="term-pulse"><dfn>pulse</dfn>: A beat.</aside>\
<figure class="figure" id="b-5"><div class="box"><svg viewBox="0 0 9 9"><linearGradient \
id="figure-1-a"></linearGradient><path fill="url(#figure-1-a)"></path></svg></div></figure>\
<section class="sources" aria-labelledby="sources"><h2 id="sources">Sources</h2><dl>\
<dt id="L01">[L01]</dt><dd>The blood book.</dd><dt id="L02">[L02]</dt><dd>The pulse book.</dd>\
</dl></section>"""


@pytest.fixture
def version(db):
    version = make_course(db, lessons=1, translated=("fr",))
    for key, html in (("lesson-1-1", FIRST), ("lesson-2-1", SECOND)):
        db.execute(
            update(CompiledText)
            .where(CompiledText.version_id == version.id, CompiledText.owner_key == f"lesson/{key}")
            .values(html=html)
        )
    db.commit()
    return version


def names_in(html):
    return re.findall(r' id="([^"]+)"', html)


def test_a_course_is_one_document_with_each_thing_once(eve, version):
    html = eve.get(f"{COURSE}/print").text
    told = re.sub(r"\s+", " ", text_of(eve.get(f"{COURSE}/print")))

    assert "Version 1, of" in told
    assert "CC BY 4.0" in told
    assert told.count("A beat.") == 1
    assert told.count("The pulse book.") == 1
    assert told.index("[L01]", told.index("Sources of this course")) < told.rindex("[L02]")
    assert '<h3 id="lesson-lesson-1-1">1.1 Lesson 1 1</h3>' in html
    assert re.search(r"<h4 id=\"1-1-b-2\">Feel it</h4>", html)


def test_the_answers_stand_at_the_end_alone(eve, version):
    told = text_of(eve.get(f"{COURSE}/print"))
    questions, answers = told.split("Answers to the recall questions")[-2:]

    assert "1. Where is it? In the wrist In the hair 2. How often?" in questions
    assert "There it is near." not in questions
    assert "In the wrist There it is near." in answers
    assert "70" in answers
    assert "In the hair" not in answers
    assert "Hair is dead." not in answers


def test_every_name_is_one_and_every_way_inside_leads_somewhere(eve, version):
    html = eve.get(f"{COURSE}/print").text
    names = names_in(html)

    assert len(names) == len(set(names))
    inside = re.findall(r'(?:href="|url\()#([^")]+)', html)
    assert {each for each in inside if not each.startswith("sign-")} <= set(names)
    assert 'href="#lesson-lesson-2-1">bleeding (2.1)</a>' in html


def test_a_module_prints_alone_and_leads_out_to_the_others(eve, version):
    html = eve.get(f"{COURSE}/modules/module-1/print").text
    told = text_of(eve.get(f"{COURSE}/modules/module-1/print"))

    assert "The blood book" not in told
    assert f'href="{COURSE}/lessons/lesson-2-1">bleeding (2.1)</a>' in html
    assert eve.get(f"{COURSE}/modules/nothing/print").status_code == 404


def test_terms_and_sources_name_their_lessons(eve, version):
    terms = eve.get(f"{COURSE}/glossary").text
    assert terms.count("A beat.") == 1
    for key in ("lesson-1-1", "lesson-2-1"):
        assert f'href="{COURSE}/lessons/{key}#term-pulse"' in terms
    assert f'href="{COURSE}/bibliography#L02"' in terms

    told = text_of(eve.get(f"{COURSE}/bibliography"))
    assert re.search(
        r"\[L01\].*Cited in: Lesson 2 1 .*\[L02\].*Cited in: Lesson 1 1 , Lesson 2 1", told
    )


def test_a_course_without_terms_or_sources_says_so(db, eve):
    make_course(db)
    db.commit()
    assert "No terms yet" in text_of(eve.get(f"{COURSE}/glossary"))
    assert "No sources yet" in text_of(eve.get(f"{COURSE}/bibliography"))


@pytest.mark.parametrize("path", ["print", "modules/module-1/print", "glossary", "bibliography"])
def test_a_restricted_course_keeps_its_documents(db, eve, path):
    make_course(db, audience="institution")
    db.commit()
    assert eve.get(f"{COURSE}/{path}").status_code == 404


def test_a_document_asks_little_of_the_database(eve, engines, version):
    eve.get(COURSE)
    with statements(engines) as sent:
        eve.get(f"{COURSE}/print")
    assert len(sent) <= 3
    with statements(engines) as sent:
        eve.get(f"{COURSE}/glossary")
    assert len(sent) == 1


def test_the_course_and_its_lessons_lead_to_paper_and_lists(eve, version):
    course = eve.get(COURSE).text
    for path in ("print", "glossary", "bibliography", "modules/module-2/print"):
        assert f'href="{COURSE}/{path}"' in course
    lesson = eve.get(f"{COURSE}/lessons/lesson-2-1").text
    for path in ("glossary", "bibliography", "modules/module-2/print"):
        assert f'href="{COURSE}/{path}"' in lesson
