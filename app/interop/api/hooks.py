"""Webhooks as the API gives and takes them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from app.foundation import clock
from app.i18n.marking import N_
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.operations import Sent, operation
from app.interop.connections import LONGEST_ADDRESS
from app.interop.deliveries import deliver_later
from app.interop.scopes import WEBHOOKS_WRITE
from app.interop.trees import keys_of
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

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(KINDS)]  # for the description, which names each


class Hook(BaseModel):
    """A webhook of the token's institution; `state` is on, failing, off or held."""

    id: UUID
    address: str
    kinds: list[str]
    state: str
    since: datetime


class NewHook(Hook):
    """A webhook that was just set, with the secret that signs its messages: it is shown once."""

    secret: str


class HookList(BaseModel):
    """The webhooks of the token's institution, oldest first."""

    webhooks: list[Hook]


class HookSent(Sent):
    """An https address, and of what it is to be told."""

    address: Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)]
    kinds: Annotated[list[Kind], Field(min_length=1)]


@operation("GET", "/webhooks", WEBHOOKS_WRITE, N_("List webhooks"), answer=HookList)
def list_webhooks(call: Call) -> Told:
    """The webhooks of the token's institution."""
    found = webhooks_of(call.db, call.holding.institution_id)
    return Told(HookList(webhooks=[_told(each) for each in found]))


@operation(
    "POST", "/webhooks", WEBHOOKS_WRITE, N_("Set a webhook"), answer=NewHook, status=201,
    body=HookSent, refuses=(409,),
)  # fmt: skip
def create_webhook(call: Call) -> Told:
    """Let an address be told of what happens in the token's tree."""
    told: HookSent = call.body
    allowed = call.request.app.state.settings.private_webhooks
    made = set_webhook(
        call.db, call.by, call.holding.institution_id, told.address, told.kinds,
        is_private_allowed=allowed,
    )  # fmt: skip
    return Told(NewHook(**_told(made).model_dump(), secret=made.secret), 201)


@operation(
    "DELETE", "/webhooks/{webhook}", WEBHOOKS_WRITE, N_("End a webhook"), answer=None, status=204
)
def delete_webhook(call: Call) -> Told:
    """Tell an address nothing more."""
    found = webhook_of(call.db, call.holding.institution_id, call.part("webhook"))
    end_webhook(call.db, call.by, found)
    return Told(None, 204)


@operation(
    "POST", "/webhooks/{webhook}/secret", WEBHOOKS_WRITE, N_("Give a webhook a new secret"),
    answer=NewHook, status=201,
)  # fmt: skip
def change_webhook_secret(call: Call) -> Told:
    """Sign by a new secret, which is shown once; for a day messages are signed by both."""
    found = webhook_of(call.db, call.holding.institution_id, call.part("webhook"))
    secret = change_secret(call.db, call.by, found)
    return Told(NewHook(**_told(found).model_dump(), secret=secret), 201)


@operation(
    "POST", "/webhooks/{webhook}/on", WEBHOOKS_WRITE, N_("Switch a webhook on again"),
    answer=Hook,
)  # fmt: skip
def switch_webhook_on(call: Call) -> Told:
    """Tell an address again, after it was switched off."""
    found = webhook_of(call.db, call.holding.institution_id, call.part("webhook"))
    switch_on(call.db, call.by, found)
    return Told(_told(found))


@operation(
    "POST", "/webhooks/{webhook}/test", WEBHOOKS_WRITE, N_("Send a webhook a message to try it"),
    answer=Hook,
)  # fmt: skip
def try_webhook(call: Call) -> Told:
    """Promise a message that says nothing, so that a receiver can be tried."""
    own = call.holding.institution_id
    found = webhook_of(call.db, own, call.part("webhook"))
    told = {"institution": keys_of(call.db, [own])[own]}
    deliver_later(call.db, found.id, TEST, uuid4(), clock.now(), told)
    return Told(_told(found))


def _told(webhook: Webhook) -> Hook:
    return Hook(
        id=webhook.key,
        address=webhook.address,
        kinds=webhook.kinds,
        state=webhook.state,
        since=webhook.made_at,
    )
