"""The doctor finds each fault alone, says it in one line, and passes a sound server."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner

from app.credentials.fonts import fonts_by_script
from app.doctor import (
    FREE_BYTES,
    clock_faults,
    disk_faults,
    doctor,
    faults,
    font_faults,
    provider_faults,
)
from app.settings import Settings
from tests.makers.providers import issuing


def told(settings: Settings, **changed) -> list[str]:
    """Every fault but those of this machine's fonts, which no setting mends."""
    fonts = list(font_faults(fonts_by_script()))
    return [each for each in faults(settings.model_copy(update=changed)) if each not in fonts]


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_sound_server_is_well(settings, app):
    assert told(settings) == []


def test_the_command_says_a_fault_a_line_and_fails(settings, tmp_path, closed_port):
    (tmp_path / "file").write_text("")
    broken = settings.model_copy(
        update={"storage": tmp_path / "file", "mail": f"smtp://127.0.0.1:{closed_port}"}
    )
    result = CliRunner().invoke(doctor, obj=broken)
    assert result.exit_code == 1
    found = result.output.splitlines()
    assert [line.split()[1] for line in found[:2]] == ["storage", "mail"]
    assert found == list(faults(broken))


def test_a_silent_database_is_a_fault(settings, closed_port):
    (fault,) = told(settings, database_url=f"postgresql://nobody:secret@127.0.0.1:{closed_port}/x")
    assert fault.startswith("the database does not answer: ")
    assert "secret" not in fault


def test_a_database_file_that_cannot_be_made_is_a_fault(settings, tmp_path):
    (fault,) = told(settings, database_url=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder'}")
    assert fault.startswith("the database does not answer: unable to open")


def test_an_empty_database_is_a_fault(settings, tmp_path):
    (fault,) = told(settings, database_url=f"sqlite:///{tmp_path / 'empty'}")
    assert fault == "the database is not migrated: it is at None, run: capacita migrate"


def test_a_storage_that_cannot_be_written_is_a_fault(settings, tmp_path):
    (tmp_path / "file").write_text("")
    (fault,) = told(settings, storage=tmp_path / "file")
    assert fault == f"the storage cannot be written: {tmp_path / 'file'}: File exists"


def test_a_silent_mail_server_is_a_fault(settings, closed_port):
    (fault,) = told(settings, mail=f"smtp://user:secret@127.0.0.1:{closed_port}")
    assert "the mail server 127.0.0.1 cannot be used" in fault
    assert "CAPACITA_MAIL" in fault
    assert "secret" not in fault


class Strict:
    """Knows one password, and hears no one without it."""

    def __call__(self, _server, _session, _envelope, _mechanism, given) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)


@pytest.fixture
def mail_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        object(),
        hostname="127.0.0.1",
        port=port,
        authenticator=Strict(),
        auth_require_tls=False,
    )
    controller.start()
    yield port
    controller.stop()


def test_a_mail_server_that_answers_is_well(settings, app, mail_port):
    assert told(settings, mail=f"smtp://127.0.0.1:{mail_port}") == []
    assert told(settings, mail=f"smtp://user:right@127.0.0.1:{mail_port}") == []


def test_a_wrong_mail_password_is_a_fault(settings, mail_port):
    (fault,) = told(settings, mail=f"smtp://user:wrong@127.0.0.1:{mail_port}")
    assert "it says 535" in fault


def test_clocks_more_than_a_minute_apart_are_a_fault():
    ours = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert list(clock_faults(ours + timedelta(seconds=60), ours)) == []
    (fault,) = clock_faults(ours - timedelta(seconds=61), ours)
    assert fault == "the clock and the database's are 61 s apart: set the time"


def test_a_full_disk_is_a_fault(tmp_path):
    assert list(disk_faults(tmp_path, FREE_BYTES)) == []
    (fault,) = disk_faults(tmp_path, 10**18)
    assert fault.endswith(f"MB are free in {tmp_path}: make room, or move the storage")


def test_a_script_that_cannot_be_printed_is_a_fault():
    found = list(font_faults({"Latin": True, "Chinese": False, "Arabic": False}))
    assert [each.split()[5] for each in found] == ["Chinese", "Arabic"]
    assert found[0].endswith("install fonts-noto-cjk")


def test_a_provider_that_does_not_answer_as_itself_is_a_fault():
    with issuing() as issuer:
        assert not list(provider_faults((issuer.provider(),)))
        issuer.metadata["issuer"] = "https://login.elsewhere.example"
        (fault,) = provider_faults((issuer.provider(),))
    assert f"[interior] does not answer as {issuer.address}" in fault
