"""Jobs of interop: messages spread to webhooks and sent, and what is kept for a while forgotten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.foundation import clock
from app.foundation.errors import Refusal
from app.interop.api.repeats import KEEPS as ANSWERS_KEPT
from app.interop.api.repeats import forget_answers
from app.interop.connections import NotReached, send
from app.interop.deliveries import DELIVER, KEEPS, Delivery, body_of, forget_deliveries, settle
from app.interop.messages import spread
from app.interop.signatures import headers_of
from app.interop.webhooks import Webhook
from app.queue.worker import Handler, Workshop

SPREAD, TIDY = "webhook-spread", "tidy-interop"
AGENT = "Capacita-Webhooks/1"


def spread_event(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Promise the message about an event to each webhook; done again, it promises nothing new."""
    with workshop.engines.writing() as db:
        spread(db, UUID(payload["event"]))


def deliver(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Send one message; no transaction is open while the receiver takes its time."""
    allowed = workshop.settings.private_webhooks
    with workshop.engines.reading() as db:
        delivery = db.get(Delivery, payload["delivery"])
        webhook = db.get(Webhook, delivery.webhook_id) if delivery else None
    if delivery is None or webhook is None or not _is_due(delivery, webhook, payload):
        return
    body = body_of(delivery)
    signed = headers_of(webhook.secrets_at(clock.now()), f"msg_{delivery.key}", clock.now(), body)
    headers = signed | {"Content-Type": "application/json", "User-Agent": AGENT}
    status, fault = None, ""
    try:
        status = send(webhook.address, body, headers, is_private_allowed=allowed)
    except NotReached as missed:
        fault = str(missed)[:64]
    except Refusal as refusal:
        fault = type(refusal).__name__
    with workshop.engines.writing() as db:
        kept, told = db.get(Delivery, delivery.id), db.get(Webhook, webhook.id)
        if kept is not None and told is not None and _is_due(kept, told, payload):
            settle(db, kept, told, status=status, fault=fault)


def _is_due(delivery: Delivery, webhook: Webhook, payload: Mapping[str, Any]) -> bool:
    """Whether this is the try that is next; a job that runs twice settles once."""
    is_on = webhook.ended_at is None and webhook.disabled_at is None
    return is_on and delivery.state == "waiting" and delivery.tries == payload["try"]


def tidy_interop(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Delete answers after a day and messages after 30."""
    now = clock.now()
    with workshop.engines.writing() as db:
        forget_answers(db, now - ANSWERS_KEPT)
        forget_deliveries(db, now - KEEPS)


HANDLERS: dict[str, Handler] = {SPREAD: spread_event, DELIVER: deliver, TIDY: tidy_interop}
