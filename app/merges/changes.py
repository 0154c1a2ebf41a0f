"""Changes: each row that a merge changes, as it stood before and after, until the undoing is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, String, Table, and_, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Id, JsonType, Model, Ref, table_of
from app.foundation.rows import UNPACK, kind_of

Values = Mapping[str, Any]


class MergeChange(Model):
    """One row that a merge changed: its key since then, and the columns changed, before and after.

    A note's words may stand in it, so it is forgotten after thirty days and with an erased person.
    """

    __tablename__ = "merge_changes"

    id: Mapped[Id]
    merge_id: Mapped[Ref] = mapped_column(ForeignKey("merges.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(64))
    row_key: Mapped[dict[str, Any]] = mapped_column(JsonType)
    before: Mapped[dict[str, Any]] = mapped_column(JsonType)
    after: Mapped[dict[str, Any]] = mapped_column(JsonType)


class Change(NamedTuple):
    """A row to be changed: its table, its key as it stands, and columns with both values."""

    table: Table
    key: Values
    before: Values
    after: Values

    @property
    def key_after(self) -> Values:
        """The key by which the row is found once it is changed."""
        return {name: self.after.get(name, value) for name, value in self.key.items()}


_changes = MergeChange.__table__.c
_KEEP = insert(table_of(MergeChange))


def rows_where(db: Session, table: Table, *conditions: Any) -> list[Any]:
    """All columns of the rows that fulfil conditions, by their key, locked."""
    asked = select(table).where(*conditions).order_by(*table.primary_key)
    return list(db.execute(asked.with_for_update()).mappings())


def change_of(table: Table, row: Values, **after: Any) -> Change:
    """The change of a row to other values."""
    key = {column.name: row[column.name] for column in table.primary_key}
    return Change(table, key, {name: row[name] for name in after}, after)


def carry_out(db: Session, merge_id: int, changes: Sequence[Change]) -> None:
    """Change the rows, and keep what stood in them.

    Numbers of rounds change places, so all of them step aside first, below zero.
    """
    kept = [
        {
            "merge_id": merge_id,
            "table_name": each.table.name,
            "row_key": _plain(each.key_after),
            "before": _plain(each.before),
            "after": _plain(each.after),
        }
        for each in changes
    ]
    if kept:
        db.execute(_KEEP, kept)
    step_aside(db, [each for each in changes if "round" in each.after])
    for each in changes:
        db.execute(update(each.table).where(_is(each.table, each.key)).values(**each.after))


def step_aside(db: Session, changes: Iterable[Change]) -> None:
    """Give each of these rows a number of its own below zero."""
    for each in changes:
        number = {"round": -int(each.key["id"])}
        db.execute(update(each.table).where(_is(each.table, each.key)).values(**number))


def changes_of(db: Session, merge_id: int) -> list[Change]:
    """What a merge changed, as it would be changed back: `before` is what stands since the merge."""
    rows = db.execute(
        select(_changes.table_name, _changes.row_key, _changes.before, _changes.after)
        .where(_changes.merge_id == merge_id)
        .order_by(_changes.id.desc())
    )
    found = []
    for name, key, before, after in rows:
        table = Model.metadata.tables[name]
        found.append(Change(table, *(_typed(table, each) for each in (key, after, before))))
    return found


def standing(db: Session, change: Change) -> Values | None:
    """What stands now in the columns of a change, locked; none if the row is no longer there."""
    asked = select(*(change.table.c[name] for name in change.before))
    found = db.execute(asked.where(_is(change.table, change.key)).with_for_update())
    row = found.mappings().one_or_none()
    return dict(row) if row is not None else None


def change_back(db: Session, change: Change) -> None:
    """Put back what stood in a row before the merge."""
    back = update(change.table).where(_is(change.table, change.key))
    db.execute(back.values(**change.after))


def forget_changes(db: Session, merge_ids: Sequence[int]) -> None:
    """Forget what stood before; the merge cannot be undone from then on."""
    db.execute(delete(table_of(MergeChange)).where(_changes.merge_id.in_(merge_ids)))


def _is(table: Table, key: Values) -> Any:
    return and_(*(table.c[name] == value for name, value in key.items()))


def _plain(values: Values) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _typed(table: Table, values: Values) -> dict[str, Any]:
    return {
        name: UNPACK.get(kind_of(table.c[name]), _same)(value) if value is not None else None
        for name, value in values.items()
    }


def _same(value: Any) -> Any:
    return value
