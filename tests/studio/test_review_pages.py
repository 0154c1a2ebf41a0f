"""Pages of the review: what each role may press, and what a link from outside opens and what not."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.identity.grants import PUBLISHER, REVIEWER, end_grant, standing_grant
from app.main import worker_of
from app.studio.comments import Comment
from app.studio.passages import passages_of
from app.studio.releases import Release
from tests.browser import may_turn, text_of
from tests.makers.drafts import make_draft
from tests.makers.mails import delivered
from tests.makers.people import cast, make_institute
from tests.makers.sources import LESSON

AT = "/en/studio/first-course"


@pytest.fixture
def draft(db, bilal):
    return make_draft(db, bilal)


@pytest.fixture
def people(db, browser, bilal, draft):
    """Browsers of an author, a reviewer and a publisher of the draft's institute."""
    institute = make_institute(db)
    rosa = cast(db, "Rosa Ferri", institute, roles=(REVIEWER,), on=institute)
    paul = cast(db, "Paul Okoro", institute, roles=(PUBLISHER,), on=institute)
    return [browser.as_(each) for each in (bilal, rosa, paul)]


def first_passage(lesson: str) -> str:
    return passages_of(LESSON, lesson)[-1].key


def decide(browser, decision: str, revision: int = 1):
    fields = {"decision": decision, "revision": revision, "reason": "Say it more simply."}
    return browser.post(f"{AT}/review/decision", fields)


def test_each_role_does_its_own_step_and_no_other(people):
    author, reviewer, publisher = people
    release = {"when": "now", "learners": "stay"}
    for own, path, fields in (
        (reviewer, "review/submission", {}),
        (author, "review/decision", {"decision": "approve", "revision": 1}),
        (publisher, "review/decision", {"decision": "approve", "revision": 1}),
        (author, "release", release),
        (reviewer, "release", release),
    ):
        assert own.post(f"{AT}/{path}", fields).status_code == 404, path
    first = author.get(f"{AT}/review").text
    assert "Hand in for review" in first
    assert "/changes" not in first
    handed_in = author.follow(author.post(f"{AT}/review/submission"))
    assert "Handed in for review" in text_of(handed_in)
    assert publisher.post(f"{AT}/release", release).status_code == 409
    assert "Say it more simply." in text_of(reviewer.follow(decide(reviewer, "send-back")))
    author.post(f"{AT}/review/submission")
    assert "Approved" in text_of(reviewer.follow(decide(reviewer, "approve")))
    assert "first version" in text_of(publisher.get(f"{AT}/release"))
    done = publisher.follow(publisher.post(f"{AT}/release", release))
    assert "Published: version 1" in text_of(done)
    assert 'href="/en/courses/first-course">Open the course' in done.text
    assert "/changes" in done.text
    assert "Nothing has changed" in text_of(author.get(f"{AT}/changes"))
    assert publisher.get("/en/courses/first-course").status_code == 200


@pytest.mark.parametrize("asked", ["all", "none"])
def test_a_later_version_speaks_of_certificates_where_the_course_gives_some(db, people, asked):
    author, reviewer, publisher = people
    for _step in range(2):
        author.post(f"{AT}/review/submission")
        decide(reviewer, "approve")
        page = publisher.get(f"{AT}/release")
        publisher.post(f"{AT}/release", {"when": "now", "learners": "stay"})
        db.execute(update(CourseVersion).values(rule={"lessons": asked}))
        db.commit()
    assert "Results" in text_of(page)
    assert ("certificates" in text_of(page)) == (asked == "all")
    assert ('name="matters"' in page.text) == (asked == "all")


def test_faults_are_named_where_a_draft_is_handed_in(db, browser, bilal):
    lesson = (
        "---\ntitle: One\nrecommendation: LL1\noutcomes: [name-the-parts]\n---\nA fact [@R9].\n"
    )
    make_draft(db, bilal, lesson=lesson)
    refused = browser.as_(bilal).post(f"{AT}/review/submission")
    assert refused.status_code == 422
    assert LESSON in text_of(refused)


def test_a_release_on_a_day_is_done_once_by_the_queue_or_refused(
    app, db, people, draft, monkeypatch
):
    author, reviewer, publisher = people
    author.post(f"{AT}/review/submission")
    decide(reviewer, "approve")
    today = clock.now()
    for day in ("", today.date().isoformat()):
        answer = publisher.post(f"{AT}/release", {"when": "day", "day": day, "learners": "stay"})
        assert (answer.status_code, "from tomorrow on" in answer.text) == (422, True)
    fields = {"when": "day", "day": (today + timedelta(days=2)).date(), "learners": "stay"}
    assert "on its day" in text_of(publisher.follow(publisher.post(f"{AT}/release", fields)))
    worker = worker_of(app)
    worker.run_until_idle()
    assert publisher.get("/en/courses/first-course").status_code == 404
    source = author.get(f"{AT}/source/first-module/module.yaml")
    revision = re.search(r'name="revision" value="(\d+)"', source.text)[1]
    changed = {"revision": revision, "text": "title: Changed"}
    author.post(f"{AT}/source/first-module/module.yaml", changed)
    monkeypatch.setattr(clock, "now", lambda: today + timedelta(days=3))
    worker.run_until_idle()
    db.rollback()
    assert db.scalars(select(Release.state)).all() == ["refused"]


