"""Providers: those who may sign people in by OpenID Connect, as the operator's file lists them."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Algorithm = Literal["RS256", "ES256", "EdDSA"]
Word = Annotated[str, Field(min_length=1, max_length=255)]
KEY = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SECRETS = {"client_secret"}


class Provider(BaseModel):
    """One provider. It knows people by issuer and subject; what else it says counts as set here.

    Its mail addresses count at `trusted_domains` alone, and only those it verified. A sign-in that
    names one of `strong_acr` or `strong_amr` is two steps. People whom it brings in stand at
    `institution`, or where `institutions` says for the value of `institution_claim`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: KEY
    issuer: str
    client_id: Word
    client_secret: Annotated[str, Field(repr=False)] = ""
    label: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: tuple[Word, ...] = ("openid", "profile", "email")
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256", "EdDSA")
    makes_accounts: bool = False
    trusted_domains: tuple[str, ...] = ()
    strong_acr: tuple[Word, ...] = ()
    strong_amr: tuple[Word, ...] = ()
    institution: Annotated[str, Field(max_length=64)] = ""
    institution_claim: Annotated[str, Field(max_length=255)] = ""
    institutions: dict[str, str] = {}
    confirms: bool = False

    @field_validator("issuer")
    @classmethod
    def _safe_issuer(cls, value: str) -> str:
        if not is_safe(value) or urlsplit(value).query or urlsplit(value).fragment:
            raise ValueError("write the provider's issuer, such as https://login.example.org")
        return value

    @field_validator("scopes")
    @classmethod
    def _with_openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise ValueError('"openid" must be one of the scopes')
        return value

    @field_validator("trusted_domains")
    @classmethod
    def _domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(each.strip().lower() for each in value)
        for each in plain:
            if "." not in each.strip(".") or "@" in each or "*" in each or " " in each:
                raise ValueError("write domains of mail in full, such as interior.example.org")
        return plain

    @model_validator(mode="after")
    def _whole(self) -> "Provider":
        if bool(self.institution_claim) != bool(self.institutions):
            raise ValueError("institution_claim and institutions go together: write both, or none")
        if self.confirms and not (self.institution or self.institutions):
            raise ValueError("confirms needs institution, or institution_claim with institutions")
        return self


def is_safe(address: str) -> bool:
    """Whether an address is https, or on this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_near = parts.scheme == "http" and host in LOOPBACK
    return bool(host) and parts.username is None and (parts.scheme == "https" or is_near)


def read_providers(place: str) -> tuple[Provider, ...]:
    """The providers of a TOML file, a table each; raises ValueError with the first fault in a line."""
    try:
        tables = tomllib.loads(Path(place).read_text(encoding="utf-8"))
    except OSError as fault:
        raise ValueError(f"the file cannot be read: {fault.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"the file is no TOML: {str(fault).splitlines()[0]}") from None
    found = tuple(_provider(key, table) for key, table in tables.items())
    if len({each.issuer for each in found}) < len(found):
        raise ValueError("two providers have the same issuer: keep one of them")
    return found


def _provider(key: str, table: Any) -> Provider:
    if not isinstance(table, dict):
        raise ValueError(f"{key} stands outside of a table: write [name] above it")  # noqa: TRY004 - for pydantic
    told = dict(table)
    secret_file = told.pop("client_secret_file", "")
    if secret_file:
        try:
            told["client_secret"] = Path(str(secret_file)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError(f"[{key}] client_secret_file cannot be read") from None
    try:
        return Provider(key=key, **told)
    except ValidationError as faults:
        first = faults.errors()[0]
        raise ValueError(_in_words(key, first)) from None


def _in_words(key: str, fault: Any) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    said = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        said = "there is no such entry; the operator's guide lists them"
    elif name and name not in SECRETS and fault["type"] != "missing":
        said = f"{fault['input']!r}: {said}"
    return f"[{key}] {name} {said}" if name else f"[{key}] {said}"
