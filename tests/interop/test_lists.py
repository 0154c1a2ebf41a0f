"""Lists of the API: each goes on where a page of it ended, so that none stops without saying so."""

from datetime import timedelta

import pytest

from app.duties.petitions import Plea, ask
from app.duties.standing import duty_of
from app.foundation import clock
from app.identity.invitations import invite
from app.identity.placements import place
from app.interop.api.operations import Paging, operation
from app.merges.merges import merge
from tests.makers.courses import make_course
from tests.makers.duties import make_requirement, roll
from tests.makers.interop import Program, make_api_token
from tests.makers.people import make_institute, make_interior, make_person

TODAY = clock.now().date()
# These answer all there is at once: a few of each institution.
WHOLE = {"list_demands", "list_webhooks"}


@pytest.fixture
def program(db, eve, chloe):
    """A program with all scopes on the ministry of the interior, where there are three of everything."""
    institute = make_institute(db)
    course, held = make_course(db), []
    for number in range(3):
        person = make_person(db, f"Person {number}", institute)
        place(db, person.id, institute.id)
        held.append(person)
    required = make_requirement(db, chloe, make_interior(db), course)
    roll(db, required)
    for person in held:
        plea = Plea("extension", TODAY + timedelta(days=90), "Ill.")
        ask(db, duty_of(db, required.id, person.id), person.id, plea, TODAY)
        invite(db, chloe, f"{person.subject}@example.org", ["auditor"], institute.id)
        double = make_person(db, f"{person.name} Again", institute)
        merge(db, chloe.id, person.id, double.id, "One number.")
    db.commit()
    return Program(eve, make_api_token(db, chloe, make_interior(db)))


@pytest.mark.parametrize("name", ["claims", "requests", "invitations", "merges"])
def test_a_list_goes_on_where_its_page_ended(program, name):
    whole = program.get(f"/{name}").json()[name]
    assert len(whole) >= 3
    rows, path = [], f"/{name}?limit=2"
    while path:
        answer = program.get(path)
        assert 1 <= len(answer.json()[name]) <= 2
        rows += answer.json()[name]
        path = answer.headers.get("link", "").partition("/api/v1")[2].partition(">")[0]
    assert rows == whole
    assert program.get(f"/{name}?cursor=WyJhIiwiYiJd").status_code == 422


def test_a_list_without_pages_answers_all_there_is():
    lists = {each.name: each.query for each in operation.all if each.name.startswith("list_")}
    paged = {name for name, query in lists.items() if query and issubclass(query, Paging)}
    assert lists.keys() - paged == WHOLE
