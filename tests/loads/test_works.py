"""Works: each row's fate is told before anything changes; what is applied can be undone as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, text, update

from app.activity.events import Event
from app.foundation import clock
from app.foundation.database import Model, table_of
from app.identity.grants import grant
from app.identity.institutions import Institution, InstitutionState, institution_called
from app.identity.placements import Placement, place, standing_placement
from app.identity.reforms import rename_institution
from app.identity.users import User, user_called
from app.learning.enrolments import Enrolment, enrol, standing_place, start
from app.loads.loads import (
    LARGE,
    AnotherOnTrial,
    LoadNotReady,
    agree,
    confirm,
    look_again,
    take_back,
)
from app.loads.rows import LoadRow
from app.loads.works import work_on
from app.queue.jobs import Job
from tests.counting import statements
from tests.makers.courses import make_course, slug_in
from tests.makers.loads import (
    ENROLMENTS,
    PEOPLE,
    UNITS,
    codes_of,
    looked_at,
    make_load,
    rows_of_load,
    sheet,
    worked,
)
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import (
    HEALTH,
    confirm_place,
    make_institute,
    make_institution,
    make_interior,
    make_person,
)

ANA = ("ana@office.example", "", "Ana Lima", "institute", "A1", "")
BEN = ("", "4711", "Ben Okri", "institute", "A2", "2020-01-01")
TREE = (
    ("roads", "", "agency", "Roads", ""),
    ("roads-north", "roads", "office", "Roads north", ""),
    ("institute", "roads", "school", "Institute of Roads", ""),
)
WAITS = {
    "sqlite": "SELECT synchronous = 2 FROM pragma_synchronous",
    "postgresql": "SELECT source <> 'session' FROM pg_settings WHERE name = 'synchronous_commit'",
}
SNAPSHOT = {
    table_of(Institution): None,
    table_of(InstitutionState): None,
    table_of(User): User.erased_at.is_(None),
    table_of(Placement): None,
    table_of(Enrolment): None,
}


def all_rows(db) -> dict[str, list[tuple]]:
    """Everything a load may change, as it stands."""
    db.commit()
    return {
        table.name: [
            tuple(row)
            for row in db.execute(
                (select(table) if kept is None else select(table).where(kept)).order_by(table.c.id)
            )
        ]
        for table, kept in SNAPSHOT.items()
    }


@pytest.fixture
def files(db, chloe, awa):
    """A file of each kind that changes, adds and leaves alone."""
    version = make_course(db)
    db.commit()
    slug = slug_in(db, version)
    people = [ANA, BEN, (awa.email, "12", "Awa Diop", "ministry-of-the-interior", "A9", "")]
    return {
        "units": sheet(UNITS, TREE),
        "people": sheet(PEOPLE, people),
        "enrolments": sheet(ENROLMENTS, [(awa.email, "", slug)]),
    }


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("units", {"new": 2, "changed": 1}),
        ("people", {"new": 2, "transferred": 1}),
        ("enrolments", {"new": 1}),
    ],
)
def test_nothing_is_changed_until_agreed_and_undoing_brings_it_all_back(
    db, engines, chloe, awa, files, kind, counts
):
    interior, before = make_interior(db), all_rows(db)
    load = looked_at(db, engines, kind, interior, chloe, files[kind])
    assert not codes_of(db, load)
    assert (load.state, {k: v for k, v in load.counts.items() if v}) == ("looked", counts)
    assert all_rows(db) == before
    worked(db, engines, load, agree)
    after = all_rows(db)
    assert load.state == "applied"
    assert after != before
    worked(db, engines, load, take_back)
    assert load.state == "undone"
    assert all_rows(db) == before
    worked(db, engines, load, look_again)
    worked(db, engines, load, agree)
    worked(db, engines, load, confirm)
    assert load.state == "confirmed"
    assert {name: len(rows) for name, rows in all_rows(db).items()} == {
        name: len(rows) for name, rows in after.items()
    }
    again = looked_at(db, engines, kind, interior, chloe, files[kind])
    assert {fate for fate, count in again.counts.items() if count} == {"unchanged"}


@pytest.mark.parametrize("kind", ["people", "enrolments"])
def test_a_large_file_whose_keys_are_read_beforehand_is_decided_as_a_small_one(
    db, engines, chloe, files, kind
):
    asked = select(LoadRow.number, LoadRow.fate, LoadRow.faults, LoadRow.subject_id)
    load = looked_at(db, engines, kind, make_interior(db), chloe, files[kind])
    small = db.execute(asked.order_by(LoadRow.number)).all()
    load.size = LARGE + 1
    db.commit()
    worked(db, engines, load, look_again)
    assert load.is_large
    assert db.execute(asked.order_by(LoadRow.number)).all() == small
    assert any(row.subject_id for row in small)


def test_the_ledger_and_the_people_hear_of_a_load_when_it_is_confirmed(
    db, engines, chloe, awa, files
):
    load = looked_at(db, engines, "people", make_interior(db), chloe, files["people"])
    worked(db, engines, load, agree)
    kinds = "placed", "person-registered"
    told = select(Event.kind).where(Event.kind.in_(kinds)).order_by(Event.id)
    asked = select(Job).where(Job.kind == "mail")
    known = len(db.scalars(told).all())
    assert db.scalars(asked).all() == []
    worked(db, engines, load, confirm)
    assert db.scalars(told).all()[known:] == ["person-registered", "placed"] * 2 + ["placed"]
    assert [job.payload["to"] for job in db.scalars(asked)] == ["ana@office.example"]
    ben = user_called(db, "4711@Ministry-of-the-Interior")
    assert (ben.name, ben.email, ben.confirmed_at) == ("Ben Okri", None, None)
    stood = standing_placement(db, ben.id)
    assert (stood.grade, stood.confirmed_by, stood.valid_from.year) == ("A2", chloe.id, 2020)
    moved = standing_placement(db, awa.id)
    assert (moved.institution_id, moved.grade) == (make_interior(db).id, "A9")
    number = db.scalar(select(User.number).where(User.id == awa.id))
    assert number == "12@ministry-of-the-interior"


def test_an_enrolment_counts_from_its_day_once_it_is_confirmed(db, engines, chloe, awa, files):
    content = files["enrolments"].replace(b"course", b"course,from", 1)
    content = content.rstrip() + b",2026-03-04\n"
    load = looked_at(db, engines, "enrolments", make_interior(db), chloe, content)
    worked(db, engines, load, agree)
    asked = select(Event).where(Event.kind == "enrolled")
    assert db.scalars(asked).all() == []
    worked(db, engines, load, confirm)
    (event,) = db.scalars(asked)
    assert event.payload["day"] == "2026-03-04"
    assert event.happened_at.date().isoformat() == "2026-03-04"
    assert (event.actor_id, event.person_id) == (chloe.id, awa.id)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([ANA, ANA], {3: ["twice"]}),
        ([ANA, (ANA[0].upper(), *ANA[1:])], {3: ["twice"]}),
        ([("", "", "Nobody", "institute", "", "")], {2: ["no-key"]}),
        ([("x@y.example", "", "X", "nowhere", "", "")], {2: ["unit-unknown"]}),
        ([("x@y.example", "", "X", "ministry-of-health", "", "")], {2: ["unit-unknown"]}),
        ([("dara.sok@example.org", "", "Dara", "institute", "", "")], {2: ["person-elsewhere"]}),
        ([("awa.diop@example.org", "9", "Awa", "institute", "", "")], {2: ["number-differs"]}),
        ([("new@y.example", "1", "Awa", "institute", "", "")], {2: ["mail-differs"]}),
        ([("bilal.haddad@example.org", "1", "Awa", "institute", "", "")], {2: ["two-people"]}),
        ([("no address", "", "", "institute", "", "3000-01-01")],
         {2: ["no-address", "missing", "day-absurd"]}),
        ([("Ana Lima", "", "ana@x.example", "institute", "", "")], {2: ["swapped"]}),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_person_who_cannot_be_loaded_is_told_by_row(
    db, engines, chloe, awa, bilal, dara, rows, codes
):
    place(db, dara.id, standing_placement(db, dara.id).institution_id, confirmed_by=dara.id)
    db.execute(
        update(table_of(User)).where(User.id == awa.id).values(number="1@ministry-of-the-interior")
    )
    load = looked_at(db, engines, "people", make_interior(db), chloe, sheet(PEOPLE, rows))
    assert codes_of(db, load) == codes


def test_nobody_is_taken_from_another_institution_by_a_file(db, engines, chloe, dara):
    """Who claims to work elsewhere, or works nowhere and holds a role elsewhere, is not the file's."""
    health, office = make_institution(db, *HEALTH), make_institute(db)
    people = [
        dara,
        make_person(db, "Noor Rahman", roles=("auditor",), on=health),
        make_person(db, "Pia Holm", roles=("administrator",)),
        make_person(db, "Ines Duarte", office, roles=("auditor",), on=health),
        make_person(db, "Lea Okon"),
    ]
    rows = [(each.email, "", each.name, "institute", "A1", "") for each in people]
    load = looked_at(db, engines, "people", make_interior(db), chloe, sheet(PEOPLE, rows))
    assert codes_of(db, load) == {line: ["person-elsewhere"] for line in (2, 3, 4)}
    assert (load.counts["changed"], load.counts["refused"]) == (2, 3)
    grant(db, people[-1].id, "auditor", health.id)
    worked(db, engines, load, agree)
    assert codes_of(db, load)[6] == ["meanwhile"]


