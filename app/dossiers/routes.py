"""Routes of dossiers: all that is kept about a person, who looked at it, and its end."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.custody.retentions import names_until, rule_of_names
from app.dossiers.dossiers import take_dossier
from app.dossiers.onlookers import SHOWN, onlookers_of
from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import SignedIn, Visitor
from app.identity.admissions import let_out
from app.identity.erasures import erase
from app.identity.institutions import name_of_institution
from app.identity.provings import Proved, ProvedForm, prove_for, proved_or
from app.identity.users import user_numbered
from app.queue.mails import mail_later
from app.web.forms import Filled
from app.web.marks import Before, Db
from app.web.pages import PRIVATE, page
from app.web.turn import Turnstile

router = Turnstile()

HEAD = N_(
    "Everything that Capacita keeps about you. Moments are in UTC; codes are explained in the documentation."
)
TOLD = {
    "account": N_("your names, your address and your language"),
    "placements": N_("where you worked and as what, since when, and when it was confirmed"),
    "roles": N_("the roles you hold or held"),
    "agreements": N_("which documents you agreed to, and when"),
    "passkeys": N_("the names of your passkeys, when you made and last used them; not the keys"),
    "second-steps": N_("since when you have a second step at sign-in; not its secret"),
    "recovery-codes": N_("your codes on paper: when each was used; not the codes"),
    "linked-sign-ins": N_("by which providers you sign in, and the number by which each knows you"),
    "sign-ins": N_("the browsers you are or were signed in in, as far back as we keep them"),
    "enrolments": N_("the courses you enrolled in"),
    "progress": N_("the lessons you marked as read"),
    "results": N_("every result that counts"),
    "attempts": N_("your tries at quizzes"),
    "answers": N_("your answers in them, and their scores"),
    "completions": N_("what you completed, and by which rule"),
    "certificates": N_("your certificates: all that is printed on them, and the code that verifies them"),
    "notes": N_("the notes you wrote beside lessons"),
    "opinions": N_("what you answered at the end of a course"),
    "follow-ups": N_("what you answered three months after a course"),
    "inquiries": N_("the questions you sent to a course’s institution, and their answers"),
    "data-requests": N_("what you asked about your data, and the answers"),
    "required": N_("the courses that were required of you: by when, and whether you did them"),
    "petitions": N_("what you asked about them, and what was decided"),
    "mutes": N_("which letters you muted, and since when"),
    "saved-views": N_("the questions of statistics that you saved"),
    "reminders": N_("the reminders we sent you"),
    "reminder-choices": N_("whether you asked for no reminders, and since when"),
    "idle-warnings": N_("when we wrote to you that an account nobody uses is deleted"),
    "changes": N_("which parts of which courses you changed as an author, and when"),
    "comments": N_("the comments you wrote beside drafts of courses"),
    "submissions": N_("which drafts you handed in to be reviewed"),
    "reviews": N_("what you decided about drafts as a reviewer, and your words"),
    "draft-mutes": N_("for which drafts you asked for no letters"),
    "replies": N_("the answers you gave to readers of courses"),
    "lists": N_("the long lists of names you had made as files"),
    "acts": N_("the record of acts: what happened, as codes and times"),
}  # fmt: skip


class DeletionForm(ProvedForm):
    """The wish to be forgotten, with the box that says it was read what that means."""

    understood: Literal["yes"]

    words: ClassVar[Mapping[str, str]] = {
        **ProvedForm.words,
        "understood": N_("Tick the box: what is deleted cannot be brought back."),
    }


def _dossier_page(
    request: Request, _db: Session, _visitor: Visitor, form: Filled[Any], status: int = 200
) -> Response:
    gettext = translations_for(request.scope["language"]).gettext
    held = [gettext(words) for words in TOLD.values()]
    return page(request, "dossiers/dossier.html", status, form=form, held=held)


def _deletion_page(
    request: Request, db: Session, visitor: Visitor, form: Filled[Any], status: int = 200
) -> Response:
    rule = rule_of_names(db, visitor.id)
    keeper = name_of_institution(db, rule.institution_id) if rule is not None else ""
    template = "dossiers/deletion.html"
    return page(request, template, status, form=form, rule=rule, keeper=keeper)


@router.get("/account/data")
def show_dossier(request: Request, db: Db, visitor: SignedIn) -> Response:
    return _dossier_page(request, db, visitor, Filled(None))


@router.post("/account/data")
@proved_or(_dossier_page)
def create_dossier(
    request: Request,
    db: Db,
    visitor: SignedIn,
    _proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],
) -> Response:
    """Everything about the person as one file; whoever sits at a browser left open gets nothing."""
    gettext = translations_for(request.scope["language"]).gettext
    told = {name: gettext(words) for name, words in TOLD.items()}
    archive = take_dossier(db, visitor.id, told, gettext(HEAD))
    name = f"capacita-{clock.now().date().isoformat()}.zip"
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(archive, 200, headers, "application/zip")


@router.get("/account/onlookers")
def show_onlookers(request: Request, db: Db, visitor: SignedIn) -> Response:
    onlookers = onlookers_of(db, visitor.id)
    return page(request, "dossiers/onlookers.html", onlookers=onlookers, most=SHOWN)


@router.get("/account/deletion")
def edit_deletion(request: Request, db: Db, visitor: SignedIn) -> Response:
    return _deletion_page(request, db, visitor, Filled(None))


@router.post("/account/deletion")
@proved_or(_deletion_page)
def delete_account(
    request: Request,
    db: Db,
    visitor: SignedIn,
    _proved: Annotated[Proved[DeletionForm], Before(prove_for(DeletionForm))],
) -> Response:
    """Erase the person, sign them out, and send the last mail they get."""
    user = user_numbered(db, visitor.id)
    if user.email is not None:
        rule = rule_of_names(db, user.id)
        until = names_until(rule).date().isoformat() if rule is not None else ""
        mail_later(db, "erased", to=user.email, language=user.language, until=until)
    answer = let_out(request, db)
    erase(db, user, user.id)
    return answer
