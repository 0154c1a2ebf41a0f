"""A live course changes, and no learner's record does: whatever is edited, moved or taken out."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.activity.events import subscribe
from app.assessment.attempts import Attempt, AttemptItem, Paper, open_attempt
from app.assessment.sittings import sitting_called
from app.assessment.submissions import submit_attempt
from app.catalogue.activities import activities_in
from app.catalogue.bank import bank_of
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate, certificates_of
from app.credentials.renewals import NothingToRenew, renew, renewal_of
from app.foundation import clock
from app.foundation.database import open_engines
from app.foundation.sessions import session_on
from app.identity.grants import AUTHOR
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.progress import Progress
from app.learning.results import Result
from app.main import SUBSCRIPTIONS
from app.studio.changes import lock, write
from app.studio.drafts import files_of
from app.studio.outlooks import outlook_of
from app.studio.releases import carry_out, plan, ready, roll_back, versions_of
from app.studio.submissions import DraftFaulty, approve, submit
from tests.databases import SqliteTemplate
from tests.makers.drafts import make_draft
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.people import make_institute, make_person

MODULE, QUIZ = "first-module/module.yaml", "first-quiz"
KEPT = (Progress, Result, Completion, Certificate, Attempt, AttemptItem)
LESSON_TEXT = (
    "---\ntitle: {0}\nrecommendation: LL1\noutcomes: [name-the-parts]\n---\nA {0} thought [@R1].\n"
)
LESSONS = ("first-lesson", "second-lesson", "third-lesson")
STEPS = st.lists(
    st.tuples(st.lists(st.sampled_from(LESSONS), min_size=1, max_size=3, unique=True),
              st.booleans(), st.booleans(), st.booleans()),
    min_size=1, max_size=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def template(memory):
    return SqliteTemplate(memory)


class Stage:
    """A small course in the studio, its author and reviewer, and what publishes it."""

    def __init__(self, db) -> None:
        self.db = db
        for happening, reaction in SUBSCRIPTIONS:
            subscribe(happening, reaction)
        self.author = make_person(db, "Bilal Haddad", make_institute(db), roles=(AUTHOR,))
        self.reviewer = make_person(db, "Rosa Ferri", make_institute(db))
        self.draft = make_draft(db, self.author)

    def publish(self, lessons, *, whole_only: bool, has_quiz: bool = True, matters: bool = False):
        """Let the module hold these lessons in this order, and publish it."""
        db, draft = self.db, self.draft
        quiz = "quiz: first-quiz\n" if has_quiz else ""
        head = "title: First module\nrecommendations: [LL1]\noutcomes: [name-the-parts]\n"
        files = {MODULE: f"{head}lessons: [{', '.join(lessons)}]\n{quiz}".encode()}
        for key in LESSONS:
            text = LESSON_TEXT.format(f"{key} {draft.revision}").encode()
            files[f"first-module/{key}.md"] = text if key in lessons else None
        standing = files_of(db, draft).files
        gone = {path for path, text in files.items() if text is None and path not in standing}
        if not has_quiz and "first-module/first-quiz.yaml" in standing:
            files["first-module/first-quiz.yaml"] = None
        lock(db, draft)
        write(db, self.author.id, draft, {p: t for p, t in files.items() if p not in gone})
        submit(db, self.author.id, draft)
        approve(db, self.reviewer.id, draft, draft.revision)
        release = plan(
            db, self.author.id, draft, clock.now(), whole_only=whole_only, matters=matters
        )
        return carry_out(db, release, draft, ready(db, draft))


def open_try(db, place, version) -> int:
    """A learner's next attempt at the quiz of a version, begun as its page begins it."""
    bank = bank_of(db, version.id, "en", version.compiler)
    paper = Paper(place.id, QUIZ, bank.settings[QUIZ], bank.quizzes[QUIZ])
    number = open_attempt(db, paper, "en")
    return db.scalars(
        select(Attempt.id).where(Attempt.enrolment_id == place.id, Attempt.number == number)
    ).one()


def hand_in(db, attempt_id: int) -> None:
    """Hand an attempt in with what is saved of it."""
    sitting = sitting_called(db, attempt_id)
    begun_in = db.get_one(CourseVersion, sitting.version_id)
    submit_attempt(db, sitting, bank_of(db, begun_in.id, "en", begun_in.compiler))


