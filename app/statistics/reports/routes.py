"""Routes of reports: the draft of one, for who looks at a bulletin before it is released."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.access import SeesCounts, holder_of
from app.identity.rights import Right
from app.statistics.bulletins.contents import LANGUAGES
from app.statistics.bulletins.shelves import bulletin_in
from app.statistics.reports.papers import Imprint, address_of, paper
from app.statistics.scopes import COUNTS, scope_of
from app.web.marks import Before, Db
from app.web.pages import PRIVATE
from app.web.turn import Turnstile

router = Turnstile()


class ReportUnknown(NotFound):
    """Reports are set in the languages of bulletins only."""

    says = N_("There is no report in that language.")
    mend = N_("Take it in English, French or Arabic.")


def _draft(request: Request) -> bytes:
    """The draft of a bulletin's report; no transaction waits while it is set."""
    asked = request.path_params
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.COUNTS)(request, db)
        if asked["language"] not in LANGUAGES:
            raise ReportUnknown
        scope = scope_of(db, visitor.id, COUNTS)
        content = bulletin_in(db, scope, asked["key"], asked["revision"]).content()
    home = request.app.state.settings.public_url
    return paper(content, Imprint(address_of(home, content)), asked["language"])


@router.get("/statistics/bulletins/{key}/{revision}/report.{language}.pdf")
def download_report_draft(
    draft: Annotated[bytes, Before(_draft)],
    _db: Db,
    _visitor: SeesCounts,
    key: str,
    revision: str,
    language: str,
) -> Response:
    """The report as a draft, which says on each page that it is not released."""
    name = f"{key}-{revision}-draft.{language}.pdf"
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(draft, 200, headers, "application/pdf")
