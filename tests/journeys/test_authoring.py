"""Authoring: from nothing to a learner's certificate in the browser, and one sentence changed."""

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po, write_po
from playwright.sync_api import expect

from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER, TRANSLATOR, grant
from tests.journeys.keyboards import Keyboard
from tests.journeys.manuscripts import MEDIA, QUESTIONS, TERMS, Asking, Sent, text_of_every_block
from tests.journeys.sites import Person, Site, user_id_of
from tests.journeys.steps import answer_all, begin, read_lessons
from tests.journeys.windows import Look, Window, fields
from tests.makers.people import make_institute

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
TITLE, SLUG = "Figures that hold", "figures-that-hold"
HOME = f"/en/studio/{SLUG}"
OLD, NEW = "Is that good news?", "Is this good news?"
SAID = "Say which office it was."
# Every kind of block, as the preview shows it.
BLOCKS = (
    "h2", "h3", "ul", "blockquote", "p math", "math[display=block]", "table", ".box--note",
    "ol.steps", ".box--try details", ".recall", "figure svg, figure img", "video track", "audio",
    ".download a", "a[href*='example.org']", ".cite", "a.term",
)  # fmt: skip


def test_a_course_is_written_reviewed_published_taken_changed_and_translated(site, window):
    author, reviewer = somebody(site, AUTHOR), somebody(site, REVIEWER, PUBLISHER)
    hers, theirs = window(Look(), author), window(Look(), reviewer)
    keys = Keyboard(hers)
    arrange(hers, keys)
    write_lesson(hers)
    ask(hers)
    hers.open(f"{HOME}/findings")
    assert "The course has no faults." in hers.text()
    hers.open(f"{HOME}/review")
    keys.go("Hand in for review")
    comment(theirs, Keyboard(theirs))
    publish(theirs, Keyboard(theirs))
    learner = site.learner()
    take(site, window(Look(), learner), learner)
    translates = window(Look(), somebody(site, TRANSLATOR("fr")))
    translate(translates)
    change_a_sentence(hers)
    see_it_stale(translates)


def somebody(site: Site, *roles: str) -> Person:
    """A person at the institute who holds these roles on it."""
    who = site.learner()
    with site.engines.writing() as db:
        for role in roles:
            grant(db, user_id_of(db, who), role, make_institute(db).id)
    return who


def arrange(window: Window, keys: Keyboard) -> None:
    """By keyboard from the studio's first page to two modules, the second with a quiz."""
    window.open("/en/studio")
    keys.go("Begin a new course")
    keys.type("title", TITLE)
    keys.to("begin")
    keys.go("Begin")
    keys.to("Title of a new module")
    window.page.keyboard.type("Comparing")
    window.type_enter()
    keys.go("Add a quiz to Comparing")
    window.open(f"{HOME}/glossary")
    for term, meaning in TERMS.items():
        window.page.locator("#term").fill(term)
        fields(window, {"What it means": meaning})
        window.press(window.button("Add a term"))


def write_lesson(window: Window) -> None:
    """Every kind of block stands in the preview, files too; what is typed is saved by itself."""
    page = window.page
    window.open(f"{HOME}/lessons/first-lesson")
    page.get_by_label("Text, in Markdown").fill(text_of_every_block("comparing-1"))
    for each in MEDIA:
        show_file(window, each)
    preview = page.locator("#preview")
    for block in BLOCKS:
        expect(preview.locator(block).first, block).to_be_attached()
    expect(page.locator("[data-status]")).to_contain_text("Saved ")


def show_file(window: Window, sent: Sent) -> None:
    """Send files of this computer from within the lesson, and see the box in its text."""
    page = window.page
    page.locator("#show-file summary").click()
    page.get_by_label("Or files of your computer").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
            for name, content in sent.files.items()
        ]
    )
    fields(window, sent.fields)
    page.get_by_role("button", name="Put it into the text").click()
    expect(page.locator("#show-file")).not_to_have_attribute("open", "")
    name = next(iter(sent.files))
    expect(page.locator("#body")).to_have_value(re.compile(f"media/{re.escape(name)}"))


