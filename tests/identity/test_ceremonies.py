"""Ceremonies: bytes of no honest browser are refused at once, whatever they are."""

import base64
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fido2 import cbor
from hypothesis import given, settings
from hypothesis import strategies as st

from app.identity.passkeys.ceremonies import (
    NotTrue,
    challenge_of,
    check_made,
    read_made,
    read_used,
    site_of,
    wish_to_make,
)
from tests.makers.passkeys import ORIGIN, Authenticator

CHALLENGE = "c2l4dGVlbiBieXRlcyBvZiBjaGFuY2U"
WISH = wish_to_make(ORIGIN, CHALLENGE, b"subject", "nia@example.org", [])
NEST, MANY, LONG = b"\x81" * 9000, b"\x9a\xff\xff\xff\xff", b"\x5b" + b"\xff" * 8


def made(device: Authenticator, **told) -> None:
    """Make a passkey, with parts of the attestation replaced, and check it."""
    answer = read_made(device.make(WISH, **told))
    check_made(ORIGIN, challenge_of(answer), answer)


def test_an_honest_answer_is_true():
    made(Authenticator())
    made(Authenticator(), attStmt={"sig": b"ignored", "x5c": [b"of whom we do not ask"]})


@pytest.mark.parametrize(
    "told",
    [{"authData": 10**12}, {"authData": b""}, {"authData": b"\0" * 37}, {"authData": [NEST]}],
)
def test_an_attestation_of_another_shape_is_refused(told):
    with pytest.raises(NotTrue):
        made(Authenticator(), **told)


@pytest.mark.parametrize("content", [NEST, MANY, LONG, b"", b"\xa1\x81\x01\x01", b"\xff", b"\xfb"])
def test_absurd_cbor_is_refused_at_once(content):
    whole = json.loads(Authenticator().make(WISH))
    whole["response"]["attestationObject"] = base64.urlsafe_b64encode(content).decode()
    start = time.perf_counter()
    with pytest.raises(NotTrue):
        read_made(json.dumps(whole))
    assert time.perf_counter() - start < 1


ODD_KEYS = {
    "no kind": {1: 2, -1: 1},
    "a kind not asked for": {1: 2, 3: -36, -1: 3, -2: b"x" * 66, -3: b"y" * 66},
    "a point off the curve": {1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32},
    "another curve": {1: 2, 3: -7, -1: 2, -2: b"x" * 32, -3: b"y" * 32},
    "numbers for bytes": {1: 2, 3: -7, -1: 1, -2: 5, -3: 6},
    "half of a key": {1: 1, 3: -8, -1: 6},
    "a short modulus": {1: 3, 3: -257, -1: b"\xff" * 64, -2: b"\1\0\1"},
    "an endless exponent": {1: 3, 3: -257, -1: b"\xff" * 256, -2: b"\xff" * 255},
}


@pytest.mark.parametrize("key", ODD_KEYS.values(), ids=ODD_KEYS.keys())
def test_a_key_that_cannot_sign_is_not_kept(key):
    device = Authenticator()
    honest = json.loads(device.make(WISH))["response"]["attestationObject"]
    whole = cbor.decode(base64.urlsafe_b64decode(honest + "=="))
    data = whole["authData"][: 37 + 16 + 2 + 32] + cbor.encode(key)
    with pytest.raises(NotTrue):
        made(device, authData=data)


def test_a_short_rsa_key_is_not_kept():
    device = Authenticator("RS256")
    device.key = rsa.generate_private_key(65537, 1024)
    with pytest.raises(NotTrue):
        made(device)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_are_refused_and_nothing_else_is_raised(client, told, signature):
    parts = {
        "clientDataJSON": client,
        "attestationObject": told,
        "authenticatorData": told,
        "signature": signature,
    }
    coded = {name: base64.urlsafe_b64encode(part).decode() for name, part in parts.items()}
    answer = json.dumps({"rawId": "eA", "response": coded})
    for read in (read_made, read_used):
        with pytest.raises(NotTrue):
            read(answer)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://learn.example.org", "learn.example.org"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", ""),
        ("http://[::1]:8000", ""),
    ],
)
def test_a_passkey_is_bound_to_the_name_of_the_site(address, site):
    assert site_of(address) == site
