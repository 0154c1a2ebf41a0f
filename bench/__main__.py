"""The bench: what pages, journeys and lists cost, on both databases, beside two yardsticks."""

import sys
import time

import click

from bench.databases import stores
from bench.records import record_page
from bench.reports import report
from bench.runs import PARTS, USUAL, Plan, Run
from bench.visits import VISITS

ROUNDS, FEW_ROUNDS = 7, 2


@click.command()
@click.option("--record", is_flag=True, help="Write docs/performance.md too.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([*PARTS, *(visit.name for visit in VISITS)]),
    help="A part or a page; may be given again.",
)
@click.option("--quick", is_flag=True, help="Few rounds, and only the usual threads.")
def bench(*, record: bool, only: tuple[str, ...], quick: bool) -> None:
    """Measure this clone; prints as Markdown what came of it."""
    if record and (only or quick):
        raise click.UsageError("Only a whole run is recorded: leave --only and --quick out.")
    plan = _plan(only, quick=quick)
    began = time.monotonic()

    def say(words: str) -> None:
        click.echo(f"{time.monotonic() - began:6.0f} s  {words}", err=True)

    with stores() as both:
        page = report(Run(both, plan, say).measure(), plan)
    click.echo(page)
    if record:
        record_page(page)
    sys.exit("**missed**" in page)


def _plan(only: tuple[str, ...], *, quick: bool) -> Plan:
    pages = [name for name in only if name not in PARTS]
    parts = {name for name in only if name in PARTS} or (set() if pages else {*PARTS})
    parts |= {"pages"} if pages else set()
    if quick:
        return Plan(parts, pages, FEW_ROUNDS, (USUAL[0],), (USUAL[1],))
    return Plan(parts, pages, ROUNDS)


if __name__ == "__main__":
    bench(prog_name="bin/bench")
