"""The application: assembles slices, shell and subscriptions; knows everything, known by none."""

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from app.activity.events import subscribe
from app.foundation.database import Engines, open_engines
from app.i18n.catalogues import offered_codes
from app.interop.buckets import Buckets
from app.interop.reactions import forget_answered, tell_webhooks
from app.learning import routes as learning_routes
from app.learning.completions import CourseCompleted
from app.learning.enrolments import Enrolled, Started
from app.learning.inquiring import routes as inquiring_routes
from app.learning.notebook import routes as notebook_routes
from app.learning.reactions import forget_notebook, on_version_published
from app.learning.results import FinalTried
from app.learning.voices import routes as voices_routes
from app.learning.voices.jobs import FOLLOW_UP, REMIND, ask_about_use, remind_silent
from app.learning.voices.reactions import forget_voice
from app.loads import jobs as loads_jobs
from app.loads import routes as loads_routes
from app.loads.loads import LOAD
from app.loads.reactions import forget_told
from app.merges import jobs as merges_jobs
from app.merges import routes as merges_routes
from app.merges.merges import AccountsMerged, MergeUndone
from app.merges.reactions import forget_merged
from app.queue.mails import MAIL, send_mail
from app.queue.worker import Handler, Worker, Workshop
from app.refusing import handlers, refuse
from app.settings import ROOT, Settings, from_environment
from app.slices import JOBS, REGULAR, ROUTERS, SUBSCRIPTIONS
from app.web.addresses import Addresses, LanguagePrefix
from app.web.assets import Assets
from app.web.health import health_routes
from app.web.logs import RequestLog
from app.web.metrics import RequestMetrics
from app.web.pages import Pages
from app.web.security import SecurityHeaders

# Hot pages first: routing is linear.
ROUTERS = (
    assessment_routes.router,
    reading_routes.router,
    learning_routes.router,
    catalogue_routes.router,
    finding_routes.router,
    notebook_routes.router,
    packages_routes.router,
    web_routes.router,
    credentials_routes.router,
    statistics_routes.router,
    boards_routes.router,
    cubes_routes.router,
    identity_routes.router,
    people_routes.router,
    merges_routes.router,
    units_routes.router,
    loads_routes.router,
    api_routes.router,
    interop_routes.router,
    arriving_routes.router,
    voices_routes.router,
    inquiring_routes.router,
    duties_routes.router,
    following_routes.router,
    overseeing_routes.router,
    profiles_routes.router,
    security_routes.router,
    second_steps_routes.router,
    passkeys_routes.router,
    custody_routes.router,
    dossiers_routes.router,
    auditing_routes.router,
    studio_routes.router,
    teaching_routes.router,
    writing_routes.router,
    translating_routes.router,
    exchanging_routes.router,
    asking_routes.router,
    arranging_routes.router,
    describing_routes.router,
    collecting_routes.router,
    citing_routes.router,
    reviewing_routes.router,
    releasing_routes.router,
    sharing_routes.router,
    visiting_routes.router,
    help_routes.router,
)
SUBSCRIPTIONS: tuple[tuple[type[Happening], Callable[..., None]], ...] = (
    (Enrolled, count_happening),
    (Started, count_happening),
    (CourseCompleted, count_happening),
    (FinalTried, count_happening),
    (VersionPublished, on_version_published),
    (CourseCompleted, award_certificate),
    (CertificateIssued, count_happening),
    (CertificateRevoked, count_happening),
    (DutyMissed, count_happening),
    (PersonErased, let_go_of_person),
    (PersonErased, forget_notebook),
    (PersonErased, forget_voice),
    (PersonErased, forget_told),
    (PersonErased, forget_merged),
    (AccountsMerged, look_at_person),
    (MergeUndone, look_at_person),
    (CourseCompleted, meet_duties),
    (Placed, look_at_person),
    *((reform, look_at_everybody) for reform in REFORMS),
    *((change, look_at_trees_anew) for change in (InstitutionFounded, *REFORMS)),
    (PersonErased, let_go),
    (PersonErased, forget_answered),
    (Enrolled, tell_webhooks),
    (CourseCompleted, tell_webhooks),
    (CertificateIssued, tell_webhooks),
    (CertificateRevoked, tell_webhooks),
    (Placed, tell_webhooks),
)
JOBS: dict[str, Handler] = {
    MAIL: send_mail,
    OVERDUE: grade_overdue,
    PAUSE: tell_paused,
    TIDY: tidy,
    REMIND: remind_silent,
    FOLLOW_UP: ask_about_use,
    LOAD: loads_jobs.work,
    loads_jobs.TIDY_LOADS: loads_jobs.tidy_loads,
    merges_jobs.TIDY_MERGES: merges_jobs.tidy_merges,
    RELEASE: release_on_day,
    KEEP: keep_schedule,
    FOLD: fold_facts,
    **duties_jobs.HANDLERS,
    **interop_jobs.HANDLERS,
}
DAILY = (
    TIDY,
    KEEP,
    REMIND,
    loads_jobs.TIDY_LOADS,
    merges_jobs.TIDY_MERGES,
    duties_jobs.DUTIES,
    interop_jobs.TIDY,
    FOLLOW_UP,
)
REGULAR = dict.fromkeys(DAILY, timedelta(days=1)) | {FOLD: EVERY}


def create_app(settings: Settings) -> FastAPI:
    """A whole application of its own; may be called again for another database."""
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
    _equip(app, settings, open_engines(settings.database_url, settings.threads), codes)
    return app


def from_environment_app() -> FastAPI:
    """What a web process calls: settings come from its environment.

    What stands now stands until the end, so Python need not look through it for rubbish.
    """
    app = create_app(from_environment())
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


def _equip(app: FastAPI, settings: Settings, engines: Engines, codes: tuple[str, ...]) -> None:
    app.state.settings = settings
    app.state.engines = engines
    app.state.pages = _pages(codes, settings.public_url)
    app.state.threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="turn")
    app.state.write_slot = asyncio.Lock() if engines.is_sqlite else None
    app.state.refuse = refuse
    app.state.api_buckets = Buckets(settings.api_requests)


def worker_of(app: FastAPI) -> Worker:
    """A worker that runs the queue's jobs with what this application holds."""
    state = app.state
    return Worker(Workshop(state.engines, state.settings, state.pages), JOBS, REGULAR)


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
    yield
    if worker is not None:
        await asyncio.to_thread(worker.stop)
    app.state.threads.shutdown(wait=True)
    app.state.engines.close()
