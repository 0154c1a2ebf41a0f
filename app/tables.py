"""Imports every noun module that holds a table, for Alembic and the tests."""

from app.activity import events
from app.assessment import attempts
from app.catalogue import (
    activities,
    courses,
    items,
    outcomes,
    ownerships,
    recommendations,
    search_entries,
    texts,
    versions,
)
from app.credentials import certificates
from app.custody import data_requests, retentions
from app.duties import duties, mutes, petitions, requirements
from app.foundation.database import Model
from app.identity import (
    agreements,
    demands,
    domains,
    grants,
    institutions,
    invitations,
    one_time_links,
    placements,
    recovery_codes,
    second_factors,
    sign_ins,
    throttles,
    users,
)
from app.identity.federation import identities
from app.identity.passkeys import passkeys
from app.interop import deliveries, tokens, webhooks
from app.interop.api import repeats
from app.learning import (
    completions,
    enrolments,
    follow_ups,
    inquiries,
    notes,
    opinions,
    progress,
    reminders,
    results,
)
from app.loads import loads, rows
from app.merges import changes, merges
from app.queue import jobs
from app.statistics import facts, local_tallies, tallies
from app.statistics.bulletins import bulletins, keys
from app.statistics.exporting import long_files
from app.statistics.saving import saved_views
from app.statistics.teaching import boards
from app.studio import comments, drafts, guests, mutings, origins, releases, submissions
from app.studio.exchanging import parcels
from app.studio.skeletons import skeletons

MODULES = (
    activities,
    agreements,
    attempts,
    boards,
    bulletins,
    certificates,
    changes,
    comments,
    completions,
    courses,
    data_requests,
    deliveries,
    demands,
    domains,
    drafts,
    duties,
    enrolments,
    events,
    facts,
    local_tallies,
    tallies,
    follow_ups,
    grants,
    guests,
    identities,
    inquiries,
    institutions,
    invitations,
    items,
    jobs,
    keys,
    loads,
    long_files,
    merges,
    mutes,
    mutings,
    notes,
    one_time_links,
    opinions,
    origins,
    outcomes,
    ownerships,
    passkeys,
    petitions,
    parcels,
    placements,
    progress,
    recommendations,
    recovery_codes,
    releases,
    reminders,
    repeats,
    requirements,
    results,
    retentions,
    rows,
    search_entries,
    saved_views,
    second_factors,
    sign_ins,
    skeletons,
    submissions,
    texts,
    throttles,
    tokens,
    users,
    versions,
    webhooks,
)
metadata = Model.metadata
