"""Returns: people who come back from a provider, and what it vouches for, before any turn."""

from typing import Any, NamedTuple
from urllib.parse import quote_plus

from starlette.requests import Request

from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.addresses import whole_address
from app.identity.federation.conversations import ProviderAway, Question, ask
from app.identity.federation.departures import Departure, Ready, arrive, return_address
from app.identity.federation.discoveries import providers_of
from app.identity.federation.id_tokens import TokenRefused, Vouched, check_id_token
from app.identity.federation.identities import identity_called
from app.identity.sign_ins import Way
from app.settings.providers import Provider

LONGEST_CODE = 2048
LONGEST_NAME = 200


class SignInDenied(Refusal):
    """The person said no at the provider, or it would not let them in."""

    status = 403
    says = N_("%(provider)s did not sign you in: you stopped it, or it does not let you in here.")
    mend = N_("Try again, or sign in here with your password.")


class ProviderRefused(Refusal):
    """The provider does not take what we ask, which only the operator can mend."""

    status = 502
    says = N_("%(provider)s did not accept our question, so nobody was signed in.")
    mend = N_("Try once more. If it happens again, tell those who run this site: %(why)s.")


class Person(NamedTuple):
    """Whom a provider sent, as far as it is believed; an address only where its word counts."""

    subject: str
    name: str
    email: str
    institution: str


class Returned(NamedTuple):
    """Who came back for what, and how they proved themselves."""

    departure: Departure
    provider: Provider
    person: Person
    way: Way


def find_returned(request: Request) -> Returned:
    """Spend the state, ask the provider, check what it says; nothing is written but the spending.

    Raises WayLost, SignInDenied, ProviderRefused, ProviderAway and TokenRefused.
    """
    departure = arrive(request)
    request.scope["language"] = departure.language
    providers = providers_of(request)
    provider = providers.called(departure.provider)
    ready = Ready(provider, providers.metadata(provider.key))
    code = _code(request, ready)
    told = _tokens(request, ready, departure, code)
    vouched = check_id_token(told.get("id_token"), provider, providers, departure.nonce)
    claims = dict(vouched.claims)
    with request.app.state.engines.reading() as db:
        is_known = identity_called(db, provider.issuer, vouched.subject) is not None
    if not is_known:
        claims = _together(_userinfo(ready, told.get("access_token"), vouched), claims)
    return Returned(departure, provider, _person(provider, claims), _way(provider, vouched))


def _code(request: Request, ready: Ready) -> str:
    """The code in the address; the issuer beside it keeps providers apart (RFC 9207)."""
    told, label = request.query_params, ready.provider.label
    issuer = told.get("iss")
    if issuer is None and ready.metadata.names_itself:
        raise TokenRefused(provider=label, why="iss")
    if issuer is not None and issuer != ready.provider.issuer:
        raise TokenRefused(provider=label, why="iss")
    code, fault = told.get("code", ""), told.get("error", "")
    if fault in {"access_denied", "login_required", "consent_required", "interaction_required"}:
        raise SignInDenied(provider=label)
    if fault in {"temporarily_unavailable", "server_error"}:
        raise ProviderAway(provider=label)
    if fault or not code or len(code) > LONGEST_CODE:
        raise ProviderRefused(provider=label, why=_plain(fault) or "no code")
    return code


def _tokens(request: Request, ready: Ready, departure: Departure, code: str) -> dict[str, Any]:
    provider = ready.provider
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(request, provider),
        "code_verifier": departure.verifier,
    }
    who = None
    if provider.client_secret and ready.metadata.takes_basic:
        who = (_quoted(provider.client_id), _quoted(provider.client_secret))
    else:
        form["client_id"] = provider.client_id
        if provider.client_secret:
            form["client_secret"] = provider.client_secret
    answer = ask(Question(ready.metadata.token, form, who=who), provider.label)
    told = answer.told if isinstance(answer.told, dict) else {}
    if answer.status >= 500:
        raise ProviderAway(provider=provider.label)
    if answer.status != 200:
        why = _plain(told.get("error")) or str(answer.status)
        raise ProviderRefused(provider=provider.label, why=why)
    return told


def _userinfo(ready: Ready, token: object, vouched: Vouched) -> dict[str, Any]:
    """More claims about the same person; none where the provider offers no more."""
    if not ready.metadata.userinfo or not isinstance(token, str):
        return {}
    headers = {"Authorization": f"Bearer {token}"}
    answer = ask(Question(ready.metadata.userinfo, headers=headers), ready.provider.label)
    told = answer.told if isinstance(answer.told, dict) else {}
    if answer.status != 200 or told.get("sub") != vouched.subject:
        raise TokenRefused(provider=ready.provider.label, why="userinfo")
    return told


def _together(more: dict[str, Any], signed: dict[str, Any]) -> dict[str, Any]:
    """What both tell, the signed first; an address is verified by who named that very one."""
    claims = more | signed
    is_verified = any(
        each.get("email_verified") is True and each.get("email") == claims.get("email")
        for each in (signed, more)
    )
    return claims | {"email_verified": is_verified}


def _person(provider: Provider, claims: dict[str, Any]) -> Person:
    email = claims.get("email")
    is_trusted = (
        claims.get("email_verified") is True
        and isinstance(email, str)
        and email.rpartition("@")[2].lower() in provider.trusted_domains
    )
    name = claims.get("name")
    return Person(
        subject=claims["sub"],
        name=" ".join(name.split())[:LONGEST_NAME] if isinstance(name, str) else "",
        email=_whole(str(email)) if is_trusted else "",
        institution=_institution(provider, claims),
    )


def _whole(email: str) -> str:
    try:
        return whole_address(email)
    except ValueError:
        return ""


def _institution(provider: Provider, claims: dict[str, Any]) -> str:
    """The key of the institution that a claim names, else that of all whom the provider sends."""
    told = claims.get(provider.institution_claim) if provider.institution_claim else None
    values = told if isinstance(told, list) else [told]
    named = [provider.institutions[each] for each in values if isinstance(each, str) and each in provider.institutions]  # fmt: skip
    return named[0] if named else provider.institution


def _way(provider: Provider, vouched: Vouched) -> Way:
    is_two_steps = vouched.acr in provider.strong_acr or any(
        each in provider.strong_amr for each in vouched.amr
    )
    return Way(provider.key, is_two_steps, vouched.proved_at, vouched.session)


def _quoted(text: str) -> str:
    """A client's name or secret as RFC 6749 2.3.1 has it before it is put together and encoded."""
    return quote_plus(text)


def _plain(fault: object) -> str:
    """A code of an error, which is for the operator; nothing else that was sent is repeated."""
    text = str(fault or "")
    return text if len(text) <= 64 and text.replace("_", "").isalnum() and text.isascii() else ""
