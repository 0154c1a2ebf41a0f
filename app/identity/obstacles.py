"""Obstacles: why a reform of institutions cannot be, each with the way round it."""

from app.foundation.errors import Refusal
from app.i18n.marking import N_


class InstitutionUnderItself(Refusal):
    """The parent asked for lies below the institution itself, then or later."""

    says = N_("An institution cannot stand under itself or under a part of itself.")
    mend = N_("Choose a parent outside of it.")


class MergedWithItself(Refusal):
    """An institution was to merge into itself, or with one that stands above or below it."""

    says = N_("An institution cannot merge with itself or with one above or below it.")
    mend = N_("Close or move it instead, or choose one that stands beside it.")


class InstitutionOver(Refusal):
    """The institution has ended, or is to end; its history takes no further change."""

    says = N_("“%(name)s” ends, or has ended, on %(day)s.")
    mend = N_("Found a new institution if one is to follow it.")


class ChangesOverlap(Refusal):
    """A change that holds later is known already, or the institution was founded after the day."""

    says = N_("“%(name)s” has changed since the day you gave.")
    mend = N_("The first day that fits is %(day)s.")


class PartsRemain(Refusal):
    """Institutions stand under one that is to end, and nobody said where they go."""

    says = N_("%(count)s institutions stand under “%(name)s”.")
    mend = N_("Move them first, or say which one takes them.")


class PartsTooFew(Refusal):
    """A split makes two institutions or more, each with a name and key of its own."""

    says = N_("A split makes at least two institutions, each with a key of its own.")
    mend = N_("Name two or more. If there is only one, rename the institution instead.")
