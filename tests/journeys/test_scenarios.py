"""A scenario is played to its ending by keyboard alone, without scripts, and once more otherwise."""

import pytest

from tests.journeys.keyboards import Keyboard
from tests.journeys.walks import scenario_path
from tests.journeys.windows import PHONE, Look

pytestmark = pytest.mark.journey

MOST_DECISIONS = 50
CHOICES = "a.choice"


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_the_keyboard_plays_a_scenario_without_scripts(site, window):
    eve = window(Look(size=PHONE, scripts=False))
    keys = Keyboard(eve)
    eve.open(f"/en{scenario_path(site)}")
    first = decide(keys, 0)
    decisions = 1
    while eve.page.locator(CHOICES).count():
        decide(keys, 0)
        decisions += 1
        assert decisions < MOST_DECISIONS
    assert eve.page.locator(".verdict h2").inner_text().endswith("ending")
    assert eve.page.locator(".scenario__path a").count() == decisions
    keys.go("1. ")
    assert "path=" not in eve.page.url
    assert decide(keys, 1) != first
    assert not eve.context.cookies()


def decide(keys: Keyboard, which: int) -> str:
    """Take one of the choices; what was chosen then stands first, with the focus on it."""
    text = keys.window.page.locator(CHOICES).nth(which).inner_text()
    keys.go(text)
    assert keys.window.focused() == "section#chosen.notice"
    keys.here()
    assert keys.window.page.locator("#choice").inner_text() == f"You chose: {text}"
    return text
