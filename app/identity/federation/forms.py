"""Forms of federation: where to go on to, and the account that a provider's person agrees to."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from app.i18n.marking import N_
from app.identity.forms import AGREEMENT_NEEDED, Name
from app.web.forms import Form


class DepartureForm(Form):
    """The path to go on to, once in."""

    next: str = ""


class NewAccountForm(Form):
    """The account of a person whom a provider vouches for: a name, and the agreement."""

    name: Name
    agreed: Literal["yes"]

    words: ClassVar[Mapping[str, str]] = {
        "agreed": AGREEMENT_NEEDED,
        "name.string_too_short": N_("Write your name as it should stand on a certificate."),
    }
