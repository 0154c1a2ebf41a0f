"""Weights: a first visit to a course on a slow line costs 40 KB in six requests at most."""

import pytest

from tests.journeys.walks import SLUG

pytestmark = pytest.mark.journey

KILOBYTE = 1024
MOST_BYTES, MOST_REQUESTS = 40 * KILOBYTE, 6


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["", "/lessons/why-people-count"])
def test_a_cold_page_of_a_course_is_light(site, window, path):
    """Everything that travels counts, heads of answers too; nothing comes from elsewhere."""
    eve = window()
    line = eve.context.new_cdp_session(eve.page)
    addresses, sizes = [], []
    line.on("Network.requestWillBeSent", lambda sent: addresses.append(sent["request"]["url"]))
    line.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    line.send("Network.enable")
    eve.page.goto(f"/en/courses/{SLUG}{path}", wait_until="networkidle")
    assert all(address.startswith(f"{site.address}/") for address in addresses)
    assert 3 <= len(addresses) <= MOST_REQUESTS
    assert len(sizes) == len(addresses)
    assert sum(sizes) <= MOST_BYTES
