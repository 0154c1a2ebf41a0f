"""Ceremonies: what a browser is asked for to make or use a passkey, and whether its answer is true.

Knows no database: challenges and stored keys are handed in (W3C Web Authentication, level 3).
"""

import struct
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)
from pydantic import BaseModel

from app.identity.passkeys.passkeys import LONGEST_ID
from app.web.origins import origin_of

SITE = "Capacita"
LASTS = 5 * 60_000  # milliseconds that a browser waits for its owner
ALGORITHMS = (ES256, EdDSA, RS256)
LONGEST = 16_000  # letters of an answer; a real one has some thousands
RSA_BYTES = range(256, 513)  # 2048 to 4096 bits: a longer one would only keep us computing
# What hostile bytes make the library and its decoders raise, as found by trying them.
MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, InvalidSignature, LookupError, RecursionError,
    NotImplementedError, TypeError, UnsupportedAlgorithm, ValueError, struct.error,
)  # fmt: skip


class NotTrue(Exception):
    """The answer is malformed, for another site or challenge, or not signed by that passkey."""


class Made(NamedTuple):
    """A new passkey, as it is to be stored."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool
    is_backed_up: bool


class Stored(NamedTuple):
    """What is known of a passkey, against which an answer is held."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool


class Used(NamedTuple):
    """What a true answer says; `is_doubtful` when its count shows that there may be a copy."""

    sign_count: int
    is_backed_up: bool
    is_doubtful: bool


def site_of(public_url: str) -> str:
    """The name that passkeys are bound to, or "" where the site has only a number."""
    host = urlsplit(public_url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return ""


def wish_to_make(
    public_url: str, challenge: str, subject: bytes, name: str, known: Sequence[bytes]
) -> dict[str, Any]:
    """The options for a new passkey that its device finds by itself and guards by its owner."""
    return {
        "rp": {"id": site_of(public_url), "name": SITE},
        "user": {"id": websafe_encode(subject), "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": each.ALGORITHM} for each in ALGORITHMS],
        "timeout": LASTS,
        "excludeCredentials": _described(known),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def wish_to_use(
    public_url: str, challenge: str, known: Sequence[bytes] | None = None
) -> dict[str, Any]:
    """The options for signing in: any passkey of this site, or after the password one of those."""
    return {
        "rpId": site_of(public_url),
        "challenge": challenge,
        "timeout": LASTS,
        "allowCredentials": _described(known or ()),
        "userVerification": "required" if known is None else "preferred",
    }


def read_made(answer: str) -> RegistrationResponse:
    """What a browser says that it made; raises NotTrue where that cannot be read."""
    try:
        whole = _MadeAnswer.model_validate_json(answer[:LONGEST]).model_dump()
        told = cbor.decode(websafe_decode(whole["response"]["attestationObject"]))
        # The library takes a number here for so many zeros.
        if not isinstance(told, dict) or not isinstance(told.get("authData"), bytes):
            raise NotTrue
        read = RegistrationResponse.from_dict(whole)
    except MALFORMED:
        raise NotTrue from None
    return read


def read_used(answer: str) -> AuthenticationResponse:
    """What a browser says that it signed; raises NotTrue where that cannot be read."""
    try:
        whole = _UsedAnswer.model_validate_json(answer[:LONGEST]).model_dump(exclude_none=True)
        read = AuthenticationResponse.from_dict(whole)
    except MALFORMED:
        raise NotTrue from None
    return read


def challenge_of(read: RegistrationResponse | AuthenticationResponse) -> str:
    """The challenge that an answer says it is for, as we wrote it."""
    return websafe_encode(read.response.client_data.challenge)


def check_made(public_url: str, challenge: str, read: RegistrationResponse) -> Made:
    """The passkey that a browser made for this challenge; raises NotTrue."""
    try:
        data = _server(public_url).register_complete(_state(challenge, is_required=True), read)
        given = data.credential_data
        is_whole = given is not None and given.credential_id == read.raw_id
        if given is None or not is_whole or not 1 <= len(given.credential_id) <= LONGEST_ID:
            raise NotTrue
        if not _is_sound(given.public_key):
            raise NotTrue
        public_key = cbor.encode(dict(given.public_key))
    except MALFORMED:
        raise NotTrue from None
    _refuse_odd(read.response.client_data, data)
    return Made(
        given.credential_id,
        public_key,
        data.counter,
        data.is_backup_eligible(),
        data.is_backed_up(),
    )


def check_used(
    public_url: str, challenge: str, read: AuthenticationResponse, stored: Stored, *, alone: bool
) -> Used:
    """What a browser signed with a stored passkey; `alone` asks that its owner was verified."""
    data = read.response.authenticator_data
    try:
        key = CoseKey.parse(cbor.decode(stored.public_key))  # type: ignore[arg-type]  # a map, as we wrote it
        known = AttestedCredentialData.create(Aaguid.NONE, stored.credential_id, key)
        state = _state(challenge, is_required=alone)
        _server(public_url).authenticate_complete(state, [known], read)
    except MALFORMED:
        raise NotTrue from None
    _refuse_odd(read.response.client_data, data)
    if data.is_backup_eligible() != stored.is_synced:
        raise NotTrue
    counts = bool(data.counter or stored.sign_count)
    return Used(
        data.counter,
        data.is_backed_up(),
        is_doubtful=counts and data.counter <= stored.sign_count,
    )


class _MadePart(BaseModel):
    clientDataJSON: str  # noqa: N815 - its name in the standard
    attestationObject: str  # noqa: N815 - its name in the standard


class _MadeAnswer(BaseModel):
    rawId: str  # noqa: N815 - its name in the standard
    response: _MadePart


class _UsedPart(BaseModel):
    clientDataJSON: str  # noqa: N815 - its name in the standard
    authenticatorData: str  # noqa: N815 - its name in the standard
    signature: str
    userHandle: str | None = None  # noqa: N815 - its name in the standard


class _UsedAnswer(BaseModel):
    rawId: str  # noqa: N815 - its name in the standard
    response: _UsedPart


def _described(known: Sequence[bytes]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": websafe_encode(each)} for each in known]


def _server(public_url: str) -> Fido2Server:
    """The library's checks for our site; only our very own origin will do, no neighbour's."""
    own = origin_of(public_url)
    site = PublicKeyCredentialRpEntity(id=site_of(public_url), name=SITE)
    return Fido2Server(site, verify_origin=lambda origin: origin == own)


def _state(challenge: str, *, is_required: bool) -> dict[str, Any]:
    required = UserVerificationRequirement.REQUIRED if is_required else None
    return {"challenge": challenge, "user_verification": required}


def _refuse_odd(client: CollectedClientData, data: AuthenticatorData) -> None:
    """Refuse an answer from a frame of another site, and a copy of what says it has none."""
    if client.cross_origin is not False or (data.is_backed_up() and not data.is_backup_eligible()):
        raise NotTrue


def _is_sound(key: CoseKey) -> bool:
    """Whether the key is of a kind we asked for, and one that signatures can be held against."""
    if not isinstance(key, ALGORITHMS):
        return False
    if isinstance(key, RS256) and (len(key[-1]) not in RSA_BYTES or len(key[-2]) > 4):
        return False
    try:
        key.verify(b"", bytes(64))  # type: ignore[no-untyped-call]  # of the three kinds, untyped
    except InvalidSignature:
        return True
    return False
