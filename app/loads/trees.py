"""Trees: the rows of a file and what stands already as one, in which each row finds its place."""

from collections.abc import Callable, Container, Sequence
from datetime import date, datetime, timedelta

from app.foundation import clock
from app.loads.circles import Circle, Span, circle_of, put
from app.loads.columns import Told
from app.loads.faults import Fault
from app.loads.surroundings import Known, Surroundings

PATH_SHOWN = 6


class Tree:
    """The rows of a file and what stands already, as one tree in which each row finds its place."""

    def __init__(self, around: Surroundings, rows: Sequence[Told], known: dict[str, Known]) -> None:
        self.around = around
        self.known = known
        self.keys = {each.id: key for key, each in known.items()}
        self.rows: dict[str, Told] = {}
        self.faults: dict[int, list[Fault]] = {row.number: list(row.faults) for row in rows}
        self.root = next(
            key for key, each in known.items() if each.id == around.load.institution_id
        )
        for row in rows:
            key = row.values.get("code")
            if key is None:
                continue
            if key in self.rows:
                first = {"line": self.rows[key].number}
                self.faults[row.number].append(Fault("code", "twice", first))
            else:
                self.rows[key] = row
        self.settled: dict[str, bool] = {}

    def parent_of(self, key: str) -> str | None:
        """The code above one: as its row says, else as it stands, else the load's institution."""
        row, unit = self.rows.get(key), self.known.get(key)
        if key == self.root:
            return self.keys.get(unit.parent_id or 0) if unit else None
        if row is not None and "parent" in row.values:
            parent: str = row.values["parent"]
            return parent
        if unit is not None:
            return self.keys.get(unit.parent_id or 0)
        return self.root

    def check(self, spans_since: Callable[[datetime], dict[str, list[Span]]]) -> None:
        """Find what is wrong with each row by itself, then with its place in the tree.

        `spans_since` tells under what all stands from a moment on, with moves that are still to come.
        """
        for key, row in self.rows.items():
            if not self.faults[row.number]:
                self.faults[row.number] += _own_faults(self.around, key, row, self.known.get(key))
        moves = self._moves()
        if moves:
            self._refuse_circles(moves, spans_since(min(moves.values())))
        for key in self.rows:
            self._is_sound(key)

    def _moves(self) -> dict[str, datetime]:
        """What stands already and is put elsewhere, with the moment: only that can close a circle."""
        moves: dict[str, datetime] = {}
        for key, row in self.rows.items():
            unit, moment = self.known.get(key), moment_of(self.around, row)
            if unit is None or self.faults[row.number] or moment < unit.valid_from:
                continue
            if self.parent_of(key) != self.keys.get(unit.parent_id or 0):
                moves[key] = moment
        return moves

    def _refuse_circles(self, moves: dict[str, datetime], spans: dict[str, list[Span]]) -> None:
        for key, row in self.rows.items():
            if key in moves or (key not in self.known and not self.faults[row.number]):
                put(spans, key, self.parent_of(key), moment_of(self.around, row))
        for key, moment in moves.items():
            circle = circle_of(spans, key, moment)
            if circle is not None:
                self._refuse(circle, moves)

    def _refuse(self, circle: Circle, moves: Container[str]) -> None:
        *keys, _again = circle.path
        if circle.until is None:
            self._refuse_cycle(keys)
            return
        zone = self.around.time_zone
        since, until = (clock.day_in(each, zone) for each in (circle.since, circle.until))
        values = {"since": since.isoformat(), "until": until.isoformat(), "path": _way(keys)}
        for key in keys:
            row, is_part = self.rows.get(key), key in moves or key not in self.known
            if row is not None and is_part and not self.faults[row.number]:
                self.faults[row.number].append(Fault("parent", "cycle-then", values))

    def _is_sound(self, key: str) -> bool:
        """Whether a row stands on sound ground up to the load's institution; asked once a row."""
        path: list[str] = []
        at: str | None = key
        while at not in {None, self.root} and at not in self.settled and self._is_there(at):
            if at in path:
                self._refuse_cycle(path[path.index(at) :])
                break
            path.append(at)
            at = self.parent_of(at)
        for each in reversed(path):
            if each not in self.settled:
                self._settle(each)
        return self.settled.get(key, True)

    def _is_there(self, key: str) -> bool:
        return key in self.rows or key in self.known

    def _settle(self, key: str) -> None:
        row, parent = self.rows.get(key), self.parent_of(key)
        if row is None:  # it stands already, on ground that no row of the file moves under itself
            self.settled[key] = True
            return
        faults = self.faults[row.number]
        if not faults:
            faults += self._place_faults(row, parent)
        self.settled[key] = not faults

    def _place_faults(self, row: Told, parent: str | None) -> list[Fault]:
        """What is wrong with where a row is put."""
        above = self.rows.get(parent or "")
        if above is not None and self.faults[above.number]:
            return [Fault("parent", "parent-refused", {"line": above.number})]
        unit = self.known.get(parent or "")
        if above is None and (unit is None or unit.id not in self.around.scope):
            return [Fault("parent", "parent-unknown", {"value": parent or ""})]
        if above is None and unit is not None and unit.ending is not None:
            return [Fault("parent", "unit-over", {"value": parent})]
        begins = unit.founded if unit is not None else moment_of(self.around, above)
        own = self.known.get(row.values["code"])
        stays = own is not None and self.keys.get(own.parent_id or 0) == parent
        if not stays and begins > moment_of(self.around, row):
            return [Fault("from", "before-parent", {"day": day_from(self.around, begins)})]
        return []

    def _refuse_cycle(self, keys: list[str]) -> None:
        for key in keys:
            self.settled[key] = False
            faults = self.faults[self.rows[key].number] if key in self.rows else None
            if faults is not None and all(each.code != "cycle" for each in faults):
                faults.append(Fault("parent", "cycle", {"path": _way(keys)}))


def _way(keys: Sequence[str]) -> str:
    """The codes of a circle as one line, cut where it is long."""
    return " → ".join([*keys[:PATH_SHOWN], *(["…"] if len(keys) > PATH_SHOWN else []), keys[0]])


def moment_of(around: Surroundings, row: Told | None) -> datetime:
    """From when a row holds; from when the file came, if it says no day or the one of that."""
    brought_at = around.load.brought_at
    if row is None or "from" not in row.values:
        return brought_at
    day = date.fromisoformat(row.values["from"])
    return (
        brought_at
        if day == clock.day_in(brought_at, around.time_zone)
        else clock.start_of(day, around.time_zone)
    )


def day_from(around: Surroundings, moment: datetime) -> str:
    """The first day on which a row may say that it holds, if it must not before a moment."""
    day = clock.day_in(moment, around.time_zone)
    is_in_time = clock.start_of(day, around.time_zone) >= moment or day == clock.day_in(
        around.load.brought_at, around.time_zone
    )
    return (day if is_in_time else day + timedelta(days=1)).isoformat()


def _own_faults(around: Surroundings, key: str, row: Told, unit: Known | None) -> list[Fault]:
    """What is wrong with a row wherever it is put."""
    country, place = row.values.get("country"), row.values.get("place", "")
    if country and place and not place.startswith(f"{country}-"):
        return [Fault("place", "place-elsewhere", {})]
    if unit is None:
        return []
    if unit.id not in around.scope:
        return [Fault("code", "unit-elsewhere", {"value": key})]
    if unit.ending is not None:
        return [Fault("code", "unit-over", {"value": key})]
    if unit.kind != row.values["kind"]:
        return [Fault("kind", "kind-stays", {"value": unit.kind})]
    return []
