"""Logouts: people whom a provider signed out, by OpenID Connect Back-Channel Logout 1.0.

The provider itself tells us, with a token that it signed; no browser of the person is asked.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.foundation import clock
from app.foundation.errors import Refusal
from app.identity.federation.conversations import ProviderAway
from app.identity.federation.discoveries import Providers, providers_of
from app.identity.federation.id_tokens import (
    LONGEST_SUBJECT,
    SKEW,
    TokenRefused,
    is_for,
    moment_in,
    signed_claims,
)
from app.identity.federation.identities import identity_called
from app.identity.one_time_links import PROVIDED_LOGOUT, is_first
from app.identity.sign_ins import close_provided_sign_ins
from app.settings.providers import Provider
from app.web.forms import read_fields

EVENT = "http://schemas.openid.net/event/backchannel-logout"
FRESH = timedelta(minutes=10)  # how old a token may be; its number is remembered for longer


class Left(NamedTuple):
    """Who left a provider: the person there, or one session of theirs; the number of the token."""

    issuer: str
    subject: str
    session: str
    number: str


def find_left(request: Request) -> Left | TokenRefused:
    """Whom the token in the body speaks of, or why it counts for nothing; raises ProviderUnknown."""
    providers = providers_of(request)
    provider = providers.called(request.path_params["provider"])
    try:
        fields = read_fields(request.state.body, request.headers.get("content-type", ""))
        return check_logout_token(dict(fields).get("logout_token"), provider, providers)
    except TokenRefused as refused:
        return refused
    except ProviderAway:
        return TokenRefused(provider=provider.label, why="provider away")
    except Refusal:
        return TokenRefused(provider=provider.label, why="no form")


def check_logout_token(token: object, provider: Provider, providers: Providers) -> Left:
    """Whom the token speaks of; raises TokenRefused and ProviderAway.

    A provider that does not say in its metadata that it tells of logouts is not believed.
    """
    if not providers.metadata(provider.key).tells_of_logouts:
        raise TokenRefused(provider=provider.label, why="backchannel_logout_supported")
    claims = signed_claims(token, provider, providers)
    refused = _fault_in(claims, provider)
    if refused:
        raise TokenRefused(provider=provider.label, why=refused)
    return Left(
        provider.issuer, claims.get("sub", ""), claims.get("sid", ""), claims["jti"]
    )  # fmt: skip


def sign_out(db: Session, key: str, left: Left) -> TokenRefused | None:
    """Revoke that person's sign-ins by this provider; a token that came before counts no more.

    Whom we do not know, or who is not signed in, is signed out already.
    """
    if not is_first(db, PROVIDED_LOGOUT, f"{left.issuer} {left.number}"):
        return TokenRefused(provider=key, why="jti")
    known = identity_called(db, left.issuer, left.subject) if left.subject else None
    if left.subject and known is None:
        return None
    user_id = known.user_id if known is not None else None
    close_provided_sign_ins(db, key, user_id=user_id, session=left.session)
    return None


def _fault_in(claims: Mapping[str, Any], provider: Provider) -> str:
    """The first claim that is wrong, by its name; "" for none (section 2.6)."""
    now, events = clock.now(), claims.get("events")
    issued, expires = moment_in(claims.get("iat")), moment_in(claims.get("exp"))
    told = [claims[name] for name in ("sub", "sid") if name in claims]
    number = claims.get("jti")
    checks = (
        ("iss", claims.get("iss") == provider.issuer),
        ("aud", is_for(claims, provider.client_id)),
        ("iat", issued is not None and now - FRESH < issued < now + SKEW),
        ("exp", "exp" not in claims or (expires is not None and expires > now - SKEW)),
        ("events", isinstance(events, dict) and isinstance(events.get(EVENT), dict)),
        ("nonce", "nonce" not in claims),
        ("sub", bool(told) and all(_is_word(each) for each in told)),
        ("jti", _is_word(number)),
    )
    return next((name for name, is_right in checks if not is_right), "")


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT
