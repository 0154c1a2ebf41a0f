"""Settings: every knob typed, with its help; read once by `__main__`, handed down."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.settings.providers import Provider, read_providers

ROOT = Path(__file__).resolve().parents[2]
SECRET = {
    "database_url",
    "read_database_url",
    "mail",
}  # they may hold a password, so a fault never repeats them


class SettingFault(Exception):
    """A setting is wrong; the message names the setting, the fault and the mend, a line each."""


class Settings(BaseModel):
    """All that an operator may turn: CAPACITA_<NAME>, and DATABASE_URL for the database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: Annotated[
        str,
        Field(description="SQLAlchemy address of the database: sqlite:///file or postgresql://…"),
    ] = f"sqlite:///{ROOT / 'var' / 'capacita.sqlite3'}"
    read_database_url: Annotated[
        str,
        Field(description="A replica of a PostgreSQL database, for long files; empty: none."),
    ] = ""
    storage: Annotated[
        Path, Field(description="Folder for mail files and other data of this server.")
    ] = ROOT / "var"
    courses: Annotated[Path, Field(description="Folder of the courses to publish.")] = (
        ROOT / "courses"
    )
    public_url: Annotated[
        str,
        Field(description="Address people use; mail links, QR codes and cookies come from it."),
    ] = "http://127.0.0.1:8000"
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="Web processes.")] = 1
    threads: Annotated[
        int, Field(ge=1, le=64, description="Threads and database connections of each process.")
    ] = 4
    trusted_proxies: Annotated[
        tuple[str, ...],
        Field(description="Networks whose X-Forwarded-For counts, separated by commas."),
    ] = ()
    mail: Annotated[
        str,
        Field(
            description="smtp://user:password@host:port, smtps://…, or empty: mail becomes files."
        ),
    ] = ""
    mail_from: Annotated[
        str,
        Field(description="Sender of mail; a name may stand before it, else the operator's does."),
    ] = "capacita@localhost"
    operator_name: Annotated[
        str, Field(description="Who operates this installation, as people know it.")
    ] = ""
    operator_mail: Annotated[
        str,
        Field(description="Mailbox for letters of the contact page; empty: CAPACITA_MAIL_FROM."),
    ] = ""
    operator_address: Annotated[
        str, Field(description="Postal address of the operator; a bar | begins a new line.")
    ] = ""
    operator_hours: Annotated[
        str, Field(description="When the operator can be reached, such as Mon–Fri 8:00–16:00 GMT.")
    ] = ""
    answer_days: Annotated[
        int, Field(ge=1, le=90, description="Working days within which the operator answers.")
    ] = 10
    enforcement: Annotated[
        str, Field(description="Body that hears complaints about accessibility, and its address.")
    ] = ""
    clamd: Annotated[
        str,
        Field(
            description="Socket (/run/clamav/clamd.ctl) or host:port of clamd; empty: uploads are "
            "not scanned."
        ),
    ] = ""
    api_requests: Annotated[
        int,
        Field(ge=1, le=100_000, description="Requests a minute of one API token, a web process."),
    ] = 600
    private_webhooks: Annotated[
        bool,
        Field(description="Let webhooks go by http and to private addresses: closed networks."),
    ] = False
    rows_at_once: Annotated[
        int,
        Field(
            ge=1,
            le=10_000_000,
            description="Rows of a list up to which its page offers the file at once; a longer "
            "one is made by the worker.",
        ),
    ] = 100_000
    providers: Annotated[
        tuple[Provider, ...],
        Field(
            description="TOML file of the OpenID Connect providers that sign people in, as the "
            "operator's guide shows; empty: none."
        ),
    ] = ()
    metrics: Annotated[
        str, Field(description="Private address and port for Prometheus, or empty: off.")
    ] = ""
    log_level: Annotated[str, Field(description="DEBUG, INFO, WARNING or ERROR.")] = "INFO"
    pseudo_languages: Annotated[
        bool, Field(description="Offer the pseudo languages that testers use.")
    ] = False
    in_process_worker: Annotated[
        bool, Field(description="Run the queue's worker inside the web process.")
    ] = True

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            raise ValueError("write the whole address, such as https://learn.example.org")
        return value.rstrip("/")

    @field_validator("read_database_url")
    @classmethod
    def _known_replica(cls, value: str) -> str:
        if value and value.split(":", 1)[0] not in {"postgresql", "postgresql+psycopg"}:
            raise ValueError("write postgresql://user@host/name, or leave it empty")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.split(":", 1)[0]
        if scheme == "postgres":
            return "postgresql" + value.removeprefix("postgres")
        if scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
            raise ValueError("write sqlite:///path/to/file or postgresql://user@host/name")
        return value

    @field_validator("mail")
    @classmethod
    def _known_mail(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"smtp", "smtps"}:
            raise ValueError("write smtp://user:password@host:port, or leave it empty")
        return value

    @field_validator("clamd")
    @classmethod
    def _known_scanner(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not value.startswith("/") and not (host and port.isdigit()):
            raise ValueError("write a path such as /run/clamav/clamd.ctl, or host:port")
        return value

    @field_validator("metrics")
    @classmethod
    def _private_address(cls, value: str) -> str:
        if not value:
            return value
        host, _, port = value.rpartition(":")
        try:
            address = ipaddress.ip_address(host.strip("[]"))
            private = address.is_private and not address.is_unspecified
        except ValueError:
            private = False
        if not private or not port.isdigit():
            raise ValueError("bind metrics to a private address, such as 127.0.0.1:9100")
        return value

    @field_validator("providers", mode="before")
    @classmethod
    def _read_providers(cls, value: object) -> object:
        return read_providers(value) if isinstance(value, str) else value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, (list, tuple)):
            return parts
        names = [str(part).strip() for part in parts if str(part).strip()]
        for name in names:
            try:
                ipaddress.ip_network(name, strict=False)
            except ValueError:
                raise ValueError(f"{name!r} is no network; write such as 10.0.0.0/8") from None
        return tuple(names)

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("write DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _safe_together(self) -> "Settings":
        if self.is_embedded and self.workers > 1 and ":memory:" in self.database_url:
            raise ValueError("several workers need a database file or PostgreSQL")
        if self.is_embedded and self.read_database_url:
            raise ValueError("CAPACITA_READ_DATABASE_URL needs PostgreSQL in DATABASE_URL")
        return self

    @property
    def is_embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def mailbox(self) -> str:
        """Where letters to the operator go."""
        return self.operator_mail or self.mail_from

    @property
    def is_secure(self) -> bool:
        """Whether people reach us by https, which decides the cookies' Secure flag."""
        return self.public_url.startswith("https://")


def from_environment(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment, `given` winning; raises SettingFault on the first fault."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = variable_of(name)
        if environment.get(variable, "") != "":
            values[name] = environment[variable]
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**values)
    except ValidationError as fault:
        raise SettingFault(_in_words(fault)) from None


def variable_of(name: str) -> str:
    """The environment variable a setting is read from."""
    return "DATABASE_URL" if name == "database_url" else f"CAPACITA_{name.upper()}"


def _in_words(fault: ValidationError) -> str:
    lines = []
    for error in fault.errors():
        name = str(error["loc"][0]) if error["loc"] else ""
        subject = variable_of(name) if name else "the settings together"
        message = str(error["msg"]).removeprefix("Value error, ")
        is_shown = name and name not in SECRET
        lines.append(
            f"{subject} is {error['input']!r}: {message}" if is_shown else f"{subject}: {message}"
        )
    return "\n".join(lines)
