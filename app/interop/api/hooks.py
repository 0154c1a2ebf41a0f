"""Webhooks as the API gives and takes them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.i18n.marking import N_
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.operations import Sent, operation
from app.interop.connections import LONGEST_ADDRESS
from app.interop.scopes import WEBHOOKS_WRITE
from app.interop.webhooks import Webhook, end_webhook, set_webhook, webhook_of, webhooks_of

Kind = Literal[
    "enrolment", "completion", "certificate-issued", "certificate-revoked", "placement"
]  # fmt: skip


class Hook(BaseModel):
    """A webhook of the token's institution; `state` is on, failing or off."""

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


def _told(webhook: Webhook) -> Hook:
    return Hook(
        id=webhook.key,
        address=webhook.address,
        kinds=webhook.kinds,
        state=webhook.state,
        since=webhook.made_at,
    )
