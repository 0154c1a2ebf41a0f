"""Forged and absurd input gets a clear refusal, and not one row changes."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, select, text

from app.assessment.attempts import Attempt
from tests.assessment.conftest import begin
from tests.browser import text_of
from tests.makers.learning import make_enrolment
from tests.makers.quizzes import PATH, asked_in, make_quiz, right, sheet

FORM = "application/x-www-form-urlencoded"
TABLES = ("attempts", "attempt_items", "results", "events", "enrolments", "completions", "jobs")
ATTEMPT = f"{PATH}/attempts/1"
GOOD = {"revision": "0", "shown-1": ""}


def rows(engine: Engine) -> dict[str, list[object]]:
    with engine.connect() as connection:
        return {
            table: sorted(map(str, connection.execute(text(f"SELECT * FROM {table}")).all()))
            for table in TABLES
        }


def fields(**changed: object) -> bytes:
    return urlencode(
        GOOD | {name.replace("_", "-"): value for name, value in changed.items()}
    ).encode()


BODIES = {
    "unknown option": (fields(answer_1="zz"), FORM, 422),
    "unknown question": (fields(answer_99="a"), FORM, 422),
    "huge position": (fields(**{"answer-" + "9" * 50: "a"}), FORM, 422),
    "script as option": (fields(answer_1="<script>alert(1)</script>"), FORM, 422),
    "statement as option": (fields(answer_1="a'; DROP TABLE attempts; --"), FORM, 422),
    "future revision": (fields(answer_1="a", revision="7"), FORM, 422),
    "huge revision": (fields(answer_1="a", revision="9" * 400), FORM, 422),
    "negative revision": (fields(answer_1="a", revision="-1"), FORM, 422),
    "no revision": (urlencode({"answer-1": "a"}).encode(), FORM, 422),
    "ten megabytes": (b"answer-1=" + b"a" * 10_000_000, FORM, 413),
    "many fields": (urlencode({f"answer-{n}": "a" for n in range(1, 9000)}).encode(), FORM, 400),
    "NUL in a value": (b"revision=0&shown-1=&answer-1=%00", FORM, 400),
    "NUL in a name": (b"revision=0&answer-1%00=a", FORM, 400),
    "broken UTF-8": (b"revision=0&answer-1=%ff%fe", FORM, 400),
    "lone surrogate": (b"revision=0&answer-1=%ed%a0%80", FORM, 400),
    "raw bytes": (bytes(range(256)), FORM, 400),
    "deep JSON": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "application/json", 400),
    "JSON as a form": (b'{"answer-1": "a"}', "application/json", 400),
    "a file": (b"--x\r\n\r\nhello\r\n--x--", "multipart/form-data; boundary=x", 400),
    "no type": (b"revision=0&answer-1=a", "", 400),
}


@pytest.fixture
def hers(db, awa, browser):
    """Awa's browser, in a quiz whose first question offers three options."""
    make_enrolment(db, awa, make_quiz(db, shuffle=False))
    db.commit()
    return browser.as_(awa)


@pytest.mark.parametrize(("body", "kind", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_forged_body_is_refused_and_changes_nothing(engines, hers, body, kind, status):
    begin(hers)
    before = rows(engines.read)
    for what in ("answers", "submission"):
        path, headers = f"{ATTEMPT}/{what}", {"Content-Type": kind}
        page = hers.post(path, content=body, headers={**headers, "Accept": "text/html"})
        told = hers.post(path, content=body, headers={**headers, "Accept": "application/json"})
        assert page.status_code == told.status_code == status
        assert "<h1>" in page.text
        assert set(told.json()) == {"says", "mend"}
        assert told.json()["says"] in text_of(page)
    assert rows(engines.read) == before


def test_an_answer_of_a_question_that_is_not_there_is_not_kept(engines, hers):
    """A page without a script says from which question one goes on."""
    begin(hers)
    before = rows(engines.read)
    for question in ("99", "0", "-1", "x", "9" * 60):
        sent = sheet(asked_in(engines)[:1]) | {"question": question}
        assert hers.post(f"{ATTEMPT}/answers", sent).status_code == 404
    assert rows(engines.read) == before


def test_an_attempt_that_is_not_there_is_not_found(engines, hers):
    begin(hers)
    before = rows(engines.read)
    for number in ("2", "0", "-1", "01x", "1.0", "9" * 60, "%00", "1%00", "١", "a"):
        path = f"{PATH}/attempts/{number}"
        for what in ("", "/result"):
            assert hers.get(f"{path}{what}").status_code == 404, (number, what)
        for what in ("/answers", "/submission"):
            assert hers.post(f"{path}{what}", sheet(asked_in(engines))).status_code == 404
    assert rows(engines.read) == before


def test_a_quiz_that_is_not_there_is_not_found(engines, hers):
    before = rows(engines.read)
    for path in (
        "asking-well/quizzes/no-quiz",
        "asking-well/quizzes/the-lesson",
        "no-course/quizzes/the-quiz",
        "asking-well/quizzes/%00",
        "%00/quizzes/the-quiz",
        "asking-well/quizzes/" + "x" * 3000,
        "asking-well/quizzes/the-quiz%27%22%3B",
    ):
        assert hers.get(f"/en/courses/{path}").status_code == 404
        assert hers.post(f"/en/courses/{path}/attempts").status_code == 404
        assert hers.get(f"/en/courses/{path}/attempts/1").status_code == 404
    assert rows(engines.read) == before


def test_another_site_changes_nothing(engines, hers):
    begin(hers)
    before = rows(engines.read)
    for what in ("answers", "submission"):
        answer = hers.post(
            f"{ATTEMPT}/{what}", sheet(asked_in(engines)), headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403
    assert rows(engines.read) == before


def test_what_a_learner_types_is_shown_as_text(engines, hers):
    begin(hers)
    (asked,) = [each for each in asked_in(engines) if each.kind == "short"]
    typed = '"><script>alert(1)</script>'
    hers.post(f"{ATTEMPT}/answers", sheet([asked], lambda _: {f"answer-{asked.position}": typed}))
    page = hers.get(f"{ATTEMPT}?question={asked.position}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    hers.post(f"{ATTEMPT}/submission", {"anyway": "1"})
    result = hers.get(f"{ATTEMPT}/result").text
    assert "<script>alert" not in result
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in result


def test_an_absurd_query_harms_nothing(found, hers):
    begin(hers)
    for query in (
        "view=%00",
        "view=" + "x" * 5000,
        "question=%ff",
        "question=1&question=2",
        "view=all&view=x",
    ):
        assert hers.get(f"{ATTEMPT}?{query}").status_code in {200, 404}
    assert found(select(Attempt.revision)) == [0]


def test_looking_writes_nothing(engines, hers):
    begin(hers)
    hers.post(f"{ATTEMPT}/answers", sheet(asked_in(engines)[:3], right))
    before = rows(engines.read)
    for path in (PATH, ATTEMPT, f"{ATTEMPT}?view=all", f"{ATTEMPT}?question=overview"):
        assert hers.get(path).status_code == 200
    assert rows(engines.read) == before
