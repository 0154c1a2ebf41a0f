"""Structures: how SDMX sees a bulletin, as one cube: concepts, lists of codes, their structure.

Every table lies in the same cube: what it does not split by is "all together" (`_T`), and a table
without a month, quarter or year has the whole period. SDMX-JSON 2.0.0, of SDMX 3.0.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.statistics.bulletins.contents import Code, Content, Names, said_in
from app.statistics.bulletins.words import (
    ALL_TOGETHER,
    FEW,
    INDICATOR,
    PERIOD,
    SHOWN,
    UNITS,
    in_each,
    label_of,
    meaning_of,
    name_of_figures,
)
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES

AGENCY, TOTAL = "CAPACITA", "_T"
NORMAL, HELD_BACK = "A", "Q"  # of SDMX's list of statuses: normal; missing, suppressed
SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/{0}-message/tools/schemas/2.0.0"
    "/sdmx-json-{0}-schema.json"
)
_MODEL = "urn:sdmx:org.sdmx.infomodel."


class Axis(NamedTuple):
    """A dimension or attribute of the cube: its id, what it is called, means and may hold."""

    id: str
    names: Names
    codes: tuple[Code, ...]
    meaning: Names | None = None


def axes_of(content: Content) -> tuple[Axis, ...]:
    """The dimensions of the cube in their order, but for time, each with all its codes."""
    measures = tuple(Code(each.upper(), label_of(each)) for each in content.measures)
    whole = Code(TOTAL, in_each(ALL_TOGETHER))
    named = [name for name in DIMENSIONS if name in content.codes]
    return (
        Axis("INDICATOR", in_each(INDICATOR), measures),
        *(
            Axis(name.upper(), label_of(name), (whole, *content.codes[name]), meaning_of(name))
            for name in named
        ),
    )


def attributes_of(content: Content) -> tuple[Axis, Axis]:
    """Whether a figure is shown, and in what it is told."""
    few = in_each(FEW, threshold=content.threshold)
    status = Code(NORMAL, in_each(SHOWN)), Code(HELD_BACK, few)
    units = sorted({MEASURES[each].unit for each in content.measures})
    told = tuple(Code(unit.upper(), in_each(UNITS[unit])) for unit in units)
    return (
        Axis("OBS_STATUS", in_each(SHOWN), status),
        Axis("UNIT_MEASURE", in_each(UNITS["count"]), told),
    )


def version_of(content: Content) -> str:
    """A revision as a version of SDMX."""
    return f"{content.revision}.0.0"


def flow_of(content: Content) -> str:
    """The identification of the cube's dataflow, as files refer to it."""
    return f"{AGENCY}:{_id(content)}({version_of(content)})"


def flow_urn(content: Content) -> str:
    return f"{_MODEL}datastructure.Dataflow={flow_of(content)}"


def head_of(content: Content, kind: str) -> dict[str, Any]:
    """What a message of a kind (`data`, `structure`) says of itself."""
    return {
        "schema": SCHEMA.format(kind),
        "id": f"{_id(content)}_{content.revision}",
        "prepared": content.as_of,
        "contentLanguages": [*content.titles],
        "sender": {"id": AGENCY},
        **named(content.titles),
    }


def named(names: Names, meaning: Names | None = None) -> dict[str, Any]:
    """Names as SDMX-JSON has them, with a description where there is one."""
    told: dict[str, Any] = {"name": said_in(names, "en"), "names": dict(names)}
    if meaning is not None:
        told |= {"description": said_in(meaning, "en"), "descriptions": dict(meaning)}
    return told


def structure_message(content: Content) -> dict[str, Any]:
    """The cube's concepts, lists of codes, structure and dataflow."""
    axes, attributes = axes_of(content), attributes_of(content)
    concepts = [_concept(each.id, each.names, each.meaning) for each in (*axes, *attributes)]
    concepts += [_concept("TIME_PERIOD", in_each(PERIOD)), _concept("OBS_VALUE", name_of_figures())]
    measures = {each.upper(): meaning_of(each) for each in content.measures}
    return {
        "meta": head_of(content, "structure"),
        "data": {
            "conceptSchemes": [_kept(content, "CONCEPTS", content.titles, concepts=concepts)],
            "codelists": [
                _kept(content, f"CL_{each.id}", each.names, codes=_codes(each.codes, measures))
                for each in (*axes, *attributes)
            ],
            "dataStructures": [_data_structure(content, axes, attributes)],
            "dataflows": [
                _kept(
                    content, _id(content), content.titles,
                    structure=_urn(content, "datastructure.DataStructure", f"DSD_{_id(content)}"),
                )
            ],
        },
    }  # fmt: skip


def _data_structure(
    content: Content, axes: Iterable[Axis], attributes: Iterable[Axis]
) -> dict[str, Any]:
    status, unit = attributes
    dimensions = [
        {"id": each.id, "position": at, **_coded(content, each.id)} for at, each in enumerate(axes)
    ]
    time = {
        "id": "TIME_PERIOD",
        "conceptIdentity": _concept_urn(content, "TIME_PERIOD"),
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
    }
    value = {
        "id": "OBS_VALUE",
        "usage": "optional",
        "conceptIdentity": _concept_urn(content, "OBS_VALUE"),
        "localRepresentation": {"format": {"dataType": "Decimal"}},
    }
    told = [
        _attribute(content, status.id, {"observation": {}}),
        _attribute(content, unit.id, {"dimensions": ["INDICATOR"]}),
    ]
    parts = {
        "dimensionList": {
            "id": "DimensionDescriptor", "dimensions": dimensions, "timeDimension": time,
        },
        "measureList": {"id": "MeasureDescriptor", "measures": [value]},
        "attributeList": {"id": "AttributeDescriptor", "attributes": told},
    }  # fmt: skip
    of = f"DSD_{_id(content)}"
    return _kept(content, of, content.titles, dataStructureComponents=parts)


def _attribute(content: Content, name: str, related: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "usage": "mandatory",
        "attributeRelationship": related,
        **_coded(content, name),
    }


def _coded(content: Content, name: str) -> dict[str, Any]:
    return {
        "conceptIdentity": _concept_urn(content, name),
        "localRepresentation": {"enumeration": _urn(content, "codelist.Codelist", f"CL_{name}")},
    }


def _concept(name: str, names: Names, meaning: Names | None = None) -> dict[str, Any]:
    return {"id": name, **named(names, meaning)}


def _codes(codes: Iterable[Code], meanings: Mapping[str, Names]) -> list[dict[str, Any]]:
    return [{"id": code, **named(names, meanings.get(code))} for code, names in codes]


def _kept(content: Content, name: str, names: Names, **parts: Any) -> dict[str, Any]:
    of = {"id": name, "agencyID": AGENCY, "version": version_of(content)}
    return {**of, "isExternalReference": False, **named(names), **parts}


def _id(content: Content) -> str:
    return content.key.upper().replace("-", "_")


def _urn(content: Content, kind: str, name: str) -> str:
    return f"{_MODEL}{kind}={AGENCY}:{name}({version_of(content)})"


def _concept_urn(content: Content, name: str) -> str:
    return f"{_urn(content, 'conceptscheme.Concept', 'CONCEPTS')}.{name}"
