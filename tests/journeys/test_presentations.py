"""Presentations: main pages enlarged, spaced wider, in forced colours, without motion, by finger."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from app.help.statements import STATEMENT
from app.identity.users import User
from tests.journeys.accessibility import axe
from tests.journeys.sites import Site, user_id_of
from tests.journeys.test_accessibility import WALKS
from tests.journeys.walks import QUIZZES, SLUG, have_done, place_in_course
from tests.journeys.windows import PHONE, Look, Window

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("site", ["sqlite"], indirect=True)]

PAGES = (
    "/", f"/courses/{SLUG}", f"/courses/{SLUG}/lessons/find-the-gap", "/search?q=people",
    f"/courses/{SLUG}/quizzes/{QUIZZES[0]}", "/my-learning", "/account", "/contact",
)  # fmt: skip
ENLARGED = {"width": 320, "height": 256}  # 1280 by 1024 at 400 percent
SPACED = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }`); document.adoptedStyleSheets = [sheet] }"""
# What hides a part of its own words; a box that scrolls shows them, and words for readers alone are meant to be unseen.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter(each => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    const hides = axis => ["hidden", "clip"].includes(style[`overflow${axis}`]);
    return each.localName !== "svg" && box.width > 2 && box.height > 2 && !each.closest(".sr, svg")
        && (hides("X") && each.scrollWidth > each.clientWidth + 1
            || hides("Y") && each.scrollHeight > each.clientHeight + 1);
}).map(each => each.outerHTML.slice(0, 120))"""
# Without an edge of its own, a control is lost where colours are the device's.
EDGELESS = """() => [...document.querySelectorAll("main .button, main .input, main .choice, main .chip")]
    .filter(each => { const style = getComputedStyle(each);
        return each.offsetParent && !each.matches(".button--plain") && (style.borderBlockStartStyle === "none"
            || parseFloat(style.borderBlockStartWidth) < 1) }).map(each => each.outerHTML.slice(0, 120))"""
MOVING = """() => [...document.querySelectorAll("*")].filter(each => { const style = getComputedStyle(each);
    return [style.transitionDuration, style.animationDuration].some(times =>
        times.split(",").some(time => parseFloat(time) > .01)) }).length"""
TARGETS = """() => axe.run({runOnly: {type: "rule", values: ["target-size"]}, preload: false}).then(result =>
    [result.violations, result.passes].map(list =>
        list.flatMap(each => each.nodes.map(node => node.html.slice(0, 120)))))"""


def pages_of(site: Site, window: Window) -> Iterator[str]:
    """The main pages, opened one after the other by a learner who is under way."""
    for path in PAGES:
        window.open(f"/en{path}")
        yield path


@pytest.fixture
def learner(site, window):
    awa = site.learner()
    have_done(site, place_in_course(site, awa), "why-people-count")
    return window(who=awa)


def test_pages_enlarged_to_400_percent_or_spaced_wider_lose_nothing(site, learner):
    page, faults = learner.page, []
    for path in pages_of(site, learner):
        for size in (ENLARGED, {"width": 1280, "height": 1024}):
            page.set_viewport_size(size)
            learner.check_width()
            faults += [f"{path}, {size['width']}: {each}" for each in page.evaluate(CUT_OFF)]
            page.evaluate(SPACED)
            learner.check_width()
            faults += [f"{path}, spaced: {each}" for each in page.evaluate(CUT_OFF)]
            page.evaluate("document.adoptedStyleSheets = []")
    assert faults == []


def test_in_forced_colours_every_control_keeps_an_edge_and_its_focus(site, learner):
    learner.page.emulate_media(forced_colors="active")
    faults = []
    for path in pages_of(site, learner):
        assert learner.page.evaluate("matchMedia('(forced-colors: active)').matches")
        faults += [f"{path}: {each}" for each in learner.page.evaluate(EDGELESS)]
        learner.page.keyboard.press("Tab")
        outline = learner.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", path
    assert faults == []


def test_nothing_moves_for_whoever_wants_no_motion(site, learner):
    moving = {"reduce": 0, "no-preference": 0}
    for _path in pages_of(site, learner):
        for wish in moving:
            learner.page.emulate_media(reduced_motion=wish)
            moving[wish] += learner.page.evaluate(MOVING)
    assert moving["reduce"] == 0
    assert moving["no-preference"] > 0


def test_what_is_pressed_is_large_enough_or_has_room_around_it(site, learner):
    learner.page.set_viewport_size(PHONE)
    small, measured = [], 0
    for path in pages_of(site, learner):
        learner.page.evaluate(axe())
        faults, passes = learner.page.evaluate(TARGETS)
        small += [f"{path}: {each}" for each in faults]
        measured += len(passes)
    assert measured > len(PAGES) * 10
    assert small == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_long_name_takes_one_row_in_the_head_and_is_read_whole(site, window, language):
    name = "Maria Fernanda de los Santos Echeverría-Montenegro"
    who = site.learner()
    with site.engines.writing() as db:
        db.execute(update(User).where(User.id == user_id_of(db, who)).values(name=name))
    own = window(Look(PHONE), who)
    own.open(f"/{language}/my-learning")
    link = own.page.get_by_role("link", name=name, exact=True)
    brand = own.page.locator(".brand").bounding_box()
    assert link.bounding_box()["y"] < brand["y"] + brand["height"]
    assert link.bounding_box()["height"] < brand["height"]
    assert link.inner_text() == name


def test_the_statement_claims_no_more_than_is_tested(site):
    assert STATEMENT.states <= sum(least for _walk, _role, least in WALKS.values())
    assert STATEMENT.pages == len(PAGES)
    assert site.app.state.pages.addresses.path("show_accessibility") == "/accessibility"
