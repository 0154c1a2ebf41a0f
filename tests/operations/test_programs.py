"""The programs in bin: they parse, can be run, stand on one environment, and name no address."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from app.settings import ROOT

SOURCED = ROOT / "bin" / "environment.sh"
PYTHON = ROOT / "bin" / "worldmap"  # run by hand where a map is to be drawn anew
PROGRAMS = sorted({*(ROOT / "bin").iterdir(), ROOT / ".ci" / "run"} - {SOURCED, PYTHON})


@pytest.mark.parametrize("program", [*PROGRAMS, SOURCED], ids=lambda path: path.name)
def test_a_program_parses_and_names_no_address_or_place(program: Path):
    subprocess.run(["bash", "-n", program], check=True)
    found = re.findall(r"https?://[\w.-]+|/(?:home|root|work)/\S*", program.read_text())
    assert {address for address in found if "127.0.0.1" not in address} == set()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_can_be_run_and_stops_at_the_first_fault(program: Path):
    assert os.access(program, os.X_OK)
    assert program.read_text().splitlines()[0] == "#!/usr/bin/env bash"
    assert "\nset -euo pipefail\n" in program.read_text()


def test_the_program_that_draws_the_map_parses():
    assert os.access(PYTHON, os.X_OK)
    assert PYTHON.read_text().startswith("#!/usr/bin/env python3\n")
    compile(PYTHON.read_text(), PYTHON.name, "exec")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_address(name: str):
    text = (ROOT / name).read_text()
    assert "://" not in text
    packages = re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(packages) > 30
    assert all("==" in each and "--hash=sha256:" in each for each in packages)


def test_whatever_serves_is_locked_alike_for_tests():
    def versions(name: str) -> set[str]:
        return set(
            re.findall(r"^([a-z][^ \\;]*==[^ \\;]*)", (ROOT / name).read_text(), re.MULTILINE)
        )

    assert versions("requirements.lock") < versions("requirements-dev.lock")
