"""Deliveries: messages on their way to webhooks, at least once each, with a stable id."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, Uuid, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import record
from app.foundation import clock
from app.foundation.database import Id, Json, Model, Moment, Ref
from app.foundation.prepared import Once
from app.identity.institutions import name_of_institution
from app.identity.users import NoSuchPerson, user_numbered
from app.interop.webhooks import Webhook, WebhookEnded
from app.queue.jobs import later
from app.queue.mails import mail_later

DELIVER = "webhook-deliver"
# Seconds before each further try: three days in all.
PAUSES = (10, 300, 1800, 7200, 18_000, 36_000, 50_400, 64_800, 81_000)
FAILING_DAYS = 5
KEEPS = timedelta(days=30)
MOST_SHOWN = 50
NAMESPACE = UUID("6f1d2c58-3c0a-4d0e-9b7e-5b5f5a3f9a11")


class Delivery(Model):
    """A message for one webhook; its key is the same at each try, so a receiver knows it again."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_key"),
        Index("ix_webhook_deliveries_made_at", "made_at"),
    )

    id: Mapped[Id]
    webhook_id: Mapped[Ref] = mapped_column(ForeignKey("webhooks.id"))
    event_key: Mapped[UUID] = mapped_column(Uuid)
    key: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(32))
    message: Mapped[Json]
    made_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    tried_at: Mapped[Moment | None]
    status: Mapped[int | None] = mapped_column(Integer)
    fault: Mapped[str | None] = mapped_column(String(64))
    delivered_at: Mapped[Moment | None]
    given_up_at: Mapped[Moment | None]

    @property
    def state(self) -> str:
        """Whether it arrived, is still tried, or was given up."""
        if self.delivered_at is not None:
            return "arrived"
        return "given-up" if self.given_up_at is not None else "waiting"


_ONCE = Once(Delivery)


def deliver_later(
    db: Session, webhook_id: int, kind: str, event_key: UUID, happened_at: datetime, told: Any
) -> bool:
    """Promise a message about an event to a webhook; the same event is promised once."""
    message = {"type": kind, "timestamp": happened_at.isoformat(), "data": told}
    key = uuid5(NAMESPACE, f"{webhook_id}/{event_key}")
    row = {
        "webhook_id": webhook_id,
        "event_key": event_key,
        "key": key,
        "kind": kind,
        "message": message,
        "made_at": clock.now(),
        "tries": 0,
    }
    delivery_id = _ONCE.add_named(db, row)
    if delivery_id is None:
        return False
    later(db, DELIVER, {"delivery": delivery_id, "try": 0}, gives_way=True)
    return True


def body_of(delivery: Delivery) -> bytes:
    """The message as it is sent and signed: the same bytes at each try."""
    return json.dumps(
        delivery.message, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def settle(
    db: Session, delivery: Delivery, webhook: Webhook, *, status: int | None, fault: str = ""
) -> None:
    """Note how a try went: arrived, to be tried after a longer pause, or given up after three days."""
    moment = clock.now()
    delivery.tried_at, delivery.status, delivery.fault = moment, status, fault or None
    delivery.tries += 1
    if status is not None and 200 <= status < 300:
        delivery.delivered_at, webhook.failing_since = moment, None
        return
    webhook.failing_since = webhook.failing_since or moment
    if delivery.tries > len(PAUSES):
        delivery.given_up_at = moment
    else:
        pause = timedelta(seconds=PAUSES[delivery.tries - 1])
        told = {"delivery": delivery.id, "try": delivery.tries}
        later(db, DELIVER, told, moment + pause, gives_way=True)
    if moment - webhook.failing_since >= timedelta(days=FAILING_DAYS):
        _switch_off(db, webhook, moment)


def _switch_off(db: Session, webhook: Webhook, moment: datetime) -> None:
    if webhook.disabled_at is not None:
        return
    webhook.disabled_at = moment
    db.flush()
    record(db, WebhookEnded(webhook_id=webhook.id, institution_id=webhook.institution_id))
    try:
        maker = user_numbered(db, webhook.made_by)
    except NoSuchPerson:
        return
    if maker.email is not None:
        mail_later(
            db,
            "webhook_off",
            to=maker.email,
            language=maker.language,
            name=maker.name,
            address=webhook.address,
            days=FAILING_DAYS,
            institution=name_of_institution(db, webhook.institution_id),
        )


def deliveries_of(db: Session, webhook_id: int) -> list[Delivery]:
    """The last messages to a webhook, latest first."""
    asked = select(Delivery).where(Delivery.webhook_id == webhook_id)
    return list(db.scalars(asked.order_by(Delivery.id.desc()).limit(MOST_SHOWN)))


def forget_deliveries(db: Session, before: datetime) -> None:
    """Delete the messages that were made before a moment."""
    db.execute(delete(Delivery).where(Delivery.made_at < before))
