"""Of whom: tree, grade, job family and condition; and that they may open the course."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.duties.audiences import Unreachable, count_of
from app.duties.duties import Duty
from app.duties.terms import terms_of
from app.foundation import clock
from app.identity.grants import ADMINISTRATOR, end_grant, grant, standing_grant
from app.identity.placements import place
from app.identity.reforms import move_institution
from app.identity.users import User
from tests.makers.courses import make_course
from tests.makers.duties import duties_of, make_requirement, roll
from tests.makers.mails import delivered
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior


@pytest.fixture
def people(db, awa, bilal, chloe, dara):
    """Awa A2 in teaching, Bilal B1, both at the institute; Chloé at the ministry; Dara elsewhere.

    Bilal has administered the institute, Chloé still does the ministry.
    """
    institute = make_institute(db)
    grant(db, bilal.id, ADMINISTRATOR, institute.id)
    end_grant(db, standing_grant(db, bilal.id, ADMINISTRATOR, institute.id))
    place(db, awa.id, institute.id, grade="Éa2", job_family="Teaching")
    place(db, bilal.id, institute.id, grade="B1", confirmed_by=chloe.id)
    return {each.name.split()[0]: each for each in (awa, bilal, chloe, dara)}


AUDIENCES = [
    ({}, {"Awa", "Bilal", "Chloé"}),
    ({"grades": "éA2, C9"}, {"Awa"}),
    ({"job_families": "teaching"}, {"Awa"}),
    ({"grades": "B1", "job_families": "Teaching"}, set()),
    ({"condition": "confirmed"}, {"Bilal"}),
    ({"condition": "leaders"}, {"Chloé"}),
    ({"condition": "newcomers"}, {"Awa", "Bilal", "Chloé"}),
]


def test_who_is_required_is_who_was_counted(db, people, chloe):
    version, ministry = make_course(db), make_interior(db)
    for told, who in AUDIENCES:
        requirement = make_requirement(db, chloe, ministry, version, **told)
        terms = terms_of(db, requirement.id)
        audience = terms.audience(version.course_id, requirement.begins_on, "UTC")
        assert count_of(db, audience) == len(who)
        roll(db, requirement)
        asked = select(User.name).join(Duty, Duty.person_id == User.id)
        found = db.scalars(asked.where(Duty.requirement_id == requirement.id))
        assert {name.split()[0] for name in found} == who, told


def test_a_course_of_another_ministry_alone_cannot_be_required(db, chloe):
    version = make_course(db, audience="institution", owner=make_institution(db, *HEALTH))
    with pytest.raises(Unreachable):
        make_requirement(db, chloe, make_interior(db), version)
    own = make_course(db, "Own course", audience="institution", owner=make_interior(db))
    assert make_requirement(db, chloe, make_interior(db), own).id


def test_a_course_for_staff_only_is_required_of_who_is_confirmed(
    db, app, browser, people, awa, chloe
):
    course = make_course(db, audience="institution")
    requirement = make_requirement(db, chloe, make_institute(db), course)
    roll(db, requirement)
    found = select(User.name).join(Duty, Duty.person_id == User.id)
    db.commit()
    delivered(app)
    assert db.scalars(found).all() == ["Bilal Haddad"]
    db.commit()
    told = {"person": str(awa.subject), "institution": "institute", "verdict": "confirmed"}
    browser.as_(chloe).post("/en/people/claims", told)
    delivered(app)
    assert {*db.scalars(found)} == {"Awa Diop", "Bilal Haddad"}


def test_whoever_comes_or_goes_is_found_by_the_queue(db, app, people, dara, awa, chloe):
    make_requirement(db, chloe, make_interior(db), make_course(db))
    db.commit()
    delivered(app)
    assert [each.stands for each in duties_of(db, awa)] == [True]
    place(db, dara.id, make_institute(db).id)
    place(db, awa.id, make_institution(db, *HEALTH).id)
    db.commit()
    delivered(app)
    assert [each.stands for each in duties_of(db, dara)] == [True]
    assert [(each.stands, each.ended_on is None) for each in duties_of(db, awa)] == [(False, False)]
    db.commit()
    move_institution(db, make_institute(db), make_institution(db, *HEALTH).id)
    db.commit()
    delivered(app)
    assert [each.stands for each in duties_of(db, dara)] == [False]


def test_it_begins_on_its_day(db, awa, chloe):
    tomorrow = clock.now().date() + timedelta(days=1)
    requirement = make_requirement(db, chloe, make_interior(db), make_course(db), tomorrow)
    roll(db, requirement)
    assert duties_of(db, awa) == []
    roll(db, requirement, tomorrow)
    assert [each.due_on for each in duties_of(db, awa)] == [tomorrow + timedelta(days=30)]
