"""Parquet: what is written is read back by a reader of its own, and stays the same bytes."""

import hashlib
import struct

from app.statistics.cubes.parquets import Column, parquet_of

COLUMNS = [
    Column("course", "word", ["first-aid", "Ünïcode العربية", None, ""]),
    Column("enrolled", "whole", [5, None, None, 10**12]),
    Column("hours", "number", [None, 1.5, 0.0, 2.25]),
]
# pyarrow 26.0.1 has read the file of this digest, with the same values, types and pairs.
KNOWN = "cf996191dbe340e302ed8d5fe85c8694db028dcbe4f87ed6266e8426767c1630"


def test_a_file_is_the_one_that_another_program_has_read():
    made = parquet_of(COLUMNS, {"as_of": "2026-11-26", "Enrolled": "Enrolments opened."})
    assert hashlib.sha256(made).hexdigest() == KNOWN


def test_what_is_written_is_read_back():
    columns = [*COLUMNS, *(Column(f"c{at}", "whole", [at, 1, 2, None]) for at in range(20))]
    made = parquet_of(columns, {"as_of": "2026-11-26"})
    assert columns_in(made) == {each.name: each.values for each in columns}
    assert columns_in(parquet_of([Column("c", "word", [])], {})) == {"c": []}


def columns_in(made):
    """Each column's values, as the footer says where they are."""
    assert made[:4] == made[-4:] == b"PAR1"
    [size] = struct.unpack("<I", made[-8:-4])
    about, end = struct_at(made, len(made) - 8 - size)
    assert end == len(made) - 8
    found = {}
    for chunk in about[4][0][1]:
        told = chunk[3]
        assert len(told[3]) == 1
        found[told[3][0].decode()] = values_at(made, told[9], told[1])
    assert len(about[2]) == 1 + len(found) == 1 + about[2][0][5]
    return found


def values_at(made, at, kind):
    head, at = struct_at(made, at)
    count = head[5][1]
    [levels] = struct.unpack_from("<I", made, at)
    there, end = [], at + 4 + levels
    at += 4
    while at < end:
        run, at = number_at(made, at)
        there += [made[at]] * (run >> 1)
        at += 1
    assert len(there) == count
    found = []
    for is_there in there:
        if not is_there:
            found.append(None)
        elif kind == 6:
            [size] = struct.unpack_from("<I", made, at)
            found.append(made[at + 4 : at + 4 + size].decode())
            at += 4 + size
        else:
            found += struct.unpack_from("<q" if kind == 2 else "<d", made, at)
            at += 8
    return found


def struct_at(made, at):
    """A struct of the compact protocol as a dictionary by the numbers of its fields."""
    found, last = {}, 0
    while made[at]:
        last += made[at] >> 4
        found[last], at = value_at(made, at + 1, made[at] & 15)
    return found, at + 1


def value_at(made, at, kind):
    if kind in {5, 6}:
        number, at = number_at(made, at)
        return number >> 1, at
    if kind == 8:
        size, at = number_at(made, at)
        return made[at : at + size], at + size
    if kind == 12:
        return struct_at(made, at)
    assert kind == 9
    size, inner, at = made[at] >> 4, made[at] & 15, at + 1
    if size == 15:
        size, at = number_at(made, at)
    found = []
    for _ in range(size):
        each, at = value_at(made, at, inner)
        found.append(each)
    return found, at


def number_at(made, at):
    number = shift = 0
    while made[at] & 0x80:
        number |= (made[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return number | made[at] << shift, at + 1
