"""The registry of recommendations holds the seed document whole and says what is true today."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / "courses" / "recommendations"
IDS = ["T0", "HR1", "HR2", "AC1", "AC2a", "AC2b", "AC2c", "AC3", "IC1", "IC2", "IC3"]
IDS += ["LL1", "LL2", "LL3", "LL4", "LL5"]
IDS += ["PH1", "PH2", "PH3", "PH4", "PH5", "PH6", "PH7", "PH8"]
IDS += ["RS1", "RS2", "RS3", "RS4", "RS5"]
FIELDS = ["id", "verbatim", "asks", "subtopic", "title", "plain"]
FIELDS += ["stance", "performed_by", "why", "sdg", "cepa_principles"]
TAKEN = "\N{SYMBOL FOR UNIT SEPARATOR}"


@pytest.fixture(scope="module")
def seed() -> str:
    return " ".join((FOLDER / "seed.txt").read_text("utf-8").split())


@pytest.fixture(scope="module")
def registry() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(FOLDER / "recommendations.yaml")
    return loaded


@pytest.fixture(scope="module")
def entries(registry: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = registry["recommendations"]
    return listed


def test_the_ids_are_the_agreed_ones_in_order(entries: list[dict[str, Any]]) -> None:
    assert [entry["id"] for entry in entries] == IDS


def test_every_entry_has_its_fields_in_order(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert list(entry) == [field for field in FIELDS if field in entry], entry["id"]
        assert set(FIELDS) - set(entry) <= {"performed_by", "why"}, entry["id"]


def test_every_request_is_an_exact_part_of_the_seed(
    entries: list[dict[str, Any]], seed: str
) -> None:
    for entry in entries:
        assert entry["verbatim"] in seed, entry["id"]


def test_the_requests_follow_the_order_of_the_seed(
    entries: list[dict[str, Any]], seed: str
) -> None:
    places = [seed.index(entry["verbatim"]) for entry in entries]
    assert places == sorted(places)


def test_requests_and_frame_leave_no_word_of_the_seed_over(
    registry: dict[str, Any], entries: list[dict[str, Any]], seed: str
) -> None:
    parts = [entry["verbatim"] for entry in entries] + [part["text"] for part in registry["frame"]]
    rest = seed
    for part in sorted(parts, key=len, reverse=True):
        assert part in rest, f"not in the seed, or taken twice: {part}"
        rest = rest.replace(part, TAKEN, 1)
    assert [sign for sign in rest if sign.isalnum()] == []


def test_every_subtopic_is_a_heading_of_the_seed(
    registry: dict[str, Any], entries: list[dict[str, Any]]
) -> None:
    heads = {part["text"] for part in registry["frame"] if part["kind"] in ("heading", "subtopic")}
    assert {entry["subtopic"] for entry in entries} <= heads


def test_every_lead_in_opens_the_requests_that_follow_it(
    registry: dict[str, Any], entries: list[dict[str, Any]], seed: str
) -> None:
    verbatim = {entry["id"]: entry["verbatim"] for entry in entries}
    for part in (part for part in registry["frame"] if part["kind"] == "lead-in"):
        follows = seed[seed.index(part["text"]) + len(part["text"]) :].lstrip(" -")
        assert follows.startswith(verbatim[part["opens"][0]]), part["text"]


def test_what_the_platform_says_of_itself_uses_the_agreed_words(
    entries: list[dict[str, Any]],
) -> None:
    for entry in entries:
        assert entry["asks"] in {"member-states", "secretariat", "donors", "un"}, entry["id"]
        assert entry["stance"] in {"teaches", "supports", "performs", "gap"}, entry["id"]


def test_a_gap_says_what_is_missing(entries: list[dict[str, Any]]) -> None:
    for entry in (entry for entry in entries if entry["stance"] == "gap"):
        assert entry["why"].endswith("."), entry["id"]


def test_only_what_the_platform_performs_names_what_performs_it(
    entries: list[dict[str, Any]],
) -> None:
    for entry in entries:
        assert bool(entry.get("performed_by")) == (entry["stance"] == "performs"), entry["id"]


def test_our_own_words_are_short_and_not_the_seeds(
    entries: list[dict[str, Any]], seed: str
) -> None:
    for entry in entries:
        assert len(entry["title"]) <= 60, entry["id"]
        assert entry["plain"].count(". ") == 0, entry["id"]
        assert entry["plain"].endswith("."), entry["id"]
        assert entry["plain"] not in seed, entry["id"]


def test_goals_and_principles_are_numbers_of_the_lists_they_name(
    entries: list[dict[str, Any]],
) -> None:
    for entry in entries:
        goals = [target.partition(".") for target in entry["sdg"]]
        assert all(1 <= int(goal) <= 17 and part for goal, _, part in goals), entry["id"]
        assert set(entry["cepa_principles"]) <= set(range(1, 12)), entry["id"]


def test_the_source_claims_no_endorsement(registry: dict[str, Any]) -> None:
    assert list(registry["source"]) == ["title", "body", "session", "dates", "theme", "note"]
    assert "not an endorsement" in registry["source"]["note"]
