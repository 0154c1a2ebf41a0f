"""The application: assembles slices, shell and subscriptions; knows everything, known by none."""

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from functools import cache

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from app.activity.events import subscribe
from app.foundation.database import Engines, open_engines
from app.i18n.catalogues import offered_codes
from app.interop.buckets import Buckets
from app.queue.worker import Worker, Workshop
from app.refusing import handlers, refuse
from app.settings import ROOT, Settings, from_environment
from app.slices import JOBS, PROMPT, REGULAR, ROUTERS, SUBSCRIPTIONS
from app.web.addresses import Addresses, LanguagePrefix
from app.web.assets import Assets
from app.web.cores import Core, cores_allowed
from app.web.health import health_routes
from app.web.logs import RequestLog
from app.web.metrics import RequestMetrics
from app.web.pages import Pages
from app.web.security import SecurityHeaders


def create_app(
    settings: Settings, engines: Engines | None = None, core: Core | None = None
) -> FastAPI:
    """A whole application of its own; may be called again for another database.

    It opens the database of its settings, unless that is already open in `engines`. Its threads
    keep to the `core` while they are busy, if one is given: a process has one for all of them.
    """
    for happening, reaction in SUBSCRIPTIONS:
        subscribe(happening, reaction)
    codes = offered_codes(with_pseudo=settings.pseudo_languages)
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        exception_handlers=handlers(),
    )
    for router in ROUTERS:
        # Including routers would match each request twice: a tenth of a lesson's cost.
        app.router.routes.extend(router.routes)
    assets = _assets()
    app.router.routes.append(Mount("/static", assets, name="static"))
    app.router.routes.extend(health_routes())
    app.add_middleware(LanguagePrefix, codes=codes)
    app.add_middleware(SecurityHeaders, secure=settings.is_secure)
    if settings.metrics:
        app.add_middleware(RequestMetrics)
    app.add_middleware(RequestLog)
    if engines is None:
        engines = open_engines(settings.database_url, settings.threads, settings.read_database_url)
    _equip(app, settings, engines, codes, core or Core())
    return app


def from_environment_app() -> FastAPI:
    """What a web process calls: settings come from its environment.

    What stands now stands until the end, so Python need not look through it for rubbish.
    """
    app = create_app(from_environment(), core=Core(cores_allowed()))
    gc.collect()
    gc.freeze()
    return app


@cache
def _assets() -> Assets:
    """The static files, read and compressed once a process."""
    return Assets.gather(ROOT / "static")


@cache
def _pages(codes: tuple[str, ...], public_url: str) -> Pages:
    """The pages, whose templates are read once a process for all applications alike."""
    routes = [route for router in ROUTERS for route in router.routes]
    return Pages(Addresses(dict(named_paths(routes))), _assets(), codes, public_url)


def _equip(
    app: FastAPI, settings: Settings, engines: Engines, codes: tuple[str, ...], core: Core
) -> None:
    app.state.settings = settings
    app.state.engines = engines
    app.state.pages = _pages(codes, settings.public_url)
    app.state.core = core
    app.state.threads = ThreadPoolExecutor(settings.threads, "turn", initializer=core.join)
    app.state.write_slot = asyncio.Lock() if engines.is_sqlite else nullcontext()
    app.state.refuse = refuse
    app.state.api_buckets = Buckets(settings.api_requests)


def worker_of(app: FastAPI) -> Worker:
    """A worker that runs the queue's jobs with what this application holds."""
    state = app.state
    workshop = Workshop(state.engines, state.settings, state.pages)
    return Worker(workshop, JOBS, REGULAR, PROMPT)


def open_worker(settings: Settings) -> Worker:
    """A worker in a process of its own."""
    return worker_of(create_app(settings))


def named_paths(routes: list[BaseRoute]) -> list[tuple[str, str]]:
    """Name and path of each route of ours."""
    return [(route.name, route.path) for route in routes if isinstance(route, APIRoute)]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    worker = worker_of(app) if app.state.settings.in_process_worker else None
    if worker is not None:
        worker.start()
    app.state.core.join()
    following = asyncio.create_task(app.state.core.follow())
    yield
    following.cancel()
    if worker is not None:
        await asyncio.to_thread(worker.stop)
    app.state.threads.shutdown(wait=True)
    app.state.engines.close()
