"""Treatments: what a merge of two accounts does to every column that points to a person, and why.

A test walks all foreign keys to users, so a new table cannot be forgotten.
"""

from collections.abc import Mapping
from typing import NamedTuple

# The row belongs to the account that stays. Where that one has such a row of its own, by the
# columns `beside`, each keeps its own.
MOVED = "moved"
# As MOVED, by rules of its own: rounds are numbered anew, one placement and one role stand.
ROUNDS, PLACED, GRANTED, NOTED = "rounds", "placed", "granted", "noted"
# A way in of the account that goes: it works no longer, and an undoing does not bring it back.
ENDED = "ended"
# The row keeps the account it names.
LEFT = "left"

_OWN = "It is the person's own."
_PROOF = "It proves the account that goes; nobody can sign in with that, and an undoing needs it."
_SIGNED = "It says who did it then; the name stays with the account that did."
_RIGHT = "What comes of it asks for the rights or the address of who made it."


class Treatment(NamedTuple):
    """How a column is treated and why; `while_empty` names what a unique key asks to be null."""

    how: str
    why: str
    beside: tuple[str, ...] = ()
    while_empty: str = ""


TREATMENTS: Mapping[str, Treatment] = {
    "agreements.user_id": Treatment(MOVED, _OWN, ("document", "version")),
    "api_tokens.made_by": Treatment(MOVED, _RIGHT),
    "bulletins.prepared_by": Treatment(LEFT, _SIGNED),
    "bulletins.released_by": Treatment(LEFT, _SIGNED),
    "bulletins.withdrawn_by": Treatment(LEFT, _SIGNED),
    "comments.made_by": Treatment(LEFT, _SIGNED),
    "comments.resolved_by": Treatment(LEFT, _SIGNED),
    "course_versions.published_by": Treatment(LEFT, _SIGNED),
    "data_requests.closed_by": Treatment(LEFT, _SIGNED),
    "data_requests.entered_by": Treatment(LEFT, _SIGNED),
    "data_requests.person_id": Treatment(MOVED, _OWN, ("kind",), "closed_at"),
    "demands.set_by": Treatment(LEFT, _SIGNED),
    "draft_files.changed_by": Treatment(LEFT, _SIGNED),
    "draft_mutes.user_id": Treatment(MOVED, _OWN, ("draft_id",)),
    "draft_states.saved_by": Treatment(LEFT, _SIGNED),
    "draft_templates.marked_by": Treatment(LEFT, _SIGNED),
    "drafts.changed_by": Treatment(LEFT, _SIGNED),
    "drafts.made_by": Treatment(LEFT, _SIGNED),
    "duties.person_id": Treatment(ROUNDS, _OWN),
    "enrolments.learner_id": Treatment(ROUNDS, _OWN),
    "federated_identities.user_id": Treatment(LEFT, _PROOF),
    "grants.granted_by": Treatment(LEFT, _SIGNED),
    "grants.user_id": Treatment(GRANTED, _OWN),
    "guests.invited_by": Treatment(LEFT, _SIGNED),
    "idle_warnings.user_id": Treatment(LEFT, "The account that goes is not idle: it is merged."),
    "inquiries.answered_by": Treatment(LEFT, _SIGNED),
    "inquiries.asker_id": Treatment(MOVED, _OWN),
    "invitations.accepted_by": Treatment(MOVED, _OWN),
    "invitations.invited_by": Treatment(MOVED, _RIGHT),
    "loads.brought_by": Treatment(MOVED, _RIGHT),
    "long_files.person_id": Treatment(
        LEFT, "It is bound to the rights it was asked with, for a week."
    ),
    "merges.gone_id": Treatment(LEFT, "It says which accounts were merged."),
    "merges.merged_by": Treatment(LEFT, _SIGNED),
    "merges.stays_id": Treatment(LEFT, "It says which accounts were merged."),
    "merges.undone_by": Treatment(LEFT, _SIGNED),
    "mutes.user_id": Treatment(MOVED, _OWN, ("kind",)),
    "notes.person_id": Treatment(NOTED, _OWN),
    "one_time_links.user_id": Treatment(ENDED, _PROOF),
    "origins.taken_by": Treatment(LEFT, _SIGNED),
    "owner_proposals.decided_by": Treatment(LEFT, _SIGNED),
    "owner_proposals.proposed_by": Treatment(LEFT, _SIGNED),
    "passkeys.user_id": Treatment(LEFT, _PROOF),
    "petitions.asked_by": Treatment(MOVED, _OWN),
    "petitions.decided_by": Treatment(LEFT, _SIGNED),
    "placements.confirmed_by": Treatment(LEFT, _SIGNED),
    "placements.user_id": Treatment(PLACED, _OWN),
    "recovery_codes.user_id": Treatment(LEFT, _PROOF),
    "releases.planned_by": Treatment(MOVED, _RIGHT),
    "reminder_choices.user_id": Treatment(MOVED, _OWN, ("user_id",)),
    "requirement_terms.set_by": Treatment(LEFT, _SIGNED),
    "requirements.ended_by": Treatment(LEFT, _SIGNED),
    "requirements.made_by": Treatment(LEFT, _SIGNED),
    "retentions.set_by": Treatment(LEFT, _SIGNED),
    "saved_views.person_id": Treatment(MOVED, _OWN),
    "second_factors.user_id": Treatment(LEFT, _PROOF),
    "sign_ins.user_id": Treatment(ENDED, _PROOF),
    "submissions.decided_by": Treatment(MOVED, "Nobody approves what they handed in themselves."),
    "submissions.submitted_by": Treatment(MOVED, "Nobody approves what they handed in themselves."),
    "users.merged_into": Treatment(MOVED, "What was merged before follows, so no chain is made."),
    "webhooks.made_by": Treatment(MOVED, _RIGHT),
}
