"""Files compared three ways: nothing that a course changed goes without a choice."""

from hypothesis import given
from hypothesis import strategies as st

from app.studio.comparisons import joined
from app.studio.takings import BOTH, CHANGED, THEIRS, contents_after, takings

PATHS = ("course.yaml", "one/module.yaml", "one/first.md", "media/plan.png")
FILES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from([b"a\n", b"b\n", b"c\n"]))


def applied(files, contents):
    after = {**files, **contents}
    return {path: content for path, content in after.items() if content is not None}


def all_of(found, *states):
    return {each.path: THEIRS for each in found if not states or each.state in states}


@given(FILES, FILES, FILES)
def test_nothing_that_the_course_changed_goes_without_a_choice(base, mine, theirs):
    found = takings(base, mine, theirs)
    unasked = {each.path: THEIRS for each in found if each.state != BOTH}
    after = applied(mine, contents_after(found, unasked))
    changed = {path for path in {*base, *mine} if mine.get(path) != base.get(path)}
    assert {p: after.get(p) for p in changed} == {p: mine.get(p) for p in changed}
    assert {each.path for each in found if each.state == BOTH} <= changed
    whole = applied(mine, contents_after(found, all_of(found)))
    assert takings(theirs, whole, theirs) == ()
    assert applied(mine, contents_after(found, {})) == mine


@given(FILES, FILES)
def test_all_that_is_new_taken_into_an_unchanged_course_gives_the_origin_byte_for_byte(
    base, theirs
):
    found = takings(base, base, theirs)
    assert BOTH not in {each.state for each in found}
    assert applied(base, contents_after(found, all_of(found))) == theirs


def catalogue(**said: str) -> bytes:
    blocks = [f'msgctxt "course"\nmsgid "{key}"\nmsgstr "{text}"\n' for key, text in said.items()]
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: fr\\n"\n\n'
    )
    return (head + "\n".join(blocks)).encode()


def test_translations_are_joined_sentence_by_sentence_and_the_courses_own_words_stay():
    path = "translations/fr.po"
    base = catalogue(One="Un", Two="Deux", Three="Trois", Gone="Parti")
    mine = catalogue(One="Un", Two="Nos deux", Three="Nos trois", Gone="Parti", Ours="Le nôtre")
    theirs = catalogue(New="Nouveau", One="L’un", Two="Deux", Three="Leurs trois")
    (taken,) = takings({path: base}, {path: mine}, {path: theirs})
    assert (taken.path, taken.state) == (path, CHANGED)
    assert taken.content == catalogue(
        New="Nouveau", One="L’un", Two="Nos deux", Three="Nos trois", Ours="Le nôtre"
    )


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@given(LINES, LINES, LINES)
def test_a_text_of_both_is_the_only_change_where_one_side_changed_and_keeps_mine_in_doubt(
    base, mine, theirs
):
    assert joined(base, base, theirs) == theirs
    assert joined(base, mine, base) == mine
    assert joined(base, mine, mine) == mine
    ends = f"{mine}--\n=\n--\n{base}", f"{base}--\n=\n--\n{theirs}"
    assert joined(f"{base}--\n=\n--\n{base}", *ends) == f"{mine}--\n=\n--\n{theirs}"
    assert joined("one\n", "ours\n", "theirs\n") == "ours\n"
