"""Long files: written by the worker, the same bytes as the stream, taken by one person for a week."""

import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.grants import Grant, end_grant
from app.identity.users import User
from app.main import worker_of
from app.queue.jobs import Job
from app.settings import ROOT
from app.statistics.exporting import jobs, works
from app.statistics.exporting.long_files import (
    GONE,
    MAKING,
    MOST,
    READY,
    STOPPED,
    LongFile,
    LongFilePiece,
    TooManyFiles,
    ask_for,
    bytes_between,
)
from app.statistics.exports import Block
from app.statistics.questions import question_of
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import make_institute, make_person
from tests.statistics.test_populations import filled

LIST, FILES = "/en/statistics/completions/list", "/en/statistics/files"
SMALL = 600  # bytes of a piece, of a few rows each
NAMES = ('Zoë "Zed", Ünal', "=1+1", "two\nlines", "٣ عربي", "100% sure", "a\\b;c")


@pytest.fixture
def asked(db, awa, chloe):
    """People of odd names who are enrolled, and the question of who is."""
    course, institute = make_course(db, "First aid at work"), make_institute(db)
    complete(db, make_enrolment(db, awa, course))
    for number in range(3):
        for name in NAMES:
            person = make_person(db, f"Learner {len(NAMES) * number}{NAMES.index(name)}", institute)
            person.name = name
            make_enrolment(db, person, course)
    db.commit()
    return question_of(clock.now().date(), "2020-01", "", "", "", "enrolled", "")


def ask(engines, person, question) -> int:
    with engines.writing() as db:
        return ask_for(db, person.id, question).id


def as_it_is(engines, file_id) -> LongFile:
    with engines.reading() as db:
        return db.get_one(LongFile, file_id)


def content_of(engines, file_id) -> bytes:
    return b"".join(bytes_between(engines, file_id, 0, as_it_is(engines, file_id).size - 1))


def streamed_of(browser, person, question) -> bytes:
    with browser.as_(person) as at:
        return at.get(f"{LIST}.csv{question.query()}").content


def test_a_file_is_the_stream_byte_for_byte_however_often_it_is_broken_off(
    asked, engines, browser, chloe
):
    wanted = streamed_of(browser, chloe, asked)
    file_id = ask(engines, chloe, asked)
    assert works.begin(engines, file_id) == len(NAMES) * 3 + 1
    turns = 0
    while as_it_is(engines, file_id).state == MAKING:
        works.write(engines, file_id, turn=0, size=SMALL)
        turns += 1
    assert turns > 2
    file = as_it_is(engines, file_id)
    assert (file.state, file.rows, file.size) == (READY, len(NAMES) * 3 + 1, len(wanted))
    assert content_of(engines, file_id) == wanted
    assert [b"".join(bytes_between(engines, file_id, at, at + 699)) for at in range(0, 1400, 700)] == [
        wanted[:700], wanted[700:1400]
    ]  # fmt: skip


@pytest.mark.parametrize("measure", ["certified"])
def test_the_worker_makes_it_in_turns_and_writes_to_the_person_once(
    asked, app, engines, browser, chloe, measure
):
    question = asked._replace(measure=measure)
    with browser.as_(chloe) as at:
        first, again = (at.post(f"{LIST}/files{question.query()}") for _ in range(2))
        assert first.headers["location"] == again.headers["location"]
        assert "It waits for its turn" in text_of(at.follow(first))
        worker_of(app).run_until_idle()
        page = at.follow(first)
        assert "It has 1 row and is kept until" in text_of(page)
        address = f"{page.url.path}/list.csv"
        taken = at.get(address)
    assert taken.content == streamed_of(browser, chloe, question)
    assert taken.headers["content-disposition"].startswith('attachment; filename="list-')
    letters = [each for each in delivered(app) if "list is ready" in each["subject"]]
    assert len(letters) == 1
    assert page.url.path.removeprefix("/en") in text_of_letter(letters[0])
    assert "Awa" not in text_of_letter(letters[0])
    with engines.reading() as db:
        asked_and_taken = select(Event.kind).where(Event.kind.like("list-%")).order_by(Event.id)
        kinds = list(db.scalars(asked_and_taken))
    assert kinds == ["list-asked", "list-exported", "list-exported"]


