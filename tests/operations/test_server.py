"""The server: several processes, one address; ready when prepared, clear when the port is taken."""

import re
import shutil
import socket

import httpx
import pytest
from click import ClickException
from click.testing import CliRunner

from app.__main__ import main
from app.queue.jobs import later
from app.server import listen, migrate_database, show_demo
from app.settings import ROOT, Settings
from tests.operations.running import Server, free_port

CREDENTIALS = re.compile(r"^  (\w+): (\S+@\S+)  (\S{16})$", re.MULTILINE)


def test_two_processes_serve_count_together_and_stop(settings, engines, tmp_path_factory):
    with engines.writing() as db:
        later(db, "some-kind", {})
    metrics = f"127.0.0.1:{free_port()}"
    server = Server(
        tmp_path_factory.mktemp("server"), "--workers", "2",
        DATABASE_URL=settings.database_url, CAPACITA_METRICS=metrics,
    )  # fmt: skip
    with server:
        for _ in range(20):
            # A new connection each time, so that both processes get some.
            assert httpx.get(f"{server.address}/en/?email=awa@example.org").status_code == 200
        scraped = httpx.get(f"http://{metrics}/metrics").text
        assert httpx.get(f"{server.address}/metrics", follow_redirects=True).status_code == 404
    counted = 'capacita_requests_total{method="GET",route="show_catalogue",status="200"} 20.0'
    assert counted in scraped
    assert "capacita_jobs_waiting 1.0" in scraped
    assert "awa@" not in scraped
    assert "awa@" not in server.logged.read_text()
    events = [line["event"].split(" [")[0] for line in server.log()]
    assert events.count("Started server process") == 2
    assert [line.get("route") for line in server.log()].count("show_catalogue") == 20
    assert events[-1] == "Stopping parent process"
    assert "capacita_jobs" not in str(server.log())


def test_a_prepared_start_makes_demo_people_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'new' / 'capacita.sqlite3'}"
    courses = tmp_path / "courses"
    for part in ("recommendations", "human-factor"):
        shutil.copytree(ROOT / "courses" / part, courses / part)
    shutil.copy(ROOT / "courses" / "institutions.yaml", courses)
    environment = {"DATABASE_URL": url, "CAPACITA_COURSES": str(courses)}
    with Server(tmp_path, "--prepare", **environment) as server:
        ready = httpx.get(f"{server.address}/health/ready")
        said = server.said.read_text()
        signed_in = [sign_in(server, email, password) for _, email, password in people(said)]
    assert ready.status_code == 200
    assert [label for label, _, _ in people(said)] == ["Learner", "Administrator"]
    assert signed_in == [303, 303]
    assert "version 1, published" in said
    assert said.endswith(f"Capacita is served on {server.address} (stop it with Ctrl+C).\n")
    assert all(password not in server.logged.read_text() for _, _, password in people(said))
    with Server(tmp_path, "--prepare", **environment) as again:
        said_again = again.said.read_text()
    assert people(said_again) == []
    assert "version 1, unchanged" in said_again


def people(said: str) -> list[tuple[str, str, str]]:
    return CREDENTIALS.findall(said)


def sign_in(server: Server, email: str, password: str) -> int:
    """As a browser would; the server's own address counts as the origin."""
    return httpx.post(
        f"{server.address}/en/sign-in",
        data={"email": email, "password": password},
        headers={"Origin": server.address, "Sec-Fetch-Site": "same-origin"},
    ).status_code


@pytest.mark.parametrize(
    "changed",
    [{"host": "0.0.0.0"}, {"host": "192.0.2.1"}, {"database_url": "postgresql://db/capacita"}],
)
def test_demo_people_are_made_only_where_nobody_else_reaches_them(tmp_path, capsys, changed):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}", storage=tmp_path)
    migrate_database(settings)
    show_demo(settings.model_copy(update=changed))
    assert capsys.readouterr().out == ""
    show_demo(settings)
    assert len(people(capsys.readouterr().out)) == 2


def test_a_taken_port_is_said_in_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner(env={"CAPACITA_PORT": str(port)}).invoke(main, ["serve"])
    assert result.exit_code == 1
    assert result.output == (
        f"Error: Port {port} on 127.0.0.1 is taken; stop what listens there, "
        "or choose another with --port.\n"
    )


def test_an_address_of_another_machine_is_said_in_words():
    with pytest.raises(ClickException, match="no address of this machine"):
        listen("192.0.2.1", 8000)


def test_migrating_twice_changes_nothing(tmp_path):
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'a' / 'b.sqlite3'}",
        "CAPACITA_STORAGE": str(tmp_path / "storage"),
    }
    first = CliRunner(env=environment).invoke(main, ["migrate"])
    second = CliRunner(env=environment).invoke(main, ["migrate"])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert second.output == first.output.replace(".\n", " already.\n")
    assert (tmp_path / "storage").stat().st_mode & 0o777 == 0o700


def test_a_database_that_is_away_is_said_in_words(tmp_path):
    environment = {
        "DATABASE_URL": f"postgresql://someone:hunter2@127.0.0.1:{free_port()}/x",
        "CAPACITA_STORAGE": str(tmp_path / "storage"),
    }
    result = CliRunner(env=environment).invoke(main, ["migrate"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database cannot be migrated: ")
    assert "hunter2" not in result.output
