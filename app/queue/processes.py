"""Processes: long work in a process of its own, which gives way to everybody else."""

import contextlib
import os
import subprocess
import sys

from app.settings import ROOT, Settings, variable_of

# As far as a process may step back without leaving its work undone.
NICE = 10


def run_apart(settings: Settings, *words: str) -> None:
    """Run a command of our own to its end, so that it never shares Python's lock with pages.

    Raises RuntimeError where it ended badly.
    """
    done = subprocess.run(  # noqa: S603 - our own command, and a number
        [sys.executable, "-m", "app", *words],
        env=os.environ | own_environment(settings), cwd=ROOT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the work on {' '.join(words)} ended with {done.returncode}")


def own_environment(settings: Settings) -> dict[str, str]:
    """The settings as a process of the same server reads them, but for what a file of its own says."""
    told = settings.model_dump(exclude={"providers"})
    return {
        variable_of(name): ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in told.items()
    }


def give_way() -> None:
    """Let the rest of the machine go first, where the system knows how."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
