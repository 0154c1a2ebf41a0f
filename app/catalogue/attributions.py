"""Attributions: who owns a course and under which licence, said on every page of it."""

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.catalogue.courses import owners_of
from app.catalogue.editions import Edition
from app.foundation import clock
from app.foundation.keeping import Kept
from app.web.pages import Pages

MOST = 512
HOUR = 3600  # seconds; another name of an institution is said on these pages within one

_kept: Kept[tuple[int, int, str, int, int], Markup] = Kept(MOST)


def attribution_for(
    request: Request, db: Session, edition: Edition, owners_revision: int
) -> Markup:
    """The owners, the licence and the origin of an edition, written once and kept for an hour.

    Other owners have another revision, so that they are said at once and in every process.
    """
    hour = int(clock.now().timestamp()) // HOUR
    key = (edition.version_id, owners_revision, edition.language, hour, edition.course_id)

    def make() -> Markup:
        return _written(request, edition, owners_of(db, edition.course_id))

    return _kept.get(db, key, make)


def _written(request: Request, edition: Edition, owners: Sequence[str]) -> Markup:
    pages: Pages = request.app.state.pages
    context = {"edition": edition, "owners": owners, "licence": edition.licensed}
    written = pages.render(edition.language, "catalogue/_attribution.html", context)
    return Markup(written)  # noqa: S704 - a template's own text
