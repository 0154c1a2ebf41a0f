"""Scanning: a real clamd looks at every file before anything of it is kept, or none is taken."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from app.doctor import faults
from app.foundation.scanners import HarmFound, ScannerAway, is_awake, refuse_harm
from app.studio.drafts import files_of
from app.studio.exchanging.parcels import Parcel
from tests.browser import text_of
from tests.makers import pictures
from tests.makers.drafts import make_draft
from tests.makers.uploads import form_with

# The test string that all scanners know, in two halves, so that none stops at this file.
HARM = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Capacita.Test:0:*:{HARM.hex()}\n"
FILES = "/en/studio/first-course/files"
TRANSLATIONS = "/en/studio/first-course/languages/fr/files"
STARTS = 20  # seconds

# No rule here asks the database for anything of its own.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def clamd() -> Iterator[str]:
    """The socket of a scanner that knows one signature, run by somebody without rights."""
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(SIGNATURE)
    address = folder / "clamd.ctl"
    rules = (
        f"LocalSocket {address}\nDatabaseDirectory {folder / 'signatures'}\nStreamMaxLength 1M\n"
    )
    (folder / "clamd.conf").write_text(rules)
    who = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    if who:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, **who)
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "clamav-daemon is not installed; bin/test installs it"
    command = [program, "--foreground", f"--config-file={folder / 'clamd.conf'}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder, **who) as running:
        ends = time.monotonic() + STARTS
        while not is_awake(str(address)):
            assert running.poll() is None, "clamd did not start"
            assert time.monotonic() < ends, "clamd does not answer"
            time.sleep(0.05)
        yield str(address)
        running.terminate()
    shutil.rmtree(folder)


@pytest.fixture
def settings(settings, request):
    address = request.getfixturevalue("clamd") if "clamd" in request.fixturenames else "/nowhere"
    return settings.model_copy(update={"clamd": address})


def test_a_harmful_file_is_refused_by_name_and_clean_ones_are_taken(clamd, browser, db, bilal):
    draft = make_draft(db, bilal)
    own = browser.as_(bilal)
    sent = [("files", "harm.txt", HARM), ("files", "b.svg", pictures.SVG)]
    answer = own.post(FILES, **form_with(*sent))
    said = text_of(answer)
    assert answer.status_code == 422
    assert "The scanner found harmful software in this file: Capacita.Test" in said
    assert "Added b.svg" in said
    assert [path for path in files_of(db, draft).files if "media/" in path] == ["media/b.svg"]


def test_a_scanner_that_is_away_lets_nothing_through(browser, db, bilal, settings):
    draft = make_draft(db, bilal)
    answer = browser.as_(bilal).post(FILES, **form_with(("files", "b.svg", pictures.SVG)))
    assert answer.status_code == 503
    assert "Files cannot be scanned for harmful software now" in text_of(answer)
    assert "media/b.svg" not in files_of(db, draft).files
    assert any("clamd does not answer at /nowhere" in fault for fault in faults(settings))


def test_a_harmful_file_of_translations_is_refused_in_words(clamd, browser, db, bilal, found):
    make_draft(db, bilal)
    answer = browser.as_(bilal).post(TRANSLATIONS, **form_with(("file", "fr.po", HARM)))
    assert answer.status_code == 422
    assert "The scanner found harmful software in this file: Capacita.Test" in text_of(answer)
    assert not found(select(Parcel.hash))


def test_no_translations_are_taken_while_the_scanner_is_away(browser, db, bilal, found):
    make_draft(db, bilal)
    answer = browser.as_(bilal).post(TRANSLATIONS, **form_with(("file", "fr.po", b'msgid ""')))
    assert answer.status_code == 503
    assert "Files cannot be scanned for harmful software now" in text_of(answer)
    assert not found(select(Parcel.hash))


def test_what_the_scanner_will_not_read_is_not_let_through(clamd, database_url):
    stream = BytesIO(b"x" * 3_000_000)
    with pytest.raises(ScannerAway):
        refuse_harm(clamd, stream)
    refuse_harm(clamd, BytesIO(b"clean"))
    with pytest.raises(HarmFound) as found:
        refuse_harm(clamd, BytesIO(b"before" + HARM))
    assert str(found.value).startswith("Capacita.Test")


@pytest.mark.parametrize(
    "answer", [b"", b"stream: \0", b"PONG\0", b"stream: no such command ERROR\0"]
)
def test_only_a_clear_answer_counts(answer, database_url):
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        server.settimeout(5)

        def reply() -> None:
            line, _from = server.accept()
            with line:
                line.recv(4096)
                line.sendall(answer)

        thread = Thread(target=reply)
        thread.start()
        with pytest.raises(ScannerAway):
            refuse_harm(f"{host}:{port}", BytesIO(b"x"))
        thread.join()
