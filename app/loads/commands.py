"""Commands of loads: the work on one file, in a process of its own."""

from collections.abc import Callable

import click
from sqlalchemy import select

from app.foundation.database import open_engines
from app.loads.loads import CONFIRMING, Load
from app.loads.works import work_on
from app.queue.processes import give_way
from app.queue.worker import Worker
from app.settings import Settings


def loads_command(open_worker: Callable[[Settings], Worker]) -> click.Group:
    """The `loads` commands; what the ledger's events lead to comes from whoever gathers them."""

    @click.group("loads")
    def loads() -> None:
        """Files of institutions, people and enrolments that administrators bring."""

    @loads.command("work")
    @click.argument("number", type=int)
    @click.pass_obj
    def work(settings: Settings, number: int) -> None:
        """Do what the load NUMBER waits for; the queue calls this for large files."""
        give_way()
        engines = open_engines(settings.database_url, 1)
        with engines.reading() as db:
            is_telling = db.scalar(select(Load.state).where(Load.id == number)) == CONFIRMING
        if is_telling:
            # What the ledger hears leads to more, of which only the whole application knows.
            engines.close()
            engines = open_worker(settings).workshop.engines
        try:
            work_on(engines, number)
        finally:
            engines.close()

    return loads
