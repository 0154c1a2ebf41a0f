"""Scopes: what a token may be given for, each a right of its own, and which of them show people."""

from app.i18n.marking import N_

PEOPLE_READ, PEOPLE_WRITE = "people:read", "people:write"
UNITS_READ, UNITS_WRITE = "units:read", "units:write"
ENROLMENTS_READ, ENROLMENTS_WRITE = "enrolments:read", "enrolments:write"
COMPLETIONS_READ, COUNTS_READ = "completions:read", "counts:read"
CLAIMS_WRITE, MERGES_WRITE = "claims:write", "merges:write"
ROLES_READ, ROLES_WRITE = "roles:read", "roles:write"
REQUIREMENTS_READ, REQUIREMENTS_WRITE = "requirements:read", "requirements:write"
DUTIES_READ, DUTIES_WRITE = "duties:read", "duties:write"
WEBHOOKS_WRITE = "webhooks:write"
SCOPES = {
    UNITS_READ: N_("Read the institutions of the tree"),
    UNITS_WRITE: N_("Add, rename, move and close institutions"),
    PEOPLE_READ: N_("Read people with names and addresses"),
    PEOPLE_WRITE: N_("Register, invite, place and transfer people"),
    CLAIMS_WRITE: N_("Read, confirm and refuse who says to work where"),
    MERGES_WRITE: N_("Compare, merge and part two accounts of one person"),
    ROLES_READ: N_("Read who holds which role, and who is invited"),
    ROLES_WRITE: N_("End roles and withdraw invitations"),
    REQUIREMENTS_READ: N_("Read what is required, in figures"),
    REQUIREMENTS_WRITE: N_("Require courses, change and end requirements"),
    DUTIES_READ: N_("Read who is overdue and who asks for more time or an exemption"),
    DUTIES_WRITE: N_("Decide requests, exempt people and give them more time"),
    ENROLMENTS_READ: N_("Read who is enrolled in what"),
    ENROLMENTS_WRITE: N_("Enrol and withdraw people"),
    COMPLETIONS_READ: N_("Read completions with names"),
    COUNTS_READ: N_("Read counts, without names"),
    WEBHOOKS_WRITE: N_("Set and end webhooks"),
}
# They show single people, so they are given by who may see the list with names.
NAMING = frozenset(
    {
        PEOPLE_READ, PEOPLE_WRITE, CLAIMS_WRITE, MERGES_WRITE, ROLES_READ, DUTIES_READ,
        DUTIES_WRITE, ENROLMENTS_READ, COMPLETIONS_READ,
    }
)  # fmt: skip
