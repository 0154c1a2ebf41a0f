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
LOADS_READ, LOADS_WRITE = "loads:read", "loads:write"
DATA_READ, DATA_WRITE = "data:read", "data:write"
INQUIRIES_WRITE, BULLETINS_WRITE = "inquiries:write", "bulletins:write"
WEBHOOKS_WRITE = "webhooks:write"
SCOPES = {
    UNITS_READ: N_("Read the institutions of the tree"),
    UNITS_WRITE: N_("Add, rename, move and close institutions"),
    PEOPLE_READ: N_("Read people with names and addresses"),
    PEOPLE_WRITE: N_("Register, invite, place and transfer people"),
    LOADS_READ: N_("Read where files of rows stand"),
    LOADS_WRITE: N_("Bring files of rows, see each row’s fate, apply, confirm and undo them"),
    CLAIMS_WRITE: N_("Read, confirm and refuse who says to work where"),
    MERGES_WRITE: N_("Compare, merge and part two accounts of one person"),
    ROLES_READ: N_("Read who holds which role, who is invited and where a second step is asked"),
    ROLES_WRITE: N_("End roles, withdraw invitations, ask a second step of roles"),
    REQUIREMENTS_READ: N_("Read what is required, in figures"),
    REQUIREMENTS_WRITE: N_("Require courses, change and end requirements"),
    DUTIES_READ: N_("Read who is overdue and who asks for more time or an exemption"),
    DUTIES_WRITE: N_("Decide requests, exempt people and give them more time"),
    ENROLMENTS_READ: N_("Read who is enrolled in what"),
    ENROLMENTS_WRITE: N_("Enrol and withdraw people"),
    COMPLETIONS_READ: N_("Read completions with names"),
    COUNTS_READ: N_("Read counts, without names"),
    INQUIRIES_WRITE: N_("Read and answer what is asked about your courses"),
    DATA_READ: N_("Read what people ask about their data, and how long records are kept"),
    DATA_WRITE: N_("Answer what people ask about their data, and set how long records are kept"),
    BULLETINS_WRITE: N_("Prepare, release, revise and withdraw bulletins"),
    WEBHOOKS_WRITE: N_("Set and end webhooks"),
}
# They show single people, so they are given by who may see the list with names.
NAMING = frozenset(
    {
        PEOPLE_READ, PEOPLE_WRITE, CLAIMS_WRITE, MERGES_WRITE, ROLES_READ, DUTIES_READ,
        DUTIES_WRITE, ENROLMENTS_READ, COMPLETIONS_READ, LOADS_WRITE, DATA_READ,
        DATA_WRITE,
    }
)  # fmt: skip
