"""A draft is the source folder: the same files out as in, and nothing that was saved is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.activity.events import Event
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import CourseFiles, read_folder
from app.catalogue.publications import publish_folder
from app.foundation.database import open_engines
from app.foundation.sessions import session_on
from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER, grant
from app.settings import ROOT
from app.studio.changes import (
    NOT_THERE,
    Change,
    Conflict,
    FileTooLarge,
    PathRefused,
    Saved,
    StateUnknown,
    change,
    move,
    remove,
    restore,
    save,
    states_of,
    undo,
)
from app.studio.drafts import (
    AuthorNeeded,
    Draft,
    DraftUnknown,
    SlugTaken,
    close_draft,
    draft_for,
    draft_from,
    files_of,
    open_draft,
    text_in,
    texts_of,
)
from app.studio.inspections import findings_of
from tests.databases import SqliteTemplate
from tests.makers.drafts import make_author, make_draft
from tests.makers.people import cast, make_institute, make_person
from tests.makers.sources import LESSON, make_source

COURSES = ROOT / "courses"
SLUGS = sorted(path.parent.name for path in COURSES.glob("*/course.yaml"))


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(db, bilal)


def on_disk(slug: str) -> CourseFiles:
    return read_folder(COURSES / slug, Faults())


def test_a_published_course_is_opened_once_with_the_files_of_its_version(db):
    slug = "human-factor"
    publish_folder(db, COURSES, (slug,))
    author = make_person(db, "Nia Mensah", roles=(AUTHOR,))
    draft = open_draft(db, author.id, slug)
    assert open_draft(db, author.id, slug).id == draft.id
    assert dict(files_of(db, draft).files) == dict(on_disk(slug).files)
    assert not [fault for fault in findings_of(db, draft) if fault.is_grave]
    opened = select(func.count()).where(Event.kind == "draft-opened")
    assert db.scalar(opened) == 1


def test_a_draft_from_a_folder_is_in_canonical_form_and_passes_the_check(db, bilal):
    loose = make_source(lesson=make_source().files[LESSON] + b"\n\n* one\n* two   \n")
    plain = make_draft(db, bilal, lesson=loose.files[LESSON])
    assert text_in(db, plain, LESSON).text.endswith("\n\n- one\n- two\n")
    assert not [fault for fault in findings_of(db, plain) if fault.is_grave]


def test_a_draft_cannot_speak_for_another_institution(db, bilal, draft):
    course = text_in(db, draft, "course.yaml")
    other = course.content.replace(b"institution: institute", b"institution: ministry-of-health")
    save(db, bilal.id, draft, "course.yaml", other, course.revision)
    assert any("institution" in fault.what for fault in findings_of(db, draft) if fault.is_grave)


def test_only_who_holds_a_role_on_an_owner_opens_a_draft(db, bilal, chloe, dara, awa, draft):
    assert draft_for(db, bilal.id, draft.slug).id == draft.id
    assert draft_for(db, chloe.id, draft.slug).id == draft.id
    for stranger in (dara, awa):
        with pytest.raises(DraftUnknown):
            draft_for(db, stranger.id, draft.slug)
    grant(db, awa.id, REVIEWER, make_institute(db).id)
    assert draft_for(db, awa.id, draft.slug).id == draft.id
    with pytest.raises(DraftUnknown):
        draft_for(db, awa.id, draft.slug, (AUTHOR, PUBLISHER))
    with pytest.raises(AuthorNeeded):
        draft_from(db, awa.id, CourseFiles("another", {}), make_institute(db))


def test_a_course_has_one_open_draft_and_a_slug_one_course(db, bilal, draft):
    with pytest.raises(SlugTaken, match="first-course"):
        draft_from(db, bilal.id, make_source(), make_institute(db))
    close_draft(db, bilal.id, draft)
    with pytest.raises(DraftUnknown):
        draft_for(db, bilal.id, draft.slug)
    assert draft_from(db, bilal.id, make_source(), make_institute(db)).id != draft.id


def test_two_authors_on_one_lesson_lose_nothing(db, bilal, draft):
    dina = make_author(db, cast(db, "Dina Aziz", make_institute(db)))
    there = text_in(db, draft, LESSON)
    mine, theirs = there.content + b"\nMine.\n", there.content + b"\nTheirs.\n"

    first = save(db, dina.id, draft, LESSON, theirs, there.revision)
    assert first == Saved(2)
    # The same save sent again, as after a dropped line, is no conflict and no new state.
    assert save(db, dina.id, draft, LESSON, theirs, there.revision) == Saved(2)
    answer = save(db, bilal.id, draft, LESSON, mine, there.revision)
    assert isinstance(answer, Conflict)
    assert (answer.mine, answer.theirs.content) == (mine, theirs)
    assert answer.theirs.changed_by == dina.id
    assert save(db, bilal.id, draft, LESSON, mine, answer.theirs.revision) == Saved(3)
    kept = [state.content for state in states_of(db, draft, LESSON)]
    assert kept == [mine, theirs, there.content]


def test_a_change_of_several_files_stands_whole_or_not_at_all(db, bilal, draft):
    lesson = text_in(db, draft, LESSON)
    wanted = {
        LESSON: Change(lesson.content + b"\nMore.\n", lesson.revision),
        "glossary.yaml": Change(b"- term: t\n  definition: d\n", 7),
    }
    assert isinstance(change(db, bilal.id, draft, wanted), Conflict)
    assert text_in(db, draft, LESSON) == lesson
    wanted["glossary.yaml"] = Change(wanted["glossary.yaml"].content, NOT_THERE)
    assert change(db, bilal.id, draft, wanted) == Saved(2)


def test_what_was_moved_changed_or_taken_out_comes_back(db, bilal, draft):
    before = dict(files_of(db, draft).files)
    revision = text_in(db, draft, LESSON).revision
    there = "first-module/another-lesson.md"
    assert move(db, bilal.id, draft, LESSON, there, revision) == Saved(2)
    assert remove(db, bilal.id, draft, there, 2) == Saved(3)
    with pytest.raises(StateUnknown):
        restore(db, bilal.id, draft, LESSON, 9, NOT_THERE)
    assert restore(db, bilal.id, draft, LESSON, 1, NOT_THERE) == Saved(4)
    assert dict(files_of(db, draft).files) == before
    assert undo(db, bilal.id, draft, 4) == Saved(5)
    assert text_in(db, draft, LESSON) is None
    assert undo(db, bilal.id, draft, 5) == Saved(6)
    assert dict(files_of(db, draft).files) == before
    with pytest.raises(StateUnknown):
        undo(db, bilal.id, draft, 1)


def test_an_undo_does_not_undo_what_came_after_it(db, bilal, draft):
    lesson = text_in(db, draft, LESSON)
    save(db, bilal.id, draft, LESSON, lesson.content + b"\nOne.\n", 1)
    save(db, bilal.id, draft, LESSON, lesson.content + b"\nTwo.\n", 2)
    assert isinstance(undo(db, bilal.id, draft, 2), Conflict)
    assert text_in(db, draft, LESSON).text.endswith("Two.\n")


@pytest.mark.parametrize(
    "path",
    ["../etc/passwd", "first-module/../course.yaml", "/course.yaml", "media/../../x", "a/b/c.md",
     "first-module/lesson.html", "media/Ä.png", "", "translations/../x.po", "media/.hidden"],
)  # fmt: skip
def test_a_forged_path_is_refused(db, bilal, draft, path):
    with pytest.raises(PathRefused):
        save(db, bilal.id, draft, path, b"x", NOT_THERE)
    assert len(texts_of(db, draft)) == 5


def test_a_text_over_its_limit_is_refused_in_words(db, bilal, draft):
    with pytest.raises(FileTooLarge) as refusal:
        save(db, bilal.id, draft, LESSON, b"x" * 10_000_000, 1)
    assert refusal.value.values == {"size": 10_000, "limit": 100}


PATHS = ("first-module/a.md", "first-module/b.md", "glossary.yaml", "media/a.txt")
STEPS = st.lists(
    st.tuples(st.sampled_from(PATHS), st.one_of(st.none(), st.binary(max_size=12)), st.booleans()),
    max_size=12,
)


@pytest.fixture(scope="module")
def shelf(memory):
    """One database for many examples, each of which is rolled back."""
    template = SqliteTemplate(memory)
    engines = open_engines(template.address())
    yield engines
    engines.close()


def test_every_course_comes_out_of_the_studio_as_it_lies_in_its_folder(shelf):
    with shelf.write.connect() as connection:
        db = session_on(connection)
        author, institute = make_person(db, "Nia Mensah", roles=(AUTHOR,)), make_institute(db)
        for slug in SLUGS:
            draft = draft_from(db, author.id, on_disk(slug), institute)
            assert dict(files_of(db, draft).files) == dict(on_disk(slug).files), slug
        connection.rollback()
    assert len(SLUGS) == 8


@given(steps=STEPS)
@settings(max_examples=25, deadline=None)
def test_whatever_is_saved_stands_or_is_a_conflict_and_stays_recoverable(shelf, steps):
    with shelf.write.connect() as connection:
        db = session_on(connection)
        author = make_person(db, "Bilal Haddad", make_institute(db))
        draft = make_draft_of(db, author)
        ever: set[tuple[str, bytes]] = set()
        for path, content, is_stale in steps:
            there = text_in(db, draft, path)
            revision = (there.revision if there else NOT_THERE) + is_stale
            answer = change(db, author.id, draft, {path: Change(content, revision)})
            now = text_in(db, draft, path)
            if isinstance(answer, Saved):
                assert (now is None) == (content is None)
                ever |= {(path, now.content)} if now else set()
            else:
                assert is_stale
                assert answer.mine == content
                assert answer.theirs == there == now
        known = {(p, s.content) for p in PATHS for s in states_of(db, draft, p)}
        assert ever <= known
        connection.rollback()


def make_draft_of(db, author) -> Draft:
    make_author(db, author)
    return draft_from(db, author.id, make_source(), make_institute(db))
