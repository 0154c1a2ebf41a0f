"""Messages: the figures of a bulletin as SDMX-CSV 2.0 and SDMX-JSON 2.0.0 data messages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.statistics.bulletins.contents import TIMES, Content, Figure, PublicTable
from app.statistics.bulletins.sheets import as_csv, as_json
from app.statistics.bulletins.structures import (
    HELD_BACK,
    NORMAL,
    TOTAL,
    Axis,
    attributes_of,
    axes_of,
    flow_of,
    flow_urn,
    head_of,
    named,
    structure_message,
)
from app.statistics.bulletins.words import PERIOD, in_each, name_of_figures
from app.statistics.cubes.measures import MEASURES

DATA_CSV, DATA_JSON = "sdmx-data.csv", "sdmx-data.json"
STRUCTURE_JSON = "sdmx-structure.json"


class Observation(NamedTuple):
    """A figure with its key in the cube, time last."""

    key: tuple[str, ...]
    figure: Figure
    unit: str

    @property
    def status(self) -> str:
        return HELD_BACK if self.figure is None else NORMAL


def messages(content: Content) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each message, and of the structure that they refer to."""
    found = observations(content)
    yield DATA_CSV, _as_csv(content, found)
    yield DATA_JSON, as_json(_data_message(content, found))
    yield STRUCTURE_JSON, as_json(structure_message(content))


def observations(content: Content) -> list[Observation]:
    """All figures, each once and in the order of their keys; tables agree where they meet."""
    axes = [each.id for each in axes_of(content)][1:]
    found: dict[tuple[str, ...], Observation] = {}
    for table in content.tables:
        for key, figures in _keyed(content, table, axes):
            for measure, figure in zip(content.measures, figures, strict=True):
                whole = (measure.upper(), *key)
                found[whole] = Observation(whole, figure, MEASURES[measure].unit.upper())
    return [found[key] for key in sorted(found)]


def _keyed(
    content: Content, table: PublicTable, axes: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], tuple[Figure, ...]]]:
    time = next((each for each in table.dimensions if each in TIMES), None)
    for codes, figures in table.rows:
        said = dict(zip(table.dimensions, codes, strict=True))
        period = said[time] if time else whole_period(content)
        yield (*(said.get(each.lower(), TOTAL) for each in axes), period), figures


def whole_period(content: Content) -> str:
    """The period of a bulletin as a time range of SDMX: its first day and how many months."""
    first, last = (datetime.strptime(each, "%Y-%m") for each in (content.since, content.until))  # noqa: DTZ007 - a month has no time zone
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return f"{content.since}-01/P{months}M"


def _as_csv(content: Content, found: Sequence[Observation]) -> bytes:
    heads = (
        "STRUCTURE", "STRUCTURE_ID", "ACTION", *(each.id for each in axes_of(content)),
        "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE",
    )  # fmt: skip
    of = ("dataflow", flow_of(content), "I")
    rows = (
        (*of, *each.key, "" if each.figure is None else each.figure, each.status, each.unit)
        for each in found
    )
    return as_csv(heads, rows)


def _data_message(content: Content, found: Sequence[Observation]) -> dict[str, Any]:
    axes, (status, unit) = axes_of(content), attributes_of(content)
    # SDMX knows no dimension without a value, even where nothing was counted.
    periods = sorted({each.key[-1] for each in found}) or [whole_period(content)]
    places = [{code.code: at for at, code in enumerate(each.codes)} for each in axes]
    places.append({period: at for at, period in enumerate(periods)})
    statuses, units = (
        {code.code: at for at, code in enumerate(each.codes)} for each in (status, unit)
    )
    return {
        "meta": head_of(content, "data"),
        "data": {
            "structures": [_structure(content, axes, periods)],
            "dataSets": [
                {
                    "structure": 0,
                    "action": "Information",
                    "links": [{"rel": "dataflow", "urn": flow_urn(content)}],
                    "observations": {
                        _place(each.key, places): [
                            each.figure, statuses[each.status], units[each.unit]
                        ]
                        for each in found
                    },
                }
            ],
        },
    }  # fmt: skip


def _place(key: Sequence[str], places: Sequence[Mapping[str, int]]) -> str:
    return ":".join(str(at[code]) for code, at in zip(key, places, strict=True))


def _structure(content: Content, axes: Sequence[Axis], periods: Sequence[str]) -> dict[str, Any]:
    dimensions = [
        {"id": each.id, **named(each.names), "keyPosition": at, "values": _values(each)}
        for at, each in enumerate(axes)
    ]
    time = {
        "id": "TIME_PERIOD",
        **named(in_each(PERIOD)),
        "keyPosition": len(axes),
        "values": [{"value": each} for each in periods],
    }
    status, unit = attributes_of(content)
    told = [
        {"id": status.id, **named(status.names), "relationship": {"observation": {}},
         "values": _values(status)},
        {"id": unit.id, **named(unit.names), "relationship": {"dimensions": ["INDICATOR"]},
         "values": _values(unit)},
    ]  # fmt: skip
    return {
        "dataSets": [0],
        "links": [{"rel": "dataflow", "urn": flow_urn(content)}],
        **named(content.titles),
        "dimensions": {"observation": [*dimensions, time]},
        "measures": {"observation": [{"id": "OBS_VALUE", **named(name_of_figures())}]},
        "attributes": {"observation": told},
    }


def _values(axis: Axis) -> list[dict[str, Any]]:
    return [{"id": code, **named(names)} for code, names in axis.codes]
