"""Commands of statistics: people to try it with at any size, and tallies counted anew."""

import time

import click

from app.foundation.database import open_engines
from app.queue.processes import give_way
from app.settings import Settings
from app.statistics.exporting import works
from app.statistics.facts import rebuild_facts
from app.statistics.populations.histories import PLACES
from app.statistics.populations.populations import NotFillable, make_population
from app.statistics.rebuilds import rebuild_tallies

MOST = 10_000_000


@click.command()
@click.option("--scale", type=click.IntRange(1, MOST), required=True, help="How many people.")
@click.option("--no-ledger", is_flag=True, help="Leave the events out: half the disk and time.")
@click.pass_obj
def demo(settings: Settings, *, scale: int, no_ledger: bool) -> None:
    """Fill an empty, published database with people who have each completed five courses.

    The same number makes the same rows. Nobody else may use the database meanwhile.
    """
    engines = open_engines(settings.database_url, 1)
    began = time.monotonic()
    try:
        make_population(engines, scale, has_ledger=not no_ledger)
    except NotFillable as fault:
        raise click.ClickException(str(fault)) from None
    finally:
        engines.close()
    seconds = time.monotonic() - began
    click.echo(f"{scale:,} people have completed {PLACES * scale:,} courses ({seconds:,.0f} s).")


@click.group()
def statistics() -> None:
    """What statistics are counted from."""


@statistics.command("rebuild")
@click.option("--facts", is_flag=True, help="Make the facts anew from the ledger first.")
@click.pass_obj
def rebuild(settings: Settings, *, facts: bool) -> None:
    """Count all tallies anew; the same facts and trees give the same tallies."""
    engines = open_engines(settings.database_url, 1)
    began = time.monotonic()
    try:
        with engines.writing() as db:
            if facts:
                click.echo(f"{rebuild_facts(db):,} facts made.")
            click.echo(f"{rebuild_tallies(db):,} tallies counted", nl=False)
    finally:
        engines.close()
    click.echo(f" ({time.monotonic() - began:,.0f} s).")


@statistics.command("write")
@click.argument("number", type=int)
@click.pass_obj
def write(settings: Settings, number: int) -> None:
    """Write the long file NUMBER for a turn; the queue calls this, behind everybody else."""
    give_way()
    engines = open_engines(settings.database_url, 1, settings.read_database_url)
    try:
        works.write(engines, number)
    finally:
        engines.close()
