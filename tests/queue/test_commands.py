"""The queue's commands: work it off, look at it, try again what was given up."""

import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from app.__main__ import main
from app.queue.jobs import MOST_ATTEMPTS, Job, later
from app.queue.mails import mail_later
from app.settings import ROOT

ALONE = """
import app.loads.commands, app.statistics.commands
from app.foundation.database import Model
print(len([key.column for table in Model.metadata.tables.values() for key in table.foreign_keys]))
"""


@pytest.fixture
def environment(database_url, tmp_path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "CAPACITA_STORAGE": str(tmp_path)}


@pytest.fixture
def capacita(environment):
    """Runs `capacita …` on the test's database; answers what it printed and whether it worked."""
    return lambda *words: CliRunner().invoke(main, words, env=environment)


def test_a_worker_of_its_own_works_off_what_is_due(capacita, db, tmp_path):
    values = {"name": "Awa", "token": "t0ken"}
    mail_later(db, "reset", to="awa@example.org", language="en", **values)
    db.commit()
    answer = capacita("worker", "--until-idle")
    assert answer.exit_code == 0, answer.output
    assert "1 jobs run." in answer.output
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert "done 1" in capacita("jobs", "list").output


def test_a_worker_process_ends_on_a_signal_after_its_work(environment, db, tmp_path):
    mail_later(db, "reset", to="awa@example.org", language="en", name="Awa", token="t0ken")
    db.commit()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "worker"],
        cwd=ROOT,
        env={"PATH": "", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    end = time.monotonic() + 60
    while not list(tmp_path.glob("mail/*.eml")) and time.monotonic() < end:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _out, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert len(list(tmp_path.glob("mail/*.eml"))) == 1


def test_what_was_given_up_is_listed_with_its_reason_and_tried_again(capacita, db):
    later(db, "greet", {"to": "awa"})
    db.execute(update(Job).values(attempts=MOST_ATTEMPTS, last_error="no such mailbox"))
    number = db.scalars(select(Job.id)).one()
    db.commit()
    listed = capacita("jobs", "list").output
    assert "given up 1" in listed
    assert f"{number}\tgreet\tno such mailbox" in listed

    assert capacita("jobs", "retry", str(number)).output == f"Job {number} is due again.\n"
    assert "given up 0" in capacita("jobs", "list").output
    again = capacita("jobs", "retry", str(number))
    assert again.exit_code == 1
    assert f"No job {number} was given up" in again.output


def test_a_process_for_long_work_knows_each_table_that_its_own_ones_point_to():
    command = [sys.executable, "-c", ALONE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, env={"PATH": ""})
    assert int(done.stdout) > 20
