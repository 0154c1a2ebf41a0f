"""Discoveries: what a provider says of itself, and its keys, kept in the process for an hour."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from starlette.requests import Request

from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.federation.conversations import ProviderAway, Question, ask
from app.settings.providers import Provider, is_safe

FRESH = 3600.0  # seconds that what was found counts without asking again
SOONEST = 30.0  # seconds between two looks for a key that is not known yet
WELL_KNOWN = "/.well-known/openid-configuration"
OF_ALGORITHM: dict[str, tuple[type[Key], str | None]] = {
    "RS256": (RSAKey, None), "ES256": (ECKey, "P-256"), "EdDSA": (OKPKey, "Ed25519"),
}  # fmt: skip
LEAST_BITS = 2048
MOST_KEYS = 100


class ProviderUnknown(NotFound):
    """No provider of this name signs people in here."""

    says = N_("Nobody signs in here by this provider.")
    mend = N_("Choose one of those on the sign-in page.")


class Metadata(NamedTuple):
    """Where a provider is asked for what."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    takes_basic: bool
    names_itself: bool
    tells_of_logouts: bool


@dataclass
class Known:
    """A provider with what was found out about it; one thread at a time asks."""

    provider: Provider
    metadata: Metadata | None = None
    keys: list[dict[str, Any]] = field(default_factory=list)
    found_at: float = float("-inf")
    keys_at: float = float("-inf")
    lock: Lock = field(default_factory=Lock)


class Providers:
    """The providers of an application, by their names in the operator's file."""

    def __init__(self, listed: tuple[Provider, ...], now: Callable[[], float]) -> None:
        self._known = {each.key: Known(each) for each in listed}
        self._now = now

    @property
    def listed(self) -> list[Provider]:
        return [each.provider for each in self._known.values()]

    def called(self, key: str) -> Provider:
        """The provider of this name; raises ProviderUnknown."""
        return self._called(key).provider

    def metadata(self, key: str) -> Metadata:
        """What the provider says of itself, asked anew after an hour; raises ProviderAway.

        While it is away, what it said last counts on.
        """
        known = self._called(key)
        with known.lock:
            if self._now() - known.found_at > FRESH:
                try:
                    known.metadata = _found(known.provider)
                except ProviderAway:
                    if known.metadata is None:
                        raise
                known.found_at = self._now()
            if known.metadata is None:
                raise ProviderAway(provider=known.provider.label)
            return known.metadata

    def key(self, provider: Provider, algorithm: str, kid: str | None) -> Key | None:
        """The provider's key that a token names; asks once more for one that is not known yet."""
        at = self.metadata(provider.key).keys
        known = self._called(provider.key)
        with known.lock:
            age = self._now() - known.keys_at
            found = _fitting(known.keys, algorithm, kid) if age <= FRESH else None
            if found is None and age > SOONEST:
                known.keys = _keys_at(at, provider.label)
                known.keys_at = self._now()
                found = _fitting(known.keys, algorithm, kid)
            return found

    def _called(self, key: str) -> Known:
        try:
            return self._known[key]
        except KeyError:
            raise ProviderUnknown from None


def providers_of(request: Request) -> Providers:
    """The providers of the application that is asked; made at the first question."""
    state = request.app.state
    if not hasattr(state, "providers"):
        state.providers = Providers(state.settings.providers, time.monotonic)
    found: Providers = state.providers
    return found


def _found(provider: Provider) -> Metadata:
    asked = ask(Question(provider.issuer.rstrip("/") + WELL_KNOWN), provider.label)
    told = asked.told if isinstance(asked.told, dict) else {}
    # Without this check a provider could speak for another one (OpenID Connect Discovery 4.3).
    if asked.status != 200 or told.get("issuer") != provider.issuer:
        raise ProviderAway(provider=provider.label)
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    found = Metadata(
        authorization=_address(told, "authorization_endpoint"),
        token=_address(told, "token_endpoint"),
        keys=_address(told, "jwks_uri"),
        userinfo=_address(told, "userinfo_endpoint"),
        end_session=_address(told, "end_session_endpoint"),
        takes_basic="client_secret_basic" in ways,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        tells_of_logouts=told.get("backchannel_logout_supported") is True,
    )
    if not (found.authorization and found.token and found.keys):
        raise ProviderAway(provider=provider.label)
    return found


def _address(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) and is_safe(value) else ""


def _keys_at(address: str, provider: str) -> list[dict[str, Any]]:
    asked = ask(Question(address), provider)
    keys = asked.told.get("keys") if isinstance(asked.told, dict) else None
    if asked.status != 200 or not isinstance(keys, list):
        raise ProviderAway(provider=provider)
    return [each for each in keys[:MOST_KEYS] if isinstance(each, dict)]


def _fitting(keys: list[dict[str, Any]], algorithm: str, kid: str | None) -> Key | None:
    """The one key for a signature: by its name, or the only one of its kind where none is named."""
    fitting = [
        key
        for each in keys
        if each.get("use", "sig") == "sig"
        and each.get("alg", algorithm) == algorithm
        and (kid is None or each.get("kid") == kid)
        and (key := _imported(each, algorithm)) is not None
    ]
    return fitting[0] if len(fitting) == 1 or (fitting and kid is not None) else None


def _imported(told: dict[str, Any], algorithm: str) -> Key | None:
    kind, curve = OF_ALGORITHM[algorithm]
    public = {
        name: value for name, value in told.items() if name in {"kty", "n", "e", "crv", "x", "y"}
    }
    try:
        key = JWKRegistry.import_key(public)
        if not isinstance(key, kind):
            return None
        if isinstance(key, RSAKey):
            return key if key.raw_value.key_size >= LEAST_BITS else None
        return key if public.get("crv") == curve else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None
