"""ID tokens: what a provider signed about a person, checked by OpenID Connect Core 3.1.3.7."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from app.foundation import clock
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.federation.discoveries import Providers
from app.settings.providers import Provider

SKEW = timedelta(seconds=60)  # by which the provider's clock may be off
LONGEST = 65_536
LONGEST_SUBJECT = 255


class TokenRefused(Refusal):
    """What the provider sent is not signed by it, not for us, not for this sign-in, or too old.

    `why` is for the log and the tests; the person is not told it.
    """

    status = 422
    says = N_("What %(provider)s sent about you could not be checked, so nobody was signed in.")
    mend = N_("Try once more. If it happens again, tell those who run this site: %(why)s.")


class Allowed(jws.JWSRegistry):
    """Our algorithms and no other; EdDSA is taken by its older name too, as providers write it."""

    max_header_length = 8192

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


class Vouched(NamedTuple):
    """What the provider vouches for: who, with which proof and when it last saw them prove it."""

    subject: str
    acr: str
    amr: tuple[str, ...]
    proved_at: datetime | None
    session: str
    claims: Mapping[str, Any]


def check_id_token(token: object, provider: Provider, providers: Providers, nonce: str) -> Vouched:
    """Whom the token speaks of; raises TokenRefused and ProviderAway."""
    claims = signed_claims(token, provider, providers)
    refused = _fault_in(claims, provider, nonce)
    if refused:
        raise TokenRefused(provider=provider.label, why=refused)
    amr = claims.get("amr")
    return Vouched(
        subject=claims["sub"],
        acr=text_in(claims.get("acr")),
        amr=tuple(text_in(each) for each in amr) if isinstance(amr, list) else (),
        proved_at=moment_in(claims.get("auth_time")),
        session=text_in(claims.get("sid")),
        claims=claims,
    )


def signed_claims(token: object, provider: Provider, providers: Providers) -> dict[str, Any]:
    """The claims of a token whose signature is the provider's, by an algorithm we allow it."""
    if not isinstance(token, str) or len(token) > LONGEST or token.count(".") != 2:
        raise TokenRefused(provider=provider.label, why="no ID token")
    try:
        allowed = Allowed(algorithms=provider.algorithms, strict_check_header=False)
        header = jws.extract_compact(token.encode(), registry=allowed).headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in provider.algorithms:
            raise TokenRefused(provider=provider.label, why="algorithm")
        if kid is not None and not isinstance(kid, str):
            raise TokenRefused(provider=provider.label, why="key")
        key = providers.key(provider, algorithm, kid)
        if key is None:
            raise TokenRefused(provider=provider.label, why="key")
        return jwt.decode(token, key, registry=allowed).claims
    except (JoseError, ValueError, RecursionError):
        raise TokenRefused(provider=provider.label, why="signature") from None


def _fault_in(claims: Mapping[str, Any], provider: Provider, nonce: str) -> str:
    """The first claim that is wrong, by its name; "" for none."""
    now = clock.now()
    expires, issued = moment_in(claims.get("exp")), moment_in(claims.get("iat"))
    begins = moment_in(claims.get("nbf"))
    told = claims.get("nonce")
    subject = claims.get("sub")
    checks = (
        ("iss", claims.get("iss") == provider.issuer),
        ("aud", is_for(claims, provider.client_id)),
        ("exp", expires is not None and expires > now - SKEW),
        ("iat", issued is not None and issued < now + SKEW),
        ("nbf", "nbf" not in claims or (begins is not None and begins < now + SKEW)),
        ("nonce", isinstance(told, str) and hmac.compare_digest(told.encode(), nonce.encode())),
        ("sub", isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT),
    )
    return next((name for name, is_right in checks if not is_right), "")


def is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    """Whether we are its audience; among several, `azp` must say that it was made for us."""
    audience, party = claims.get("aud"), claims.get("azp")
    listed = audience if isinstance(audience, list) else [audience]
    if client_id not in listed:
        return False
    return party == client_id if len(listed) > 1 or party is not None else True


def moment_in(value: object) -> datetime | None:
    """The moment of a claim, or none for what is no number of seconds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def text_in(value: object) -> str:
    """The text of a claim, cut to what we keep; empty for what is none."""
    return value[:LONGEST_SUBJECT] if isinstance(value, str) else ""
