"""Scopes: what a token may be given for, each a right of its own, and which of them show people."""

from app.i18n.marking import N_

PEOPLE_READ, PEOPLE_WRITE = "people:read", "people:write"
UNITS_READ, UNITS_WRITE = "units:read", "units:write"
ENROLMENTS_READ, ENROLMENTS_WRITE = "enrolments:read", "enrolments:write"
COMPLETIONS_READ, COUNTS_READ = "completions:read", "counts:read"
WEBHOOKS_WRITE = "webhooks:write"
SCOPES = {
    UNITS_READ: N_("Read the institutions of the tree"),
    UNITS_WRITE: N_("Add, rename, move and close institutions"),
    PEOPLE_READ: N_("Read people with names and addresses"),
    PEOPLE_WRITE: N_("Register, invite, place and transfer people"),
    ENROLMENTS_READ: N_("Read who is enrolled in what"),
    ENROLMENTS_WRITE: N_("Enrol and withdraw people"),
    COMPLETIONS_READ: N_("Read completions with names"),
    COUNTS_READ: N_("Read counts, without names"),
    WEBHOOKS_WRITE: N_("Set and end webhooks"),
}
# They show single people, so they are given by who may see the list with names.
NAMING = frozenset({PEOPLE_READ, PEOPLE_WRITE, ENROLMENTS_READ, COMPLETIONS_READ})
