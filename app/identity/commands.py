"""Commands of identity: an operator's people, their roles, and the institutions."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from email_validator import EmailNotValidError, validate_email
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.database import Engines, open_engines
from app.foundation.errors import Refusal
from app.i18n.catalogues import offered_codes
from app.identity.domains import own
from app.identity.erasures import erase
from app.identity.grants import (
    ADMINISTRATOR,
    REGISTRAR,
    ROLES,
    Grant,
    end_grant,
    grant,
    standing_grant,
)
from app.identity.institutions import (
    KINDS,
    NAMED,
    Institution,
    found_institution,
    institution_called,
    institutions_named,
)
from app.identity.passwords import LONGEST, hash_of, is_near, refuse_weak
from app.identity.second_factors import end_second_factor
from app.identity.sign_ins import close_all_sign_ins
from app.identity.users import User, person_called, sign_up
from app.settings import Settings

WEAK = {
    "password_short": "Make the password 10 characters or more.",
    "password_common": "Choose another password: this one is among the first that others would try.",
}


@click.group()
def users() -> None:
    """People with an account, and the roles they hold."""


@users.command("create")
@click.option("--name", required=True, help="As it should stand on a certificate.")
@click.option("--email", required=True, help="What the person signs in with.")
@click.option(
    "--language",
    default="en",
    show_default=True,
    type=click.Choice(offered_codes()),
    help="The language we write to the person in.",
)
@click.option("--administrator-of", multiple=True, metavar="KEY", help="An institution's key.")
@click.option("--registrar-of", multiple=True, metavar="KEY", help="An institution's key.")
@click.pass_obj
def create_user(
    settings: Settings,
    name: str,
    email: str,
    language: str,
    administrator_of: tuple[str, ...],
    registrar_of: tuple[str, ...],
) -> None:
    """Make an account; the password is read from standard input."""
    address = _whole_address(email)
    password_hash = hash_of(_new_password(name, address))
    asked = [(ADMINISTRATOR, key) for key in administrator_of]
    asked += [(REGISTRAR, key) for key in registrar_of]
    with _writing(settings) as db:
        user = sign_up(db, name=name, email=address, language=language, password_hash=password_hash)
        for role, key in asked:
            grant(db, user.id, role, _institution(db, key).id)
    click.echo(f"{name} <{address}> can sign in.")


@users.command("list")
@click.pass_obj
def list_users(settings: Settings) -> None:
    """List people with their roles, tab-separated."""
    named = NAMED.order_by(None).subquery()
    asked = (
        select(User, Grant.role, named.c.key)
        .outerjoin(Grant, (Grant.user_id == User.id) & Grant.ended_at.is_(None))
        .outerjoin(named, named.c.id == Grant.institution_id)
        .where(User.erased_at.is_(None))
        .order_by(User.id, Grant.role)
    )
    with _opened(settings) as engines, engines.reading() as db:
        for user, role, key in db.execute(asked):
            held = f"{role} of {key or 'everything'}" if role else ""
            click.echo(f"{user.email}\t{user.name}\t{held}".rstrip())


@users.command("grant")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--institution", metavar="KEY", help="Without one, the role holds everywhere.")
@click.pass_obj
def grant_role(settings: Settings, email: str, role: str, institution: str | None) -> None:
    """Give a person a role on an institution and all under it."""
    with _writing(settings) as db:
        institution_id = _institution(db, institution).id if institution else None
        is_new = grant(db, _user(db, email).id, role, institution_id)
    click.echo("Granted." if is_new else "The person holds that role already.")


@users.command("end-grant")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--institution", metavar="KEY", help="Without one, the role that holds everywhere.")
@click.pass_obj
def end_role(settings: Settings, email: str, role: str, institution: str | None) -> None:
    """Take a role back from a person."""
    with _writing(settings) as db:
        institution_id = _institution(db, institution).id if institution else None
        held = standing_grant(db, _user(db, email).id, role, institution_id)
        if held is None:
            raise click.ClickException("The person does not hold that role there.")
        end_grant(db, held)
    click.echo("Ended.")


@users.command("end-second-factor")
@click.option("--email", required=True)
@click.pass_obj
def end_factor(settings: Settings, email: str) -> None:
    """Let the password alone sign a person in who lost their device and their codes on paper."""
    with _writing(settings) as db:
        end_second_factor(db, _user(db, email))
    click.echo("Ended; the person is told by mail.")


@users.command("sign-out")
@click.option("--email", required=True)
@click.pass_obj
def sign_out(settings: Settings, email: str) -> None:
    """Sign a person out of every browser, such as after a theft."""
    with _writing(settings) as db:
        close_all_sign_ins(db, _user(db, email).id)
    click.echo("Signed out everywhere.")


@users.command("erase")
@click.option("--email", required=True)
@click.confirmation_option(prompt="Name, address and password cannot be brought back. Go on?")
@click.pass_obj
def erase_user(settings: Settings, email: str) -> None:
    """Erase a person who asks for it; what was counted stays, without a name."""
    with _writing(settings) as db:
        erase(db, _user(db, email))
    click.echo("Erased.")


@click.group()
def institutions() -> None:
    """Institutions, which stand under each other."""


@institutions.command("found")
@click.argument("key")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="agency")
@click.option("--under", metavar="KEY", help="The institution above it.")
@click.option("--time-zone", default="UTC", help="IANA name; decides which day things count for.")
@click.option("--country", help="ISO 3166-1 code, such as SN.")
@click.pass_obj
def found(
    settings: Settings,
    key: str,
    name: str,
    kind: str,
    under: str | None,
    time_zone: str,
    country: str | None,
) -> None:
    """Make an institution known; KEY is its short name in addresses and files."""
    with _writing(settings) as db:
        parent_id = _institution(db, under).id if under else None
        found_institution(
            db, key, name, kind, parent_id=parent_id, time_zone=time_zone, country=country
        )
    click.echo(f"{name} is known as {key}.")


@institutions.command("own-domain")
@click.argument("key")
@click.argument("domain")
@click.pass_obj
def own_domain(settings: Settings, key: str, domain: str) -> None:
    """Say that DOMAIN gives addresses to people of the institution alone."""
    with _writing(settings) as db:
        own(db, _institution(db, key).id, domain)
    click.echo(f"Who proves an address at {domain.strip().lower()} is confirmed for {key}.")


@institutions.command("list")
@click.pass_obj
def list_institutions(settings: Settings) -> None:
    """List the institutions by key and name, tab-separated."""
    with _opened(settings) as engines, engines.reading() as db:
        for each in institutions_named(db):
            click.echo(f"{each.key}\t{each.name}")


@contextmanager
def _opened(settings: Settings) -> Iterator[Engines]:
    engines = open_engines(settings.database_url, 1)
    try:
        yield engines
    finally:
        engines.close()


@contextmanager
def _writing(settings: Settings) -> Iterator[Session]:
    """One write transaction, whose refusals are said on the console."""
    try:
        with _opened(settings) as engines, engines.writing() as db:
            yield db
    except Refusal as refusal:
        says = f"{refusal.says} {refusal.mend}".strip() % refusal.values
        raise click.ClickException(says) from None


def _new_password(name: str, email: str) -> str:
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        refuse_weak(password)
    except PydanticCustomError as fault:
        raise click.ClickException(WEAK[fault.type]) from None
    if is_near(password, name, email) or len(password) > LONGEST:
        raise click.ClickException("Choose a password that is neither the name nor the address.")
    return password


def _whole_address(email: str) -> str:
    try:
        checked = validate_email(email, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as fault:
        raise click.ClickException(f"The address will not do: {fault}") from None
    return checked.normalized


def _user(db: Session, email: str) -> User:
    user = person_called(db, email)
    if user is None:
        raise click.ClickException(f"Nobody signs in with {email}.")
    return user


def _institution(db: Session, key: str) -> Institution:
    institution = institution_called(db, key)
    if institution is None:
        raise click.ClickException(f"No institution has the key {key}; see `institutions list`.")
    return institution
