"""What happened to a draft, told to those who may work on it."""

from datetime import timedelta

from app.foundation import clock
from app.identity.grants import STUDIO_ROLES
from app.studio.changes import save
from app.studio.comments import comment
from app.studio.drafts import DraftFile, text_in
from app.studio.guests import invite
from app.studio.histories import history_of, writing_now
from app.studio.passages import passages_of
from app.studio.submissions import approve, send_back, submit
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.people import cast, make_institute
from tests.makers.sources import LESSON, lesson_saying


def told(db, draft):
    return [(name, deed.kind) for deed, name in reversed(history_of(db, draft))]


def test_deeds_are_told_in_order_and_changes_shortly_after_each_other_are_one(
    db, browser, eve, bilal
):
    draft = make_draft(db, bilal)
    institute = make_institute(db)
    rosa = cast(db, "Rosa Nkemi", institute, roles=STUDIO_ROLES, on=institute)
    for words in ("One.", "Two.", "Three."):
        there = text_in(db, draft, LESSON)
        save(db, bilal.id, draft, LESSON, lesson_saying(words).encode(), there.revision)
    guest, token = invite(db, bilal.id, draft, "Dr Guest", 7)
    key = passages_of(LESSON, text_in(db, draft, LESSON).text)[-1].key
    comment(db, draft, LESSON, key, "Is it so?", by=guest)
    submit(db, bilal.id, draft)
    send_back(db, rosa.id, draft, draft.revision, "Say more.")
    submit(db, bilal.id, draft)
    approve(db, rosa.id, draft, draft.revision)
    assert told(db, draft) == [
        ("Bilal Haddad", "began"), ("Bilal Haddad", "wrote"), ("Dr Guest", "commented"),
        ("Bilal Haddad", "submitted"), ("Rosa Nkemi", "sent-back"),
        ("Bilal Haddad", "submitted"), ("Rosa Nkemi", "approved"),
    ]  # fmt: skip
    assert [each.path for each in writing_now(db, draft, rosa.id)] == [LESSON]
    assert writing_now(db, draft, bilal.id) == []
    for row in db.query(DraftFile).where(DraftFile.draft_id == draft.id):
        row.changed_at = clock.now() - timedelta(minutes=6)
    db.flush()
    assert writing_now(db, draft, rosa.id) == []
    db.commit()
    page = browser.as_(rosa)
    said = text_of(page.get("/en/studio/first-course/activity"))
    assert "Bilal Haddad changed" in said
    assert "Rosa Nkemi approved it" in text_of(page.get("/en/studio/first-course"))
    assert "Rosa Nkemi" not in text_of(eve.get(f"/en/review/{token}"))
