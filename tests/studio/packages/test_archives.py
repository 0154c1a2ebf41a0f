"""Archives of courses: the same bytes each time, and nothing from outside is trusted."""

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.compiling.faults import CourseFaulty
from app.catalogue.compiling.folders import CourseFiles
from app.foundation.zips import ENTRY
from app.studio.packages.archives import PARTS_LIMIT, packed, unpacked
from app.studio.packages.arrivals import CourseThere, course_in, looked_at, put_down
from tests.makers.languages import foreign_words
from tests.makers.sources import RECOMMENDATIONS, example

FULL = example("full")
GOOD = packed(FULL.files, "full")


def member(name: str, content: bytes = b"text", **facts: int) -> bytes:
    """A zip of one member, named and described as told."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("x" * len(name.encode()))
        info.compress_type = facts.get("kind", zipfile.ZIP_DEFLATED)
        info.external_attr = facts.get("mode", 0) << 16
        archive.writestr(info, content)
    raw = whole.getvalue().replace(b"x" * len(name.encode()), name.encode())
    if not name.isascii():
        raw = flagged(raw, 0x800)
    return flagged(raw, facts.get("flags", 0))


def flagged(raw: bytes, flags: int) -> bytes:
    """The archive with these bits set in both heads of its one member."""
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(mark) + place
        raw = (
            raw[:at]
            + struct.pack("<H", struct.unpack_from("<H", raw, at)[0] | flags)
            + raw[at + 2 :]
        )
    return raw


def several(*names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"text")
    return whole.getvalue()


def told(raw: bytes, size: int) -> bytes:
    """The archive whose one member tells another size than it has, in both heads."""
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(mark) + place
        raw = raw[:at] + struct.pack("<I", size) + raw[at + 4 :]
    return raw


def refused(content: bytes) -> str:
    with pytest.raises(CourseFaulty) as stop:
        unpacked(content, "sent.zip")
    return str(stop.value)


def test_a_crowd_of_members_is_refused_before_it_is_listed():
    """What has no list at all is refused for its crowd, so that nobody looked for the list."""
    assert "over 10000 parts" in refused(ENTRY * (PARTS_LIMIT + 1))


def test_a_course_goes_out_and_comes_back_to_the_byte():
    back = course_in(GOOD, "whatever.zip")
    assert back == FULL
    assert looked_at(back, RECOMMENDATIONS).is_good
    turned = dict(reversed(list(FULL.files.items())))
    assert packed(turned, "full") == GOOD
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())


def test_a_course_at_the_top_takes_the_name_of_its_archive():
    assert course_in(packed(FULL.files), "full.zip") == FULL
    litter = {**FULL.files, ".DS_Store": b"x", "__MACOSX/._course.yaml": b"x"}
    assert course_in(packed(litter), "full.zip") == FULL


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (member("../../etc/passwd"), "leads out of its folder"),
        (member("full/../../x.md"), "leads out of its folder"),
        (member("full//x.md"), "leads out of its folder"),
        (member("/etc/passwd"), "has an address of a whole disk"),
        (member("C:/x.md"), "has an address of a whole disk"),
        (member("full\\..\\x.md"), "has a backslash in its name"),
        (member("course.yaml\0.png"), "has a sign in its name that nobody sees"),
        (member("full/gnp\u202e.md"), "has a sign in its name that nobody sees"),
        (member("full/\uff0e\uff0e/x.md"), "has letters in its name that only look like others"),
        (member("full/" + "a" * 300), "has a name of over 200 signs"),
        (member("full/x.md", mode=stat.S_IFLNK | 0o777), "is a link"),
        (member("full/x.md", mode=stat.S_IFIFO), "is no plain file"),
        (member("full/x.md", flags=1), "is encrypted"),
        (member("full/x.md", kind=zipfile.ZIP_LZMA), "is packed in a way that is not read here"),
        (member("full/x.md", bytes(2_000_000)), "grows over 200 times when unpacked"),
        (told(member("full/x.md", b"text"), 60_000_000), "unpacks to 60 MB, over 50 MB"),
        (told(member("full/x.md", b"text" * 9), 4), "cannot be unpacked"),
        (told(member("full/x.md", b"text"), 9), "is not as long as it says"),
        (several("full/a.md", "full/A.md"), "differs from `full/a.md` by case only"),
        (several("full/a", "full/a/b.md"), "lies in `full/a`, which is a file"),
        (several("full/a/b.md", "full/A"), "by case only"),
        (several(*(f"full/{n}.md" for n in range(2001))), "2001 files, over 2000"),
        (several(), "the archive is empty"),
        (several("notes.txt"), "holds no course.yaml"),
        (b"", "cannot be read"),
        (b"PK\x03\x04" + bytes(60), "cannot be read"),
    ],
)  # fmt: skip
def test_what_no_honest_archive_has_is_refused_in_words(content, said):
    with pytest.raises(CourseFaulty) as stop:
        course_in(content, "sent.zip")
    assert said in str(stop.value)
    assert [words for each in stop.value.faults if (words := foreign_words(each))] == []


def test_the_whole_may_not_grow_beyond_its_bound_though_each_file_keeps_its_own():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number in range(5):
            archive.writestr(zipfile.ZipInfo(f"full/media/{number}.mp4"), b"x")
    raw = whole.getvalue()
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := raw.find(mark, at + 1)) >= 0:
            raw = raw[: at + place] + struct.pack("<I", 49_000_000) + raw[at + place + 4 :]
    assert "the archive unpacks to 245 MB, over 200 MB" in refused(raw)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("media/a.svg", b'<svg viewBox="0 0 9 9"><script>1</script></svg>', "it holds `<script>`"),
        ("media/a.svg", b'<svg viewBox="0 0 9 9"><g onload="x()"/></svg>', "`<g>` has `onload`"),
        ("media/a.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "it has a document type"),
        (
            "media/a.svg",
            b'<svg viewBox="0 0 9 9"><image href="http://x"/></svg>',
            "it holds `<image>`",
        ),
        ("media/a.csv", b"a,b\n<script>1</script>", "holds HTML, and plain text is due"),
        ("media/a.png", b"<html><body>", "is a web page under another name"),
        ("media/a.pdf", b"MZ\x90\x00", "is a program"),
        ("media/a.html", b"<p>", "`.html` files are not used"),
        ("page.html", b"<p>", "does not belong in a course"),
        ("media/inner.zip", GOOD, "`.zip` files are not used"),
    ],
)
def test_what_could_act_or_does_not_belong_is_named_with_its_place(path, content, said):
    source = course_in(packed({**FULL.files, path: content}, "full"), "full.zip")
    found = looked_at(source, RECOMMENDATIONS)
    assert not found.is_good
    assert any(fault.path == path and said in fault.what for fault in found.findings)


def test_a_course_is_put_down_whole_or_not_at_all(tmp_path: Path):
    place = put_down(FULL, tmp_path)
    assert {p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()} == set(
        FULL.files
    )
    with pytest.raises(CourseThere):
        put_down(FULL, tmp_path)
    with pytest.raises(ValueError, match="leads out"):
        put_down(CourseFiles("other", {"a.md": b"x", "../b.md": b"x"}), tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["full"]


SMALL = packed(example("minimal").files, "minimal")
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "put", "copy"]),
        st.integers(0, len(SMALL) - 1),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=400, deadline=None, database=None)
@given(EDITS)
def test_any_edit_of_an_archive_gives_the_same_course_or_a_refusal(edits):
    raw = SMALL
    for kind, place, what in edits:
        behind = place + (0 if kind == "put" else len(what))
        new = {"cut": b"", "copy": raw[:40]}.get(kind, what)
        raw = raw[:place] + new + raw[behind:]
    course = arrived(raw, "minimal.zip")
    if course is not None and course != example("minimal"):
        assert not looked_at(course, RECOMMENDATIONS).is_good


def arrived(raw: bytes, name: str) -> CourseFiles | None:
    """The course, or none when the archive is refused, with words for every fault."""
    try:
        return course_in(raw, name)
    except CourseFaulty as refusal:
        faults = refusal.faults
    assert faults
    assert all(each.what and each.mend for each in faults)
    return None


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12), st.binary(max_size=40), min_size=1, max_size=4
    )
)
def test_whatever_names_an_archive_has_it_is_read_or_refused(files):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            try:
                archive.writestr(zipfile.ZipInfo(name), content)
            except (UnicodeEncodeError, struct.error, zlib.error):
                return
    course = arrived(whole.getvalue(), "x.zip")
    if course is not None:
        looked_at(course, RECOMMENDATIONS)