def test_who_stood_nowhere_is_told_who_says_that_they_work_there(app, db, engines, chloe, awa):
    confirm_place(db, awa)
    noor = make_person(db, "Noor Rahman")
    rows = [(each.email, "", each.name, "institute", "A1", "") for each in (noor, awa)]
    load = looked_at(db, engines, "people", make_interior(db), chloe, sheet(PEOPLE, rows))
    worked(db, engines, load, agree)
    assert delivered(app) == []
    worked(db, engines, load, confirm)
    assert [job.gives_way for job in db.scalars(select(Job).where(Job.kind == "mail"))] == [True]
    db.commit()
    (letter,) = delivered(app)
    assert letter["To"] == noor.email
    assert letter["Subject"] == "Institute of Public Administration says that you work there"
    assert "/en/contact" in text_of_letter(letter)


def test_roles_are_asked_for_once_a_statement_and_only_of_who_stands_nowhere(
    db, engines, chloe, awa
):
    crowds = [[awa], *([make_person(db, f"Kofi {n} {m}") for m in range(n)] for n in (1, 30))]
    asked = []
    for people in crowds:
        rows = [(each.email, "", each.name, "institute", "A1", "") for each in people]
        content = sheet(PEOPLE, [ANA, *rows])
        with statements(engines) as sent:
            looked_at(db, engines, "people", make_interior(db), chloe, content)
        asked.append(sum("FROM grants" in each for each in sent))
    assert asked == [0, 1, 1]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([("a", "b", "office", "A", ""), ("b", "c", "office", "B", ""),
          ("c", "a", "office", "C", ""), ("d", "a", "office", "D", "")],
         {2: ["cycle"], 3: ["cycle"], 4: ["cycle"], 5: ["parent-refused"]}),
        ([("a", "a", "office", "A", "")], {2: ["cycle"]}),
        ([("a", "gone", "office", "A", "")], {2: ["parent-unknown"]}),
        ([("a", "ministry-of-health", "office", "A", "")], {2: ["parent-unknown"]}),
        ([("a", "", "office", "A", ""), ("A", "", "office", "B", "")], {3: ["twice"]}),
        ([("ministry-of-health", "", "ministry", "H", "")], {2: ["unit-elsewhere"]}),
        ([("institute", "", "office", "I", "")], {2: ["kind-stays"]}),
        ([("a", "", "office", "A", "1700-01-01")], {2: ["day-absurd"]}),
        ([("a", "", "office", "A", "1900-01-01")], {2: ["before-parent"]}),
        ([("institute", "", "school", "I", "1900-01-01")], {2: ["changes-overlap"]}),
        ([("a", "b", "office", "A", ""), ("b", "", "castle", "B", "")],
         {2: ["parent-refused"], 3: ["no-choice"]}),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_tree_that_cannot_stand_is_told_by_row(db, engines, chloe, rows, codes):
    make_institution(db, *HEALTH)
    make_institute(db)
    load = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    assert codes_of(db, load) == codes


