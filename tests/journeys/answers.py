"""Answers: what is right and what is not, read from the attempt's questions in the database."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from playwright.sync_api import Page
from sqlalchemy import select

from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.items import Item
from app.learning.enrolments import Enrolment
from tests.journeys.sites import Person, Site, user_id_of

NOBODY_SAYS = "certainly not this"


class Asked(NamedTuple):
    """A question of an attempt, with the definition that holds its answer."""

    position: int
    kind: str
    definition: Mapping[str, Any]


class Given(NamedTuple):
    """The value of one field of a question; boxes and radios are ticked, lists chosen from."""

    field: str
    value: str


def asked_of(site: Site, who: Person) -> list[Asked]:
    """The questions of the attempt that this person began last, in the order shown."""
    with site.engines.reading() as db:
        newest = (
            select(Attempt.id)
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .where(Enrolment.learner_id == user_id_of(db, who))
            .order_by(Attempt.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = db.execute(
            select(AttemptItem.position, Item.kind, Item.definition)
            .join(Item, Item.hash == AttemptItem.item_hash)
            .where(AttemptItem.attempt_id == newest)
            .order_by(AttemptItem.position)
        )
        return [Asked(*row) for row in rows]


def right(asked: Asked) -> list[Given]:
    """The fields of a right answer."""
    name, told = f"answer-{asked.position}", asked.definition
    if asked.kind in {"single", "multiple"}:
        return [Given(name, each["id"]) for each in told["options"] if each["right"]]
    if asked.kind == "true-false":
        return [Given(name, "true" if told["answer"] else "false")]
    if asked.kind == "numeric":
        return [Given(name, str(told["answer"]))]
    if asked.kind == "short":
        return [Given(name, told["accept"][0])]
    if asked.kind == "matching":
        return [Given(f"{name}-{pair['id']}", pair["id"]) for pair in told["pairs"]]
    return [
        Given(f"{name}-{step['id']}", str(place)) for place, step in enumerate(told["sequence"], 1)
    ]


def wrong(asked: Asked) -> list[Given]:
    """The fields of a whole answer that earns no point."""
    name, told = f"answer-{asked.position}", asked.definition
    if asked.kind in {"single", "multiple"}:
        return [Given(name, each["id"]) for each in told["options"] if not each["right"]][:1]
    if asked.kind == "true-false":
        return [Given(name, "false" if told["answer"] else "true")]
    if asked.kind == "numeric":
        return [Given(name, str(told["answer"] + told["tolerance"] + 1))]
    if asked.kind == "short":
        return [Given(name, NOBODY_SAYS)]
    good = right(asked)
    turned = [*good[1:], good[0]]
    return [Given(given.field, other.value) for given, other in zip(good, turned, strict=True)]


def give(page: Page, given: list[Given]) -> None:
    """Fill the fields with a hand on the mouse."""
    for name, value in given:
        field = page.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") in {"radio", "checkbox"}:
            field.and_(page.locator(f'[value="{value}"]')).check()
        elif field.evaluate("field => field.localName") == "select":
            # The lists of an order are not seen where scripts run, but they are what is sent.
            field.select_option(value, force=True)
        else:
            field.fill(value)
