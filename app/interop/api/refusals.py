"""Refusals of the API: what a program did that cannot be, where, and how it is mended."""

from typing import NamedTuple

from app.foundation.errors import NotAllowed, Refusal
from app.i18n.marking import N_


class Faulty(NamedTuple):
    """One thing wrong in a request: where, and a message id with its values."""

    where: str
    says: str
    values: dict[str, object]


class OperationUnknown(Refusal):
    """The address exists, but no operation of ours has this method there."""

    status = 405
    says = N_("This address does not take that method.")
    mend = N_("Send one of the methods that the header “Allow” of this answer names.")


class TokenNeeded(Refusal):
    """No token came, or one that is unknown, over or revoked; cookies do not count here."""

    status = 401
    says = N_("The request has no token that stands.")
    mend = N_("Send the header “Authorization: Bearer” with a token that is not over or revoked.")


class ScopeMissing(NotAllowed):
    """The token stands but was not given for this, or its maker has lost the right."""

    says = N_("The token has no right to this: the scope %(scope)s is missing.")
    mend = N_("Make a token with this scope, by an administrator who holds the right to it.")


class StepOfMakerMissing(NotAllowed):
    """An institution asks a second step, and whoever made the token did so, or signs in, without one."""

    says = N_("A second step at sign-in is asked of whoever made this token, and it was made without one, or its maker has none any more.")  # fmt: skip
    mend = N_("Let its maker sign in with a second step and make the token anew.")


class RequestsTooMany(Refusal):
    """The bucket of the token is empty."""

    status = 429
    says = N_("The token has made its %(most)s requests of this minute.")
    mend = N_("Wait %(seconds)s s and send the request again; nothing was changed.")


class BodyTooLarge(Refusal):
    """The body is longer than any of ours."""

    status = 413
    says = N_("The body is longer than %(most)s bytes.")
    mend = N_("Send less at once.")


class BodyUnreadable(Refusal):
    """The body is no JSON in UTF-8."""

    status = 400
    says = N_("The body is no JSON object in UTF-8.")
    mend = N_("Send a JSON object as the description of this operation shows it.")


class MediaUnknown(Refusal):
    """The body is said to be something else than JSON."""

    status = 415
    says = N_("The body is not sent as JSON.")
    mend = N_("Send the header “Content-Type: application/json” and a JSON object.")


class FileKindUnknown(Refusal):
    """The body is said to be of a type that this operation does not read."""

    status = 415
    says = N_("The file is not sent as one of these: %(kinds)s.")
    mend = N_("Send the header “Content-Type” with the type of the file, and the file as the body.")


class RequestFaulty(Refusal):
    """Some fields will not do; each is named with what is wrong with it."""

    status = 422
    says = N_("Some of what was sent will not do.")
    mend = N_("Mend what stands under “errors”, and send the request again.")

    def __init__(self, faults: list[Faulty]) -> None:
        super().__init__()
        self.faults = faults


class KeyUsedOtherwise(Refusal):
    """The idempotency key came before with another request."""

    status = 422
    says = N_("This idempotency key was used for another request within 24 hours.")
    mend = N_("Take a new key for each new request.")


class ChangedMeanwhile(Refusal):
    """What If-Match names is no longer what stands."""

    status = 412
    says = N_("It was changed since you read it, so nothing was changed now.")
    mend = N_("Read it again and decide anew.")


class PersonNotInReach(Refusal):
    """The address has an account of somebody who stands elsewhere, or who has to say so themselves."""

    says = N_("This address has an account already.")
    mend = N_("Place the person by their id, or let them choose the institution in their account.")
