"""Routes of identity: registration, sign-ins, resets and documents."""

from datetime import date
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone
from app.identity.admissions import admit, admit_agreed, let_out, target_of
from app.identity.agreements import DOCUMENTS
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import every
from app.identity.federation.discoveries import providers_of
from app.identity.federation.farewells import Farewell, find_farewell
from app.identity.forms import (
    AgreementForm,
    Hashed,
    PasswordForm,
    Proof,
    ResetForm,
    SignInForm,
    SignUpForm,
    hash_for_account,
    hash_for_reset,
    note_reset,
    prove,
)
from app.identity.one_time_links import AGREEMENT, CONFIRMATION, link_of
from app.identity.passkeys.ceremonies import site_of
from app.identity.resets import ask_for_reset, reset_password, user_to_reset
from app.identity.sign_ups import Wish, ask_for_account, open_account
from app.identity.throttles import settle
from app.identity.users import renew_hash, user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db, takes_time
from app.web.pages import onward, page, to_path
from app.web.turn import Turnstile

router = Turnstile()
EMPTY: Filled[SignUpForm] = Filled(None)


@router.get("/register")
def new_account(request: Request, db: Db, _visitor: Anyone) -> Response:
    return page(
        request, "identity/register.html", form=EMPTY, pick=choice_of(db, every(), EMPTY.typed)
    )


@router.post("/register")
def create_account(
    request: Request,
    db: Db,
    _visitor: Anyone,
    hashed: Annotated[Hashed[SignUpForm], Before(hash_for_account)],
) -> Response:
    """Send a mail to whoever wrote this; the answer is the same for every address."""
    form = settled(request, db, every(), hashed.form, needed=False)
    if form.value is None or hashed.password_hash is None:
        pick = choice_of(db, every(), form.typed)
        return page(request, "identity/register.html", 422, form=form, pick=pick)
    wish = Wish(
        name=form.value.name,
        email=form.value.email,
        language=request.scope["language"],
        password_hash=hashed.password_hash,
        institution=form.value.institution,
    )
    ask_for_account(db, wish)
    return onward(request, "show_account_sent")


@router.get("/register/sent")
def show_account_sent(request: Request, _visitor: Anyone) -> Response:
    return page(request, "identity/sent.html", purpose=CONFIRMATION)


@router.get("/register/{token}")
def new_confirmation(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    """Show a button: programs that look through mail follow links, but press nothing."""
    wish = link_of(db, CONFIRMATION, token).details
    return page(request, "identity/confirmation.html", token=token, name=wish["name"])


@router.post("/register/{token}")
def create_confirmation(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    return admit(request, db, open_account(db, token))


@router.get("/sign-in")
def new_sign_in(request: Request, visitor: Anyone, next: str = "") -> Response:  # noqa: A002 - its name in addresses
    if visitor is not None:
        return to_path(target_of(request, next))
    return _sign_in_page(request, Filled(None), next)


@router.post("/sign-in")
def create_sign_in(
    request: Request,
    db: Db,
    _visitor: Anyone,
    form: Annotated[Filled[SignInForm], form_of(SignInForm)],
    proof: Annotated[Proof | None, Before(prove)],
) -> Response:
    wished = form.typed.get("next", "")
    user = user_numbered(db, proof.user_id) if proof is not None else None
    if proof is None or user is None or user.password_hash != proof.stored:
        is_refused = form.value is not None
        return _sign_in_page(request, form, wished, 422, is_refused=is_refused)
    settle(db, proof.tries)
    if proof.renewed is not None:
        renew_hash(db, user.id, proof.stored, proof.renewed)
    return admit(request, db, user, wished)


@router.post("/sign-out")
@takes_time
def delete_sign_in(
    request: Request,
    db: Db,
    _visitor: Anyone,
    farewell: Annotated[Farewell | None, Before(find_farewell)],
) -> Response:
    return let_out(request, db, farewell)


@router.get("/reset")
def new_reset(request: Request, _visitor: Anyone) -> Response:
    return page(request, "identity/forgotten.html", form=Filled(None))


@router.post("/reset")
def create_reset(
    request: Request,
    db: Db,
    _visitor: Anyone,
    form: Annotated[Filled[ResetForm], form_of(ResetForm)],
    _noted: Annotated[None, Before(note_reset)],
) -> Response:
    if form.value is None:
        return page(request, "identity/forgotten.html", 422, form=form)
    ask_for_reset(db, form.value.email, request.scope["language"])
    return onward(request, "show_reset_sent")


@router.get("/reset/sent")
def show_reset_sent(request: Request, _visitor: Anyone) -> Response:
    return page(request, "identity/sent.html", purpose="reset")


@router.get("/reset/{token}")
def edit_password(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    user = user_to_reset(db, token)
    return page(
        request, "identity/new_password.html", token=token, email=user.email, form=Filled(None)
    )


@router.post("/reset/{token}")
def update_password(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    hashed: Annotated[Hashed[PasswordForm], Before(hash_for_reset)],
) -> Response:
    if hashed.password_hash is None:
        email, form = user_to_reset(db, token).email, hashed.form
        return page(request, "identity/new_password.html", 422, token=token, email=email, form=form)
    return admit(request, db, reset_password(db, token, hashed.password_hash))


@router.get("/agreements/{token}")
def new_agreement(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    next: str = "",  # noqa: A002 - its name in addresses
) -> Response:
    link_of(db, AGREEMENT, token)
    target = target_of(request, next)
    return page(request, "identity/agreement.html", token=token, target=target, form=Filled(None))


@router.post("/agreements/{token}")
def create_agreement(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    form: Annotated[Filled[AgreementForm], form_of(AgreementForm)],
) -> Response:
    target = target_of(request, form.typed.get("next", ""))
    if form.value is None:
        link_of(db, AGREEMENT, token)
        return page(request, "identity/agreement.html", 422, token=token, target=target, form=form)
    return admit_agreed(request, db, token, target)


@router.get("/privacy")
def show_privacy(request: Request, _visitor: Anyone) -> Response:
    return page(request, "identity/privacy.html", version=date.fromisoformat(DOCUMENTS["privacy"]))


@router.get("/terms")
def show_terms(request: Request, _visitor: Anyone) -> Response:
    return page(request, "identity/terms.html", version=date.fromisoformat(DOCUMENTS["terms"]))


def _sign_in_page(
    request: Request,
    form: Filled[SignInForm],
    wished: str,
    status: int = 200,
    *,
    is_refused: bool = False,
) -> Response:
    return page(
        request,
        "identity/sign_in.html",
        status,
        form=form,
        target=target_of(request, wished) if wished else "",
        refused=is_refused,
        has_passkeys=bool(site_of(request.app.state.settings.public_url)),
        providers=providers_of(request).listed,
    )
