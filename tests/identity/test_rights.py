"""Rights: each role opens its own routes and no other; a role that nobody knows opens nothing."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from app.foundation import clock
from app.identity.access import CountsClosed, LedgerClosed, RoleNeeded, StudioClosed
from app.identity.grants import STUDIO_ROLES, Grant
from app.identity.rights import Right, opened_by
from app.statistics.refusals import NamesClosed
from tests.browser import Browser
from tests.makers.people import cast, make_institute, make_interior

LIST = Path(__file__).parents[1] / "routes.txt"
# What is open to anyone, to whoever is signed in, to learners, and to programs, is not for roles.
FOR_ALL = re.compile(r"anyone|signed in|learner of|token with")
ADMINISTRATION = "people institutions requirements loads programs data inquiries powers duties counts bulletins administration"
OPENS = {
    "administrator": set(ADMINISTRATION.split()),
    "registrar": {"counts", "names", "duties", "administration"},
    "reporter": {"counts"},
    "auditor": {"ledger", "powers", "administration"},
    "author": {"studio"},
    "emperor": set(),
}
CLOSED = tuple(
    refusal.says for refusal in (RoleNeeded, CountsClosed, LedgerClosed, StudioClosed, NamesClosed)
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Way(NamedTuple):
    method: str
    path: str
    who: str


def ways_for_roles() -> list[Way]:
    lines = (line.split(maxsplit=2) for line in LIST.read_text().splitlines() if line[0] != "#")
    ways = [Way(*line) for line in lines]
    return [way for way in ways if not FOR_ALL.match(way.who)]


def is_closed(browser: Browser, way: Way) -> bool:
    address = "/en" + re.sub(r"\{[^}]+\}", "nothing-of-that-name", way.path)
    answer = browser.get(address) if way.method == "GET" else browser.post(address)
    return answer.status_code == 403 and any(words in answer.text for words in CLOSED)


@pytest.mark.parametrize("role", STUDIO_ROLES)
def test_every_role_of_the_studio_opens_the_studio(role):
    assert opened_by([role]) == Right.STUDIO
    assert opened_by([role, "administrator"]) & Right.PEOPLE
    assert opened_by([f"{role}-of-old"]) == Right(0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", OPENS)
def test_a_role_opens_its_routes_and_no_other(db, browser, role):
    unit = make_interior(db)
    person = cast(db, "Maryam Rahimi", make_institute(db))
    db.add(Grant(user_id=person.id, role=role, institution_id=unit.id, granted_at=clock.now()))
    db.commit()
    own, ways = browser.as_(person), ways_for_roles()
    studio = [way for way in ways if way.who == "studio"]
    if "studio" not in OPENS[role]:  # its many routes are refused by one line: some are enough
        ways = [way for way in ways if way.who != "studio"] + studio[::8]
    opened = {way for way in ways if not is_closed(own, way)}

    assert {way for way in ways if way.who in OPENS[role]} == opened
    assert {way.who for way in ways} == set().union(*OPENS.values())
