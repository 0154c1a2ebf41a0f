"""The operator's commands, and the demo: people, roles and institutions from the console."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.__main__ import main
from app.identity.demo import make_demo
from app.identity.grants import ADMINISTRATOR, REGISTRAR, institutions_administered
from app.identity.institutions import institution_called, institution_tree_of, name_of_institution
from app.identity.passwords import fits
from app.identity.placements import place_of
from app.identity.users import User, user_called
from tests.makers.people import make_institute, make_interior


@pytest.fixture
def capacita(database_url, tmp_path):
    """Runs `capacita …` on the test's database; answers what it printed and whether it worked."""

    def run(*words: str, typed: str = ""):
        environment = {"DATABASE_URL": database_url, "CAPACITA_STORAGE": str(tmp_path)}
        return CliRunner().invoke(main, words, input=typed, env=environment)

    return run


NIA = ("users", "create", "--name", "Nia Okafor", "--email", "nia@example.org")


def test_nobody_is_written_to_in_a_language_that_letters_are_not_in(capacita, db):
    answer = capacita(*NIA, "--language", "=zz", typed="three plain words\n")
    assert answer.exit_code == 2
    assert "'=zz' is not one of 'en'" in answer.output
    assert user_called(db, "nia@example.org") is None
    db.commit()
    assert capacita(*NIA, "--language", "fr", typed="three plain words\n").exit_code == 0
    assert user_called(db, "nia@example.org").language == "fr"


def test_a_person_is_made_with_roles_and_a_typed_password(capacita, db):
    interior, institute = make_interior(db), make_institute(db)
    db.commit()
    roles = ("--administrator-of", "ministry-of-the-interior", "--registrar-of", "institute")
    answer = capacita(*NIA, *roles, typed="three plain words\n")
    assert answer.exit_code == 0, answer.output
    nia = user_called(db, "nia@example.org")
    assert fits("three plain words", nia.password_hash)
    assert institutions_administered(db, nia.id, ADMINISTRATOR) == {interior.id, institute.id}
    assert institutions_administered(db, nia.id, REGISTRAR) == {institute.id}
    db.commit()
    listed = capacita("users", "list").output
    assert "nia@example.org\tNia Okafor\tadministrator of ministry-of-the-interior\n" in listed
    assert "three plain words" not in answer.output + listed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("short\n", "10 characters or more"),
        ("password123\n", "among the first"),
        ("Nia Okafor\n", "neither the name nor the address"),
        ("", "10 characters or more"),
    ],
)
def test_a_weak_password_makes_nobody(capacita, db, typed, words):
    answer = capacita(*NIA, typed=typed)
    assert answer.exit_code == 1
    assert words in answer.output
    assert db.scalars(select(User)).all() == []


def test_a_fault_in_one_role_makes_nobody_and_is_said_in_words(capacita, db):
    answer = capacita(*NIA, "--administrator-of", "atlantis", typed="three plain words\n")
    assert answer.exit_code == 1
    assert "No institution has the key atlantis" in answer.output
    assert db.scalars(select(User)).all() == []
    db.commit()
    capacita(*NIA, typed="three plain words\n")
    again = capacita(*NIA, typed="three plain words\n")
    assert again.exit_code == 1
    assert "This address has an account already." in again.output


def test_roles_are_granted_and_ended(capacita, db, dara):
    institute = make_institute(db)
    db.commit()
    asked = ("--email", dara.email, "--role", "registrar", "--institution", "institute")
    assert capacita("users", "grant", *asked).output == "Granted.\n"
    assert "already" in capacita("users", "grant", *asked).output
    assert institutions_administered(db, dara.id, REGISTRAR) == {institute.id}
    db.commit()
    assert capacita("users", "end-grant", *asked).output == "Ended.\n"
    assert capacita("users", "end-grant", *asked).exit_code == 1
    assert institutions_administered(db, dara.id, REGISTRAR) == frozenset()


def test_a_person_is_erased_after_a_question(capacita, db, dara):
    address = dara.email
    assert capacita("users", "erase", "--email", address, typed="n\n").exit_code == 1
    assert user_called(db, address) is not None
    db.commit()
    assert capacita("users", "erase", "--email", address, typed="y\n").exit_code == 0
    assert user_called(db, address) is None


def test_institutions_are_founded_under_each_other(capacita, db):
    capacita("institutions", "found", "ministry", "Ministry of Finance", "--kind", "ministry")
    answer = capacita("institutions", "found", "tax", "Tax Office", "--under", "ministry")
    assert answer.output == "Tax Office is known as tax.\n"
    ministry, tax = institution_called(db, "ministry"), institution_called(db, "tax")
    assert set(institution_tree_of(db, ministry.id)) == {ministry.id, tax.id}
    db.commit()
    assert (
        capacita("institutions", "list").output
        == "ministry\tMinistry of Finance\ntax\tTax Office\n"
    )
    again = capacita("institutions", "found", "tax", "Tax Office")
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_the_demo_has_a_learner_and_an_administrator_who_can_sign_in_at_once(eve, engines, db):
    people = make_demo(engines)
    assert [label for label, _email, _password in people] == ["Learner", "Administrator"]
    assert len({password for _label, _email, password in people}) == 2
    learner, administrator = (user_called(db, email) for _label, email, _password in people)
    institute = institution_called(db, "demo-institute")
    assert place_of(db, learner.id).name == "Institute of Public Administration (demo)"
    for role in (ADMINISTRATOR, REGISTRAR):
        assert institute.id in institutions_administered(db, administrator.id, role)
    assert name_of_institution(db, institute.id).endswith("(demo)")
    db.commit()
    for _label, email, password in people:
        answer = eve.post("/en/sign-in", {"email": email, "password": password})
        assert answer.headers["location"] == "/en/my-learning"


def test_a_person_is_signed_out_everywhere(capacita, db, browser, dara):
    own = browser.as_(dara)
    assert own.get("/en/account").status_code == 200
    answer = capacita("users", "sign-out", "--email", dara.email)
    assert (answer.exit_code, answer.output) == (0, "Signed out everywhere.\n")
    assert own.get("/en/account").status_code == 303