def ask(window: Window) -> None:
    """The statement that stands there is mended, and a question of each other kind is added."""
    window.open(f"{HOME}/quizzes/first-quiz/questions/question-1")
    fields(window, {"Statement": "A figure without a baseline shows a change."})
    window.page.get_by_label("It is").select_option("false")
    window.press(window.button("Save"))
    for number, asking in enumerate(QUESTIONS):
        window.open(f"{HOME}/quizzes/{('first-quiz', 'comparing-quiz')[number % 2]}")
        write_question(window, asking)
    window.open(f"{HOME}/quizzes/comparing-quiz")
    window.press(window.button("Take out question 1"))


def write_question(window: Window, asking: Asking) -> None:
    window.page.get_by_label("Type of a new question").select_option(asking.kind)
    window.press(window.button("Add a question"))
    if any(label.endswith("3") for label in asking.fields):
        window.press(window.button("Add a row"))
    fields(window, {**asking.fields, "Sources": "S1"}, ticked=asking.ticked)
    window.press(window.button("Save"))
    shown = window.page.get_by_role("region", name="As learners see it")
    expect(shown).to_contain_text(asking.fields["Question"])


def comment(window: Window, keys: Keyboard) -> None:
    """A reviewer comments on the paragraph of OLD by keyboard, and settles it."""
    window.open(f"{HOME}/review/files/first-module/first-lesson.md")
    keys.to("Comment : Paragraph 1")
    window.page.keyboard.press("Enter")
    keys.type("said", SAID)
    keys.go("Send the comment")
    first = window.page.locator(".passage").filter(has_text=OLD)
    expect(first.locator(".thread")).to_contain_text(SAID)
    keys.go("Resolve")
    expect(first.locator(".thread")).to_contain_text("Resolved")


def publish(window: Window, keys: Keyboard) -> None:
    window.open(f"{HOME}/review")
    keys.go("Approve")
    keys.go("Publish")
    keys.go("Publish revision")
    expect(window.page.get_by_text("Published: version 1")).to_be_visible()


def take(site: Site, window: Window, who: Person) -> None:
    """A learner reads and answers the course to its end, and holds a certificate."""
    keys = Keyboard(window)
    window.open(f"/en/courses/{SLUG}")
    keys.go("Start this course")
    for _module in range(2):
        assert read_lessons(window) == 1
        begin(window)
        answer_all(window, site, who)
        assert window.heading().startswith("Passed")
        if window.link("Go on:").count():
            window.press(window.link("Go on:"))
    assert "The course is complete." in window.text()
    window.press(window.link("Your certificate"))
    assert TITLE in window.text()


def translate(window: Window) -> None:
    """The whole course goes out as a file and comes back with every block in French."""
    page, home = window.page, f"{HOME}/languages/fr/files"
    catalogue = read_po(BytesIO(page.request.get(f"{home}/all.po").body()))
    for message in catalogue:
        message.string = message.string or message.id
    finished = BytesIO()
    write_po(finished, catalogue)
    window.open(home)
    sent = {"name": "fr.po", "mimeType": "text/plain", "buffer": finished.getvalue()}
    page.get_by_label("PO or XLIFF 2 file").set_input_files(sent)
    window.press(window.button("Look at the file"))
    window.press(window.button("Take"))
    window.open(f"{HOME}/languages/fr?show=open")
    expect(page.locator("form[data-block]")).to_have_count(0)


def change_a_sentence(window: Window) -> None:
    """The author types over one sentence, and it is saved by itself."""
    page = window.page
    window.open(f"{HOME}/lessons/first-lesson")
    text = page.get_by_label("Text, in Markdown")
    text.fill(text.input_value().replace(OLD, NEW))
    expect(page.locator("[data-status]")).to_contain_text("Saved ")


def see_it_stale(window: Window) -> None:
    """Exactly the changed block is open in French, with the change marked."""
    window.open(f"{HOME}/languages/fr?show=open")
    block = window.page.locator("form[data-block]")
    expect(block).to_have_count(1)
    expect(block).to_contain_text("to renew")
    expect(block.locator("ins")).to_have_text("this")
    text = block.locator("textarea")
    text.fill(text.input_value().replace(OLD, NEW))
    window.page.keyboard.press("Control+Enter")
    expect(block).to_have_attribute("data-open", "false")
