"""A course is read from its own folder and from nowhere else."""

import os

import pytest

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import CourseFiles, checked_files, read_folder, source_hash
from tests.makers.sources import EXAMPLES, example, faults_of


def read(folder):
    faults = Faults()
    return read_folder(folder, faults), [fault.shown() for fault in faults.in_order()]


def test_the_folders_name_is_the_slug_and_hidden_files_are_no_part_of_it(tmp_path):
    folder = tmp_path / "a-course"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text("x")
    for litter in (".DS_Store", "Thumbs.db", "desktop.ini", "~$notes.docx"):
        (folder / litter).write_text("x")
    (folder / "course.yaml").write_text("title: A\n")
    source, faults = read(folder)
    assert source == CourseFiles("a-course", {"course.yaml": b"title: A\n"})
    assert faults == []


def test_links_are_refused_and_stay_unread(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("secret")
    folder = tmp_path / "a-course"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "key.txt").symlink_to(tmp_path / "secret" / "key.txt")
    (folder / "module").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "media" / "pipe.txt")
    source, faults = read(folder)
    assert source.files == {}
    assert faults == [
        "media/key.txt:1: is a link or no file: put the file itself there",
        "media/pipe.txt:1: is a link or no file: put the file itself there",
        "module:1: is a link or no file: put the file itself there",
    ]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    folder = tmp_path / "a-course"
    (folder / "media").mkdir(parents=True)
    with (folder / "media" / "film.mp4").open("wb") as film:
        film.truncate(60_000_000)
    source, faults = read(folder)
    assert source.files == {}
    assert faults == [
        (
            "media/film.mp4:1: the file has 60000 KB, over the 50000 KB that it may have: make it "
            "smaller, or split it"
        )
    ]


@pytest.mark.parametrize(
    "path",
    [
        "../course.yaml",
        "media/../../etc/passwd",
        "media/..",
        "/etc/passwd",
        "media/a/b.png",
        "media/A.png",
        "media/a b.png",
        'media/a".png',
        "media/.htaccess",
        "Module/lesson.md",
        "a/b/c.md",
        "translations/fr.mo",
        "translations/../x.po",
        "README.md",
        "course.yaml\n",
    ],
)
def test_a_path_that_no_course_has_is_refused(path):
    faults = Faults()
    kept = checked_files(CourseFiles("a-course", {path: b"x"}), faults)
    assert kept.files == {}
    assert len(faults.in_order()) == 1


def test_media_are_what_their_name_says():
    files = dict(example("full").files) | {
        "media/counter.png": b"<script>alert(1)</script>",
        "media/talk.mp4": b"GIF89a",
        "media/run.exe": b"MZ",
        "media/talk.en.vtt": b"no captions",
    }
    found = faults_of(CourseFiles("full", files))
    assert "media/counter.png:1: is not what `.png` says: save it anew in that form" in found
    assert "media/talk.mp4:1: is not what `.mp4` says: save it anew in that form" in found
    assert "media/talk.en.vtt:1: is not what `.vtt` says: save it anew in that form" in found
    assert any(
        fault.startswith("media/run.exe:1: `.exe` files are not used: use `svg`") for fault in found
    )


def test_a_source_has_another_name_when_a_byte_or_a_path_differs():
    files = dict(read(EXAMPLES / "minimal")[0].files)
    name = source_hash(files)
    assert source_hash(dict(reversed(files.items()))) == name
    assert source_hash(files | {"course.yaml": files["course.yaml"] + b"\n"}) != name
    moved = {("b.yaml" if path == "course.yaml" else path): each for path, each in files.items()}
    assert source_hash(moved) != name


def test_a_terminal_is_never_told_what_to_do_by_a_name():
    faults = Faults()
    checked_files(CourseFiles("a-course", {"media/\x1b[2J.png": b"x"}), faults)
    assert "\x1b" not in faults.in_order()[0].shown()
