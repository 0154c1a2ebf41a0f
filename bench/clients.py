"""Clients: browsers that keep their connections and ask as fast as they are answered.

They are wrk's, which is a process of its own that is not counted and costs next to nothing.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("requests.lua")
MILLISECOND = 1_000  # wrk counts microseconds
SECOND = 1_000_000


class Outcome(NamedTuple):
    """What came of a burst: answers, how many of them failed, and milliseconds to the last byte."""

    answers: int
    failed: int
    seconds: float
    bytes: int
    p50: float
    p95: float
    p99: float


def burst(port: int, requests: Sequence[bytes], connections: int, seconds: int) -> Outcome:
    """Send the requests by turns over so many connections, for so many seconds."""
    with tempfile.NamedTemporaryFile(prefix="bench-requests-") as file:
        file.write(b"\0".join(requests))
        file.flush()
        done = subprocess.run(
            [
                "wrk",
                "--threads=1",
                f"--connections={connections}",
                f"--duration={seconds}s",
                f"--script={SCRIPT}",
                f"http://127.0.0.1:{port}",
                "--",
                file.name,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))
    answers, failed, duration, size, *times = (float(each) for each in line.split()[1:])
    p50, p95, p99 = (round(each / MILLISECOND, 3) for each in times)
    return Outcome(int(answers), int(failed), duration / SECOND, int(size), p50, p95, p99)
