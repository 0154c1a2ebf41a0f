"""Authenticators: a device in software that makes passkeys and signs with them, as real ones do."""

import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode

ORIGIN = "http://capacita.test"
PRESENT, VERIFIED, SYNCED, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def new_key(kind: str = "ES256") -> Key:
    if kind == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "RS256":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


class Authenticator:
    """One device with one passkey; every field may be set to what an honest one would not say."""

    def __init__(self, kind: str = "ES256", *, flags: int = PRESENT | VERIFIED) -> None:
        self.kind = kind
        self.key = new_key(kind)
        self.credential_id = secrets.token_bytes(32)
        self.user_handle: bytes | None = None
        self.flags = flags
        self.count = 0
        self.origin = ORIGIN
        self.site = "capacita.test"
        self.client: dict[str, Any] = {"crossOrigin": False}

    def make(self, wish: dict[str, Any], **told: Any) -> str:
        """The answer to a wish for a new passkey; `told` replaces parts of its attestation."""
        self.user_handle = websafe_decode(wish["user"]["id"])
        public = CoseKey.for_name(self.kind).from_cryptography_key(self.key.public_key())
        held = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(self.flags | ATTESTED) + held + cbor.encode(dict(public))
        whole = {"fmt": "none", "attStmt": {}, "authData": data, **told}
        client = self._client("webauthn.create", wish["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=cbor.encode(whole))

    def use(self, wish: dict[str, Any], **parts: bytes) -> str:
        """The answer to a wish to sign; `parts` replaces what it says, after signing."""
        client = self._client("webauthn.get", wish["challenge"])
        data = self._data(self.flags)
        signature = self._signed(data + hashlib.sha256(client).digest())
        honest = {
            "clientDataJSON": client,
            "authenticatorData": data,
            "signature": signature,
            "userHandle": self.user_handle,
        }
        return self._answer(**{**honest, **parts})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, **self.client}
        return json.dumps(told).encode()

    def _signed(self, message: bytes) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(message)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, PKCS1v15(), SHA256())
        return self.key.sign(message, ec.ECDSA(SHA256()))

    def _answer(self, **parts: bytes | None) -> str:
        told = {name: websafe_encode(part) for name, part in parts.items() if part is not None}
        return json.dumps({"rawId": websafe_encode(self.credential_id), "response": told})
