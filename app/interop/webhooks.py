"""Webhooks: addresses that are told what happens in an institution's tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Uuid, exists, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.credentials.certificates import CertificateIssued, CertificateRevoked
from app.foundation import clock
from app.foundation.database import Id, JsonType, Model, Moment, Ref, table_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Prepared
from app.i18n.marking import N_
from app.identity.placements import Placed
from app.interop.connections import LONGEST_ADDRESS, target_of
from app.interop.signatures import new_secret
from app.learning.completions import CourseCompleted
from app.learning.enrolments import Enrolled

# The events that webhooks are told of, and by which kind and in which words.
TOLD: Mapping[type[Happening], tuple[str, str]] = {
    Enrolled: ("enrolment", N_("Somebody is enrolled in a course")),
    CourseCompleted: ("completion", N_("Somebody completed a course")),
    CertificateIssued: ("certificate-issued", N_("A certificate was issued")),
    CertificateRevoked: ("certificate-revoked", N_("A certificate was revoked")),
    Placed: ("placement", N_("Somebody works elsewhere from now on")),
}
KINDS = dict(TOLD.values())
KIND_OF = {event.kind: kind for event, (kind, _words) in TOLD.items()}
TEST = "test"
MOST_WEBHOOKS = 20
BOTH_SIGN = timedelta(hours=24)


class Webhook(Model):
    """An address, what it is told, and the secret that signs it; an earlier secret signs for a day.

    The secret is kept as it is, since every message is signed by it. Whoever made the webhook must
    still be administrator there, else nothing is sent.
    """

    __tablename__ = "webhooks"

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), index=True)
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    kinds: Mapped[list[str]] = mapped_column(JsonType)
    secret: Mapped[str] = mapped_column(String(100))
    former_secret: Mapped[str | None] = mapped_column(String(100))
    former_until: Mapped[Moment | None]
    made_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[Moment]
    failing_since: Mapped[Moment | None]
    disabled_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]

    @property
    def state(self) -> str:
        """Whether it is told of what happens, has trouble, or was switched off.

        Held is what is off though messages arrived: its maker took their account back.
        """
        if self.disabled_at is not None:
            return "off" if self.failing_since is not None else "held"
        return "failing" if self.failing_since is not None else "on"

    def secrets_at(self, moment: datetime) -> list[str]:
        """The secrets that sign at a moment, the newest first."""
        former = self.former_secret
        is_kept = former and self.former_until is not None and self.former_until > moment
        return [self.secret, former] if is_kept and former else [self.secret]


@dataclass(frozen=True, kw_only=True)
class WebhookSet(Happening):
    """An administrator let an address be told of kinds of happenings in an institution's tree."""

    kind: ClassVar[str] = "webhook-set"
    webhook_id: int
    institution_id: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WebhookRenewed(Happening):
    """A webhook has a new secret, or is on again after it was switched off."""

    kind: ClassVar[str] = "webhook-renewed"
    webhook_id: int
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class WebhookEnded(Happening):
    """A webhook is told of nothing more; no actor means that it had failed for days."""

    kind: ClassVar[str] = "webhook-ended"
    webhook_id: int
    institution_id: int


class WebhookUnknown(NotFound):
    """The institution has no such webhook."""

    says = N_("There is no such webhook.")
    mend = N_("Look at the list of webhooks again.")


class WebhooksTooMany(Refusal):
    """The institution has as many webhooks as one can look through."""

    says = N_("This institution has %(most)s webhooks already.")
    mend = N_("End those that nobody listens to.")


_webhooks = Webhook.__table__.c
_stands = _webhooks.ended_at.is_(None)
_ANY_ON = Prepared(select(exists().where(_stands, _webhooks.disabled_at.is_(None))))


def is_any_webhook_on(db: Session) -> bool:
    """Whether any webhook is on at all, so that nothing is promised in vain."""
    (row,) = _ANY_ON.rows(db, {})
    return bool(row[0])


def set_webhook(
    db: Session,
    by: int,
    institution_id: int,
    address: str,
    kinds: Iterable[str],
    *,
    is_private_allowed: bool,
) -> Webhook:
    """Let an address be told; raises AddressNotAllowed or WebhooksTooMany."""
    target_of(address, is_private_allowed=is_private_allowed)
    count = select(func.count()).where(_stands, _webhooks.institution_id == institution_id)
    if (db.scalar(count) or 0) >= MOST_WEBHOOKS:
        raise WebhooksTooMany(most=MOST_WEBHOOKS)
    chosen = set(kinds)
    webhook = Webhook(
        key=uuid4(),
        institution_id=institution_id,
        address=address,
        kinds=[kind for kind in KINDS if kind in chosen],
        secret=new_secret(),
        made_by=by,
        made_at=clock.now(),
    )
    db.add(webhook)
    db.flush()
    record(
        db,
        WebhookSet(
            actor_id=by,
            webhook_id=webhook.id,
            institution_id=institution_id,
            kinds=tuple(webhook.kinds),
        ),
    )
    return webhook


def webhooks_of(db: Session, institution_id: int) -> list[Webhook]:
    """The webhooks of an institution that have not ended, oldest first."""
    asked = select(Webhook).where(_stands, Webhook.institution_id == institution_id)
    return list(db.scalars(asked.order_by(Webhook.id)))


def webhook_of(
    db: Session, institution_id: int, key: UUID | str, *, to_change: bool = True
) -> Webhook:
    """One webhook of an institution, its row locked if it is to change; raises WebhookUnknown."""
    try:
        own = UUID(str(key))
    except ValueError:
        raise WebhookUnknown from None
    asked = select(Webhook).where(
        _stands, Webhook.key == own, Webhook.institution_id == institution_id
    )
    webhook = db.scalars(asked.with_for_update() if to_change else asked).one_or_none()
    if webhook is None:
        raise WebhookUnknown
    return webhook


def change_secret(db: Session, by: int, webhook: Webhook) -> str:
    """Give a webhook a new secret; for a day messages are signed by both."""
    webhook.former_secret, webhook.former_until = webhook.secret, clock.now() + BOTH_SIGN
    webhook.secret = new_secret()
    _renewed(db, by, webhook)
    return webhook.secret


def switch_on(db: Session, by: int, webhook: Webhook) -> None:
    """Tell a webhook again, after it was switched off."""
    webhook.failing_since = webhook.disabled_at = None
    _renewed(db, by, webhook)


def hold_webhooks_of(db: Session, maker_id: int) -> None:
    """Switch off what this person set, until somebody who looked at its address switches it on."""
    moment = clock.now()
    held = (
        update(table_of(Webhook))
        .where(_stands, _webhooks.made_by == maker_id, _webhooks.disabled_at.is_(None))
        .values(disabled_at=moment, failing_since=None)
        .returning(_webhooks.id, _webhooks.institution_id)
    )
    for webhook_id, institution_id in db.execute(held).all():
        record(
            db,
            WebhookEnded(actor_id=maker_id, webhook_id=webhook_id, institution_id=institution_id),
        )


def end_webhook(db: Session, by: int, webhook: Webhook) -> None:
    """Tell the address nothing more."""
    webhook.ended_at = clock.now()
    db.flush()
    record(
        db,
        WebhookEnded(actor_id=by, webhook_id=webhook.id, institution_id=webhook.institution_id),
    )


def _renewed(db: Session, by: int, webhook: Webhook) -> None:
    db.flush()
    record(
        db,
        WebhookRenewed(actor_id=by, webhook_id=webhook.id, institution_id=webhook.institution_id),
    )
