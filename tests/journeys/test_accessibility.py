"""Accessibility of every page and state: axe-core finds nothing (WCAG 2.2 AA, best practices)."""

import pytest

from tests.journeys.accessibility import faults_of
from tests.journeys.sites import Site
from tests.journeys.walks import of_administrator, of_learner, of_stranger

pytestmark = pytest.mark.journey

WALKS = {
    "stranger": (of_stranger, None, 35),
    "learner": (of_learner, Site.learner, 38),
    "administrator": (of_administrator, Site.administrator, 18),
}


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", WALKS)
def test_axe_finds_nothing(site, window, name):
    walk, role, least = WALKS[name]
    who = role(site) if role else site.learner()
    walker = window(who=who if role else None)
    stops, faults = 0, []
    for stop in walk(site, walker, who):
        stops += 1
        faults += [f"{stop}, {each}" for each in faults_of(walker)]
    assert stops >= least
    assert faults == []