def test_what_the_ledger_is_told_later_is_not_in_it(asked, db, engines, browser, bilal, chloe):
    wanted = streamed_of(browser, chloe, asked)
    file_id = ask(engines, chloe, asked)
    works.write(engines, file_id, turn=0, size=SMALL)
    make_enrolment(db, bilal, make_course(db, "Night shifts"))
    db.commit()
    works.write(engines, file_id, size=SMALL)
    assert content_of(engines, file_id) == wanted
    assert streamed_of(browser, chloe, asked) != wanted


def test_a_killed_worker_goes_on_behind_the_last_piece_it_kept(app, engines, database_url):
    filled(engines, 400)
    with engines.writing() as db:
        registrar = make_person(db, "Rosa Registrar", roles=("registrar",))
    question = question_of(clock.now().date(), "2000-01", "", "", "", "completed", "")
    whole, broken = (ask(engines, registrar, question._replace(view=v)) for v in ("then", "now"))
    works.write(engines, whole)
    program = (
        "from app.foundation.database import open_engines\n"
        "from app.statistics.exporting.works import write\n"
        f"write(open_engines({database_url!r}, 1), {broken}, size=100)"
    )
    pieces = select(LongFile.pieces).where(LongFile.id == broken)
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as process:
        kept = 0
        while not kept and process.poll() is None:
            with engines.writing() as db:  # while we hold its row, nothing more is kept
                kept = db.scalar(pieces.with_for_update()) or 0
                if kept:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
            time.sleep(0.01)
    file = as_it_is(engines, broken)
    assert process.returncode == -signal.SIGKILL
    assert (file.state, file.pieces) == (MAKING, kept)
    assert 0 < file.rows < 2_000
    works.write(engines, broken)
    assert content_of(engines, broken) == content_of(engines, whole)
    assert as_it_is(engines, broken).rows == as_it_is(engines, whole).rows == 2_000


def test_a_long_one_is_written_by_a_process_of_its_own(asked, app, engines, browser, chloe):
    file_id = ask(engines, chloe, asked)
    with engines.writing() as db:
        db.execute(update(LongFile).values(expected=jobs.IN_PLACE + 1))
    worker_of(app).run_until_idle()
    with engines.reading() as db:
        assert list(db.scalars(select(Job.last_error).where(Job.last_error.is_not(None)))) == []
    assert as_it_is(engines, file_id).state == READY
    assert content_of(engines, file_id) == streamed_of(browser, chloe, asked)


def test_two_processes_do_not_write_one_file(asked, engines, chloe):
    file_id = ask(engines, chloe, asked)
    works.write(engines, file_id, turn=0, size=SMALL)
    before = as_it_is(engines, file_id)
    late = Block(b"row\n", 1, ("2026-01-01", "1"))
    assert not works.keep(engines, file_id, before.pieces - 1, late, hands_on=False)
    after = as_it_is(engines, file_id)
    assert (after.pieces, after.size, after.day) == (before.pieces, before.size, before.day)


