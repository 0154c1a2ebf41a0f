"""Farewells: signing out at the provider too, where it offers that (RP-initiated logout)."""

from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request

from app.identity.access import token_hash_of
from app.identity.federation.conversations import ProviderAway
from app.identity.federation.discoveries import ProviderUnknown, providers_of
from app.identity.sign_ins import way_of


class Farewell(NamedTuple):
    """The provider that signed this browser in, and where it signs people out."""

    provider: str
    address: str


def find_farewell(request: Request) -> Farewell | None:
    """Where to sign out as well; nowhere for a password of ours, or while the provider is away.

    No ID token goes along, since none is kept: the provider asks the person whether to sign out.
    """
    with request.app.state.engines.reading() as db:
        key = way_of(db, token_hash_of(request)).provider
    if not key:
        return None
    providers = providers_of(request)
    try:
        provider, metadata = providers.called(key), providers.metadata(key)
    except (ProviderUnknown, ProviderAway):
        return None
    if not metadata.end_session:
        return None
    back = f"{request.app.state.settings.public_url}/"
    asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    mark = "&" if "?" in metadata.end_session else "?"
    return Farewell(provider.label, f"{metadata.end_session}{mark}{asked}")