def test_a_release_of_who_is_a_publisher_no_longer_is_left_to_the_others(
    app, db, browser, people, draft, monkeypatch
):
    author, reviewer, publisher = people
    institute, today = make_institute(db), clock.now()
    nia = cast(db, "Nia Brandt", institute, roles=(PUBLISHER,), on=institute)
    author.post(f"{AT}/review/submission")
    decide(reviewer, "approve")
    fields = {"when": "day", "day": (today + timedelta(days=2)).date(), "learners": "stay"}
    publisher.post(f"{AT}/release", fields)
    paul = db.scalars(select(Release.planned_by)).one()
    end_grant(db, standing_grant(db, paul, PUBLISHER, institute.id))
    db.commit()
    delivered(app)
    monkeypatch.setattr(clock, "now", lambda: today + timedelta(days=3))
    told = delivered(app)
    subject = "Not published, as its publisher lost the role: A first course"
    assert {each["Subject"] for each in told} == {subject}
    names = [each["To"].partition(".")[0] for each in told]
    assert sorted(names) == ["bilal", "nia", "paul", "rosa"]
    assert author.get("/en/courses/first-course").status_code == 404
    left = "Another publisher can publish it."
    theirs = browser.as_(nia)
    assert left in text_of(theirs.get(f"{AT}/review"))
    now = theirs.follow(theirs.post(f"{AT}/release", {"when": "now", "learners": "stay"}))
    assert left not in text_of(now)
    assert author.get("/en/courses/first-course").status_code == 200


def test_a_link_from_outside_reads_and_comments_on_this_draft_alone(db, eve, people, draft):
    author, reviewer, _publisher = people
    fields = {"name": "Prof. Amara Diallo", "days": "14"}
    shown = author.post(f"{AT}/review/guests", fields)
    link = re.search(r"http://capacita\.test(/en/review/[\w-]+)", shown.text)[1]
    later = author.get(f"{AT}/review")
    assert link not in later.text
    assert (may_turn(shown), may_turn(later)) == (False, True)
    front = eve.get(link)
    assert "Amara Diallo" in text_of(front)
    assert not front.headers.get("set-cookie")
    assert front.headers["x-robots-tag"].startswith("noindex")
    read = eve.get(f"{link}/files/{LESSON}")
    key = re.search(r'name="passage" value="(p-\w+)"', read.text)[1]
    said = {"path": LESSON, "passage": key, "said": "Who <asks> the quiz?"}
    answer = eve.follow(eve.post(f"{link}/comments", said))
    assert "Who <asks> the quiz?" in text_of(answer)
    assert "Who <asks>" not in answer.text
    assert not eve.client.cookies
    seen = text_of(reviewer.get(f"{AT}/review/files/{LESSON}"))
    assert "Prof. Amara Diallo" in seen
    made = db.scalars(select(Comment.id)).one()
    db.rollback()
    closed = {"path": LESSON, "settle": "resolved"}
    assert eve.post(f"{AT}/review/comments/{made}", closed).status_code == 303
    assert "Resolved" not in text_of(reviewer.get(f"{AT}/review/files/{LESSON}"))
    reviewer.post(f"{AT}/review/comments/{made}", closed)
    assert "Resolved" in text_of(reviewer.get(f"{AT}/review/files/{LESSON}"))
    for path in ("files/media/x.png", "files/../../x", "files/course.yml"):
        assert eve.get(f"{link}/{path}").status_code == 404
    number = re.search(r"guests/(\d+)/end", author.get(f"{AT}/review").text)[1]
    author.post(f"{AT}/review/guests/{number}/end")
    for gone in (
        eve.get(link),
        eve.get(f"{link}/files/{LESSON}"),
        eve.post(f"{link}/comments", said),
    ):
        assert gone.status_code == 404


def test_a_comment_on_a_file_that_is_gone_can_be_resolved_and_opened_again(people):
    author, reviewer, _publisher = people
    read = reviewer.get(f"{AT}/review/files/{LESSON}")
    key = re.search(r'name="passage" value="(p-\w+)"', read.text)[1]
    said = {"path": LESSON, "passage": key, "said": "Is this needed?"}
    reviewer.post(f"{AT}/review/comments", said)
    author.post(f"{AT}/parts/first-lesson/removal")
    page = author.get(f"{AT}/review")
    assert "1 comment is open." in text_of(page)
    assert "Is this needed?" in text_of(page)
    form = re.search(r'action="([^"]+/review/comments/\d+)">(.*?)</form>', page.text, re.DOTALL)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    assert sent == {"path": "", "passage": "", "settle": "resolved"}
    closed = text_of(author.follow(author.post(form[1], sent)))
    assert "The comment is resolved" in closed
    assert "No comment is open." in closed
    opened = text_of(author.follow(author.post(form[1], sent | {"settle": "open"})))
    assert "The comment is open again" in opened
    assert "1 comment is open." in opened
