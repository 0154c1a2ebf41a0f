"""Routes of second steps: a code of one's device set up, asked for at sign-in, and ended."""

from typing import Annotated, Any

import segno
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import Anyone, SignedIn, Visitor
from app.identity.admissions import admit, target_of
from app.identity.one_time_links import SECOND_STEP, link_of, person_of, use_link
from app.identity.passkeys.passkeys import credential_ids_of
from app.identity.provings import Proved, ProvedForm, prove_for, proved_or
from app.identity.recovery_codes import recovery_codes_left
from app.identity.second_factors import (
    SecondFactor,
    address_of,
    begin,
    begun,
    confirm,
    end_device,
    has_device,
    proves,
    renew_recovery_codes,
)
from app.identity.second_steps.codes import codes_page
from app.identity.security.forms import CodeForm, note_code, note_own_code
from app.identity.sign_ins import way_in
from app.identity.throttles import Try, forget_try
from app.identity.users import User, user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()

WRONG_CODE = N_("This code is wrong, was used already, or its half minute is over. Take the next.")


def _step_page(
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
        "identity/second_steps/second_step.html",
        status,
        form=form,
        done=done,
        is_on=has_device(db, visitor.id),
        passkeys=len(credential_ids_of(db, visitor.id)),
        left=recovery_codes_left(db, visitor.id),
    )


@router.get("/account/second-step")
def show_second_step(request: Request, db: Db, visitor: SignedIn, done: str = "") -> Response:
    return _step_page(request, db, visitor, Filled(None), done=done)


@router.post("/account/second-step")
@proved_or(_step_page)
def create_second_step(
    request: Request,
    db: Db,
    visitor: SignedIn,
    _proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],
) -> Response:
    """Make a secret for the person's device, which has to show that it has it."""
    begin(db, visitor.id)
    return onward(request, "edit_second_step")


@router.get("/account/second-step/device")
def edit_second_step(request: Request, db: Db, visitor: SignedIn) -> Response:
    factor = begun(db, visitor.id)
    if factor is None:
        return onward(request, "show_second_step")
    return _device_page(request, factor, user_numbered(db, visitor.id), Filled(None))


@router.post("/account/second-step/device")
def update_second_step(
    request: Request,
    db: Db,
    visitor: SignedIn,
    form: Annotated[Filled[CodeForm], form_of(CodeForm)],
    tried: Annotated[Try, Before(note_own_code)],
) -> Response:
    """Ask for codes from now on, and show the codes for paper, this once."""
    factor, user = begun(db, visitor.id), user_numbered(db, visitor.id)
    if factor is None:
        return onward(request, "show_second_step")
    codes = confirm(db, factor, user, form.value.code) if form.value is not None else []
    if not codes:
        return _device_page(request, factor, user, _wrong(request, form), 422)
    forget_try(db, tried)
    return codes_page(request, codes)


@router.post("/account/second-step/ending")
@proved_or(_step_page)
def delete_second_step(
    request: Request,
    db: Db,
    visitor: SignedIn,
    _proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],
) -> Response:
    end_device(db, user_numbered(db, visitor.id))
    return onward(request, "show_second_step", "?done=off")


@router.post("/account/second-step/codes")
@proved_or(_step_page)
def create_recovery_codes(
    request: Request,
    db: Db,
    visitor: SignedIn,
    _proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],
) -> Response:
    """Show ten new codes for paper, this once; the earlier ones work no longer."""
    codes = renew_recovery_codes(db, user_numbered(db, visitor.id))
    if not codes:
        return onward(request, "show_second_step")
    return codes_page(request, codes)


@router.get("/sign-in/code/{token}")
def new_second_step(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    next: str = "",  # noqa: A002 - its name in addresses
) -> Response:
    user_id = person_of(link_of(db, SECOND_STEP, token))
    return _code_page(request, db, user_id, token, target_of(request, next), Filled(None))


@router.post("/sign-in/code/{token}")
def create_second_sign_in(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    form: Annotated[Filled[CodeForm], form_of(CodeForm)],
    tried: Annotated[Try, Before(note_code)],
) -> Response:
    target = target_of(request, form.typed.get("next", ""))
    user = user_numbered(db, person_of(link_of(db, SECOND_STEP, token)))
    if form.value is None or not proves(db, user, form.value.code):
        return _code_page(request, db, user.id, token, target, _wrong(request, form), 422)
    way = way_in(use_link(db, SECOND_STEP, token).details)
    forget_try(db, tried)
    return admit(request, db, user, target, proved_twice=True, way=way)


def _wrong(request: Request, form: Filled[CodeForm]) -> Filled[CodeForm]:
    if form.faults:
        return form
    words = translations_for(request.scope["language"]).gettext(WRONG_CODE)
    return form.with_fault("code", words)


def _device_page(
    request: Request,
    factor: SecondFactor,
    user: User,
    form: Filled[CodeForm],
    status: int = 200,
) -> Response:
    address = address_of(factor, user)
    drawing = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff")
    secret = " ".join(factor.secret[at : at + 4] for at in range(0, len(factor.secret), 4))
    return page(
        request,
        "identity/second_steps/device.html",
        status,
        form=form,
        drawing=Markup(drawing),  # noqa: S704 - drawn by segno from an address of ours
        secret=secret,
        address=address,
    )


def _code_page(
    request: Request,
    db: Session,
    user_id: int,
    token: str,
    target: str,
    form: Filled[CodeForm],
    status: int = 200,
) -> Response:
    return page(
        request,
        "identity/second_steps/code.html",
        status,
        form=form,
        token=token,
        target=target,
        has_device=has_device(db, user_id),
        has_passkey=bool(credential_ids_of(db, user_id)),
    )
