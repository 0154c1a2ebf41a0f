"""Refusals of statistics."""

from app.foundation.errors import NotAllowed
from app.i18n.marking import N_


class NamesClosed(NotAllowed):
    """The list with names is a right of its own."""

    says = N_("The list with names is open to registrars only.")
    mend = N_("The counts are open to you. Ask an administrator for the role of registrar.")