def records(db) -> dict[str, set[tuple[object, ...]]]:
    """All that learners have done and earned, row by row."""
    return {
        model.__name__: {tuple(map(repr, row)) for row in db.execute(select(model.__table__))}
        for model in KEPT
    }


@given(STEPS)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_edit_move_or_deletion_loses_what_learners_did(template, steps):
    engines = open_engines(template.address(), 1)
    with engines.write.connect() as connection:
        db = session_on(connection)
        stage = Stage(db)
        version = stage.publish(LESSONS, whole_only=True)
        holder, learner = make_person(db, "Awa Ndiaye"), make_person(db, "Dara Chea")
        complete(db, make_enrolment(db, holder, version))
        place = make_enrolment(db, learner, version)
        do(db, place, "first-lesson")
        hand_in(db, open_try(db, place, version))
        under_way = open_try(db, place, version)
        has_quiz = True
        for lessons, whole_only, quiz, returns in steps:
            before = records(db)
            has_quiz = has_quiz and quiz
            with suppress(DraftFaulty):
                stage.publish(lessons, whole_only=whole_only, has_quiz=has_quiz)
            if returns:
                roll_back(db, holder.id, stage.draft, 1, whole_only=whole_only)
            after = records(db)
            assert all(before[name] <= after[name] for name in before)
            standing = db.get_one(Enrolment, place.id, populate_existing=True)
            assert standing.ended_at is None
            done = select(Progress.activity_key).where(Progress.enrolment_id == place.id)
            if whole_only and standing.version_id != version.id:
                assert set(db.scalars(done)) <= activities_in(db, standing.version_id)
        (certificate,) = certificates_of(db, holder.id)
        assert certificate.printed["version"] == 1
        # What was begun before all that is handed in and counts, in the version it was begun in.
        hand_in(db, under_way)
        tries = select(Attempt.number, Attempt.version_id).where(Attempt.graded_at.is_not(None))
        assert set(db.execute(tries)) == {(1, version.id), (2, version.id)}
        counted = select(Result.version_id).where(
            Result.enrolment_id == place.id, Result.activity_key == QUIZ
        )
        assert list(db.scalars(counted)) == [version.id, version.id]
    engines.close()


def test_the_publisher_sees_who_moves_and_it_comes_out_so(db, awa, dara):
    stage = Stage(db)
    version = stage.publish(LESSONS, whole_only=False)
    stays, moves = make_enrolment(db, awa, version), make_enrolment(db, dara, version)
    do(db, stays, "first-lesson")
    do(db, moves, "second-lesson")
    rest = LESSONS[1:]
    outlook = outlook_of(db, stage.draft.slug, {*rest, "first-quiz"})
    assert (outlook.under_way, outlook.whole, outlook.lacking, outlook.earlier) == (2, 1, 1, 0)
    assert outlook.missing == (("first-lesson", 1),)
    second = stage.publish(rest, whole_only=True)
    where = {e.id: e.version_id for e in db.scalars(
        select(Enrolment).execution_options(populate_existing=True))}  # fmt: skip
    assert where == {stays.id: version.id, moves.id: second.id}
    after = outlook_of(db, stage.draft.slug, activities_in(db, second.id))
    assert (after.under_way, after.whole, after.earlier) == (1, 1, 1)


def test_holders_renew_when_a_change_matters_and_keep_their_certificate(db, awa):
    stage = Stage(db)
    version = stage.publish(LESSONS, whole_only=True)
    complete(db, make_enrolment(db, awa, version))
    (held,) = certificates_of(db, awa.id)
    stage.publish(LESSONS[:2], whole_only=True)
    assert renewal_of(db, awa.id, held) is None
    third = stage.publish(LESSONS, whole_only=True, matters=True)
    assert renewal_of(db, awa.id, held) == third.number == 3
    roll_back(db, awa.id, stage.draft, 1, whole_only=True)
    assert renewal_of(db, awa.id, held) is None
    roll_back(db, awa.id, stage.draft, 3, whole_only=True)
    renew(db, awa.id, held, "en")
    with pytest.raises(NothingToRenew):
        renew(db, awa.id, held, "en")
    rounds = db.execute(select(Enrolment.round, Enrolment.version_id).order_by(Enrolment.round))
    assert rounds.all() == [(1, version.id), (2, third.id)]
    assert certificates_of(db, awa.id)[0].stands
    assert len(versions_of(db, stage.draft.slug)) == 3
