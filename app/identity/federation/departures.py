"""Departures: people on their way to a provider, each with a state that their browser brings back."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.federation.discoveries import Metadata, providers_of
from app.identity.one_time_links import FEDERATED, LASTS, LinkOver, link_of, make_link, use_link
from app.identity.provings import own_account
from app.identity.throttles import DEPARTURES_OF_NETWORK, note_try
from app.settings.providers import Provider
from app.web.clients import network_of

# To come in; to link the provider to one's account; to prove oneself once more.
SIGN_IN, LINK, AGAIN = "sign-in", "link", "again"
COOKIE = "away"
SECRET_BYTES = 32


class WayLost(Refusal):
    """The state is used, over, of another browser, or was never made."""

    status = 410
    says = N_("This sign-in was begun too long ago, in another browser, or is done already.")
    mend = N_("Go to the sign-in page and begin again; you have ten minutes.")


class Ready(NamedTuple):
    """A provider that answers, and where."""

    provider: Provider
    metadata: Metadata


class Departure(NamedTuple):
    """What was kept of a person who went to a provider; `user_id` says whose page they left from."""

    user_id: int | None
    provider: str
    purpose: str
    nonce: str
    verifier: str
    target: str
    language: str
    browser: str


def find_ready(request: Request) -> Ready:
    """The provider that the path names; raises ProviderUnknown, ProviderAway and TriedTooOften."""
    providers, key = providers_of(request), request.path_params["provider"]
    provider = providers.called(key)
    with request.app.state.engines.writing() as db:
        note_try(db, DEPARTURES_OF_NETWORK, network_of(request))
    return Ready(provider, providers.metadata(key))


def find_ready_again(request: Request) -> Ready:
    """As `find_ready`, for who is signed in; raises SignInNeeded too."""
    own_account(request)
    return find_ready(request)


def depart(
    request: Request,
    db: Session,
    ready: Ready,
    purpose: str,
    target: str,
    user_id: int | None = None,
) -> tuple[str, str]:
    """Keep a state for this browser; returns where to go, and the secret for its cookie."""
    secret, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
    language = request.scope["language"]
    details = {
        "provider": ready.provider.key,
        "purpose": purpose,
        "nonce": nonce,
        "verifier": verifier,
        "target": target,
        "language": language,
        "browser": print_of(secret),
    }
    state = make_link(db, FEDERATED, user_id=user_id, details=details)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": ready.provider.client_id,
        "redirect_uri": return_address(request, ready.provider),
        "scope": " ".join(ready.provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    if ready.provider.strong_acr:
        asked["acr_values"] = " ".join(ready.provider.strong_acr)
    if purpose == AGAIN:
        asked |= {"prompt": "login", "max_age": "0"}
    mark = "&" if "?" in ready.metadata.authorization else "?"
    return f"{ready.metadata.authorization}{mark}{urlencode(asked)}", secret


def arrive(request: Request) -> Departure:
    """Who comes back with a state, which is spent with this; raises WayLost.

    It is looked at before it is spent: another browser cannot use up what it cannot use.
    """
    state = request.query_params.get("state", "")
    try:
        with request.app.state.engines.reading() as db:
            check_browser(request, link_of(db, FEDERATED, state).details)
        with request.app.state.engines.writing() as db:
            user_id, kept, _since = use_link(db, FEDERATED, state)
    except LinkOver:
        raise WayLost from None
    if kept["provider"] != request.path_params["provider"]:
        raise WayLost
    return Departure(user_id, *(kept[name] for name in Departure._fields[1:]))


def check_browser(request: Request, details: dict[str, Any]) -> None:
    """Raise WayLost unless this is the browser for which the details were kept."""
    secret = request.cookies.get(cookie_of(request), "")
    if not hmac.compare_digest(print_of(secret), details["browser"]):
        raise WayLost


def return_address(request: Request, provider: Provider) -> str:
    """Where the provider sends people back to; the operator tells it this very address."""
    public_url: str = request.app.state.settings.public_url
    return f"{public_url}/sign-in/return/{provider.key}"


def remember(request: Request, answer: Response, secret: str, kind: str = FEDERATED) -> None:
    """Bind this browser to what was kept, for as long as that lasts."""
    secure = request.app.state.settings.is_secure
    answer.set_cookie(
        cookie_of(request), secret, max_age=int(LASTS[kind].total_seconds()), path="/",
        secure=secure, httponly=True, samesite="lax",
    )  # fmt: skip


def forget(request: Request, answer: Response) -> None:
    """Take the binding off."""
    secure = request.app.state.settings.is_secure
    answer.delete_cookie(cookie_of(request), path="/", secure=secure, httponly=True, samesite="lax")


def cookie_of(request: Request) -> str:
    """The cookie's name; Lax, since it has to come along from the provider's page."""
    return f"__Host-{COOKIE}" if request.app.state.settings.is_secure else COOKIE


def print_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
