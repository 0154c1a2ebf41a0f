"""Whatever an administrator changes on a page has its operation, or a reason why there is none."""

import re

import pytest

from app.identity.rights import CLASSES, Right
from app.interop.api.routes import operation
from app.settings import ROOT

LIST = ROOT / "docs" / "guides" / "api-and-pages.md"
ROW = re.compile(r"^\| `([A-Z]+ [^`]+)` \| (.+) \|$", re.MULTILINE)
ROUTE = re.compile(r"^([A-Z]+) +(\S+)  (.+)$", re.MULTILINE)
RIGHTS = {each.name.lower() for each in Right} - {"studio"}


@pytest.fixture(scope="module")
def rows():
    return dict(ROW.findall(LIST.read_text()))


@pytest.fixture(scope="module")
def routes():
    listed = (ROOT / "tests" / "routes.txt").read_text()
    return {f"{method} {path}": who for method, path, who in ROUTE.findall(listed)}


def test_every_change_of_an_administrator_is_on_the_list(rows, routes):
    assert CLASSES[0][0] == ("administrator",)
    changing = {
        route
        for route, who in routes.items()
        if who in RIGHTS and not route.startswith("GET") and not route.split()[1].startswith("/api")
    }
    assert len(changing) > 30
    assert sorted(changing - rows.keys()) == []


def test_the_list_names_only_what_there_is(rows, routes):
    known = {f"{each.method} {each.path}" for each in operation.all}
    assert sorted(rows.keys() - routes.keys()) == []
    for told in rows.values():
        named = re.findall(r"`([A-Z]+ /[^`]+)`", told)
        assert set(named) <= known, told
        assert named or re.match(r"None: .{20,}\.$", told), told


def test_every_operation_stands_beside_a_page_or_is_a_programs_own(rows):
    beside = {name for told in rows.values() for name in re.findall(r"`([A-Z]+ /[^`]+)`", told)}
    alone = {f"{each.method} {each.path}" for each in operation.all} - beside
    assert alone == {
        "POST /people", "GET /enrolments", "POST /enrolments",
        "POST /people/{person}/enrolments/{course}/withdrawal",
    }  # fmt: skip
