"""A newer version of an origin: read as a difference, taken in as one state that can go back."""

import pytest

from app.studio.adaptations import Wanted, adapt
from app.studio.changes import Change, change, save, undo
from app.studio.drafts import Draft, files_of, text_in
from app.studio.inspections import findings_of
from app.studio.offers import offer_of
from app.studio.origins import COURSE, origin_of
from app.studio.takings import BOTH, MINE, THEIRS
from app.studio.upstreams import (
    ChangedMeanwhile,
    ChoicesMissing,
    LicenceBars,
    NothingNew,
    news_of,
    take_in,
    with_own_facts,
)
from tests.browser import text_of
from tests.makers.people import HEALTH, make_institution
from tests.makers.sources import LESSON, QUIZ, lesson_saying
from tests.studio.test_adaptations import OTHER, SLUG, nadia, paul, publish, published

__all__ = ["nadia", "paul"]
MODULE, SECOND = "first-module/module.yaml", "first-module/second-lesson.md"
ADDRESS = f"https://example.org/courses/{SLUG}"


@pytest.fixture
def origin(db, bilal, paul) -> Draft:
    return published(db, bilal, paul)


@pytest.fixture
def fork(db, origin, nadia) -> Draft:
    wanted = Wanted(OTHER, "Our own course", make_institution(db, *HEALTH), "CC-BY-4.0")
    return adapt(db, nadia.id, nadia.name, SLUG, wanted, ADDRESS)


def written(db, person, draft, **contents):
    texts = {path: text_in(db, draft, path) for path in contents}
    revisions = {path: each.revision if each else 0 for path, each in texts.items()}
    changes = {p: Change(t.encode(), revisions[p]) for p, t in contents.items()}
    return change(db, person.id, draft, changes)


def renewed(db, bilal, paul, origin, licence="CC-BY-4.0"):
    """Version 2: a lesson more, another one with other words, the summary changed."""
    module, course = (text_in(db, origin, path).text for path in (MODULE, COURSE))
    with_second = module.replace("first-lesson", "first-lesson, second-lesson")
    course = course.replace("One lesson and", "Two lessons and").replace("CC-BY-4.0", licence)
    texts = {
        COURSE: course, MODULE: with_second, SECOND: lesson_saying("A new one."),
        LESSON: lesson_saying("It says more."),
    }  # fmt: skip
    written(db, bilal, origin, **texts)
    return publish(db, bilal, paul, origin)


def seen(db, fork):
    return fork.revision, origin_of(db, fork).current.number


def all_theirs(news):
    return {each.path: THEIRS for each in news.takings}


def test_all_that_is_new_makes_an_unchanged_fork_the_newer_version_and_can_be_taken_back(
    db, bilal, paul, nadia, origin, fork
):
    with pytest.raises(NothingNew):
        news_of(db, nadia.id, fork)
    version = renewed(db, bilal, paul, origin)
    before = files_of(db, fork).files
    news = news_of(db, nadia.id, fork)
    assert {e.path: e.state for e in news.takings} == {
        COURSE: "changed", LESSON: "changed", MODULE: "changed", SECOND: "added",
    }  # fmt: skip
    assert set(news.changes) == {COURSE, LESSON, MODULE, SECOND}
    take_in(db, nadia.id, fork, seen(db, fork), all_theirs(news), ADDRESS)
    after = files_of(db, fork).files
    theirs = offer_of(db, version, is_whole=False).texts
    assert {**after, COURSE: b""} == {**theirs, COURSE: b""}
    assert after[COURSE] == with_own_facts(theirs[COURSE], after[COURSE])
    assert b"version: 2" in after[COURSE]
    assert b"title: Our own course" in after[COURSE]
    assert not [each for each in findings_of(db, fork) if each.is_grave]
    assert not origin_of(db, fork).has_news
    undo(db, nadia.id, fork, fork.revision)
    assert files_of(db, fork).files == before
    assert origin_of(db, fork).base.number == 1


def test_what_both_changed_is_a_choice_and_the_forks_own_questions_are_not_touched(
    db, bilal, paul, nadia, origin, fork
):
    written(db, nadia, fork, **{LESSON: lesson_saying("Ours.")})
    quiz = text_in(db, fork, QUIZ)
    save(
        db,
        nadia.id,
        fork,
        QUIZ,
        quiz.text.replace("Write a statement", "Ours").encode(),
        quiz.revision,
    )
    own_quiz = text_in(db, fork, QUIZ).content
    renewed(db, bilal, paul, origin)
    news = news_of(db, nadia.id, fork)
    assert [each.path for each in news.takings if each.state == BOTH] == [LESSON]
    chosen = {each.path: THEIRS for each in news.takings if each.state != BOTH}
    with pytest.raises(ChoicesMissing):
        take_in(db, nadia.id, fork, seen(db, fork), chosen, ADDRESS)
    with pytest.raises(ChangedMeanwhile):
        take_in(db, nadia.id, fork, (fork.revision - 1, 2), {**chosen, LESSON: MINE}, ADDRESS)
    take_in(db, nadia.id, fork, seen(db, fork), {**chosen, LESSON: MINE}, ADDRESS)
    assert "Ours." in text_in(db, fork, LESSON).text
    assert text_in(db, fork, SECOND) is not None
    assert text_in(db, fork, QUIZ).content == own_quiz
    with pytest.raises(NothingNew):
        news_of(db, nadia.id, fork)


def test_a_newer_version_under_another_licence_is_not_taken_in(
    db, bilal, paul, nadia, origin, fork
):
    renewed(db, bilal, paul, origin, licence="CC-BY-ND-4.0")
    news = news_of(db, nadia.id, fork)
    assert (news.is_barred, news.takings) == (True, ())
    with pytest.raises(LicenceBars):
        take_in(db, nadia.id, fork, seen(db, fork), {}, ADDRESS)


def test_pages_say_that_the_origin_changed_show_both_texts_and_take_in_what_is_chosen(
    db, browser, bilal, paul, nadia, origin, fork
):
    at = f"/en/studio/{OTHER}"
    written(db, nadia, fork, **{LESSON: lesson_saying("Ours.")})
    db.commit()
    author = browser.as_(nadia)
    assert "has a newer version" not in text_of(author.get(at))
    assert author.get(f"{at}/upstream").status_code == 404
    renewed(db, bilal, paul, origin)
    db.commit()
    assert "has a newer version" in text_of(author.get(at))
    page = author.get(f"{at}/upstream")
    assert "It says more." in text_of(page)
    assert "Ours." in text_of(page)
    sent = {"revision": str(fork.revision), "version": "2"}
    sent |= {f"file:{path}": "theirs" for path in (COURSE, MODULE, SECOND)}
    refused = author.post(f"{at}/upstream", sent)
    assert refused.status_code == 422
    assert "Choose one of these." in text_of(refused)
    # A text of both begins with ours and theirs; one that cannot be saved comes back as typed.
    merged = {**sent, f"file:{LESSON}": "merged", f"text:{LESSON}": "x" * 120_000}
    large = author.post(f"{at}/upstream", merged)
    assert (large.status_code, "x" * 120_000 in large.text) == (422, True)
    merged[f"text:{LESSON}"] = lesson_saying("Ours, and it says more.")
    assert author.post(f"{at}/upstream", merged).status_code == 303
    assert "Ours, and it says more." in text_in(db, fork, LESSON).text
    db.commit()
    assert "has a newer version" not in text_of(author.get(at))
    assert author.post(f"{at}/upstream", sent).status_code == 404
