"""Commands of the queue: a worker of its own, and a look at what was given up."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from app.foundation.database import Engines, open_engines
from app.queue.jobs import Job, jobs_given_up, retry, tally
from app.queue.processes import end_apart
from app.queue.worker import Worker
from app.settings import Settings


def worker_command(open_worker: Callable[[Settings], Worker]) -> click.Command:
    """The `worker` command; the kinds of jobs come from whoever gathers the commands."""

    @click.command("worker")
    @click.option("--until-idle", is_flag=True, help="Stop when nothing is due.")
    @click.pass_obj
    def worker(settings: Settings, *, until_idle: bool) -> None:
        """Run the queue's jobs in a process of its own, until a signal ends it."""
        own = open_worker(settings)
        try:
            if until_idle:
                click.echo(f"{own.run_until_idle()} jobs run.")
                return
            stop = threading.Event()

            def end(_number: int, _frame: object) -> None:
                stop.set()
                end_apart()

            for ending in (signal.SIGTERM, signal.SIGINT):
                signal.signal(ending, end)
            click.echo("Working. Stop with Ctrl-C.")
            own.run_forever(stop)
        finally:
            own.workshop.engines.close()

    return worker


@click.group()
def jobs() -> None:
    """The queue: mail and other work that is done after the page has answered."""


@jobs.command("list")
@click.pass_obj
def list_jobs(settings: Settings) -> None:
    """Say how the queue stands, and what was given up and why."""
    with _engines(settings) as engines, engines.reading() as db:
        counts = tally(db)
        click.echo(
            f"waiting {counts.waiting}, of these overdue {counts.overdue}, "
            f"given up {counts.given_up}, done {counts.done}"
        )
        for job in jobs_given_up(db):
            click.echo(f"{job.id}\t{job.kind}\t{job.last_error or 'its worker died'}")


@jobs.command("retry")
@click.argument("number", type=int)
@click.pass_obj
def retry_job(settings: Settings, number: int) -> None:
    """Try a given-up job again; NUMBER is the one that `jobs list` shows."""
    with _engines(settings) as engines, engines.writing() as db:
        job = db.get(Job, number)
        if job is None or job not in jobs_given_up(db):
            raise click.ClickException(f"No job {number} was given up; look at `jobs list`.")
        retry(db, job)
    click.echo(f"Job {number} is due again.")


@contextmanager
def _engines(settings: Settings) -> Iterator[Engines]:
    engines = open_engines(settings.database_url, 1)
    try:
        yield engines
    finally:
        engines.close()
