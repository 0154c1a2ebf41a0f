"""Accounts: which one a provider's person signs in to: found, matched by a trusted address, or made."""

from sqlalchemy.orm import Session

from app.activity.events import record
from app.foundation import clock
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.agreements import agree
from app.identity.arrivals import arrive_vouched
from app.identity.federation.identities import identity_called, link, note_identity
from app.identity.federation.returns import Person, Returned
from app.identity.institutions import institution_called
from app.identity.people.claims import ClaimConfirmed
from app.identity.placements import place, standing_placement
from app.identity.provings import is_just_now
from app.identity.users import User, is_mailbox_of, sign_up, user_called, user_numbered
from app.settings.providers import Provider


class AccountUnknown(Refusal):
    """The provider knows the person, we do not, and it may make no accounts here."""

    status = 403
    says = N_("%(provider)s knows you, but no account here is linked with it.")
    mend = N_("If you have an account, sign in with your password and link %(provider)s on the page of your account. Else ask your administrator for one.")  # fmt: skip


class OtherPerson(Refusal):
    """Who signed in at the provider is not whose page asked for it."""

    status = 403
    says = N_("At %(provider)s you signed in as somebody whose account this is not.")
    mend = N_("Sign out there, then try again as yourself.")


class ProofTooOld(Refusal):
    """The provider sent the person back without asking them anew."""

    status = 403
    says = N_("%(provider)s did not ask you to sign in again, so this proves nothing new.")
    mend = N_("Sign out there, then try again; or set a password here and use that.")


def account_of(db: Session, returned: Returned) -> User | None:
    """Whose account it is; a trusted address links it to that person's own at the first time.

    The address of an account that was merged links nothing: what stands takes the identity over
    with its own password, and in no other way. Raises IdentityTaken, TooManyIdentities and
    AccountMerged.
    """
    provider, person = returned.provider, returned.person
    known = identity_called(db, provider.issuer, person.subject)
    if known is not None:
        note_identity(db, known)
        return user_numbered(db, known.user_id)
    called = user_called(db, person.email) if person.email else None
    if called is None or not is_mailbox_of(called, person.email):
        return None
    matched = user_numbered(db, called.id)
    link(db, matched, provider, person.subject)
    if matched.confirmed_at is None:
        arrive_vouched(db, matched)
    stand(db, matched, provider, person.institution)
    return matched


def check_same(returned: Returned, user: User | None) -> None:
    """Raise OtherPerson or ProofTooOld unless the person who asked for it proved themselves anew."""
    label = returned.provider.label
    if user is None or user.id != returned.departure.user_id:
        raise OtherPerson(provider=label)
    if not is_just_now(returned.way):
        raise ProofTooOld(provider=label)


def make_account(db: Session, provider: Provider, person: Person, name: str, language: str) -> User:
    """Make the account of a provider's person who agreed to the documents; it has no password.

    Raises AddressTaken and IdentityTaken.
    """
    user = sign_up(db, name=name, email=person.email or None, language=language, password_hash=None)
    agree(db, user.id)
    link(db, user, provider, person.subject)
    stand(db, user, provider, person.institution)
    return user


def stand(db: Session, user: User, provider: Provider, institution_key: str) -> None:
    """Let the person stand where the provider says, unless they stand somewhere already.

    Where its word confirms, an open claim on that very institution is confirmed as well.
    """
    institution = institution_called(db, institution_key) if institution_key else None
    if institution is None:
        return
    standing = standing_placement(db, user.id) or place(db, user.id, institution.id)
    is_open = standing.institution_id == institution.id and standing.confirmed_at is None
    if is_open and provider.confirms:
        standing.confirmed_at = clock.now()
        db.flush()
        record(
            db,
            ClaimConfirmed(
                person_id=user.id, placement_id=standing.id, institution_id=institution.id
            ),
        )
