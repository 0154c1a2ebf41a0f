"""Letters about comments: one in a quarter of an hour, to those concerned, until they mute it."""

import pytest
from sqlalchemy import select

from app.identity.grants import STUDIO_ROLES
from app.queue.jobs import Job
from app.studio.comment_letters import tell_comments
from app.studio.comments import comment, reply
from app.studio.drafts import text_in
from app.studio.guests import invite
from app.studio.mutings import COMMENT_LETTERS, put_mute
from app.studio.passages import passages_of
from tests.makers.drafts import make_draft
from tests.makers.people import cast, make_institute
from tests.makers.sources import LESSON


@pytest.fixture
def draft(db, bilal):
    return make_draft(db, bilal)


@pytest.fixture
def rosa(db):
    institute = make_institute(db)
    return cast(db, "Rosa Nkemi", institute, roles=STUDIO_ROLES, on=institute)


@pytest.fixture
def omar(db):
    institute = make_institute(db)
    return cast(db, "Omar Said", institute, roles=STUDIO_ROLES, on=institute)


def remark(db, draft, by, words="Is it so?"):
    key = passages_of(LESSON, text_in(db, draft, LESSON).text)[-1].key
    return comment(db, draft, LESSON, key, words, by=by)


def letters(db, kind="mail"):
    return list(db.scalars(select(Job).where(Job.kind == kind).order_by(Job.id)))


def tell(db):
    (promised,) = letters(db, COMMENT_LETTERS)
    tell_comments(db, promised.payload["quarter"])
    found = [job.payload for job in letters(db) if job.payload["template"] == "comments"]
    return {each["to"]: each["values"]["count"] for each in found}


def test_those_who_write_and_those_who_spoke_get_one_letter_of_all_that_others_said(
    db, bilal, draft, rosa, omar
):
    first = remark(db, draft, rosa.id)
    remark(db, draft, rosa.id, "And this?")
    reply(db, draft, first.id, "Yes.", by=omar.id)
    guest, _token = invite(db, bilal.id, draft, "Dr Guest", 7)
    remark(db, draft, guest)
    expected = {bilal.email: 4, rosa.email: 1}
    assert tell(db) == expected
    assert tell(db) == expected


def test_who_muted_the_draft_or_works_on_it_no_longer_gets_none(db, bilal, draft, rosa, omar):
    first = remark(db, draft, rosa.id)
    reply(db, draft, first.id, "Yes.", by=omar.id)
    put_mute(db, bilal.id, draft, is_muted=True)
    put_mute(db, rosa.id, draft, is_muted=True)
    put_mute(db, rosa.id, draft, is_muted=False)
    assert tell(db) == {rosa.email: 1}


def test_the_review_page_mutes_them(db, browser, bilal, draft, rosa):
    remark(db, draft, rosa.id)
    db.commit()
    page = browser.as_(bilal)
    at = "/en/studio/first-course/review"
    assert "Send me none" in page.get(at).text
    page.post(f"{at}/letters", {"letters": "off"})
    assert "Let them come again" in page.get(at).text
