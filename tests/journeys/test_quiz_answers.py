"""Answers in a browser: saved when given, kept through a lost line, never undone by an old page."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.answers import Asked, asked_of, give, right, wrong
from tests.journeys.sites import Person, Site
from tests.journeys.steps import begin
from tests.journeys.windows import PHONE, Look, Window

pytestmark = [
    pytest.mark.journey,
    # What a script does does not depend on the database.
    pytest.mark.parametrize("site", ["postgresql"], indirect=True),
]

COURSE = "/en/courses/human-factor"
QUIZ = f"{COURSE}/quizzes/people-quiz"
ATTEMPT = f"{QUIZ}/attempts/1"
SAVES = "**/answers"
IDLE = "() => !document.querySelector('quiz-answers').working"


@pytest.fixture
def who(site: Site) -> Person:
    return site.learner()


@pytest.fixture
def hers(window, who) -> Window:
    """A window in which an attempt at the first quiz has begun."""
    hers = window(who=who)
    hers.open(COURSE)
    hers.press(hers.button("Start this course"))
    hers.open(QUIZ)
    begin(hers)
    return hers


def of_kind(site: Site, who: Person, kind: str) -> Asked:
    return next(each for each in asked_of(site, who) if each.kind == kind)


def open_question(window: Window, asked: Asked) -> None:
    window.open(f"{ATTEMPT}?question={asked.position}")


def status(page: Page):
    return page.locator("quiz-answers [role=status]")


def ticked(page: Page) -> list[str]:
    return page.locator("input:checked").evaluate_all("all => all.map(each => each.value)")


def test_an_answer_is_saved_when_it_is_given(site, window, who, hers):
    for kind in ("single", "multiple", "matching", "numeric"):
        asked = of_kind(site, who, kind)
        open_question(hers, asked)
        give(hers.page, right(asked))
        hers.page.keyboard.press("Tab")
        expect(status(hers.page)).to_have_text("Saved")
        expect(hers.page.locator("#saved")).to_contain_text("saved")
        hers.page.wait_for_function(IDLE)
        other = window(who=who)
        open_question(other, asked)
        hers.press(hers.button("Save and go on"))
    other.open(f"{ATTEMPT}?question=overview")
    assert other.page.get_by_text("Answered", exact=True).count() == 4


def test_all_on_one_page_the_signs_follow_what_is_saved(site, who, hers):
    hers.open(f"{ATTEMPT}?view=all")
    asked = of_kind(site, who, "single")
    sign = hers.page.get_by_role("link", name=f"Question {asked.position}, answered")
    expect(sign).to_have_count(0)
    give(hers.page, right(asked))
    expect(sign).to_have_count(1)
    expect(hers.page.locator("#saved")).to_contain_text("1 of 6")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_older_page_learns_of_the_newer_answer_and_does_not_undo_it(
    site, window, who, hers, scripts
):
    asked = of_kind(site, who, "single")
    older = window(Look(scripts=scripts), who)
    open_question(older, asked)
    open_question(hers, asked)
    give(hers.page, right(asked))
    expect(status(hers.page)).to_have_text("Saved")
    give(older.page, wrong(asked))
    if scripts:
        expect(status(older.page)).to_contain_text("That newer answer was kept.")
        older.press(older.link("Show the newer answer"))
    else:
        older.press(older.button("Save and go on"), 409)
        assert "A newer answer was kept" in older.text()
    assert ticked(older.page) == [given.value for given in right(asked)]
    give(older.page, wrong(asked))
    older.press(older.button("Save and go on"))
    open_question(hers, asked)
    assert ticked(hers.page) == [given.value for given in wrong(asked)]


def test_answers_given_without_a_line_are_saved_in_order_once_it_is_back(site, who, hers):
    hers.open(f"{ATTEMPT}?view=all")
    single, several = of_kind(site, who, "single"), of_kind(site, who, "multiple")
    hers.context.set_offline(True)
    give(hers.page, right(single))
    expect(status(hers.page)).to_contain_text("The connection is lost.")
    give(hers.page, wrong(several))
    give(hers.page, wrong(single))
    hers.context.set_offline(False)
    expect(status(hers.page)).to_have_text("Saved")
    expect(hers.page.locator("#saved")).to_contain_text("2 of 6")
    hers.page.wait_for_function(IDLE)
    hers.complaints.clear()  # of the lost line
    hers.open(f"{ATTEMPT}?view=all")
    given = [each.value for asked in (single, several) for each in wrong(asked)]
    assert sorted(ticked(hers.page)) == sorted(given)


def test_a_reply_that_is_lost_makes_no_conflict_of_ones_own(site, who, hers):
    """The first save is written but its reply never comes; the next answer still counts."""
    asked = of_kind(site, who, "single")
    open_question(hers, asked)
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route)
        route.fetch()
        route.abort()

    hers.page.route(SAVES, lose_the_first)
    give(hers.page, wrong(asked))
    give(hers.page, right(asked))
    expect(status(hers.page)).to_have_text("Saved")
    hers.page.wait_for_function(IDLE)
    hers.page.unroute(SAVES)
    hers.complaints.clear()
    open_question(hers, asked)
    assert ticked(hers.page) == [given.value for given in right(asked)]


def test_going_on_waits_for_the_save_on_its_way(site, who, hers):
    """What is typed last is what stands, though an earlier save is answered late."""
    asked = of_kind(site, who, "numeric")
    open_question(hers, asked)
    field = hers.page.locator(f'[name="answer-{asked.position}"]')

    def delay(route: Route) -> None:
        reply = route.fetch()
        hers.page.wait_for_timeout(700)
        route.fulfill(response=reply)

    hers.page.route(SAVES, delay, times=1)
    with hers.page.expect_request(SAVES):
        field.fill("1")
        field.dispatch_event("change")
    field.fill("24")
    hers.type_enter()
    open_question(hers, asked)
    hers.complaints.clear()  # of what the slow line made the browser give up
    assert field.input_value() == "24"


def test_answers_of_a_closed_page_are_saved_from_the_next_one(site, window, who, hers):
    """Three answers without a line, the page closed, the line back: nothing is lost."""
    hers.open(f"{ATTEMPT}?view=all")
    asked = [of_kind(site, who, kind) for kind in ("single", "multiple", "numeric")]
    hers.context.set_offline(True)
    for each in asked:
        give(hers.page, wrong(each))
        give(hers.page, right(each))
        hers.page.keyboard.press("Tab")
    hers.page.locator(f'[name="flag-{asked[0].position}"]').check()
    expect(status(hers.page)).to_contain_text("The connection is lost.")
    hers.button("Save").click()  # and nothing is left for a page that cannot come
    expect(hers.page.locator("quiz-answers")).to_have_count(1)
    hers.page.close()
    hers.complaints.clear()  # of the lost line
    hers.context.set_offline(False)
    again = hers.context.new_page()
    again.goto(f"{ATTEMPT}?view=all")
    expect(again.locator("quiz-answers [role=status]")).to_contain_text("is saved now")
    expect(again.locator("#saved")).to_contain_text("3 of 6")
    assert again.evaluate("localStorage.length") == 0
    other = window(who=who)
    other.open(f"{ATTEMPT}?view=all")
    for each in asked:
        for name, value in right(each):
            field = other.page.locator(f'[name="{name}"]')
            if each.kind == "numeric":
                assert field.input_value() == value
            else:
                assert field.and_(other.page.locator(f'[value="{value}"]')).is_checked()
    assert other.page.locator(f'[name="flag-{asked[0].position}"]').is_checked()


def test_what_waits_on_two_pages_of_an_attempt_is_all_saved_from_a_third(site, who, hers):
    single, several = of_kind(site, who, "single"), of_kind(site, who, "multiple")
    pages = [hers.page, hers.context.new_page()]
    for page in pages:
        page.goto(f"{ATTEMPT}?view=all")
    hers.context.set_offline(True)
    for page, asked in zip(pages, (single, several), strict=True):
        give(page, right(asked))
        expect(status(page)).to_contain_text("The connection is lost.")
    for page in pages:
        page.close()
    hers.complaints.clear()  # of the lost line
    hers.context.set_offline(False)
    third = hers.context.new_page()
    third.goto(f"{ATTEMPT}?view=all")
    expect(status(third)).to_contain_text("is saved now")
    expect(third.locator("#saved")).to_contain_text("2 of 6")
    assert third.evaluate("localStorage.length") == 0


def test_steps_are_put_in_order_by_keys_and_by_dragging(site, window, who):
    hers, course = window(who=who), "/en/courses/human-factor"
    hers.open(course)
    hers.press(hers.button("Start this course"))
    hers.open(f"{course}/quizzes/learning-quiz")
    begin(hers)
    steps = of_kind(site, who, "ordering")
    attempt = f"{course}/quizzes/learning-quiz/attempts/1?question={steps.position}"
    hers.open(attempt)
    wished = [each["text"] for each in steps.definition["sequence"]]
    items = hers.page.locator(".order li")
    for at, text in enumerate(wished):
        item = items.filter(has_text=text)
        while item.evaluate("li => [...li.parentElement.children].indexOf(li)") > at:
            up = item.get_by_role("button", name="Move up")
            up.focus()
            hers.page.keyboard.press("Enter")
            expect(up).to_be_focused()
    hers.page.mouse.move(*middle_of(items.first.locator("b")))
    hers.page.mouse.down()
    hers.page.mouse.move(*middle_of(items.last), steps=8)
    hers.page.mouse.move(*middle_of(items.last), steps=2)
    hers.page.mouse.up()
    expect(items.last).to_contain_text(wished[0])
    expect(hers.page.get_by_role("button", name="Keep this order")).to_be_hidden()
    said = f"{wished[0]}: place {len(wished)} of {len(wished)}"
    expect(hers.page.locator("order-steps [aria-live]")).to_have_text(said)
    items.last.get_by_role("button", name="Move down").press("Enter")  # is the last already
    expect(status(hers.page)).to_have_text("Saved")
    hers.page.wait_for_function(IDLE)
    plain = window(Look(scripts=False), who)
    plain.open(attempt)
    last = steps.definition["sequence"][0]["id"]
    field = plain.page.locator(f'[name="answer-{steps.position}-{last}"]')
    assert field.input_value() == str(len(wished))


def middle_of(what) -> tuple[float, float]:
    box = what.bounding_box()
    return box["x"] + 20, box["y"] + box["height"] - 6


def test_a_learner_without_a_line_goes_on_and_back_and_all_is_saved_in_order(
    site, window, who, hers
):
    phone = window(Look(PHONE), who)
    single, several = of_kind(site, who, "single"), of_kind(site, who, "multiple")
    first, second = sorted((single, several), key=lambda each: each.position)
    open_question(phone, first)
    phone.page.locator("quiz-ahead[data-ready]").wait_for(state="attached")
    phone.context.set_offline(True)
    give(phone.page, wrong(first)[:1])
    expect(status(phone.page)).to_contain_text("You can go on to other questions.")
    for position in range(first.position + 1, second.position + 1):
        phone.button("Save and go on").click()
        expect(phone.page.locator(f"#question-{position}")).to_be_focused()
    expect(phone.page.locator(f"#question-{first.position}")).to_be_hidden()
    give(phone.page, right(second))
    phone.page.locator(f'.dots a[href$="question={first.position}"]').click()
    expect(phone.page.locator(f"#question-{first.position}")).to_be_visible()
    if first.kind == "multiple":
        phone.page.locator(f"#question-{first.position} :checked").first.uncheck()
    give(phone.page, right(first))
    saved: list[int] = []
    phone.page.on("response", lambda told: saved.extend(positions_in(told)))
    phone.context.set_offline(False)
    expect(status(phone.page)).to_have_text("Saved")
    expect(phone.page.locator("#saved")).to_contain_text("2 of 6")
    phone.page.wait_for_function(IDLE)
    phone.complaints.clear()  # of the lost line
    assert saved == [first.position, second.position, first.position]
    phone.check_width()
    for each in (first, second):
        open_question(hers, each)
        assert set(ticked(hers.page)) == {given.value for given in right(each)}


def test_all_that_was_answered_waits_where_the_device_does_not_know_that_its_line_is_lost(
    site, who, hers
):
    """A wireless network that leads nowhere: the browser says that it is online."""
    questions = asked_of(site, who)[:3]
    open_question(hers, questions[0])
    hers.page.locator("quiz-ahead[data-ready]").wait_for(state="attached")
    hers.page.route(SAVES, lambda route: route.abort())
    for asked in questions:
        give(hers.page, right(asked))
        expect(status(hers.page)).to_contain_text("The connection is lost.")
        hers.button("Save and go on").click()
        expect(hers.page.locator(f"#question-{asked.position + 1}")).to_be_focused()
    hers.page.unroute(SAVES)
    hers.page.evaluate("dispatchEvent(new Event('online'))")
    expect(hers.page.locator("#saved")).to_contain_text("3 of 6")
    hers.page.wait_for_function(IDLE)
    hers.complaints.clear()  # of the lost line


def positions_in(told) -> list[int]:
    """The question of a save that the server has answered."""
    if not told.url.endswith("/answers"):
        return []
    return [int(each) for each in re.findall(r"shown-(\d+)=", told.request.post_data)]
