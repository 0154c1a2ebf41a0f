"""Routes of interop: an administrator's tokens and webhooks, institution by institution."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.i18n.refusals import said
from app.identity.access import KeepsPrograms, Visitor, token_hash_of
from app.identity.demands import is_step_demanded
from app.identity.grants import REGISTRAR
from app.identity.institutions import Institution, name_of_institution
from app.identity.units.listings import unit_of
from app.interop.connections import AddressNotAllowed
from app.interop.deliveries import deliver_later, deliveries_of
from app.interop.forms import TokenForm, WebhookForm
from app.interop.scopes import NAMING, SCOPES
from app.interop.tokens import (
    LONGEST_DAYS,
    ScopeNotYours,
    TokenUnknown,
    make_token,
    revoke_token,
    tokens_of,
)
from app.interop.trees import roles_over
from app.interop.webhooks import (
    KINDS,
    TEST,
    Webhook,
    change_secret,
    end_webhook,
    set_webhook,
    switch_on,
    webhook_of,
    webhooks_of,
)
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
FIRST_DAYS = 90  # what the form offers
NO_TOKEN: Filled[TokenForm] = Filled(None)
NO_WEBHOOK: Filled[WebhookForm] = Filled(None)


@router.get("/institutions/{key}/tokens")
def show_tokens(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, done: str = ""
) -> Response:
    unit = unit_of(db, visitor.id, key)
    return _tokens_page(request, db, visitor, unit, done=done)


@router.post("/institutions/{key}/tokens")
def create_token(
    request: Request,
    db: Db,
    visitor: KeepsPrograms,
    key: str,
    form: Annotated[Filled[TokenForm], form_of(TokenForm)],
) -> Response:
    """Make a token and show it, this once: no address leads to it."""
    unit, told = unit_of(db, visitor.id, key), form.value
    if told is None:
        return _tokens_page(request, db, visitor, unit, 422, form=form)
    try:
        token = make_token(
            db, visitor.id, unit.id, told.name, told.scopes, told.last_day, token_hash_of(request)
        )
    except ScopeNotYours as refusal:
        faulty = form.with_fault("scopes", said(refusal, request.scope["language"]).whole)
        return _tokens_page(request, db, visitor, unit, refusal.status, form=faulty)
    return _tokens_page(request, db, visitor, unit, 201, token=token)


@router.post("/institutions/{key}/tokens/{token}/revocation")
def delete_token(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, token: str
) -> Response:
    unit = unit_of(db, visitor.id, key)
    try:
        own = UUID(token)
    except ValueError:
        raise TokenUnknown from None
    revoke_token(db, visitor.id, unit.id, own)
    return onward(request, "show_tokens", "?done=revoked", key=key)


@router.get("/institutions/{key}/webhooks")
def show_webhooks(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, done: str = ""
) -> Response:
    unit = unit_of(db, visitor.id, key)
    return _webhooks_page(request, db, unit, done=done)


@router.post("/institutions/{key}/webhooks")
def create_webhook(
    request: Request,
    db: Db,
    visitor: KeepsPrograms,
    key: str,
    form: Annotated[Filled[WebhookForm], form_of(WebhookForm)],
) -> Response:
    """Set a webhook and show its secret, this once."""
    unit, told = unit_of(db, visitor.id, key), form.value
    if told is None:
        return _webhooks_page(request, db, unit, 422, form=form)
    allowed = request.app.state.settings.private_webhooks
    try:
        made = set_webhook(
            db, visitor.id, unit.id, told.address, told.kinds, is_private_allowed=allowed
        )
    except AddressNotAllowed as refusal:
        faulty = form.with_fault("address", said(refusal, request.scope["language"]).whole)
        return _webhooks_page(request, db, unit, refusal.status, form=faulty)
    return _webhook_page(request, db, unit, made, 201, secret=made.secret)


@router.get("/institutions/{key}/webhooks/{webhook}")
def show_webhook(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, webhook: str, done: str = ""
) -> Response:
    unit = unit_of(db, visitor.id, key)
    found = webhook_of(db, unit.id, webhook, to_change=False)
    return _webhook_page(request, db, unit, found, done=done)


@router.post("/institutions/{key}/webhooks/{webhook}/test")
def create_test(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, webhook: str
) -> Response:
    """Promise a message that says nothing, so that a receiver can be tried."""
    unit = unit_of(db, visitor.id, key)
    found = webhook_of(db, unit.id, webhook)
    told = {"institution": unit.key}
    deliver_later(db, found.id, TEST, uuid4(), clock.now(), told)
    return onward(request, "show_webhook", "?done=test", key=key, webhook=webhook)


@router.post("/institutions/{key}/webhooks/{webhook}/secret")
def create_secret(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, webhook: str
) -> Response:
    """Give a webhook a new secret and show it, this once."""
    unit = unit_of(db, visitor.id, key)
    found = webhook_of(db, unit.id, webhook)
    secret = change_secret(db, visitor.id, found)
    return _webhook_page(request, db, unit, found, 201, secret=secret)


@router.post("/institutions/{key}/webhooks/{webhook}/on")
def update_webhook(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, webhook: str
) -> Response:
    unit = unit_of(db, visitor.id, key)
    switch_on(db, visitor.id, webhook_of(db, unit.id, webhook))
    return onward(request, "show_webhook", "?done=on", key=key, webhook=webhook)


@router.post("/institutions/{key}/webhooks/{webhook}/ending")
def delete_webhook(
    request: Request, db: Db, visitor: KeepsPrograms, key: str, webhook: str
) -> Response:
    unit = unit_of(db, visitor.id, key)
    end_webhook(db, visitor.id, webhook_of(db, unit.id, webhook))
    return onward(request, "show_webhooks", "?done=ended", key=key)


def _tokens_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    unit: Institution,
    status: int = 200,
    *,
    form: Filled[TokenForm] = NO_TOKEN,
    token: str = "",
    done: str = "",
) -> Response:
    today = clock.now().date()
    may_name = REGISTRAR in roles_over(db, visitor.id, unit.id)
    return page(
        request,
        "interop/tokens.html",
        status,
        unit=unit,
        name=name_of_institution(db, unit.id),
        form=form,
        scopes={key: told for key, told in SCOPES.items() if may_name or key not in NAMING},
        may_name=may_name,
        tokens=tokens_of(db, unit.id),
        is_demanded=is_step_demanded(db, visitor.id),
        token=token,
        done=done,
        first_day=today + timedelta(days=FIRST_DAYS),
        today=today,
        last_day=today + timedelta(days=LONGEST_DAYS),
    )


def _webhooks_page(
    request: Request,
    db: Session,
    unit: Institution,
    status: int = 200,
    *,
    form: Filled[WebhookForm] = NO_WEBHOOK,
    done: str = "",
) -> Response:
    return page(
        request,
        "interop/webhooks.html",
        status,
        unit=unit,
        name=name_of_institution(db, unit.id),
        form=form,
        kinds=KINDS,
        webhooks=webhooks_of(db, unit.id),
        done=done,
    )


def _webhook_page(
    request: Request,
    db: Session,
    unit: Institution,
    webhook: Webhook,
    status: int = 200,
    **more: Any,
) -> Response:
    return page(
        request,
        "interop/webhook.html",
        status,
        unit=unit,
        name=name_of_institution(db, unit.id),
        webhook=webhook,
        kinds=KINDS,
        deliveries=deliveries_of(db, webhook.id),
        **{"secret": "", "done": "", **more},
    )
