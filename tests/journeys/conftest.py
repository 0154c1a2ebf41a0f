"""The stage of journeys: the site on a database of its own, a browser, and windows in it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import SERVER, TEMPLATE
from tests.databases import PostgresqlCopy, SqliteTemplate
from tests.journeys.sites import Person, Site
from tests.journeys.windows import USUAL, Look, Window, options_of

OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
Windows = Callable[..., Window]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    memory: Path,
    worker_id: str,
) -> Iterator[Site]:
    """The platform with its courses, served as long as tests on this database follow each other."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        address = SqliteTemplate(memory).address()
    else:
        address = PostgresqlCopy(os.environ[SERVER], os.environ[TEMPLATE], worker_id).address()
    with Site(address, folder) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Not for the session: while it lives, nothing else in this thread can run an event loop."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def window(site: Site, chromium: Browser) -> Iterator[Windows]:
    """`window(look, who)` opens one more window, in which `who` is signed in; none may complain."""
    opened: list[Window] = []

    def open_one(look: Look = USUAL, who: Person | None = None) -> Window:
        context = chromium.new_context(base_url=site.address, **options_of(look))
        if who is not None:
            context.add_cookies([site.cookie_of(who)])
        opened.append(Window(context, look))
        return opened[-1]

    yield open_one
    complaints = [each for window in opened for each in window.complaints]
    for each in opened:
        each.context.close()
    assert complaints == []
