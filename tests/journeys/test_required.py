"""Required courses without scripts: set one, see who is overdue, exempt somebody, get the digest."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.duties.duties import Duty
from app.duties.jobs import DIGESTS
from app.duties.requirements import Requirement
from app.duties.terms import RequirementTerms
from app.foundation import clock
from app.identity.placements import Placement
from app.queue.jobs import later
from tests.journeys.sites import user_id_of
from tests.journeys.windows import Look, fields, pick
from tests.makers.duties import roll
from tests.makers.mails import delivered, text_of_letter

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
PAST = timedelta(days=40)


def let_days_pass(site, boss) -> None:
    """The requirement began forty days ago, and everybody was there before."""
    with site.engines.writing() as db:
        asked = select(Requirement).where(Requirement.made_by == user_id_of(db, boss))
        requirement = db.scalars(asked).one()
        requirement.begins_on -= PAST
        db.flush()
        begun = clock.now() - PAST - timedelta(days=1)
        db.execute(update(Placement).values(valid_from=begun))
        db.execute(update(RequirementTerms).values(since=requirement.begins_on))
        db.execute(update(Duty).values(started_on=requirement.begins_on))
        roll(db, requirement)


def test_a_course_is_required_missed_and_forgiven(site, window):
    who, boss = site.learner(), site.administrator()
    theirs = window(Look(scripts=False), boss)
    theirs.open("/en/required")
    theirs.press(theirs.link("Require a course"))
    theirs.press(theirs.button("See whom it concerns"), 422)
    theirs.page.get_by_label("Course", exact=True).select_option(label="The human factor")
    pick(theirs, "Who requires it", "Ministry of the Interior")
    fields(
        theirs,
        {"Days from coming under it": "30", "On what legal basis": "Civil Service Act, article 12"},
    )
    theirs.press(theirs.button("See whom it concerns"))
    assert "Nothing is set yet." in theirs.text()
    theirs.press(theirs.button("Require it"))
    assert "The course is required" in theirs.text()
    delivered(site.app)
    let_days_pass(site, boss)
    theirs.open("/en/required/overdue")
    while who.name not in theirs.text():  # others of the site may be late as well
        theirs.press(theirs.link("Next 100 rows"))
    hers = window(Look(scripts=False), who)
    hers.open("/en/my-learning")
    assert "because: Civil Service Act, article 12" in hers.text()
    assert "10 days late" in hers.text()
    hers.press(hers.link("More time, or an exemption?"))
    hers.page.get_by_role("radio", name="An exemption").check()
    fields(hers, {"Why": "I teach this course."})
    hers.press(hers.button("Send your request"))
    assert "Not decided yet" in hers.text()
    with site.engines.writing() as db:
        later(db, DIGESTS, {}, unique_key=f"test-{user_id_of(db, boss)}")
    (digest,) = [
        each
        for each in delivered(site.app)
        if (each["To"], each["Subject"]) == (boss.email, "Required courses this week")
    ]
    assert "1 request to decide" in text_of_letter(digest)
    theirs.open("/en/required")
    theirs.press(theirs.link("1 request to decide"))
    theirs.press(theirs.button(f"Grant it {who.name}"))
    assert "It is granted" in theirs.text()
    theirs.open("/en/required/overdue")
    assert who.name not in theirs.text()
    while theirs.page.get_by_role("link", name="Next 100 rows").count():
        theirs.press(theirs.link("Next 100 rows"))
        assert who.name not in theirs.text()
    hers.open("/en/my-learning")
    assert "Exempt" in hers.text()
    with site.engines.writing() as db:
        asked = select(Requirement).where(Requirement.made_by == user_id_of(db, boss))
        db.scalars(asked).one().ended_at = clock.now()