def test_nothing_that_stands_is_put_under_what_stands_below_it(db, engines, chloe):
    desk = make_institution(db, "desk", "Desk", "office", make_institute(db))
    make_institution(db, "chair", "Chair", "office", desk)
    rows = [
        ("institute", "chair", "school", "Institute", ""),
        ("stool", "desk", "office", "Stool", ""),
    ]
    load = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    assert codes_of(db, load) == {2: ["cycle"]}
    rows.append(("desk", make_interior(db).key, "office", "Desk", ""))
    again = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    assert codes_of(db, again) == {}


def test_children_may_stand_before_their_parents_in_the_file(db, engines, chloe):
    rows = [
        ("c", "b", "office", "C", ""),
        ("b", "a", "office", "B", ""),
        ("a", "", "office", "A", ""),
    ]
    load = looked_at(db, engines, "units", make_interior(db), chloe, sheet(UNITS, rows))
    worked(db, engines, load, agree)
    parents = dict(
        db.execute(
            select(Institution.key, InstitutionState.parent_id).join(
                InstitutionState, InstitutionState.institution_id == Institution.id
            )
        ).all()
    )
    assert parents["c"] == institution_called(db, "b").id
    assert parents["a"] == make_interior(db).id


@pytest.mark.parametrize(
    ("mail", "course", "code"),
    [
        ("awa.diop@example.org", "no-course", "course-unknown"),
        ("dara.sok@example.org", None, "person-unknown"),
        ("nobody@example.org", None, "person-unknown"),
    ],
)
def test_an_enrolment_that_cannot_be_is_told_by_row(
    db, engines, chloe, awa, dara, mail, course, code
):
    slug = slug_in(db, make_course(db))
    content = sheet(ENROLMENTS, [(mail, "", course or slug)])
    load = looked_at(db, engines, "enrolments", make_interior(db), chloe, content)
    assert codes_of(db, load) == {2: [code]}


