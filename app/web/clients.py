"""Clients: which network a request comes from, as far as that can be believed."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Address = IPv4Address | IPv6Address
UNKNOWN = "unknown"
V6_PREFIX = 64  # what one connection is usually given


def network_of(request: Request) -> str:
    """The client's network: an IPv4 address, the /64 of an IPv6 address, or "unknown".

    X-Forwarded-For counts only when the peer is a trusted proxy; then its rightmost address that
    is no trusted proxy itself is the client, since anyone may write what stands left of it.
    """
    client = client_of(request)
    if client is None:
        return UNKNOWN
    if isinstance(client, IPv6Address):
        return str(IPv6Network((client, V6_PREFIX), strict=False))
    return str(client)


def client_of(request: Request) -> Address | None:
    """The client's address, from the connection or from what trusted proxies say."""
    peer = _address(request.client.host) if request.client else None
    trusted = request.app.state.settings.trusted_proxies
    if peer is None or not _is_in(peer, trusted):
        return peer
    found = peer
    for hop in _hops(request.headers.getlist("x-forwarded-for")):
        address = _address(hop)
        if address is None:
            break
        found = address
        if not _is_in(address, trusted):
            break
    return found


def _hops(headers: Iterable[str]) -> list[str]:
    """The addresses in all X-Forwarded-For headers, the nearest first."""
    return [hop.strip() for hop in ",".join(headers).split(",") if hop.strip()][::-1]


def _address(text: str) -> Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=4096)
def _is_in(address: Address, networks: tuple[str, ...]) -> bool:
    return any(address in ip_network(network, strict=False) for network in networks)
