"""The library of a draft: files added, replaced, renamed and taken out, and lessons that follow."""

import re

import pytest

from app.identity.grants import REVIEWER, grant
from app.studio.drafts import Draft, draft_from, files_of, text_in
from app.studio.inspections import findings_of
from tests.browser import text_of
from tests.makers import pictures
from tests.makers.drafts import make_draft
from tests.makers.people import make_institute
from tests.makers.sources import LESSON, lesson_saying
from tests.makers.uploads import form_with

HOME = "/en/studio/first-course"
FILES = f"{HOME}/files"
FIGURE = '::: figure media/yard.jpg "A yard"\nC [@R1].\n:::'
FILM = "::: video media/talk.mp4 captions=media/talk.en.vtt\nD.\n:::"


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(
        db,
        bilal,
        lesson=lesson_saying(f"{FIGURE}\n\n{FILM}\n\nSee media/yard.jpg-like names."),
        **{
            "media/yard.jpg": pictures.photo(),
            "media/talk.mp4": pictures.MP4,
            "media/talk.en.vtt": pictures.VTT,
            "media/talk.fr.vtt": pictures.VTT,
        },
    )


def revision_of(answer) -> int:
    return int(re.search(r'name="revision" value="(\d+)"', answer.text)[1])


def test_files_are_listed_with_where_they_are_used_and_whether_they_are_described(
    browser, bilal, draft
):
    page = browser.as_(bilal).get(FILES)
    said = text_of(page)
    assert "4 files" in said
    assert said.count("Used in: A lesson") == 4, "captions of all languages go with those of one"
    assert said.count("Described") == 1
    assert 'src="/en/studio/first-course/media/yard.jpg/400.webp"' in page.text


def test_several_files_come_at_once_and_the_same_bytes_lie_there_once(browser, db, bilal, draft):
    own = browser.as_(bilal)
    sent = [("files", "Yard two.JPEG", pictures.drawn("JPEG", (9, 9))), ("files", "b.svg", pictures.SVG),
            ("files", "copy of b.svg", pictures.SVG), ("files", "yard two.jpg", pictures.drawn("JPEG", (8, 8)))]  # fmt: skip
    answer = own.post(FILES, **form_with(*sent))
    assert answer.status_code == 303
    said = text_of(own.get(answer.headers["location"]))
    assert "Added yard-two.jpg, b.svg, yard-two-2.jpg" in said
    assert "These files were here already b.svg" in said
    db.expire_all()
    assert {"media/yard-two.jpg", "media/b.svg"} <= set(files_of(db, draft).files)
    assert draft.revision == 2


def test_what_is_not_taken_is_said_beside_what_is(browser, db, bilal, draft):
    own = browser.as_(bilal)
    answer = own.post(
        FILES, **form_with(("files", "a.svg", pictures.SVG), ("files", "<b>.html", b"<script>"))
    )
    assert answer.status_code == 422
    said = text_of(answer)
    assert "1 file was not taken" in said
    assert "<b>.html : The bytes of this file are of no kind that a course holds." in said
    assert "Added a.svg" in said
    assert "No file was chosen" in text_of(own.post(FILES, **form_with(("files", "", b""))))


def test_a_name_is_followed_by_every_lesson_and_a_change_by_another_is_seen(
    browser, db, bilal, draft
):
    own = browser.as_(bilal)
    seen = revision_of(own.get(f"{FILES}/yard.jpg"))
    wish = {"name": "The Yard at noon", "revision": seen}
    answer = own.post(f"{FILES}/yard.jpg/name", wish)
    assert answer.headers["location"].endswith("/files/the-yard-at-noon.jpg?done=renamed")
    text = text_in(db, draft, LESSON).text
    assert '::: figure media/the-yard-at-noon.jpg "A yard"' in text
    assert "media/yard.jpg-like" in text
    db.commit()
    films = own.post(f"{FILES}/talk.en.vtt/name", {"name": "speech", "revision": 1})
    assert films.status_code == 303
    assert "captions=media/speech.en.vtt" in text_in(db, draft, LESSON).text
    assert not {"media/talk.en.vtt", "media/talk.fr.vtt"} & set(files_of(db, draft).files)
    db.commit()
    late = own.post(f"{FILES}/the-yard-at-noon.jpg/name", {"name": "other", "revision": seen})
    assert (late.status_code, "meanwhile" in text_of(late)) == (409, True)
    assert own.post(f"{FILES}/talk.mp4/name", {"name": "!", "revision": 1}).status_code == 422
    for path in ("speech.fr.vtt", "talk.mp4"):
        assert own.get(f"{FILES}/{path}").status_code == 200
    assert [each for each in findings_of(db, draft) if each.is_grave] == []


