"""Addresses of mail, as people type them."""

from email_validator import EmailNotValidError, validate_email
from pydantic_core import PydanticCustomError

from app.i18n.marking import N_

WHOLE_ADDRESS = N_("Write the whole address, such as awa.diop@institute.example")
# Begins an encoded word (RFC 2047): the header of a letter would be read as other signs than these.
ENCODED = "=?"


def whole_address(value: str) -> str:
    """The address with its domain in small letters, for a form's validator.

    What it lets pass is one address in one line, fit for a header of mail.
    """
    try:
        checked = validate_email(value, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise PydanticCustomError("address", "no address") from None
    if ENCODED in checked.local_part:
        raise PydanticCustomError("address", "no plain address")
    if "." not in checked.domain:
        raise PydanticCustomError("address", "no whole domain")
    return checked.normalized
