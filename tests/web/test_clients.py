"""Clients: what a request says of where it comes from counts only as far as proxies are trusted."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from app.web.clients import client_of, network_of

PROXIES = ("10.0.0.0/8", "2001:db8:ffff::/48")


def request_from(peer: str | None, *forwarded: str, trusted: tuple[str, ...] = PROXIES) -> Request:
    app = SimpleNamespace(state=SimpleNamespace(settings=SimpleNamespace(trusted_proxies=trusted)))
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    client = (peer, 4711) if peer else None
    return Request({"type": "http", "client": client, "headers": headers, "app": app})


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", (), "198.51.100.7"),
        ("198.51.100.7", ("203.0.113.9",), "198.51.100.7"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("1.2.3.4, 203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("1.2.3.4, 203.0.113.9, 10.0.0.2",), "203.0.113.9"),
        ("10.0.0.1", ("1.2.3.4", "203.0.113.9, 10.0.0.2"), "203.0.113.9"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        ("10.0.0.1", ("203.0.113.9:51234",), "203.0.113.9"),
        ("10.0.0.1", ("[2001:db8::5]:443",), "2001:db8::5"),
        ("10.0.0.1", ("203.0.113.9, nonsense, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("2001:db8:ffff::1", ("203.0.113.9",), "203.0.113.9"),
        ("::ffff:10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_trusted_proxy(peer, forwarded, client):
    assert str(client_of(request_from(peer, *forwarded))) == client


def test_without_trusted_proxies_only_the_connection_counts():
    request = request_from("127.0.0.1", "203.0.113.9", trusted=())
    assert str(client_of(request)) == "127.0.0.1"


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("/run/socket", "unknown"),
    ],
)
def test_a_network_is_an_address_or_the_part_of_one_that_a_connection_is_given(peer, network):
    assert network_of(request_from(peer)) == network
