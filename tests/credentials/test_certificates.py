"""Certificates: awarded once with the completion, verified by anyone, shown to their holder only."""

from datetime import date
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import func, select

from app.activity.events import Event
from app.credentials.certificates import (
    ALPHABET,
    Certificate,
    certificates_of,
    new_code,
    read_code,
    revoke,
)
from app.credentials.earnings import earning_of
from app.learning.enrolments import enrol, withdraw
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment


@pytest.fixture
def code(db, awa) -> str:
    complete(db, make_enrolment(db, awa, make_course(db)))
    code = db.scalars(select(Certificate.code)).one()
    db.commit()
    return code


def test_a_completion_is_certified_in_its_own_transaction(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    complete(db, place)
    [held] = certificates_of(db, awa.id)
    assert held.holder_name == "Awa Diop"
    assert held.stands
    db.rollback()
    assert certificates_of(db, awa.id) == []


def test_the_words_of_an_arabic_certificate_hold_no_signs_of_direction(db, awa):
    """The paper sets each part with its own, and its words are cut where the course's title goes."""
    place = make_enrolment(db, awa, make_course(db, translated=("ar",)))
    complete(db, place)
    words = earning_of(db, place.id, "ar").printed["words"]
    assert "%(course)s" in words["completed"]
    assert words["completed"] != "has completed %(course)s"
    assert not any(sign in text for text in words.values() for sign in "\u2066\u2068\u2069")


def test_more_results_after_completion_bring_no_second_certificate(db, awa, code):
    place = enrol(
        db,
        awa.id,
        db.scalars(select(Event.course_id).where(Event.course_id.is_not(None))).first(),
        "en",
    )
    do(db, place, "quiz-1", score=1)
    assert db.scalar(select(func.count()).select_from(Certificate)) == 1


def test_a_second_round_earns_a_second_certificate(db, awa):
    course = make_course(db)
    for _ in range(2):
        place = make_enrolment(db, awa, course)
        complete(db, place)
        withdraw(db, place.id, "en")
    assert [held.round for held in certificates_of(db, awa.id)] == [2, 1]


def test_a_code_has_eighty_random_bits_and_is_read_as_people_type_it():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    assert read_code(" k7qm-4txd 9wrb-h3vn ") == "K7QM4TXD9WRBH3VN"
    assert read_code("oOiIlL") == "001111"
    assert read_code("Ｋ７ＱＭ－４ＴＸＤ ٩WRB H۳VN") == "K7QM4TXD9WRBH3VN"


@pytest.mark.parametrize("path", ["/verify/{}", "/en/verify/{}", "/ar-XB/verify/{}"])
def test_anyone_verifies_what_was_earned_and_learns_nothing_else(eve, awa, code, path):
    page = eve.get(path.format(code))
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    said = text_of(page)
    for shown in ("Awa Diop", "First aid at work", "Institute of Public Administration"):
        assert shown in said
    assert awa.email not in page.text
    assert str(awa.subject) not in page.text


def test_what_another_direction_says_stands_where_the_pages_own_blocks_begin(browser, awa, code):
    own = '<span lang="en" dir="ltr">'
    for path, block in (
        (f"/ar/verify/{code}", "<span>"),
        (f"/ar/certificates/{code}", "</b><span>"),
    ):
        page = browser.as_(awa).get(path).text
        assert f"<h3>{own}" in page
        assert f"{block}{own}" in page


def test_the_code_is_read_from_a_form_with_hyphens(eve, code):
    typed = "-".join(code[at : at + 4] for at in range(0, 16, 4)).lower()
    answer = eve.get(f"/en/verify?code={typed}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/en/verify/{code}"
    assert "This certificate is valid" in text_of(eve.follow(answer))


@pytest.mark.parametrize("typed", ["0000000000000000", "x", "%00", "<script>", "é" * 200])
def test_an_unknown_code_is_said_to_be_unknown(eve, code, typed):
    answer = eve.get(f"/en/verify/{typed}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace("<script type", "")


def test_a_withdrawn_certificate_says_so_and_has_no_file(db, eve, browser, awa, chloe, code):
    revoke(db, chloe.id, code, "issued-by-mistake")
    db.commit()
    assert "This certificate was withdrawn" in text_of(eve.get(f"/en/verify/{code}"))
    with browser.as_(awa) as at:
        assert at.get(f"/en/certificates/{code}").status_code == 200
        assert at.get(f"/en/certificates/{code}/file").status_code == 404
        assert "Withdrawn" in text_of(at.get("/en/my-learning/certificates"))


def test_the_holder_gets_a_file_and_others_do_not(browser, eve, awa, dara, code):
    with browser.as_(awa) as at:
        file = at.get(f"/en/certificates/{code}/file")
        again = at.get(f"/en/certificates/{code}/file")
    assert file.headers["content-type"] == "application/pdf"
    assert "attachment" in file.headers["content-disposition"]
    assert file.content == again.content
    with pikepdf.open(BytesIO(file.content)) as pdf:
        assert len(pdf.pages) == 1
        assert "Awa Diop" in str(pdf.docinfo["/Title"])
    with browser.as_(dara) as at:
        for path in (f"/en/certificates/{code}", f"/en/certificates/{code}/file"):
            assert at.get(path).status_code == 404
    assert eve.get(f"/en/certificates/{code}/file").status_code == 303


def test_the_transcript_lists_every_round_with_what_came_of_it(db, browser, awa, code):
    make_enrolment(db, awa, make_course(db, "Night shifts"))
    db.commit()
    with browser.as_(awa) as at:
        said = text_of(at.get("/en/my-learning/transcript"))
        certificates = text_of(at.get("/en/my-learning/certificates"))
    assert "First aid at work" in said
    assert "Night shifts" in said
    assert "Under way" in said
    assert code in said
    assert "by its number: http://capacita.test/en/verify" in said
    assert "Night shifts" not in certificates


def test_the_day_on_the_certificate_is_the_completion_s(db, awa, code):
    [held] = certificates_of(db, awa.id)
    assert date.fromisoformat(held.printed["completed_on"]) == held.day
