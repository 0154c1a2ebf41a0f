"""Routes of auditing: the ledger of an auditor's institutions, and who may do what at each."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.activity.events import record
from app.auditing.ledgers import PAGE, entries, statement_of
from app.auditing.lines import lines_of
from app.auditing.looks import LedgerExported, LedgerSeen, PowersExported, PowersSeen
from app.auditing.powers import Powers, institution_watched, institutions_watched, powers_at
from app.auditing.questions import Question, asked_by, question_of
from app.auditing.sayings import SAYINGS
from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.identity.access import ReadsLedger, SeesPowers, Visitor
from app.identity.grants import AUDITOR
from app.identity.institutions import name_of_institution
from app.identity.rights import Right
from app.statistics.exports import reserve, small_file, streamed
from app.statistics.scopes import scope_of
from app.web.marks import Db, leaves_trace
from app.web.pages import PRIVATE, page
from app.web.turn import Turnstile

router = Turnstile()
COLUMNS = (
    "moment", "kind", "actor", "person", "institution", "course", "language", "mode", "event",
)  # fmt: skip
POWER_COLUMNS = (
    "what", "who", "opens", "reach", "institution", "since", "until", "given_by", "second_step",
)  # fmt: skip


@router.get("/ledger")
@leaves_trace
def show_ledger(request: Request, db: Db, visitor: ReadsLedger) -> Response:
    """What happened in the auditor's institutions, newest first; each look is an event."""
    question = question_of(dict(request.query_params))
    found = entries(db, scope_of(db, visitor.id, (AUDITOR,)), asked_by(db, question), PAGE + 1)
    record(db, _look(LedgerSeen, visitor, question))
    gettext = translations_for(request.scope["language"]).gettext
    return page(
        request,
        "auditing/ledger.html",
        question=question,
        lines=lines_of(db, visitor.id, found[:PAGE], gettext),
        has_more=len(found) > PAGE,
        kinds=sorted(((kind, gettext(says)) for kind, says in SAYINGS.items()), key=lambda k: k[1]),
        as_of=clock.now(),
    )


@router.get("/ledger.csv")
@leaves_trace
def download_ledger(request: Request, db: Db, visitor: ReadsLedger) -> Response:
    """The same as a file, all pages of it, without names, streamed on a connection of its own."""
    question = question_of(dict(request.query_params))
    asked = asked_by(db, question._replace(after=""))
    rows = statement_of(scope_of(db, visitor.id, (AUDITOR,)), asked)
    record(db, _look(LedgerExported, visitor, question))
    reserve()
    blocks = streamed(request.app.state.engines, COLUMNS, rows)
    headers = _as_file(f"ledger-{clock.now().date()}")
    return StreamingResponse(blocks, 200, headers, "text/csv; charset=utf-8")


@router.get("/powers")
def show_watched(request: Request, db: Db, visitor: SeesPowers) -> Response:
    """The institutions of which the person may see who may do what."""
    words = request.query_params.get("words", "").strip()[:300]
    return page(
        request,
        "auditing/watched.html",
        institutions=institutions_watched(db, visitor.id, words),
        words=words,
        may_read_ledger=visitor.may(Right.LEDGER),
    )


@router.get("/institutions/{key}/powers")
@leaves_trace
def show_powers(
    request: Request, db: Db, visitor: SeesPowers, key: str, done: str = ""
) -> Response:
    """Who may do what at an institution, and where from; the look is an event."""
    unit = institution_watched(db, visitor.id, key)
    record(db, PowersSeen(actor_id=visitor.id, institution_id=unit.id))
    return page(
        request,
        "auditing/powers.html",
        unit=unit,
        name=name_of_institution(db, unit.id),
        powers=powers_at(db, visitor.id, unit),
        may_keep=visitor.may(Right.PEOPLE),
        done=done,
        as_of=clock.now(),
    )


@router.get("/institutions/{key}/powers.csv")
@leaves_trace
def download_powers(db: Db, visitor: SeesPowers, key: str) -> Response:
    """The same as a file."""
    unit = institution_watched(db, visitor.id, key)
    record(db, PowersExported(actor_id=visitor.id, institution_id=unit.id))
    content = small_file(POWER_COLUMNS, _rows(powers_at(db, visitor.id, unit)))
    headers = _as_file(f"powers-{unit.key}-{clock.now().date()}")
    return Response(content, 200, headers, "text/csv; charset=utf-8")


def _rows(powers: Powers) -> Iterator[tuple[object, ...]]:
    for h in powers.held:
        step = "yes" if h.has_second_step else "no"
        yield "role", h.name, h.role, *h.source[:2], h.since.isoformat(), "", h.given_by, step
    for o in powers.offered:
        opens = " ".join(o.roles)
        yield "invitation", o.email, opens, *o.source[:2], "", o.until.isoformat(), o.by, ""
    for p in powers.programs:
        until = p.until.isoformat() if p.until else ""
        yield p.kind, p.name, " ".join(p.does), *p.source[:2], p.since.isoformat(), until, p.by, ""
    for g in powers.reading:
        since, until = g.since.isoformat(), g.until.isoformat()
        yield "guest", g.name, g.draft, "own", "", since, until, g.by, ""


def _look(
    look: type[LedgerSeen | LedgerExported], visitor: Visitor, question: Question
) -> LedgerSeen | LedgerExported:
    """The trace of a look: the kind that was asked for, and whether it was about one person."""
    about = [name for name in ("actor", "person") if getattr(question, name)]
    asked = " ".join(filter(None, [question.kind, *about]))
    return look(actor_id=visitor.id, asked=asked, since=question.since, until=question.until)


def _as_file(name: str) -> dict[str, str]:
    return PRIVATE | {"Content-Disposition": f'attachment; filename="{name}.csv"'}
