"""The turn: open, ask who, run, render, commit, answer; refusals roll back; reads cannot write."""

import threading
from typing import Annotated

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.foundation.errors import Refusal
from app.foundation.patience import OneAtATime
from app.foundation.sessions import NeedsTransaction
from app.identity.access import Anyone
from app.identity.throttles import Throttle
from app.web.forms import Filled, Form, form_of
from app.web.marks import Db, leaves_trace, writes_alone
from app.web.turn import Turnstile, who_may


class TooLate(Refusal):
    says = "It is too late."


class NoteForm(Form):
    note: str = ""


def throttles(db) -> int:
    return db.execute(text("SELECT count(*) FROM throttles")).scalar_one()


def write(db) -> None:
    from app.foundation import clock

    db.add(Throttle(key="turn", window_start=clock.now(), count=1))


@pytest.fixture
def routed(app: FastAPI) -> FastAPI:
    router = Turnstile()

    @router.get("/try/read-and-write")
    def read_and_write(request: Request, db: Db, _visitor: Anyone) -> Response:
        write(db)
        return PlainTextResponse("written")

    @router.get("/try/trace")
    @leaves_trace
    def trace(request: Request, db: Db, _visitor: Anyone) -> Response:
        write(db)
        return PlainTextResponse("written")

    @router.post("/try/write")
    def write_once(request: Request, db: Db, _visitor: Anyone) -> Response:
        write(db)
        return PlainTextResponse("written")

    @router.post("/try/refuse")
    def refuse(request: Request, db: Db, _visitor: Anyone) -> Response:
        write(db)
        db.flush()
        raise TooLate

    @router.post("/try/alone")
    @writes_alone
    def write_alone(request: Request, db: Db, _visitor: Anyone) -> Response:
        write(db)
        db.flush()
        return PlainTextResponse(str(request.state.is_alone))

    @router.post("/try/not-alone")
    @writes_alone
    def not_alone(request: Request, db: Db, _visitor: Anyone) -> Response:
        if request.state.is_alone:
            raise NeedsTransaction
        write(db)
        db.flush()
        raise TooLate

    @router.post("/try/form")
    def form(
        request: Request, _visitor: Anyone, form: Annotated[Filled[NoteForm], form_of(NoteForm)]
    ) -> Response:
        return PlainTextResponse(form.value.note if form.value else "")

    app.router.routes[:0] = router.routes
    return app


def test_a_get_cannot_write(routed, eve, db):
    with pytest.raises(DBAPIError, match=r"read-only|readonly"):
        eve.get("/en/try/read-and-write")
    assert throttles(db) == 0


def test_a_get_that_leaves_a_trace_says_so_and_writes(routed, eve, db):
    assert eve.get("/en/try/trace").text == "written"
    assert throttles(db) == 1


def test_a_refusal_rolls_back_and_answers_with_its_page(routed, eve, db):
    refused = eve.post("/en/try/refuse")
    assert refused.status_code == 409
    assert "It is too late." in refused.text
    assert throttles(db) == 0


def test_who_writes_alone_begins_nothing_on_postgresql(routed, eve, engines, db):
    begun: list[bool] = []

    def note(connection, *_rest) -> None:
        begun.append(getattr(connection.connection.dbapi_connection, "autocommit", False))

    event.listen(engines.write, "before_cursor_execute", note)
    assert eve.post("/en/try/alone").text == str(not engines.is_sqlite)
    assert set(begun) == {not engines.is_sqlite}
    assert eve.post("/en/try/refuse").status_code == 409  # by the same connection, in a transaction
    assert set(begun[-1:]) == {False}
    assert throttles(db) == 1


def test_who_cannot_write_alone_has_a_transaction(routed, eve, db):
    assert eve.post("/en/try/not-alone").status_code == 409
    assert throttles(db) == 0


def test_the_answer_leaves_after_the_commit(routed, eve, engines):
    order: list[str] = []
    event.listen(engines.write, "commit", lambda _connection: order.append("commit"))
    middleware = routed.middleware_stack or routed.build_middleware_stack()

    async def watched(scope, receive, send):
        async def noting(message):
            order.append(message["type"])
            await send(message)

        await middleware(scope, receive, noting)

    routed.middleware_stack = watched
    assert eve.post("/en/try/write").text == "written"
    assert order == ["commit", "http.response.start", "http.response.body"]


def test_two_hundred_at_once_are_all_answered(routed, eve, db):
    answers: list[int] = []

    def ask(number: int) -> None:
        path = "/en/try/write" if number % 4 == 0 else "/en/try/form"
        answers.append(eve.post(path).status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 200
    assert throttles(db) == 50


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "null"}, 403),
    ],
)
def test_only_our_own_pages_may_post(routed, eve, headers, status):
    assert eve.post("/en/try/form", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://capacita.test", 200), ("http://evil.test", 403), (None, 403)],
)
def test_without_fetch_metadata_the_origin_decides(routed, eve, origin, status):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Origin": origin} if origin else {}
    asked = eve.client.build_request("POST", "/en/try/form", content=b"", headers=headers)
    assert eve.portal.call(eve.client.send, asked).status_code == status


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"note=yes", "application/x-www-form-urlencoded", 200),
        (b"note=" + b"x" * 10_000_000, "application/x-www-form-urlencoded", 413),
        (b"note=%00", "application/x-www-form-urlencoded", 400),
        (b"note=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 5000, "application/x-www-form-urlencoded", 400),
        (b"[" * 5000 + b"]" * 5000, "application/json", 400),
        (b"--x", "multipart/form-data; boundary=x", 400),
    ],
)
def test_what_is_no_form_is_refused(routed, eve, content, content_type, status):
    answer = eve.post("/en/try/form", content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status


def test_a_route_that_names_nobody_is_refused_at_import():
    router = Turnstile()
    with pytest.raises(TypeError, match="does not name who may use it"):

        @router.get("/open")
        def show_open(request: Request, db: Db) -> Response:
            return PlainTextResponse("")


def test_a_route_says_who_may_use_it():
    router = Turnstile()

    @router.get("/open")
    def show_open(request: Request, _visitor: Anyone) -> Response:
        return PlainTextResponse("")

    assert [who_may(route.endpoint) for route in router.routes] == ["anyone"]


def test_readers_go_one_after_another_and_past_a_slow_one():
    turns, order = OneAtATime(patience=0.2), []
    is_in, may_leave = threading.Event(), threading.Event()

    def read(name: str, *, slowly: bool = False) -> None:
        with turns:
            order.append(name)
            if slowly:
                is_in.set()
                assert may_leave.wait(10)
        order.append(f"{name} left")

    slow = threading.Thread(target=read, args=("slow",), kwargs={"slowly": True})
    slow.start()
    assert is_in.wait(10)
    read("impatient")
    may_leave.set()
    slow.join(10)
    assert order == ["slow", "impatient", "impatient left", "slow left"]
    turns = OneAtATime(patience=10)
    waiting = threading.Thread(target=read, args=("next",))
    with turns:
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join(10)
    assert order[-3:] == ["first", "next", "next left"]