def test_a_broken_download_goes_on_where_it_stopped(asked, app, engines, browser, chloe):
    file_id = ask(engines, chloe, asked)
    works.write(engines, file_id, size=SMALL)
    path = f"{FILES}/{as_it_is(engines, file_id).key}/list.csv"
    with browser.as_(chloe) as at:
        whole = at.get(path)
        size, tag = len(whole.content), whole.headers["etag"]
        rest = at.get(path, headers={"Range": "bytes=1000-", "If-Range": tag})
        assert (rest.status_code, rest.content) == (206, whole.content[1000:])
        assert rest.headers["content-range"] == f"bytes 1000-{size - 1}/{size}"
        other = at.get(path, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
        assert (other.status_code, other.content) == (200, whole.content)
        beyond = at.get(path, headers={"Range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.content) == (416, b"")


def test_only_who_asked_and_still_may_sees_it_and_for_a_week(
    asked, db, engines, browser, chloe, dara
):
    registrar = make_person(db, "Remi Registrar", make_institute(db), roles=("registrar",))
    db.commit()
    file_id = ask(engines, chloe, asked)
    page = f"{FILES}/{as_it_is(engines, file_id).key}"
    with browser.as_(chloe) as hers, browser.as_(registrar) as his:
        assert hers.get(f"{page}/list.csv").status_code == 409
        works.write(engines, file_id)
        assert hers.get(f"{page}/list.csv").status_code == 200
        for path in (page, f"{page}/list.csv"):
            assert his.get(path).status_code == 404
        assert his.post(f"{page}/deletion").status_code == 404
        assert browser.as_(dara).get(f"{page}/list.csv").status_code == 403
        with engines.writing() as own:
            own.execute(update(LongFile).values(until=clock.now() - timedelta(seconds=1)))
        assert hers.get(f"{page}/list.csv").status_code == 404
    jobs.tidy_long_files(worker_of(browser.app).workshop, {})
    with engines.reading() as own:
        assert own.scalar(select(func.count()).select_from(LongFilePiece)) == 0
        assert own.scalar(select(func.count()).select_from(LongFile)) == 0


def test_who_lost_the_right_is_given_nothing_and_nothing_is_made_for_them(
    asked, db, engines, browser, chloe
):
    ready, half = ask(engines, chloe, asked), ask(engines, chloe, asked._replace(view="now"))
    works.write(engines, ready)
    works.write(engines, half, turn=0, size=SMALL)
    path = f"{FILES}/{as_it_is(engines, ready).key}/list.csv"
    held = db.scalars(select(Grant).where(Grant.user_id == chloe.id, Grant.role == "registrar"))
    end_grant(db, held.one())
    db.commit()
    assert browser.as_(chloe).get(path).status_code == 403
    works.write(engines, half, size=SMALL)
    assert as_it_is(engines, half).state == STOPPED
    from app.identity.grants import grant

    grant(db, chloe.id, "registrar", make_institute(db).id)
    db.commit()
    with browser.as_(chloe) as at:
        refused = at.get(path)
        assert refused.status_code == 403
        assert "no longer see all the names" in text_of(refused)
        stopped = at.get(f"{FILES}/{as_it_is(engines, half).key}")
        assert "Your right to see names changed" in text_of(stopped)


def test_a_person_has_so_many_and_an_erased_one_has_none(asked, db, app, engines, browser, chloe):
    questions = [asked._replace(course=f"course-{number}") for number in range(MOST + 1)]
    files = [ask(engines, chloe, each) for each in questions[:MOST]]
    assert ask(engines, chloe, questions[0]) == files[0]
    with pytest.raises(TooManyFiles):
        ask(engines, chloe, questions[MOST])
    with browser.as_(chloe) as at:
        refused = at.post(f"{LIST}/files{questions[MOST].query()}")
        assert (refused.status_code, "You have 4 files already" in text_of(refused)) == (409, True)
        one = f"{FILES}/{as_it_is(engines, files[0]).key}"
        assert at.post(f"{one}/deletion").status_code == 303
        assert at.get(one).status_code == 404
        assert text_of(at.get(FILES)).count("asked for on") == MOST - 1
    works.write(engines, files[1])
    erase(db, db.get(User, chloe.id))
    db.commit()
    assert {as_it_is(engines, each).state for each in files} == {GONE}
    worker_of(app).run_until_idle()
    with engines.reading() as own:
        assert own.scalar(select(func.count()).select_from(LongFile)) == 0
        assert own.scalar(select(func.count()).select_from(LongFilePiece)) == 0


def test_its_page_says_when_nothing_is_written_and_a_long_list_offers_it(
    asked, app, engines, browser, chloe
):
    app.state.settings = app.state.settings.model_copy(update={"rows_at_once": 18})
    with browser.as_(chloe) as at:
        page = at.get(f"{LIST}{asked.query()}")
        assert "The list has more than 18 rows" in text_of(page)
        assert "list.csv" not in page.text
        assert "list.csv" in at.get(f"{LIST}{asked.query(measure='completed')}").text
        made = at.post(f"{LIST}/files{asked.query()}")
        with engines.writing() as own:
            silent = clock.now() - timedelta(minutes=4)
            own.execute(update(LongFile).values(written_at=silent))
        assert "Nothing was written since" in text_of(at.follow(made))
