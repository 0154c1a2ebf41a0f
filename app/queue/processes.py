"""Processes: long work in a process of its own, which gives way to everybody else."""

import contextlib
import os
import signal
import subprocess
import sys

from app.settings import ROOT, Settings, variable_of

NICE = 19  # as far as a process may step back

running: set[subprocess.Popen[bytes]] = set()


class BrokenOff(Exception):
    """The process was told to end before its work was done; nothing was wrong with that."""


def run_apart(settings: Settings, *words: str) -> None:
    """Run a command of our own to its end, so that it never shares Python's lock with pages.

    It stays in the server's session, since Linux shares time by sessions first, and is a group of
    its own, so that a terminal's interrupt reaches the server alone. Raises BrokenOff where it was
    told to end, as `end_apart` does, and RuntimeError where it ended badly.
    """
    command = [sys.executable, "-m", "app", *words]
    with subprocess.Popen(  # noqa: S603 - our own command, and a number
        command, env=os.environ | own_environment(settings), cwd=ROOT, process_group=0
    ) as child:
        running.add(child)
        try:
            ended = child.wait()
        finally:
            running.discard(child)
    if ended == -signal.SIGTERM:
        raise BrokenOff
    if ended:
        raise RuntimeError(f"the work on {' '.join(words)} ended with {ended}")


def end_apart() -> None:
    """Ask what runs apart to end; whoever takes its job next goes on where it stood."""
    for child in [*running]:
        child.terminate()


def own_environment(settings: Settings) -> dict[str, str]:
    """The settings as a process of the same server reads them, but for what a file of its own says."""
    told = settings.model_dump(exclude={"providers"})
    return {
        variable_of(name): ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in told.items()
    }


def give_way() -> None:
    """Let the rest of the machine go first, where the system knows how.

    An idle process (sched(7)) is put aside the moment that another one of its session wakes; a nice
    one is let run for some milliseconds more, which whoever opens a page waits out.
    """
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