def test_a_course_for_staff_only_is_not_for_who_only_claims_to_be_staff(db, engines, chloe, awa):
    slug = slug_in(db, make_course(db, audience="institution"))
    content = sheet(ENROLMENTS, [(awa.email, "", slug)])
    load = looked_at(db, engines, "enrolments", make_interior(db), chloe, content)
    assert codes_of(db, load) == {2: ["course-unknown"]}
    confirm_place(db, awa)
    assert codes_of(db, worked(db, engines, load, look_again)) == {}


def test_undoing_is_refused_as_a_whole_once_something_new_hangs_on_a_row(
    db, engines, chloe, awa, files
):
    version = db.scalars(select(Enrolment)).first()
    assert version is None
    load = looked_at(db, engines, "enrolments", make_interior(db), chloe, files["enrolments"])
    worked(db, engines, load, agree)
    course_id = db.scalars(select(Enrolment.course_id)).one()
    start(db, standing_place(db, awa.id, course_id), "en")
    worked(db, engines, load, take_back)
    assert (load.state, load.fault["values"]) == ("applied", {"count": 1})
    assert standing_place(db, awa.id, course_id) is not None


@pytest.mark.parametrize("kind", ["units", "people"])
def test_a_change_elsewhere_keeps_people_and_institutions_from_being_undone(
    db, engines, chloe, awa, files, kind
):
    load = looked_at(db, engines, kind, make_interior(db), chloe, files[kind])
    worked(db, engines, load, agree)
    if kind == "units":
        place(db, awa.id, institution_called(db, "roads-north").id)
        rename_institution(db, institution_called(db, "institute"), "Another", since=None)
    else:
        place(db, user_called(db, ANA[0]).id, make_institute(db).id, grade="B7")
    worked(db, engines, load, take_back)
    assert (load.state, load.fault["code"]) == ("applied", "overtaken")


