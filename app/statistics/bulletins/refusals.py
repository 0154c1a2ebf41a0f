"""Refusals of bulletins."""

from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_


class BulletinUnknown(NotFound):
    """There is no such bulletin that this person may see."""

    says = N_("There is no such bulletin.")
    mend = N_("Look through the list of all bulletins.")


class FilesWithdrawn(Refusal):
    """The bulletin is withdrawn, and its files with it."""

    status = 410
    says = N_("This bulletin is withdrawn, so its files are offered no longer.")
    mend = N_("Its page says why, and which revision stands.")


class InstitutionNotYours(NotFound):
    """A bulletin of an institution whose figures are not the person's to see."""

    says = N_("This institution is not one of yours.")
    mend = N_("Choose one from the list.")


class NameTaken(Refusal):
    """Another bulletin has this key."""

    says = N_("There is a bulletin with the name “%(name)s” already.")
    mend = N_("Choose another name, or open that bulletin and revise it.")


class RevisionWaits(Refusal):
    """A revision of it is prepared and neither released nor thrown away."""

    says = N_("A revision of this bulletin is prepared already.")
    mend = N_("Release that one, or throw it away.")


class KeyRenewed(Refusal):
    """The reports name the key that signed when they were set, and it was renewed since."""

    says = N_("The key that signs was renewed a moment ago, so nothing was released.")
    mend = N_("Release the bulletin once more.")


class NotPrepared(Refusal):
    """It is released; what everybody has seen does not change."""

    says = N_("This bulletin is released, so it stays as it is.")
    mend = N_("Prepare a revision of it, or withdraw it.")


class NotReleased(Refusal):
    """It is not open to everybody: prepared only, or withdrawn."""

    says = N_("This bulletin is not released, or it is withdrawn already.")
    mend = N_("Look at its page to see where it stands.")
