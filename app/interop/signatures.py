"""Signatures: how a receiver knows that a message is ours, as Standard Webhooks has them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX, SECRET_BYTES = "whsec_", 32


def new_secret() -> str:
    """A secret of 256 random bits, in base64 behind its prefix."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_of(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of one secret: HMAC-SHA256 of id, timestamp and body, with its version."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(
    secrets_standing: Iterable[str], message_id: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """The three headers of a message; while a secret is being changed both sign."""
    timestamp = int(moment.timestamp())
    signed = [signature_of(each, message_id, timestamp, body) for each in secrets_standing]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }
