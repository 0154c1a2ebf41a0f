"""Logs: a line of JSON for each answer, which tells how it went and nothing of anybody."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from starlette.responses import Response
from starlette.routing import Route

from app.web.logs import JsonLines

SECRETS = ("awa@example.org", "Awa", "Diop", "hunter2", "203.0.113.9", "code=12345", "12345")


class Written:
    """What has been logged so far, as text and as objects."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    """All that the process logs, however quiet, in the form that an operator reads."""
    written = Written()
    handler = logging.StreamHandler(written.stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: record.name != "httpx")  # the test's own client
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def requests_in(written: Written) -> list[dict]:
    return [line for line in written.lines if line["event"] == "request"]


def test_an_answer_is_one_line_with_its_route_status_time_and_id(eve, written):
    answer = eve.get("/en/")
    (line,) = requests_in(written)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "event": "request",
        "route": "show_catalogue",
        "method": "GET",
        "status": 200,
        "request_id": answer.headers["x-request-id"],
    }


def test_no_line_holds_what_a_person_is_or_typed(eve, written):
    eve.get("/en/courses/Awa-Diop?email=awa@example.org&code=12345")
    eve.get("/en/verify/12345", headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "Awa"})
    eve.post("/en/sign-in", {"email": "awa@example.org", "password": "hunter2"})
    eve.post("/en/sign-up", {"name": "Awa Diop", "email": "awa@example.org", "password": "hunter2"})
    eve.get("/en/sign-in", headers={"Cookie": "sign_in=hunter2; language=Awa"})
    assert len(requests_in(written)) == 5
    for secret in SECRETS:
        assert secret not in written.text


def test_a_made_up_method_is_not_repeated(eve, written):
    eve.portal.call(lambda: eve.client.request("HUNTER2", "/en/"))
    assert requests_in(written)[0]["method"] == "other"
    assert "hunter2" not in written.text.lower()


def test_a_fault_is_told_by_its_kind_and_place_without_its_words(app, eve, written):
    def fail(_request) -> Response:
        raise ValueError("awa@example.org typed hunter2")

    app.router.routes.insert(0, Route("/health/broken", fail))
    with pytest.raises(ValueError, match="typed"):
        eve.get("/health/broken")
    (line,) = requests_in(written)
    assert (line["level"], line["status"]) == ("error", 500)
    assert line["fault"] == "builtins.ValueError"
    assert line["places"][-1].endswith(" fail")
    assert "hunter2" not in written.text


def test_health_and_assets_are_too_quiet_to_fill_the_log(eve, written):
    eve.get("/health/live")
    eve.get("/static/none.css")
    assert {line["level"] for line in requests_in(written)} == {"debug"}


def test_a_page_that_no_route_knows_has_no_name(eve, written):
    eve.get("/en/hunter2")
    (line,) = requests_in(written)
    assert (line["route"], line["status"]) == ("none", 404)
