"""Zips: their members are counted by their marks, wherever these stand, before any list is read."""

import zipfile
from io import BytesIO

import pytest

from app.foundation.zips import ENTRY, PIECE, members_at_most


@pytest.mark.parametrize("before", [0, 1, PIECE - 3, PIECE - 1, PIECE, 2 * PIECE - 2])
def test_a_mark_counts_once_wherever_it_stands(before):
    stream = BytesIO(b"x" * before + ENTRY + b"x" + ENTRY)
    stream.read(5)
    assert members_at_most(stream) == 2
    assert stream.tell() == 0


def test_the_last_record_may_lie():
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(12):
            archive.writestr(f"{number}.txt", "x")
    lying = packed.getvalue()
    at = lying.rindex(b"PK\x05\x06")
    lying = lying[: at + 8] + b"\1\0\1\0" + lying[at + 12 :]
    with zipfile.ZipFile(BytesIO(lying)) as archive:
        assert len(archive.namelist()) == 12
    assert members_at_most(BytesIO(lying)) == 12
