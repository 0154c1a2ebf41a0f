"""Searches: the same words find the same texts on both databases, the telling ones first."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.catalogue.compiling.compiled import CompiledEntry
from app.catalogue.finding.excerpts import excerpt_of, marked
from app.catalogue.finding.searches import (
    ALL,
    ANY,
    BEGINNINGS,
    MOST_RANKED,
    Asked,
    found_for,
    terms_of,
)
from app.catalogue.search_entries import SearchEntry
from app.foundation.sessions import session_on
from tests.makers.courses import make_course

TEXTS = (
    ("lesson/trust", "en", "What trust is made of", "People rely on what an office does, not on words."),
    ("lesson/figures", "en", "Reading figures", "A share of trust says little without its question. Trust!"),
    ("lesson/trust", "fr", "De quoi est faite la confiance", "Les données de l’État, publiées à temps."),
    ("lesson/servicio", "es", "La gestión pública", "Los servicios llegan a las personas."),
    ("lesson/sluzhba", "ru", "Государственная служба", "Учёт обращений граждан."),
    ("lesson/bayanat", "ar", "إدارة البيانات", "تُنشر البيانات في وقتها."),
    ("lesson/fuwu", "zh", "公共服务", "公务员依法履行职责。"),
)  # fmt: skip


@pytest.fixture
def course(db):
    entries = tuple(
        CompiledEntry(owner, language, title, owner[7:], (("b-1", text),))
        for owner, language, title, text in TEXTS
    )
    return make_course(db, "Trust in offices", entries=entries)


def keys(db, course, words, *, language="en", **asked) -> list[str]:
    found = found_for(db, Asked(words, **asked), [course.id], language, 10)
    return [hit.place for hit in found.hits]


TYPED = {
    "TRUSTED": "trust",
    "l'etat donnee": "trust",
    "gestion publica servicio": "servicio",
    "служб": "sluzhba",
    "учет обращения": "sluzhba",
    "بيانات": "bayanat",
    "الادارة": "bayanat",
    "服务": "fuwu",
    "务员依法": "fuwu",
    "公共服务 公务员": "fuwu",
    '"trust AND (office* OR NEAR(': "trust",
    "trust' | !words:*": "trust",
}


def test_words_are_found_in_six_languages_however_they_are_typed(db, course):
    found = {words: keys(db, course, words)[:1] for words in TYPED}
    assert found == {words: [place] for words, place in TYPED.items()}


def test_a_title_counts_more_than_a_passage(db, course):
    assert keys(db, course, "trust") == ["trust", "figures"]


def test_titles_come_first_then_passages_that_say_it_often_and_nobody_is_left_out(db):
    """More texts than are compared by their passages, in the same order on both databases."""
    told = [
        ("twice", "Of other things", "Budget rules follow the budget."),
        ("titled", "The budget", "Of other things."),
        *((f"p-{number}", "Of other things", "The budget.") for number in range(MOST_RANKED + 5)),
    ]
    entries = tuple(
        CompiledEntry(f"lesson/{place}", "en", title, place, (("b-1", text),))
        for place, title, text in told
    )
    course = make_course(db, "Money", entries=entries)
    found = [
        hit.place
        for first in range(0, len(told), 30)
        for hit in found_for(db, Asked("budget", first=first), [course.id], "en", 30).hits
    ]
    assert found[:2] == ["titled", "twice"]
    assert sorted(found) == sorted(place for place, *_ in told)


def test_what_is_not_there_is_found_by_beginnings_then_by_any_word(db, course):
    def way(words: str) -> tuple[str, int]:
        found = found_for(db, Asked(words), [course.id], "en", 10)
        return found.way, found.total

    assert way("trust figures") == (ALL, 1)
    assert way("figur") == (ALL, 1)
    assert way("questi") == (BEGINNINGS, 1)
    assert way("公") == (BEGINNINGS, 1)
    assert way("trust zebras") == (ANY, 2)
    assert way("zebras") == (ALL, 0)
    assert way("…—!") == (ALL, 0)


def test_a_lesson_is_found_once_in_the_readers_language_and_counted_in_each(db, course):
    found = found_for(db, Asked("trust confiance", ""), [course.id], "fr", 10)
    assert (found.way, found.total) == (ANY, 2)
    assert [hit.language for hit in found.hits if hit.place == "trust"] == ["fr"]
    assert found.languages == {"en": 2, "fr": 1}
    assert keys(db, course, "trust confiance", language="fr", kind="module") == []
    only = found_for(db, Asked("trust", "en", "lesson", 1), [course.id], "fr", 1)
    assert (only.total, [hit.place for hit in only.hits]) == (2, ["figures"])


def test_other_versions_are_not_found_and_the_index_follows_its_table(db, course):
    assert found_for(db, Asked("trust"), [course.id + 1], "en", 10).total == 0
    entry = db.scalars(select(SearchEntry).where(SearchEntry.place == "figures")).one()
    entry.folded = "zebra"
    db.flush()
    assert keys(db, course, "zebra") == ["figures"]
    assert keys(db, course, "trust") == ["trust"]
    db.execute(delete(SearchEntry).where(SearchEntry.version_id == course.id))
    assert keys(db, course, "trust") == []


def test_any_garbage_is_only_a_search(db, engines, course):
    db.commit()
    with engines.reading() as reading:

        @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.text(max_size=250), st.sampled_from([ALL, "x", ""]), st.integers(0, 10**6))
        def search(words: str, sort: str, first: int) -> None:
            found_for(reading, Asked(words, sort, sort, first), [course.id], "en", 10)

        search()


def test_the_words_are_marked_and_the_passage_is_cut_around_them():
    terms = terms_of("données publiques")
    long = "avant " * 40 + "les DONNÉES <publiques> " + "après " * 60
    html, block = excerpt_of([("b-1", "La donnée."), ("b-2", long)], terms, ALL, "fr")
    assert block == "b-2"
    assert "<mark>DONNÉES</mark> &lt;<mark>publiques</mark>&gt;" in html
    assert html.startswith("… avant")
    assert html.endswith("après …")
    assert len(html) < 330
    assert marked("公共服务的人", terms_of("共服务"), ALL, "zh") == "公<mark>共服务</mark>的人"
    assert excerpt_of([], terms, ALL, "fr") == ("", "")


def test_a_session_that_only_reads_can_search(db, engines, course):
    db.commit()
    with engines.read.connect() as connection:
        assert keys(session_on(connection), course, "trust")[0] == "trust"
