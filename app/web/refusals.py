"""Refusals of the shell: no such page, the wrong method, an outage, and what nobody foresaw."""

from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_


class PageUnknown(NotFound):
    """No page lives at this address, or not for this person."""

    says = N_("There is no page at this address.")
    mend = N_("Check the address, or start from the catalogue.")


class MethodUnknown(Refusal):
    """The address exists but not for this method."""

    status = 405
    says = N_("This address cannot be used that way.")
    mend = N_("Go back to the page and use its buttons.")


class Unforeseen(Refusal):
    """A fault of ours; it is in the log, and nothing was changed."""

    status = 500
    says = N_("A fault on our side stopped this. Nothing was changed.")
    mend = N_("Go back and try once more. If it stays, write to us with the number below.")


class NoRoom(Refusal):
    """The disk of the database is full: nothing can be kept until somebody makes room."""

    status = 503
    says = N_("The platform has no room left to keep this. Nothing was changed.")
    mend = N_("Reading works. Whoever runs the platform has to make room; then send it once more.")


class DatabaseAway(Refusal):
    """The database is being started, or too much is asked of it at once."""

    status = 503
    says = N_("The platform cannot reach its data at the moment.")
    mend = N_("Try again in a minute. If you sent something, look first whether it has arrived.")
