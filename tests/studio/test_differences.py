"""What has changed is said in the words that people read: paragraphs, questions, files, facts."""

from hypothesis import given
from hypothesis import strategies as st

from app.studio.differences import (
    ADDED,
    CHANGED,
    DEL,
    INS,
    REMOVED,
    RENAMED,
    REPLACED,
    FileChange,
    Piece,
    differences,
    pieces_of,
)
from tests.makers.sources import LESSON, QUIZ, example

FILES = dict(example("minimal").files)
TEXTS = st.text(alphabet="ab .\n", max_size=40)


def one(path: str, old: str, new: str) -> FileChange:
    """The one difference that writing `new` for `old` in a file makes."""
    text = FILES[path].decode()
    assert old in text
    (found,) = differences(FILES, {**FILES, path: text.replace(old, new).encode()})
    return found


def test_a_lesson_differs_by_words_of_a_paragraph():
    found = one(LESSON, "a module has lessons", "each module has lessons")
    assert (found.kind, found.state) == ("lesson", CHANGED)
    (passage,) = found.passages
    assert [each for each in passage.fields[0].pieces if each.kind != "same"] == [
        Piece(DEL, "a "), Piece(INS, "each "),
    ]  # fmt: skip


def test_paragraphs_come_and_go_between_those_that_stay():
    body = FILES[LESSON].decode()
    after = {**FILES, LESSON: (body + "\nAnother thought altogether.\n").encode()}
    (came,) = differences(FILES, after)
    (went,) = differences(after, FILES)
    assert [each.state for each in (*came.passages, *went.passages)] == [ADDED, REMOVED]


def test_a_question_differs_by_its_parts():
    found = one(QUIZ, "Look again at the lesson.", "Read the lesson again.")
    (passage,) = found.passages
    assert (found.kind, passage.label) == ("questions", "items/first-item")
    assert [each.label for each in passage.fields] == ["feedback › false"]


def test_facts_differ_by_field():
    found = one("course.yaml", "title: A first course", "title: The first course")
    assert [(found.kind, each.label) for each in found.passages] == [("facts", "title")]


def test_media_come_go_are_replaced_and_renamed():
    before = {"media/a.png": b"1", "media/b.png": b"2", "media/c.png": b"3"}
    after = {"media/a.png": b"9", "media/d.png": b"2", "media/e.png": b"5"}
    told = [(each.path, each.state, each.was) for each in differences(before, after)]
    assert told == [
        ("media/a.png", REPLACED, ""),
        ("media/c.png", REMOVED, ""),
        ("media/d.png", RENAMED, "media/b.png"),
        ("media/e.png", ADDED, ""),
    ]


def test_the_same_course_has_no_differences():
    assert differences(FILES, dict(FILES)) == ()


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_their_pieces(old, new):
    pieces = pieces_of(old, new)
    for text, other in ((old, INS), (new, DEL)):
        read = "".join(each.text for each in pieces if each.kind != other)
        assert read.split() == text.split()
