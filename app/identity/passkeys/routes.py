"""Routes of passkeys: made and removed by their owner, and used to sign in."""

import json
from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone, SignedIn, Visitor
from app.identity.admissions import admit
from app.identity.one_time_links import (
    PASSKEY_ALONE,
    PASSKEY_MADE,
    PASSKEY_SECOND,
    SECOND_STEP,
    LinkOver,
    link_of,
    make_link,
    person_of,
    use_link,
)
from app.identity.passkeys.ceremonies import site_of, wish_to_make, wish_to_use
from app.identity.passkeys.forms import (
    AnswerForm,
    NewPasskey,
    PasskeyForm,
    UsedPasskey,
    find_alone,
    find_made,
    find_second,
    note_challenge,
)
from app.identity.passkeys.keyrings import add_passkey, note_passkey, refuse_more, remove_passkey
from app.identity.passkeys.passkeys import credential_ids_of, passkey_called, passkeys_of
from app.identity.provings import Proved, ProvedForm, prove_for, proved_or
from app.identity.second_steps.codes import codes_page
from app.identity.sign_ins import way_in
from app.identity.users import user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import PRIVATE, onward, page
from app.web.turn import Turnstile

router = Turnstile()


def _list_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    form: Filled[Any],
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    return page(
        request,
        "identity/passkeys/passkeys.html",
        status,
        form=form,
        done=done,
        passkeys=passkeys_of(db, visitor.id),
        is_possible=bool(site_of(request.app.state.settings.public_url)),
    )


def _removal_page(
    request: Request, db: Session, visitor: Visitor, form: Filled[Any], status: int = 200
) -> Response:
    passkey = passkey_called(db, visitor.id, request.path_params["key"])
    is_last = len(credential_ids_of(db, visitor.id)) == 1
    template = "identity/passkeys/removal.html"
    return page(request, template, status, form=form, passkey=passkey, is_last=is_last)


@router.get("/account/passkeys")
def show_passkeys(request: Request, db: Db, visitor: SignedIn, done: str = "") -> Response:
    return _list_page(request, db, visitor, Filled(None), done=done)


@router.post("/account/passkeys")
@proved_or(_list_page)
def create_passkey_wish(
    request: Request,
    db: Db,
    visitor: SignedIn,
    proved: Annotated[Proved[PasskeyForm], Before(prove_for(PasskeyForm))],
) -> Response:
    """Make a challenge for a new passkey, which its page hands to the browser."""
    refuse_more(db, visitor.id)
    details = {"name": proved.value.name}
    challenge = make_link(db, PASSKEY_MADE, user_id=visitor.id, details=details)
    return onward(request, "new_passkey", token=challenge)


@router.get("/account/passkeys/new/{token}")
def new_passkey(request: Request, db: Db, visitor: SignedIn, token: str) -> Response:
    linked = link_of(db, PASSKEY_MADE, token)
    if linked.user_id != visitor.id:
        raise LinkOver
    user = user_numbered(db, visitor.id)
    wish = wish_to_make(
        request.app.state.settings.public_url,
        token,
        user.subject.bytes,
        user.email or user.name,
        credential_ids_of(db, user.id),
    )
    template = "identity/passkeys/new_passkey.html"
    return page(request, template, name=linked.details["name"], wish=json.dumps(wish))


@router.post("/account/passkeys/new")
def create_passkey(
    request: Request,
    db: Db,
    visitor: SignedIn,
    found: Annotated[NewPasskey, Before(find_made)],
) -> Response:
    """Keep the passkey, and show the codes for paper to whom it is the first second step."""
    codes = add_passkey(db, user_numbered(db, visitor.id), *found)
    return codes_page(request, codes) if codes else onward(request, "show_passkeys", "?done=added")


@router.get("/account/passkeys/{key}/removal")
def edit_passkey(request: Request, db: Db, visitor: SignedIn, key: str) -> Response:  # noqa: ARG001 - read from the path
    return _removal_page(request, db, visitor, Filled(None))


@router.post("/account/passkeys/{key}/removal")
@proved_or(_removal_page)
def delete_passkey(
    request: Request,
    db: Db,
    visitor: SignedIn,
    key: str,
    _proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],
) -> Response:
    remove_passkey(db, user_numbered(db, visitor.id), key)
    return onward(request, "show_passkeys", "?done=removed")


@router.post("/sign-in/passkey/challenge")
def create_challenge(
    request: Request, db: Db, _visitor: Anyone, _noted: Annotated[None, Before(note_challenge)]
) -> Response:
    """What any passkey of this site may sign, once."""
    challenge = make_link(db, PASSKEY_ALONE)
    return _as_json(wish_to_use(request.app.state.settings.public_url, challenge))


@router.post("/sign-in/passkey")
def create_passkey_sign_in(
    request: Request,
    db: Db,
    _visitor: Anyone,
    form: Annotated[Filled[AnswerForm], form_of(AnswerForm)],
    found: Annotated[UsedPasskey, Before(find_alone)],
) -> Response:
    """Let in whom the passkey names: it is both steps, since its owner was verified by the device."""
    user = note_passkey(db, *found)
    return admit(request, db, user, form.typed.get("next", ""), proved_twice=True)


@router.post("/sign-in/code/{token}/challenge")
def create_second_challenge(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    _noted: Annotated[None, Before(note_challenge)],
) -> Response:
    """What one of the passkeys of the person may sign whose password was right."""
    user_id = person_of(link_of(db, SECOND_STEP, token))
    challenge = make_link(db, PASSKEY_SECOND, user_id=user_id)
    known = credential_ids_of(db, user_id)
    return _as_json(wish_to_use(request.app.state.settings.public_url, challenge, known))


@router.post("/sign-in/code/{token}/passkey")
def create_second_passkey(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    form: Annotated[Filled[AnswerForm], form_of(AnswerForm)],
    found: Annotated[UsedPasskey, Before(find_second)],
) -> Response:
    way = way_in(use_link(db, SECOND_STEP, token).details)
    user = note_passkey(db, *found)
    return admit(request, db, user, form.typed.get("next", ""), proved_twice=True, way=way)


def _as_json(wish: dict[str, Any]) -> Response:
    return Response(json.dumps(wish), 200, PRIVATE, "application/json")
