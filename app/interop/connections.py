"""Connections: messages sent to addresses that people typed, and to no machine of our own network.

The name is resolved once and checked, and the connection goes to the address that was checked, so a
name that changes in between leads nowhere else. No redirect is followed, no proxy is used.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from app.foundation.errors import Refusal
from app.i18n.marking import N_

SECONDS = 10  # for a message in all, however slowly its receiver speaks
LONGEST_ADDRESS = 500
PORTS = {"https": 443, "http": 80}
Resolved = IPv4Address | IPv6Address


class AddressNotAllowed(Refusal):
    """The address is no https address of a machine on the open network."""

    says = N_("We cannot send to this address: it is not an https address on the open internet.")
    mend = N_(
        "Write an address that begins with https:// and whose name leads to a public machine."
    )


class NotReached(Exception):
    """No answer came: the name leads nowhere, or nobody took the message in time."""


class Target(NamedTuple):
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(address: str, *, is_private_allowed: bool) -> Target:
    """Take an address apart; raises AddressNotAllowed for what can never be sent to."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressNotAllowed from None
    schemes = {"https", "http"} if is_private_allowed else {"https"}
    host = parts.hostname or ""
    is_plain = all("!" <= sign <= "~" for sign in address) and len(address) <= LONGEST_ADDRESS
    is_named = parts.username is None and parts.password is None and not parts.fragment
    if parts.scheme not in schemes or not host or not is_plain or not is_named:
        raise AddressNotAllowed
    if not is_private_allowed and _is_closed_literal(host):
        raise AddressNotAllowed
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def send(address: str, body: bytes, headers: dict[str, str], *, is_private_allowed: bool) -> int:
    """Send a message and return the status of the answer; raises NotReached or AddressNotAllowed."""
    target = target_of(address, is_private_allowed=is_private_allowed)
    at = resolved(target, is_private_allowed=is_private_allowed)
    host = f"[{at}]" if isinstance(at, IPv6Address) else str(at)
    own = f"[{target.host}]" if ":" in target.host else target.host
    own += "" if target.port == PORTS[target.scheme] else f":{target.port}"
    post = _post(
        f"{target.scheme}://{host}:{target.port}{target.path}",
        body,
        headers | {"Host": own},
        target.host,
    )
    try:
        return asyncio.run(post)
    except TimeoutError:
        raise NotReached("TooSlow") from None
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise NotReached(type(fault).__name__) from None


async def _post(address: str, body: bytes, headers: dict[str, str], name: str) -> int:
    """Send within SECONDS in all: who lets drip a byte at a time holds no worker."""
    async with (
        asyncio.timeout(SECONDS),
        httpx.AsyncClient(timeout=SECONDS, trust_env=False, follow_redirects=False) as client,
        client.stream(
            "POST", address, content=body, headers=headers, extensions={"sni_hostname": name}
        ) as answer,
    ):
        return answer.status_code  # the body of the answer is not read


def resolved(target: Target, *, is_private_allowed: bool) -> Resolved:
    """The network address behind a name, if all that it leads to may be sent to."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("NameUnknown") from None
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not is_private_allowed and not all(is_open(each) for each in addresses):
        raise AddressNotAllowed
    return addresses[0]


def is_open(address: Resolved) -> bool:
    """Whether an address is one of the open internet, also inside of one that carries it along."""
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or _behind_nat64(address)
        if carried is not None:
            return is_open(carried)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _behind_nat64(address: IPv6Address) -> IPv4Address | None:
    prefix = int(ip_address("64:ff9b::"))
    return IPv4Address(int(address) & 0xFFFFFFFF) if int(address) >> 32 == prefix >> 32 else None


def _is_closed_literal(host: str) -> bool:
    try:
        return not is_open(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
