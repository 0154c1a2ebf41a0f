"""Exports: whatever a cell holds, the file says it, and no spreadsheet runs it, on both databases."""

import csv
import io

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, Select, cast, literal, select, union_all

from app.statistics.exports import RUNS, Step, Steps, blocks, defused

ODD = st.text(st.one_of(st.sampled_from([*RUNS, *'",;%:\\\n\'']), st.characters(
    exclude_categories=["Cs"], exclude_characters="\0")), max_size=8)  # fmt: skip
ROWS = st.lists(
    st.tuples(ODD, st.one_of(st.none(), st.integers(-9, 9)), ODD), min_size=1, max_size=6
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


@given(told=ROWS)
@example(told=[("=1", -1, "100%%"), ("\\.", None, ""), ("a,=b", 0, '"-1"')])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_says_every_cell_and_runs_none(engines, told):
    each = [
        select(
            literal(number).label("at"),
            literal(first).label("first"),
            cast(count, Integer).label("count"),
            literal(last).label("last"),
        )
        for number, (first, count, last) in enumerate(told)
    ]
    rows = (each[0] if len(each) == 1 else union_all(*each)).subquery().c
    cells = rows.first, rows.count, rows.last
    asked = select(*cells).order_by(rows.at)
    place = rows.at, (rows.at + 1).label("next")

    def behind(keys, *columns) -> Select:
        after = -1 if keys is None else int(keys[0])
        return select(*place, *columns).where(rows.at > after).order_by(rows.at)

    steps = Steps(
        lambda keys: Step(behind(keys, *cells).limit(2), 2, behind(keys).offset(1).limit(1)),
        width=2,
    )
    with engines.stream.connect() as connection:
        whole = b"".join(block.content for block in blocks(connection, asked))
        parts = list(blocks(connection, steps, 1, tells=True))
        silent = b"".join(block.content for block in blocks(connection, steps))
    wanted = [
        [str(defused(first)), "" if count is None else str(count), str(defused(last))]
        for first, count, last in told
    ]
    assert read(whole) == wanted
    assert b"".join(part.content for part in parts) == whole == silent
    assert [part.keys for part in parts] == [(f"{at}", f"{at + 1}") for at in range(len(told))]
    assert sum(part.rows for part in parts) == len(told)
