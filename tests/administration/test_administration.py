"""Administration: what waits is counted within one's own institutions, and only what opens is offered."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.administration.tasks import NOTHING, institutions_of, overdue_count, tasks_of
from app.custody import data_requests
from app.custody.listings import own_requests
from app.duties.petitions import EXEMPTION, Plea, ask
from app.foundation import clock
from app.identity.placements import Placement
from app.statistics.scopes import NAMES, scope_of
from tests.makers.courses import make_course
from tests.makers.duties import duties_of, make_requirement, noon, roll
from tests.makers.people import cast, make_institution, make_interior, make_person

TODAY = clock.now().date()


def late_duty(db, institution, person, boss):
    """A required course of the person's that fell due days ago."""
    long_ago = TODAY - timedelta(days=60)
    db.execute(update(Placement).values(valid_from=noon(long_ago)))
    begins = TODAY - timedelta(days=38)
    requirement = make_requirement(db, boss, institution, make_course(db), begins)
    roll(db, requirement)
    (duty,) = duties_of(db, person)
    return duty


@pytest.fixture
def roads(db):
    return make_institution(db, "roads-agency", "Roads Agency")


def test_what_waits_is_counted_below_ones_own_institutions_alone(db, roads):
    boss = make_person(db, "Femi Ade", roads, roles=("administrator", "registrar"), on=roads)
    interior = make_interior(db)
    other = make_person(db, "Gita Rao", interior, roles=("administrator",), on=interior)
    hana = make_person(db, "Hana Sato", roads)
    make_person(db, "Ivo Novak", roads)
    data_requests.ask(db, hana, "erasure", "")
    duty = late_duty(db, roads, hana, boss)
    scope = scope_of(db, boss.id, NAMES)
    overdue = overdue_count(db, scope, TODAY)
    ask(db, duty, hana.id, Plea(EXEMPTION, None, "I am on leave"), TODAY)

    tasks = tasks_of(db, boss.id)

    assert (tasks.claims, tasks.data_requests, tasks.petitions) == (2, 1, 1)
    assert overdue == 3  # of all three people of the agency
    assert tasks.answer_by == own_requests(db, hana.id)[0].due_on
    assert tasks.total == 4
    assert tasks_of(db, other.id) == NOTHING
    assert tasks_of(db, hana.id) == NOTHING
    assert [each.name for each in institutions_of(db, boss.id)] == ["Roads Agency"]


def test_an_administrator_of_everything_begins_at_the_highest_institutions(db, roads):
    interior = make_interior(db)
    make_institution(db, "river-office", "River Office", under=interior)
    root = make_person(db, "Rosa Lind", roads, roles=("administrator",))

    assert [each.name for each in institutions_of(db, root.id)] == [
        "Ministry of the Interior",
        "Roads Agency",
    ]


@pytest.mark.parametrize(
    ("role", "offered", "kept_back"),
    [
        (
            "administrator",
            ("/people", "/institutions", "/required/new", "/retention"),
            ("/ledger",),
        ),
        ("registrar", ("/required/overdue", "/people/merges"), ("/people", "/institutions")),
        ("auditor", ("/ledger", "/powers"), ("/people", "/statistics/completions")),
    ],
)
def test_a_role_is_offered_what_it_opens_and_nothing_else(
    db, browser, roads, role, offered, kept_back
):
    browser = browser.as_(cast(db, "Femi Ade", roads, roles=(role,), on=roads))

    answer = browser.get("/en/administration")
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]

    assert answer.status_code == 200
    for path in offered:
        assert f'href="/en{path}"' in main
        assert browser.get(f"/en{path}").status_code == 200
    for path in kept_back:
        assert f'href="/en{path}"' not in main


def test_a_learner_administers_nothing(browser, awa):
    assert browser.as_(awa).get("/en/administration").status_code == 403
