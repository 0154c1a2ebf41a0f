"""Who may do what: every role, offer, program and guest that reaches an institution, and where from."""

import csv
import io

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.identity.grants import ADMINISTRATOR, AUDITOR, AUTHOR, Grant, grant
from app.identity.invitations import invite
from app.interop.webhooks import set_webhook
from app.studio.guests import invite as invite_guest
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.interop import make_api_token
from tests.makers.people import HEALTH, cast, make_institute, make_institution, make_interior


@pytest.fixture
def powers(db, chloe, awa, dara, bilal) -> str:
    """The page of awa's institute, which something of each kind reaches."""
    ministry, institute = make_interior(db), make_institute(db)
    grant(db, awa.id, AUTHOR, institute.id, granted_by=chloe.id)
    grant(db, dara.id, AUDITOR, None)
    invite(db, chloe, "new@example.org", [ADMINISTRATOR], ministry.id)
    address = "https://93.184.216.34/hook/s3cret"
    set_webhook(db, chloe.id, ministry.id, address, ["enrolment"], is_private_allowed=False)
    invite_guest(db, bilal.id, make_draft(db, bilal), "Professor Lindqvist", 7)
    make_api_token(db, chloe, ministry, ("counts:read",))
    return f"/en/institutions/{institute.key}/powers"


def test_the_page_lists_all_that_reaches_and_where_from(db, browser, powers, chloe, dara):
    told = text_of(browser.as_(chloe).get(powers))
    for words in (
        "Awa Diop Author: writes courses this institution",
        (
            "Chloé Martin Administrator: sees counts and invites colleagues "
            "from above: Ministry of the Interior"
        ),
        (
            "Dara Sok Auditor: reads what happened and who may do what, and changes nothing "
            "everywhere on this platform"
        ),
        "new@example.org Administrator from above: Ministry of the Interior",
        "Personnel system Token for programs counts:read from above",
        "93.184.216.34 Webhook enrolment from above",
        "Professor Lindqvist",
    ):
        assert words in told
    theirs = browser.as_(dara)
    assert "End this role" not in theirs.get(powers).text
    assert "s3cret" not in theirs.get(powers).text + theirs.get(f"{powers}.csv").text
    own = "/en/institutions/ministry-of-the-interior/powers"
    assert "https://93.184.216.34/hook/s3cret" in theirs.get(own).text
    rows = list(
        csv.DictReader(io.StringIO(theirs.get(f"{powers}.csv").content.decode("utf-8-sig")))
    )
    assert {row["what"] for row in rows} == {"role", "invitation", "token", "webhook", "guest"}
    seen = select(Event.kind).where(Event.actor_id == dara.id, Event.kind.startswith("powers"))
    assert {*db.scalars(seen)} == {"powers-seen", "powers-exported"}


def test_lists_are_joined_as_the_language_of_the_page_does(db, browser, powers, chloe):
    invite(db, chloe, "two@example.org", [ADMINISTRATOR, AUTHOR], make_interior(db).id)
    make_api_token(db, chloe, make_interior(db), ("counts:read", "units:read"))
    db.commit()
    page = browser.as_(chloe).get(powers.replace("/en/", "/ar/")).text
    assert '</code>، <code dir="ltr">' in page
    assert "، " in page.partition("two@example.org")[2].partition("</td>")[0]


def test_a_role_is_ended_from_there_and_only_within_ones_institutions(
    browser, found, powers, chloe, awa
):
    own = browser.as_(chloe)
    form = {
        "person": str(awa.subject),
        "role": AUTHOR,
        "institution": "institute",
        "back": "institute",
    }
    answer = own.post("/en/people/roles/ending", form)
    assert answer.headers["location"] == f"{powers}?done=ended"
    assert "The role has ended" in own.get(f"{powers}?done=ended").text
    assert found(select(Grant.ended_at).where(Grant.user_id == awa.id, Grant.role == AUTHOR)) != [
        None
    ]


def test_an_institution_of_others_has_no_such_page(db, browser, powers):
    health = make_institution(db, *HEALTH)
    omar = cast(db, "Omar Aziz", health, roles=(AUDITOR,), on=health)
    own = browser.as_(omar)
    assert own.get(powers).status_code == own.get(f"{powers}.csv").status_code == 404
    assert own.get(f"/en/institutions/{health.key}/powers").status_code == 200
    listed = own.get("/en/powers").text
    assert "Ministry of Health" in listed
    assert "Ministry of the Interior" not in listed
