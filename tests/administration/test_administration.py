"""Administration: what waits is counted within one's own institutions, and only what opens is offered."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.administration.tasks import (
    MOST_SHOWN,
    NOTHING,
    institutions_of,
    overdue_count,
    tasks_of,
)
from app.custody import data_requests
from app.custody.listings import own_requests
from app.duties.listings import requirements_in
from app.duties.petitions import EXEMPTION, Plea, ask, open_count
from app.foundation import clock
from app.identity.placements import Placement
from app.interop.webhooks import KINDS, set_webhook
from app.loads.loads import LOOKED
from app.statistics.scopes import NAMES, scope_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.duties import duties_of, make_requirement, noon, roll
from tests.makers.loads import make_load, sheet
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
    (own,) = duties_of(db, boss)  # which waits for a colleague, and is in no list of theirs
    ask(db, own, boss.id, Plea(EXEMPTION, None, "I wrote this course"), TODAY)
    (listed,) = requirements_in(db, scope, TODAY, TODAY)

    tasks = tasks_of(db, boss.id)

    assert (tasks.claims, tasks.data_requests, tasks.petitions) == (2, 1, 1)
    assert listed.waiting == open_count(db, [roads.id], boss.id) == 1
    assert overdue == 3  # of all three people of the agency
    assert tasks.answer_by == own_requests(db, hana.id)[0].due_on
    assert tasks.total == 4
    assert tasks_of(db, other.id) == NOTHING
    assert tasks_of(db, hana.id) == NOTHING
    assert [each.name for each in institutions_of(db, boss.id)] == ["Roads Agency"]


def test_an_answer_that_is_owed_since_yesterday_stands_out(db, roads, browser):
    boss = cast(db, "Pia Holm", roads, roles=("administrator",), on=roads)
    hana = make_person(db, "Hana Sato", roads)
    came = TODAY - timedelta(days=40)
    data_requests.ask(db, hana, "access", "", came_on=came)
    db.commit()
    for path in ("/en/administration", "/en/data-requests"):
        assert 'class="plate plate--over"' in browser.as_(boss).get(path).text


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


def wait_at(db, boss, unit, number: int) -> None:
    """So many files looked at, and so many webhooks that fail, at an institution."""
    for at in range(number):
        load = make_load(db, "people", unit, boss, sheet(("mail",), [(f"{at}@example.org",)]))
        load.name, load.state = f"people-{at}.csv", LOOKED
        set_webhook(
            db,
            boss.id,
            unit.id,
            f"https://hr{at}.example.org/hook",
            KINDS,
            is_private_allowed=False,
        ).failing_since = clock.now()
    db.commit()


def test_a_file_and_a_webhook_that_wait_are_named_and_found(app, db, browser, roads):
    boss = make_person(db, "Femi Ade", roads, roles=("administrator",), on=roads)
    river = make_institution(db, "river-office", "River Office", under=roads)
    other = make_interior(db)
    wait_at(db, boss, river, 1)
    wait_at(db, boss, other, 1)
    browser = browser.as_(boss)

    with statements(app.state.engines) as few:
        page = browser.get("/en/administration").text
    waits = page[page.index('id="waits"') : page.index('class="rooms')]
    links = re.findall(r'<a href="(/en/(?:loads|institutions)/[^"]+)"', waits)

    assert "people-0.csv" in waits
    assert "River Office" in waits
    assert other.key not in waits
    assert len(links) == 2
    for each in links:
        assert browser.get(each).status_code == 200
    assert "more follow" not in waits

    wait_at(db, boss, roads, MOST_SHOWN + 1)
    with statements(app.state.engines) as many:
        page = browser.get("/en/administration").text
    assert len(many) == len(few)
    assert page.count(".csv</bdi>") == MOST_SHOWN
    assert page.count("2 more follow when these are done") == 2


def test_a_learner_administers_nothing(browser, awa):
    assert browser.as_(awa).get("/en/administration").status_code == 403
