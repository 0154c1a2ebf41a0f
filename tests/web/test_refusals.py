"""Refusals and faults: pages that say what happened and lead on, in the reader's language."""

import re

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Route

from app.catalogue.courses import Course
from app.main import create_app
from app.settings import Settings
from app.web.refusals import DatabaseAway
from tests.browser import text_of
from tests.makers.quizzes import SLUG, make_quiz
from tests.operations.test_logs import Written, requests_in, written

__all__ = ["written"]
WAYS = ("/", "/my-learning", "/help")


def ask(
    app: FastAPI, portal: BlockingPortal, path: str, method: str = "GET", **headers: str
) -> httpx.Response:
    """What a browser gets when the server's own fault does not reach the test."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://capacita.test"
        ) as client:
            return await client.request(method, path, headers=headers)

    return portal.call(asked)


@pytest.mark.parametrize(("path", "status"), [("/no-such-page", 404), ("/certificates/K7QM", 303)])
def test_a_page_that_is_not_there_leads_on_in_the_readers_language(eve, path, status):
    answer = eve.get(f"/fr{path}")
    assert answer.status_code == status
    if status == 404:
        assert '<html lang="fr"' in answer.text
        assert '<form class="bar" role="search"' in answer.text
        assert 'action="/fr/search"' in answer.text
        assert all(f'href="/fr{way}"' in answer.text for way in WAYS)


def test_what_is_not_allowed_says_so_and_leads_on(browser, awa):
    answer = browser.as_(awa).get("/en/statistics")
    assert answer.status_code == 403
    assert "open to people with a role" in text_of(answer)
    assert 'role="search"' not in answer.text
    assert all(f'href="/en{way}"' in answer.text for way in WAYS)


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/fr/loads/the-key/codes?after=100", "/fr/loads/the-key"),
        ("/ar/people/register/awa%20diop/transfer", "/ar/people/register/awa%20diop"),
        ("/en/courses/asking/quizzes/one/attempts/1/submission",
         "/en/courses/asking/quizzes/one/attempts/1"),
    ],
)  # fmt: skip
def test_an_address_that_takes_forms_alone_leads_to_the_page_above_it(eve, path, above):
    answer = eve.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, above)


def test_where_no_page_stands_above_the_wrong_use_of_an_address_is_said(eve):
    answer = eve.get("/en/display")
    assert answer.status_code == 405
    assert "cannot be used that way" in text_of(answer)
    for path in ("/api/v1/claims/decisions", "/en/api/v1/claims/decisions"):
        told = eve.get(path)
        assert (told.status_code, told.json()["code"]) == (405, "operation-unknown")
    script = eve.get("/en/loads/the-key/codes", headers={"Accept": "application/json"})
    assert script.status_code == 405


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/en/display", "POST"),
        ("/en/account/profile", "GET, HEAD, POST"),
        ("/api/v1/units/bridges", "GET, HEAD, PATCH"),
        ("/health/live", "GET, HEAD"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_wrong_use_of_an_address_names_every_right_one(app, portal, path, methods):
    answer = ask(app, portal, path, "PUT")
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)


@pytest.mark.parametrize("slug", [f"{SLUG}s", f"the-{SLUG}", SLUG.upper()])
def test_a_course_that_was_renamed_is_offered_under_its_new_key(db, eve, slug):
    make_quiz(db)
    db.commit()
    answer = eve.get(f"/en/courses/{slug}/lessons/some-lesson")
    assert answer.status_code == 404
    assert "Did you look for this?" in text_of(answer)
    assert f'href="/en/courses/{SLUG}"' in answer.text


def test_a_course_far_from_all_others_is_guessed_at_no_further(db, eve):
    make_quiz(db)
    db.commit()
    answer = eve.get("/en/courses/zzyzx")
    assert (answer.status_code, "Did you look" in answer.text) == (404, False)


def test_a_course_for_others_alone_is_never_offered(db, eve):
    make_quiz(db)
    course = db.query(Course).filter_by(slug=SLUG).one()
    course.audience = "institution"
    db.commit()
    answer = eve.get(f"/en/courses/{SLUG}s")
    assert (answer.status_code, SLUG + '"' in answer.text) == (404, False)


def test_a_fault_has_a_number_that_stands_in_the_log(app, portal, written: Written):
    def fail(_request) -> Response:
        raise ValueError("awa@example.org typed hunter2")

    app.router.routes.insert(0, Route("/broken", fail))
    answer = ask(app, portal, "/fr/broken")
    assert answer.status_code == 500
    (line,) = requests_in(written)
    number = line["request_id"]
    assert re.fullmatch("[0-9a-f]{16}", number)
    assert f'<code dir="ltr">{number}</code>' in answer.text
    assert f"/fr/contact?topic=fault&amp;incident={number}" in answer.text
    assert answer.headers["x-request-id"] == number
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-language"] == "fr"
    assert "hunter2" not in answer.text
    assert line["fault"] == "builtins.ValueError"


def test_without_a_database_a_page_still_says_so(tmp_path, portal, database_url, written: Written):
    lost = f"sqlite:///{tmp_path}/gone/nowhere.sqlite3"
    if database_url.startswith("postgresql"):
        lost = "postgresql://nobody@127.0.0.1:1/nothing"
    secure = "https://learning.example"
    app = create_app(
        Settings(database_url=lost, storage=tmp_path, in_process_worker=False, public_url=secure)
    )
    for path in ("/ar/help", "/ar/no-such-page", "/ar/courses/human-factor"):
        answer = ask(app, portal, path, Cookie="sign_in=somebody")
        number = answer.headers["x-request-id"]
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "max-age" in answer.headers["strict-transport-security"]
        assert '<html lang="ar" dir="rtl"' in answer.text
        assert number in answer.text
        assert number in written.text
    told = ask(app, portal, "/en/help", Accept="application/json")
    assert told.json()["incident"] == told.headers["x-request-id"]
    assert told.json()["says"] == DatabaseAway.says
    app.state.threads.shutdown(wait=True)
    app.state.engines.close()
