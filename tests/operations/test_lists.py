"""Many values asked for at once: as one value of the statement, and by an index."""

import pytest
from sqlalchemy import or_, select, text
from sqlalchemy.dialects import sqlite

from app.foundation.lists import among_numbers, among_texts
from app.identity.users import User


def test_a_list_finds_the_rows_that_are_in_it(db, awa, bilal, chloe):
    either = among_texts(User.email_folded, "mails"), among_numbers(User.id, "ids")
    asked = {"mails": [awa.email_folded, "nobody@example.org"], "ids": [chloe.id]}
    found = db.scalars(select(User.id).where(or_(*either)), asked)
    assert set(found) == {awa.id, chloe.id}
    assert bilal.id in set(db.scalars(select(User.id).where(~either[0]), asked))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_looks_a_list_up_in_an_index(db):
    either = among_texts(User.email_folded, "mails"), among_numbers(User.id, "ids")
    asked = select(User.id).where(or_(*either)).compile(dialect=sqlite.dialect(paramstyle="named"))
    plan = db.execute(text(f"EXPLAIN QUERY PLAN {asked}"), {"mails": "[]", "ids": "[]"})
    told = [row[3] for row in plan]
    assert not [each for each in told if each.startswith("SCAN users")]