def test_what_changed_between_looking_and_agreeing_is_left_out_and_told(
    db, engines, chloe, awa, files
):
    load = looked_at(db, engines, "people", make_interior(db), chloe, files["people"])
    place(db, awa.id, make_interior(db).id, grade="A9", confirmed_by=chloe.id)
    worked(db, engines, load, agree)
    assert codes_of(db, load) == {4: ["meanwhile"]}
    assert load.counts["new"] == 2


def test_one_load_of_a_tree_is_on_trial_at_a_time_and_steps_keep_their_order(
    db, engines, chloe, awa, files
):
    interior = make_interior(db)
    first = looked_at(db, engines, "people", interior, chloe, files["people"])
    second = looked_at(db, engines, "units", make_institute(db), chloe, files["units"])
    worked(db, engines, first, agree)
    with pytest.raises(AnotherOnTrial):
        agree(db, second)
    for step in (agree, look_again):
        with pytest.raises(LoadNotReady):
            step(db, first)
    worked(db, engines, first, confirm)
    with pytest.raises(LoadNotReady):
        take_back(db, first)


def test_an_unreadable_file_says_why_and_keeps_no_rows(db, engines, chloe):
    content = sheet(PEOPLE, [ANA] * 3) + "\nMüller\n".encode("cp1252")
    load = looked_at(db, engines, "people", make_interior(db), chloe, content)
    assert (load.state, load.fault) == (
        "unreadable", {"code": "encoding", "values": {"line": 5}},
    )  # fmt: skip
    assert rows_of_load(db, load) == []


def test_a_look_that_was_cut_off_begins_anew(db, engines, chloe, files):
    load = looked_at(db, engines, "people", make_interior(db), chloe, files["people"])
    load.state = "looking"
    worked(db, engines, load)
    assert sum(load.counts.values()) == 3
    assert clock.now() - load.settled_at < timedelta(minutes=1)


def test_only_what_is_begun_anew_leaves_the_disk_to_the_next(db, engines, chloe, files):
    load = make_load(db, "people", make_interior(db), chloe, files["people"])
    waits = []

    def note(connection):
        waits.append(bool(connection.scalar(text(WAITS[connection.dialect.name]))))

    event.listen(engines.write, "commit", note)
    try:
        work_on(engines, load.id)
    finally:
        event.remove(engines.write, "commit", note)
    *staging, settled = waits
    assert len(staging) > 1
    assert set(staging) == {engines.is_sqlite}  # where each transaction waits for the disk
    assert settled
    db.refresh(load)
    assert load.state == "looked"


def test_leaving_a_course_lets_a_load_open_the_next_round(db, engines, chloe, awa, files):
    course_id = db.scalars(select(Enrolment.course_id)).first()
    assert course_id is None
    load = looked_at(db, engines, "enrolments", make_interior(db), chloe, files["enrolments"])
    worked(db, engines, load, agree)
    worked(db, engines, load, confirm)
    row = db.scalars(select(Enrolment)).one()
    row.ended_at = clock.now()
    again = looked_at(db, engines, "enrolments", make_interior(db), chloe, files["enrolments"])
    worked(db, engines, again, agree)
    assert enrol(db, awa.id, row.course_id, "en").round == 2
    assert make_load(db, "people", make_interior(db), chloe, files["people"]).state == "looking"


def test_whatever_names_a_placement_is_found_by_an_index():
    tables = Model.metadata.tables.values()
    keys = [key for table in tables for key in table.foreign_keys]
    named = {key.parent for key in keys if key.column.table.name == "placements"}
    led = {next(iter(index.columns)) for table in tables for index in table.indexes}
    assert len(named) >= 3
    assert named <= led
