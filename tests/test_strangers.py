"""Strangers: every route is walked by people it is not for, and fed with what no form of ours sends."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute, Mount, Route

from app.credentials.certificates import Certificate
from app.foundation import clock
from app.foundation.database import Engines
from app.identity.rights import Right
from app.identity.users import User
from app.interop.scopes import SCOPES
from app.interop.tokens import ApiToken
from app.web.turn import who_may
from tests.browser import OWN_PAGE, Browser
from tests.makers.courses import make_course, slug_in
from tests.makers.interop import make_api_token
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_interior

LIST = Path(__file__).parent / "routes.txt"
HEAD = """\
# Every route of the application: method, path without the language, and who may use it.
# A change here is a change of who may see or do what, so it is read in review. Write it anew with
# CAPACITA_WRITE_ROUTES=1 .venv/bin/python -m pytest tests/test_strangers.py -k list
"""
OUTSIDE = {"/static", "/health/live", "/health/ready"}  # answered outside of turns, to anyone
SAFE = {"GET", "HEAD"}
ROLES_OPEN = {(right.name or "").lower() for right in Right} - {"studio"}
# A mail program presses these; the secret is its proof.
FROM_ANYWHERE = {
    "/reminders/{token}", "/reminders/{token}/{kind}", "/view-letters/{token}/{key}",
    "/sign-out/by/{provider}",
}  # fmt: skip
METHOD_UNKNOWN = 405
URLENCODED = "application/x-www-form-urlencoded"
DEEP = b"[" * 50_000
GARBAGE = {
    "ten megabytes": (b"a=" + b"x" * 10_000_000, URLENCODED),
    "three thousand fields": (b"&".join(b"f%d=1" % number for number in range(3000)), URLENCODED),
    "a NUL": (b"name=a%00b", URLENCODED),
    "a bare NUL": (b"name=a\x00b", URLENCODED),
    "no text in UTF-8": (b"name=%ff%fe", URLENCODED),
    "bytes that are no letters": (b"name=\xff\xfe", URLENCODED),
    "deep JSON": (DEEP, "application/json"),
    "deep JSON called a form": (DEEP, URLENCODED),
    "a file": (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
               "multipart/form-data; boundary=x"),
    "plain text": (b"name=awa", "text/plain"),
    "no type": (b"name=awa", ""),
}  # fmt: skip
# Sound as a form, nonsense as an answer: a page says so, or nothing of it is ours.
SOUND = {"deep JSON called a form"}
ODD_VALUES = (
    "%00",
    "%ff",
    "a" * 3000,
    "%27%20OR%201=1--",
    "-1",
    "99999999999999999999",
    "%E2%80%AE",
)


LEAST_ODD = 2  # of these values each route meets on each database; each kind of route meets all


class Way(NamedTuple):
    """A route as the list has it."""

    method: str
    path: str
    who: str

    @property
    def is_api(self) -> bool:
        """Whether a token opens it, and no cookie."""
        return self.who.startswith("token")

    @property
    def is_public(self) -> bool:
        return self.who.startswith("anyone")

    @property
    def varying(self) -> list[str]:
        """The names of the parts that may vary."""
        return re.findall(r"\{(\w+)", self.path)

    def at(self, value: str = "nothing-of-that-name") -> str:
        """An address of the route in which each part that may vary is this value."""
        return "/en" + re.sub(r"\{[^}]+\}", value, self.path)

    def where(self, **names: str) -> str:
        """An address of the route where something is, as far as these names know it."""
        path = self.path.replace("/lessons/{key}", "/lessons/lesson-1-1")
        path = path.replace("/quizzes/{key}", "/quizzes/quiz-1").replace(":path}", "}")
        return "/en" + re.sub(r"\{(\w+)\}", lambda part: names.get(part[1], "unknown"), path)


def ways_of(routes: list[BaseRoute]) -> Iterator[Way]:
    for route in routes:
        if isinstance(route, APIRoute):
            for method in sorted(route.methods - {"HEAD"}):
                yield Way(method, route.path, who_may(route.endpoint))
        else:
            assert isinstance(route, (Route, Mount)), f"{route} is no route of ours"
            assert route.path in OUTSIDE, f"{route.path} is neither a turn nor known to be public"
            yield Way("GET", route.path, "anyone, outside of turns")


@pytest.fixture
def ways(app: FastAPI) -> list[Way]:
    return sorted(set(ways_of(app.routes)), key=lambda way: (way.path, way.method))


@pytest.fixture
def unsafe(ways: list[Way]) -> list[Way]:
    return [way for way in ways if way.method not in SAFE]


def ask(browser: Browser, way: Way, address: str | None = None, **options: Any) -> httpx.Response:
    """Send the request as it is told, without what a browser adds of itself."""
    address = address or way.at()
    return browser.portal.call(lambda: browser.client.request(way.method, address, **options))


def as_own_page(browser: Browser, way: Way, address: str) -> httpx.Response:
    return ask(browser, way, address, headers={**OWN_PAGE, "Content-Type": URLENCODED})


@pytest.fixture
def awas(app: FastAPI, db: Session, awa: User) -> dict[str, str]:
    """The course that awa completed and her certificate, by the names that paths give them."""
    version = make_course(db)
    complete(db, make_enrolment(db, awa, version))
    code = db.scalars(select(Certificate.code)).one()
    names = {"slug": slug_in(db, version), "code": code, "number": "1"}
    db.commit()
    return names


def test_the_list_of_routes_says_who_may_use_each(ways):
    told = HEAD + "".join(f"{way.method:<5} {way.path}  {way.who}\n" for way in ways)
    if os.environ.get("CAPACITA_WRITE_ROUTES"):
        LIST.write_text(told)
    assert LIST.read_text() == told
    assert all(way.who for way in ways)


def test_who_is_not_signed_in_is_sent_to_sign_in(eve, ways, awas):
    closed = [way for way in ways if not way.is_public and not way.is_api]
    answers = {way: as_own_page(eve, way, way.where(**awas)) for way in closed}
    assert len(closed) > 10
    assert [way for way, answer in answers.items() if answer.status_code != 303] == []
    ways_in = {answer.headers["location"].partition("?next=") for answer in answers.values()}
    assert {way_in for way_in, _, _ in ways_in} == {"/en/sign-in"}
    backs = {unquote(back) for _, _, back in ways_in}
    assert METHOD_UNKNOWN not in {eve.get(back).status_code for back in backs}


def test_a_form_made_for_another_person_is_refused_everywhere(browser, awa, dara, awas, unsafe):
    """The page of whoever sat here before stays open on a shared computer."""
    hers, made = browser.as_(awa), f"made-for={dara.subject}"
    headers = {**OWN_PAGE, "Content-Type": URLENCODED}
    closed = [way for way in unsafe if not way.is_public and not way.is_api]
    answers = {
        way: ask(hers, way, way.where(**awas), content=made, headers=headers) for way in closed
    }
    statuses = [answer.status_code for answer in answers.values()]
    # A file, a proof and a provider are refused for what they are before the form is looked at.
    assert set(statuses) <= {401, 403, 404, 422}
    assert statuses.count(401) > 0.9 * len(closed) > 100


def test_an_address_for_forms_alone_leads_to_a_page_when_it_is_looked_at(eve, ways, unsafe):
    pages = {re.sub(r"\{[^}]+\}", "{}", way.path) for way in ways if way.method == "GET"}
    alone = {
        way.path: way
        for way in unsafe
        if re.sub(r"\{[^}]+\}", "{}", way.path) not in pages
        and not way.is_api
        and way.path.count("/") > 1
        and way.path not in FROM_ANYWHERE
    }
    answers = {path: ask(eve, way._replace(method="GET")) for path, way in alone.items()}
    assert len(answers) > 50
    assert {path for path, answer in answers.items() if answer.status_code != 303} == set()
    wrong = {
        path: answer.headers["location"]
        for path, answer in answers.items()
        if not alone[path].at().startswith(answer.headers["location"] + "/")
    }
    assert wrong == {}


def test_who_holds_no_role_sees_nothing_of_what_roles_open(browser, dara, ways):
    own = browser.as_(dara)
    kept = [way for way in ways if way.who in ROLES_OPEN]
    answers = {way: as_own_page(own, way, way.at()).status_code for way in kept}
    assert len(kept) >= 50
    assert [way for way, status in answers.items() if status not in {403, 404}] == []


def test_a_program_needs_a_token_with_the_scope_and_no_cookie_serves_instead(
    db, browser, chloe, ways
):
    asked = [way for way in ways if way.is_api]
    cookie = {way: as_own_page(browser.as_(chloe), way, way.at()).status_code for way in asked}
    assert len(asked) > 15
    assert set(cookie.values()) == {401}
    unit = make_interior(db)
    for way in asked:
        others = tuple(scope for scope in SCOPES if scope != way.who.removeprefix("token with "))
        token = make_api_token(db, chloe, unit, others[:3])
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = ask(browser, way, headers=headers)
        assert (way, answer.status_code, answer.json()["code"]) == (way, 403, "scope-missing")
        db.execute(update(ApiToken).values(revoked_at=clock.now()))


def test_what_is_somebody_elses_is_refused_or_not_even_there(browser, awa, dara, ways, awas):
    own = browser.as_(dara)
    assert browser.as_(awa).get(f"/en/certificates/{awas['code']}").status_code == 200
    theirs = [way for way in ways if way.who.startswith("learner of") or "{code}" in way.path]
    theirs = [way for way in theirs if not way.is_public]
    answers = {way: as_own_page(own, way, way.where(**awas)).status_code for way in theirs}
    assert len(theirs) > 3
    assert [way for way, status in answers.items() if status not in {404, 409}] == []


# A form is refused by what the request says of itself, so one database will do.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://capacita.test"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://capacita.test.evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused_by_every_route_that_changes(
    browser, chloe, unsafe, headers
):
    own = browser.as_(chloe)
    answers = {way: ask(own, way, headers=headers).status_code for way in unsafe}
    assert len(answers) > 15
    refused = {way: 404 if way.path in FROM_ANYWHERE else 403 for way in unsafe}
    refused |= {way: 401 for way in unsafe if way.is_api}
    assert answers == refused


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_refused_by_every_route_that_changes(browser, chloe, unsafe, kind):
    body, content_type = GARBAGE[kind]
    headers = {**OWN_PAGE, **({"Content-Type": content_type} if content_type else {})}
    own = browser.as_(chloe)
    answers = {}
    for way in unsafe:
        answers[way] = ask(own, way, headers=headers, content=body).status_code
        if way.path == "/sign-out" and kind in SOUND:
            own = browser.as_(chloe)
    wrong = {way: status for way, status in answers.items() if not 400 <= status < 500}
    if kind in SOUND:
        wrong = {way: status for way, status in wrong.items() if status != 303}
    assert wrong == {}


def dealt(
    ways: list[Way], kind: Callable[[Way], Hashable], first: int
) -> Iterator[tuple[Way, str]]:
    """Each way with two odd values or more, so that ways of one kind have met all of them."""
    alike = defaultdict(list)
    for way in ways:
        alike[kind(way)].append(way)
    for group in alike.values():
        hand = max(LEAST_ODD, ceil(len(ODD_VALUES) / len(group)))
        for place, way in enumerate(group):
            for number in range(place * hand, (place + 1) * hand):
                yield way, ODD_VALUES[(first + number) % len(ODD_VALUES)]


@pytest.fixture
def first(engines: Engines) -> int:
    """Which odd value is dealt first: a way meets others on the other database."""
    return 0 if engines.is_sqlite else LEAST_ODD


def test_an_address_with_odd_parts_is_no_fault_of_ours(browser, chloe, ways, first):
    own = browser.as_(chloe)
    named = [way for way in ways if "{" in way.path]
    answers = {}
    for way, value in dealt(named, lambda way: (way.method in SAFE, way.varying[-1]), first):
        headers = {**OWN_PAGE, "Content-Type": URLENCODED}
        answers[way, value[:12]] = ask(own, way, way.at(value), headers=headers).status_code
    assert len(answers) >= LEAST_ODD * len(named) > 100
    assert {odd: status for odd, status in answers.items() if status >= 500} == {}


def test_a_query_with_odd_parts_is_no_fault_of_ours(browser, chloe, ways, first):
    own = browser.as_(chloe)
    names = (
        "next",
        "saved",
        "done",
        "q",
        "page",
        "from",
        "to",
        "course",
        "institution",
        "language",
    )
    answers = {}
    asked = [way for way in ways if way.method == "GET"]
    for way, value in dealt(asked, lambda way: way.path.split("/")[1], first):
        query = "&".join(f"{name}={value}" for name in names)
        answers[way, value[:12]] = ask(own, way, f"{way.at()}?{query}").status_code
    assert len(answers) >= LEAST_ODD * len(asked)
    assert {odd: status for odd, status in answers.items() if status >= 500} == {}
