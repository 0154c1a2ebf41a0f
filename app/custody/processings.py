"""Processings: the record of every processing of personal data, for people and for machines.

What article 30 of the General Data Protection Regulation asks of a record stands here once, in
the words of the W3C Data Privacy Vocabulary (DPV 2.0) for machines. A test holds it against the
tables: a table that points to a person and stands in no processing fails the build.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_

DPV = "https://w3id.org/dpv#"
TASK, DUTY, INTEREST = "OfficialAuthorityOfController", "LegalObligation", "LegitimateInterest"
GROUNDS = {
    TASK: N_("The public task of training public servants; where there is none, the agreement on the use of this site."),
    DUTY: N_("A legal obligation of the institution."),
    INTEREST: N_("The interest of all who use the site in its security."),
}  # fmt: skip
PEOPLE = N_("People with an account: learners, authors, administrators")
NOBODY = N_("Nobody outside of those who run the servers")
UNTIL_ERASED = N_("Until the person asks for erasure, or an institution’s rule ends it")


class Processing(NamedTuple):
    """One processing; sentences are message ids, `terms` the purposes in DPV, `tables` where it lies."""

    key: str
    purpose: str
    terms: tuple[str, ...]
    ground: str
    data: tuple[str, ...]
    recipients: str
    kept: str
    tables: tuple[str, ...]
    people: str = PEOPLE


PROCESSINGS = (
    Processing(
        "accounts",
        N_("Let a person sign in, and know them again"),
        ("ServiceProvision", "IdentityVerification"),
        TASK,
        (
            N_("name, also in another script"),
            N_("e-mail address"),
            N_("language"),
            N_("fingerprint of the password, keys of a second step and of passkeys"),
            N_("agreements to the terms and to this notice"),
            N_("the number by which an institution’s own sign-in knows them"),
        ),
        N_("Administrators of the institution the person names, until they decided whether it is right"),
        UNTIL_ERASED,
        (
            "users", "agreements", "second_factors", "recovery_codes", "passkeys",
            "federated_identities", "one_time_links", "sign_ins",
        ),
    ),
    Processing(
        "working-places",
        N_("Know for which institution a person learns, and who may do what there"),
        ("OrganisationGovernance", "HumanResourceManagement"),
        TASK,
        (
            N_("institution, since when and whether confirmed"),
            N_("grade, job family, gender, country and place, as far as told"),
            N_("roles, invitations to them and who gave them"),
            N_("files by which an institution brought its people in, with who brought them"),
            N_("which accounts of one person were merged, by whom and why"),
        ),
        N_("Administrators and registrars of the institution and of those above it"),
        UNTIL_ERASED,
        ("placements", "grants", "invitations", "demands", "loads", "merges"),
    ),
    Processing(
        "learning",
        N_("Let people learn, and grade what they answer by fixed rules"),
        ("ServiceProvision",),
        TASK,
        (
            N_("enrolments, lessons read, answers, scores and results"),
            N_("notes and the paragraph where reading stopped, shown to the person alone"),
            N_("questions about lessons, opinions at the end of a course"),
            N_("reminders sent and whether they are wanted"),
        ),
        N_("Nobody but the person; institutions see opinions as counts and questions without a name"),
        UNTIL_ERASED,
        (
            "enrolments", "notes", "inquiries", "opinions", "follow_ups", "reminder_choices",
        ),
    ),
    Processing(
        "required-learning",
        N_("Tell people what their institution requires them to complete, and by when"),
        ("HumanResourceManagement", "LegalCompliance"),
        DUTY,
        (N_("what is required, its day, its state, exemptions asked for and their reasons"),),
        N_("Administrators of the institution that requires it"),
        UNTIL_ERASED,
        ("duties", "petitions", "requirements", "requirement_terms", "mutes"),
    ),
    Processing(
        "proofs",
        N_("Prove what a person completed, and let anyone verify it"),
        ("RecordManagement", "ServiceProvision"),
        TASK,
        (N_("name, course, day and code of certificates"),),
        N_("Whoever has the code of a certificate"),
        N_("Until erasure; an institution’s law may keep the name longer, which its rule below says"),
        ("certificates",),
    ),
    Processing(
        "statistics",
        N_("Say who completed what, as names to registrars and as counts to all others"),
        ("OrganisationGovernance", "LegalCompliance"),
        TASK,
        (
            N_("who enrolled, started and completed what, on which day, standing where"),
            N_("who prepared, released or withdrew a bulletin of figures"),
            N_("files of lists that a registrar asked for, with their names, for seven days"),
        ),
        N_("Registrars see names; administrators see counts of five people and more"),
        N_("For ever; after an erasure it says no longer whose it was"),
        ("facts", "bulletins", "long_files"),
    ),
    Processing(
        "saved-views",
        N_("Let a person ask a question of statistics again, and be sent its figures"),
        ("ServiceProvision",),
        TASK,
        (N_("the name that the person gave a question, where it is shared, how often its letter comes"),),
        N_("Who may see counts at the institution where the person shares it"),
        UNTIL_ERASED,
        ("saved_views",),
    ),
    Processing(
        "acts",
        N_("Keep the site safe, and leave a trace of every look at somebody’s record"),
        ("EnforceSecurity",),
        INTEREST,
        (
            N_("numbers, times and kinds of acts, no names and no texts"),
            N_("counters against guessing, two days"),
        ),
        NOBODY,
        N_("For ever; after an erasure it says no longer whose it was"),
        ("events",),
    ),
    Processing(
        "interfaces",
        N_("Let programs of institutions ask and tell what their administrators may"),
        ("ServiceProvision", "OrganisationGovernance"),
        TASK,
        (N_("keys of programs and addresses to which events are sent, with who made them"),),
        N_("Programs that an administrator of the institution gave a key"),
        N_("Until they are withdrawn; who made them, until erasure"),
        ("api_tokens", "webhooks"),
    ),
    Processing(
        "writing",
        N_("Write, review, translate and publish courses together"),
        ("ServiceProvision",),
        TASK,
        (N_("who changed what in a draft and when, comments, and names of reviewers from outside"),),
        N_("Authors, reviewers and publishers of the course’s institutions"),
        N_("As long as the course is kept; names of reviewers from outside until 30 days after their link ended"),
        (
            "drafts", "draft_files", "draft_states", "comments", "guests", "submissions", "releases",
            "course_versions", "owner_proposals", "origins", "draft_templates", "draft_mutes",
        ),
    ),
    Processing(
        "rights",
        N_("Answer what people ask about their data, and end what is kept too long"),
        ("LegalCompliance",),
        DUTY,
        (
            N_("the request, its words, its day and its answer"),
            N_("rules of retention, and warnings to idle accounts"),
        ),
        N_("Administrators of the person’s institution"),
        N_("The fact for ever, the words until erasure"),
        ("data_requests", "retentions", "idle_warnings"),
    ),
)  # fmt: skip
MEASURES = {
    "EncryptionInTransfer": N_("Encrypted lines where the operator serves https"),
    "PasswordAuthentication": N_("Passwords as argon2id, a second step and passkeys"),
    "AccessControlMethod": N_("Each page names who may use it; roles are scoped to a tree of institutions"),
    "ActivityMonitoring": N_("A ledger of acts that cannot be changed"),
    "Pseudonymisation": N_("Numbers in the place of names in the ledger and in the statistics"),
}  # fmt: skip


class Record(NamedTuple):
    """The record in one language, of one installation."""

    language: str
    controller: str
    contact: str
    address: str
    processings: tuple[Mapping[str, Any], ...]
    measures: tuple[tuple[str, str], ...]

    def as_json(self) -> bytes:
        """JSON-LD: a dpv:Process for each processing."""
        graph = {
            "@context": {"dpv": DPV, "dct": "http://purl.org/dc/terms/"},
            "@type": "dpv:RecordsOfActivities",
            "@id": self.address,
            "dct:language": self.language,
            "dpv:hasDataController": {
                "@type": "dpv:DataController",
                "dpv:hasName": self.controller,
                "dpv:hasContact": self.contact,
            },
            "dpv:hasTechnicalOrganisationalMeasure": [
                {"@type": f"dpv:{term}", "dct:description": said} for term, said in self.measures
            ],
            "dpv:hasProcess": [_process(each, self.address) for each in self.processings],
        }
        return json.dumps(graph, ensure_ascii=False, indent=1).encode()


def record_of_processing(request: Request) -> Record:
    """The record in the language of the request."""
    settings, language = request.app.state.settings, request.scope["language"]
    gettext = translations_for(language).gettext
    return Record(
        language=language,
        controller=settings.operator_name or gettext(N_("The institution that runs this site")),
        contact=settings.operator_mail or settings.mail_from,
        address=f"{settings.public_url}/privacy/record.json",
        processings=tuple(_told(gettext)),
        measures=tuple((term, gettext(said)) for term, said in MEASURES.items()),
    )


def _told(gettext: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    for each in PROCESSINGS:
        yield {
            "key": each.key,
            "purpose": gettext(each.purpose),
            "terms": each.terms,
            "ground_term": each.ground,
            "ground": gettext(GROUNDS[each.ground]),
            "people": gettext(each.people),
            "data": [gettext(words) for words in each.data],
            "recipients": gettext(each.recipients),
            "kept": gettext(each.kept),
        }


def _process(each: Mapping[str, Any], address: str) -> dict[str, Any]:
    return {
        "@type": "dpv:Process",
        "@id": f"{address}#{each['key']}",
        "dpv:hasPurpose": [
            {"@type": f"dpv:{term}", "dct:description": each["purpose"]} for term in each["terms"]
        ],
        "dpv:hasLegalBasis": {
            "@type": f"dpv:{each['ground_term']}", "dct:description": each["ground"]
        },
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:description": each["people"]},
        "dpv:hasPersonalData": [
            {"@type": "dpv:PersonalData", "dct:description": said} for said in each["data"]
        ],
        "dpv:hasRecipient": {"@type": "dpv:Recipient", "dct:description": each["recipients"]},
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageCondition", "dct:description": each["kept"]
        },
    }  # fmt: skip
