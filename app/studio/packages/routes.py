"""Routes of packages: a course to take along, said with its sizes, and its files on demand."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from app.catalogue.audiences import OPEN
from app.catalogue.courses import owners_of
from app.catalogue.editions import Edition
from app.catalogue.shelves import edition_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.sessions import session_on
from app.i18n.marking import N_
from app.learning.readers import AnyReader, Reader
from app.studio.packages.books import Imprint
from app.studio.packages.bundles import BUNDLES, MAKERS, Kind, made
from app.studio.packages.materials import material_of
from app.studio.packages.stores import Kept, Store
from app.web.marks import Db
from app.web.pages import page, path_of
from app.web.turn import Turnstile

router = Turnstile()

FOLDER = "packages"
UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}
AGAIN = "public, no-cache"  # kept by browsers, and asked for anew by its tag


class PackageUnknown(NotFound):
    """The course is not for everybody, its licence keeps it here, or the form does not exist."""

    says = N_("This course cannot be taken along.")
    mend = N_("Read it here, or print it from its page.")


class Offer(NamedTuple):
    """A form of the course with its size in bytes, which is a guess until somebody has taken it."""

    kind: Kind
    size: int
    is_exact: bool


@router.get("/courses/{slug}/take-along")
def show_packages(request: Request, db: Db, reader: AnyReader) -> Response:
    edition = _taken(request, db, reader)
    imprint = _imprint(request, db, reader, edition)
    store = _store(request)
    return page(
        request,
        "studio/packages/packages.html",
        edition=edition,
        offers=[_offer(store, kind, edition, reader, imprint) for kind in BUNDLES],
    )


@router.get("/courses/{slug}/take-along/{kind}")
def show_package(request: Request, db: Db, reader: AnyReader, kind: str) -> Response:
    """The file itself: made after this turn has ended, and kept for the next one who asks."""
    edition = _taken(request, db, reader)
    wanted = next((each for each in BUNDLES if each == kind), None)
    if wanted is None:
        raise PackageUnknown
    imprint = _imprint(request, db, reader, edition)
    name = _name(wanted, edition, reader, imprint)
    engines, language = request.app.state.engines, edition.shown_in

    def make() -> bytes:
        with engines.stream.connect() as connection:
            course = material_of(session_on(connection), edition.version_id)
        return made(wanted, course, language, imprint)

    return MadeFile(request, lambda: _store(request).get(name, make), wanted, edition)


class MadeFile(Response):
    """A file that is made when it is sent: no transaction and no thread of a turn waits for it."""

    def __init__(
        self, request: Request, make: Callable[[], Kept], kind: Kind, edition: Edition
    ) -> None:
        super().__init__()
        self.request, self.make, self.kind, self.edition = request, make, kind, edition

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            kept = await to_thread.run_sync(self.make)
        except Refusal as refusal:
            answer = await to_thread.run_sync(self.request.app.state.refuse, self.request, refusal)
        else:
            answer = self._answer(kept)
        await answer(scope, receive, send)

    def _answer(self, kept: Kept) -> Response:
        bundle, edition = BUNDLES[self.kind], self.edition
        name = f"{edition.slug}-{edition.number}-{edition.shown_in}.{bundle.ending}"
        headers = UNLISTED | {"ETag": f'"{kept.tag}"', "Cache-Control": AGAIN}
        if headers["ETag"] in self.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        headers["Content-Security-Policy"] = "sandbox"
        return FileResponse(kept.path, 200, headers, bundle.media_type, filename=name)


def _taken(request: Request, db: Session, reader: Reader) -> Edition:
    edition = edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
    if reader.audience != OPEN or not edition.licensed.is_open:
        raise PackageUnknown
    return edition


def _imprint(request: Request, db: Session, reader: Reader, edition: Edition) -> Imprint:
    address = request.app.state.settings.public_url + path_of(
        request, "show_course", slug=edition.slug
    )
    owners = tuple(owners_of(db, reader.course_id))
    return Imprint(edition.number, edition.published_at.date(), owners, address)


def _store(request: Request) -> Store:
    return Store(request.app.state.settings.storage / FOLDER)


def _name(kind: Kind, edition: Edition, reader: Reader, imprint: Imprint) -> str:
    """What the bytes depend on: the version as compiled, the language, and all of the imprint."""
    told = (kind, MAKERS, reader.compiler, edition.version_id, edition.shown_in, *imprint)
    digest = hashlib.sha256(repr(told).encode()).hexdigest()[:16]
    return f"{edition.slug}-{edition.number}-{edition.shown_in}-{kind}-{digest}"


def _offer(store: Store, kind: Kind, edition: Edition, reader: Reader, imprint: Imprint) -> Offer:
    kept = store.found(_name(kind, edition, reader, imprint))
    if kept is not None:
        return Offer(kind, kept.size, is_exact=True)
    bundle = BUNDLES[kind]
    return Offer(kind, bundle.base + round(bundle.share * edition.bytes), is_exact=False)