def test_another_file_takes_the_place_and_only_one_of_its_kind(browser, db, bilal, draft):
    own = browser.as_(bilal)
    content = f"{FILES}/yard.jpg/content"
    wrong = own.post(content, **form_with(("file", "talk.mp4", pictures.MP4), revision=1))
    assert (wrong.status_code, "of another kind" in text_of(wrong)) == (422, True)
    broken = own.post(content, **form_with(("file", "a.png", b"\x89PNG\r\n\x1a\n"), revision=1))
    assert (broken.status_code, "to its end" in text_of(broken)) == (422, True)
    other = pictures.drawn("PNG", (30, 20))
    done = own.post(content, **form_with(("file", "new.png", other), revision=1))
    assert done.headers["location"].endswith("/files/yard.png?done=replaced")
    assert '::: figure media/yard.png "A yard"' in text_in(db, draft, LESSON).text
    assert text_in(db, draft, "media/yard.jpg") is None


def test_a_file_in_use_stays_and_any_other_goes(browser, db, bilal, draft):
    own = browser.as_(bilal)
    answer = own.post(f"{FILES}/yard.jpg/removal", {"revision": 1})
    assert answer.status_code == 409
    assert "Lessons still use yard.jpg" in text_of(answer)
    assert 'href="/en/studio/first-course/lessons/first-lesson"><bdi>A lesson</bdi>' in answer.text
    own.post(FILES, **form_with(("files", "b.svg", pictures.SVG)))
    assert '<svg viewBox="0 0 36 24" aria-hidden="true">' in own.get(f"{FILES}/b.svg").text
    gone = own.post(f"{FILES}/b.svg/removal", {"revision": 2})
    assert "Taken out: b.svg" in text_of(own.follow(gone))
    assert text_in(db, draft, "media/b.svg") is None


def test_the_library_is_for_the_draft_s_people_and_its_files_for_authors(
    browser, db, bilal, dara, draft
):
    stranger = browser.as_(dara)
    assert stranger.get(FILES).status_code == 403
    assert stranger.post(FILES, **form_with(("files", "b.svg", pictures.SVG))).status_code == 403
    grant(db, dara.id, REVIEWER, make_institute(db).id)
    db.commit()
    reviewer = browser.as_(dara)
    assert "Add to the course" not in text_of(reviewer.get(FILES))
    assert reviewer.post(FILES, **form_with(("files", "b.svg", pictures.SVG))).status_code == 404
    media = reviewer.get(f"{HOME}/media/yard.jpg/400.webp")
    assert media.headers["content-security-policy"] == "default-src 'none'; sandbox"
    part = reviewer.get(f"{HOME}/media/talk.mp4", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_files_go_from_the_editor_to_a_folder_and_back_without_a_changed_byte(
    browser, db, bilal, draft
):
    own = browser.as_(bilal)
    own.post(FILES, **form_with(("files", "yard.png", pictures.drawn("PNG", (30, 20), "RGBA"))))
    first = files_of(db, draft)
    again = draft_from(db, bilal.id, type(first)("second-course", first.files), make_institute(db))
    assert files_of(db, again).files == first.files


def test_too_much_at_once_is_said_and_read_to_its_end(browser, bilal, draft, monkeypatch):
    monkeypatch.setattr("app.web.uploads.MOST_UPLOADED", 99)
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    body = head + b"x" * 200_000
    form = {"content": body, "headers": {"Content-Type": "multipart/form-data; boundary=x"}}
    answer = browser.as_(bilal).post(FILES, **form)
    assert answer.status_code == 413
    assert "20 files and 100 MB" in text_of(answer)


def test_what_is_said_to_be_too_long_is_refused_before_any_of_it_is_kept(browser, bilal, draft):
    form = form_with(("files", "yard.png", pictures.drawn("PNG", (30, 20), "RGBA")))
    said = {"Content-Length": "2000000000"}
    answer = browser.as_(bilal).post(FILES, **form | {"headers": form["headers"] | said})
    assert answer.status_code == 413
    assert "20 files and 100 MB" in text_of(answer)
