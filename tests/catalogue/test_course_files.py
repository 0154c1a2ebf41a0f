"""Files of a course: shown only where a browser may, else saved; whole or in parts; for ever."""

import pytest

from app.catalogue.files import Part, part_asked
from tests.makers.courses import make_course

MEDIA = "/en/courses/first-aid-at-work/media/1"
VIDEO = b"\0\0\0\x18ftypisom" + bytes(range(256)) * 40
FILES = {
    "media/arms.png": b"\x89PNG\r\n\x1a\n picture",
    "media/talk.mp4": VIDEO,
    "media/talk.en.vtt": b"WEBVTT",
    "media/chain.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "media/form.pdf": b"%PDF-1.7",
    "media/page.html": b"<script>alert(1)</script>",
}


@pytest.fixture
def course(db):
    version = make_course(db, files=FILES)
    db.commit()
    return version


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("arms.png", "image/png"),
        ("talk.mp4", "video/mp4"),
        ("talk.en.vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_pictures_recordings_and_captions_are_shown(course, eve, name, media_type):
    answer = eve.get(f"{MEDIA}/{name}")
    assert answer.content == FILES[f"media/{name}"]
    assert answer.headers["content-type"] == media_type
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize("name", ["chain.svg", "form.pdf", "page.html"])
def test_everything_else_is_saved(course, eve, name):
    answer = eve.get(f"{MEDIA}/{name}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("name", [name.removeprefix("media/") for name in FILES])
def test_no_file_can_act_in_our_name(course, eve, name):
    headers = eve.get(f"{MEDIA}/{name}").headers
    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_only_media_leave_the_source(course, eve):
    for path in ("course.yaml", "../course.yaml", "%2e%2e/course.yaml", "nothing.png", ""):
        assert eve.get(f"{MEDIA}/{path}").status_code == 404
    assert eve.get(f"{MEDIA.removesuffix('/1')}/2/arms.png").status_code == 404


def test_a_player_may_seek(course, eve):
    part = eve.get(f"{MEDIA}/talk.mp4", headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(VIDEO)}"
    assert part.content == VIDEO[1000:2000]

    rest = eve.get(f"{MEDIA}/talk.mp4", headers={"Range": "bytes=10000-"})
    assert rest.content == VIDEO[10000:]
    last = eve.get(f"{MEDIA}/talk.mp4", headers={"Range": "bytes=-5"})
    assert last.content == VIDEO[-5:]


def test_a_part_beyond_the_end_is_refused_with_the_size(course, eve):
    answer = eve.get(f"{MEDIA}/talk.mp4", headers={"Range": f"bytes={len(VIDEO)}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(VIDEO)}"
    assert answer.content == b""


def test_a_part_of_another_file_is_not_sent(course, eve):
    etag = eve.get(f"{MEDIA}/talk.mp4").headers["etag"]
    ask = {"Range": "bytes=0-9"}
    assert eve.get(f"{MEDIA}/talk.mp4", headers=ask | {"If-Range": etag}).status_code == 206
    whole = eve.get(f"{MEDIA}/talk.mp4", headers=ask | {"If-Range": '"old"'})
    assert (whole.status_code, whole.content) == (200, VIDEO)


def test_what_the_browser_has_is_not_sent_again(course, eve):
    etag = eve.get(f"{MEDIA}/arms.png").headers["etag"]
    again = eve.get(f"{MEDIA}/arms.png", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", Part(0, 0)),
        ("bytes=5-", Part(5, 99)),
        ("bytes=5-999", Part(5, 99)),
        ("bytes=-10", Part(90, 99)),
        ("bytes=-999", Part(0, 99)),
        ("bytes = 1 - 2", Part(1, 2)),
        ("bytes=9-5", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, part):
    assert part_asked(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_is_empty(header):
    asked = part_asked(header, 100)
    assert asked.last < asked.first
