"""Routes of security: a person's password, their address, and the browsers they are signed in in."""

from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone, SignedIn, Visitor, token_hash_of
from app.identity.provings import Proved, prove_for, proved_or
from app.identity.security.addresses import (
    ask_for_address,
    change_address,
    earlier_address_of,
    new_address_of,
    take_address_back,
)
from app.identity.security.forms import NewAddressForm, NewPasswordForm
from app.identity.security.passwords import change_password
from app.identity.sign_ins import close_other_sign_ins, close_own_sign_in, sign_ins_of
from app.identity.users import user_numbered
from app.web.forms import Filled
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


def _password_page(
    request: Request, _db: Session, _visitor: Visitor, form: Filled[Any], status: int = 200
) -> Response:
    return page(request, "identity/security/password.html", status, form=form)


def _address_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    form: Filled[Any],
    status: int = 200,
    *,
    sent: bool = False,
) -> Response:
    email = user_numbered(db, visitor.id).email
    template = "identity/security/address.html"
    return page(request, template, status, email=email, form=form, sent=sent)


@router.get("/account/password")
def edit_own_password(request: Request, db: Db, visitor: SignedIn) -> Response:
    return _password_page(request, db, visitor, Filled(None))


@router.post("/account/password")
@proved_or(_password_page)
def update_own_password(
    request: Request,
    db: Db,
    visitor: SignedIn,
    proved: Annotated[Proved[NewPasswordForm], Before(prove_for(NewPasswordForm))],
) -> Response:
    user = user_numbered(db, visitor.id)
    change_password(db, user, proved.password_hash, token_hash_of(request))
    return onward(request, "show_account", "?saved=password")


@router.get("/account/address")
def edit_address(request: Request, db: Db, visitor: SignedIn, sent: str = "") -> Response:
    return _address_page(request, db, visitor, Filled(None), sent=bool(sent))


@router.post("/account/address")
@proved_or(_address_page)
def update_address(
    request: Request,
    db: Db,
    visitor: SignedIn,
    proved: Annotated[Proved[NewAddressForm], Before(prove_for(NewAddressForm, mails=True))],
) -> Response:
    """Send a mail to both addresses; the answer is the same for every address."""
    ask_for_address(db, user_numbered(db, visitor.id), proved.value.email)
    return onward(request, "edit_address", "?sent=1")


@router.get("/address/{token}")
def new_address(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """Show a button: programs that look through mail follow links, but press nothing."""
    email = new_address_of(db, token)
    return page(request, "identity/security/new_address.html", token=token, email=email)


@router.post("/address/{token}")
def create_address(request: Request, db: Db, visitor: Anyone, token: str) -> Response:
    user = change_address(db, token)
    is_own = visitor is not None and visitor.id == user.id
    if is_own:
        return onward(request, "show_account", "?saved=address")
    return onward(request, "new_sign_in")


@router.get("/address/back/{token}")
def edit_earlier_address(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    email = earlier_address_of(db, token)
    return page(request, "identity/security/earlier_address.html", token=token, email=email)


@router.post("/address/back/{token}")
def update_earlier_address(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """Give the account back to its earlier address, and lead to a new password."""
    return onward(request, "edit_password", token=take_address_back(db, token))


@router.get("/account/browsers")
def show_browsers(request: Request, db: Db, visitor: SignedIn, done: str = "") -> Response:
    browsers = sign_ins_of(db, visitor.id, token_hash_of(request))
    return page(request, "identity/security/browsers.html", browsers=browsers, done=done)


@router.post("/account/browsers/others/ending")
def delete_other_sign_ins(request: Request, db: Db, visitor: SignedIn) -> Response:
    close_other_sign_ins(db, visitor.id, token_hash_of(request))
    return onward(request, "show_browsers", "?done=others")


@router.post("/account/browsers/{key}/ending")
def delete_own_sign_in(request: Request, db: Db, visitor: SignedIn, key: str) -> Response:
    close_own_sign_in(db, visitor.id, key)
    return onward(request, "show_browsers", "?done=one")
