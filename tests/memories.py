"""Memories: folders for files that no disk has to keep, as long as the machine has room for them."""

import os
import shutil
from pathlib import Path

SHARED = Path("/dev/shm")


def in_memory(room: int) -> str | None:
    """Where temporary files of up to so many bytes stay in memory; None: no such place here."""
    if not os.access(SHARED, os.W_OK) or shutil.disk_usage(SHARED).free < room:
        return None
    return str(SHARED)
