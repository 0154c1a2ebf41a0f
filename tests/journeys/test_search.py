"""A passage is found by keyboard alone on a phone, from left and from right, without scripts."""

import pytest

from tests.journeys.keyboards import Keyboard
from tests.journeys.windows import PHONE, Look

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_the_keyboard_leads_from_the_catalogue_to_the_passage(site, window, language):
    eve = window(Look(size=PHONE, scripts=False))
    keys = Keyboard(eve)
    eve.open(f"/{language}/")
    keys.type("q", "recommendation 2009")
    eve.type_enter()
    keys.to("2009")
    eve.open(f"/{language}/search")
    keys.type("q", "RECOMMENDATIONS commitee expert")
    eve.type_enter()
    eve.open(f"/{language}/search?kind=lesson&q=recommendations+experts")
    results = eve.page.locator(".result")
    assert results.locator("mark").count() > 1
    first = results.first.locator("h3 a").inner_text()
    keys.go(" ".join(first.split()))
    assert "/lessons/" in eve.page.url
    assert eve.page.locator(":target").count() == 1
    assert " ".join(first.split()) in " ".join(eve.heading().split())
