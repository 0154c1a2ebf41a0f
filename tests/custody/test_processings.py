"""The record of processing: complete by the tables, the same for people and for machines."""

import json

from app.custody.processings import PROCESSINGS
from app.tables import metadata
from tests.browser import text_of

POINTING = {"person_id", "actor_id", "learner_id", "user_id"}


def personal_tables() -> set[str]:
    """Those that point to a person, by a key or in their words."""
    return {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in POINTING
        or any(key.column.table.name == "users" for key in column.foreign_keys)
    } | {"users"}


def test_every_table_of_people_stands_in_one_processing():
    named = [table for each in PROCESSINGS for table in each.tables]
    assert len(named) == len(set(named))
    assert personal_tables() - set(named) == set()
    assert set(named) <= set(metadata.tables)


def test_people_and_machines_read_the_same(eve):
    page, data = eve.get("/fr/privacy/record"), eve.get("/fr/privacy/record.json")
    assert data.headers["content-type"] == "application/ld+json"
    graph = json.loads(data.text)
    assert len(graph["dpv:hasProcess"]) == len(PROCESSINGS)
    said = text_of(page)
    for each in graph["dpv:hasProcess"]:
        for told in (each["dpv:hasPurpose"][0], each["dpv:hasStorageCondition"]):
            assert " ".join(told["dct:description"].split()) in said
