"""Accounting: CPU seconds of a process and all its descendants, as the kernel counted them."""

import os
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


class Counted(NamedTuple):
    """What the kernel says of one process; `ticks` are its own and those of children it buried."""

    parent: int
    ticks: int


def cpu_of(root: int) -> float:
    """CPU seconds, user and system, of the process and everything below it, the dead included."""
    known = _processes()
    children: dict[int, list[int]] = defaultdict(list)
    for pid, counted in known.items():
        children[counted.parent].append(pid)
    waiting, ticks = [root], 0
    while waiting:
        pid = waiting.pop()
        ticks += known[pid].ticks if pid in known else 0
        waiting.extend(children[pid])
    return ticks / TICKS


def memory_of(root: int) -> int:
    """Bytes of memory that the process alone holds now."""
    return sum(parts_of_memory(root))


def parts_of_memory(root: int) -> tuple[int, int]:
    """Bytes that a process holds now for itself, and of files that it maps."""
    resident, mapped = map(int, (PROC / str(root) / "statm").read_text().split()[1:3])
    page = os.sysconf("SC_PAGE_SIZE")
    return (resident - mapped) * page, mapped * page


def _processes() -> dict[int, Counted]:
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found[int(folder.name)] = _counted(stat)
    return found


def _counted(stat: str) -> Counted:
    # The second field is a name in brackets that may hold spaces and brackets itself.
    fields = stat.rpartition(")")[2].split()
    return Counted(int(fields[1]), sum(int(field) for field in fields[11:15]))
