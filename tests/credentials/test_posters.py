"""Posters: the picture that others show beside the address of a course."""

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import update

from app.identity.institutions import InstitutionState
from tests.makers.courses import make_course

COURSE = "/courses/first-aid-at-work"
PICTURE = re.compile(r'<meta property="og:image" content="http://capacita.test([^"]+)">')
SAYS = re.compile(r'<meta property="og:image:alt" content="([^"]+)">')


def picture_on(eve, path):
    found = PICTURE.search(eve.get(path).text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", [f"/en{COURSE}", f"/ar{COURSE}", "/fr/"])
def test_a_page_names_a_picture_that_is_kept_for_ever(db, eve, path):
    make_course(db)
    db.commit()

    shown = picture_on(eve, path)
    answer = eve.get(shown)
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    again = eve.get(shown, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_way_runs_from_the_side_where_reading_begins(db, eve):
    make_course(db)
    db.commit()

    ambers = []
    for language in ("en", "ar"):
        answer = eve.get(picture_on(eve, f"/{language}{COURSE}"))
        picture = Image.open(BytesIO(answer.content)).convert("RGB")
        places = (88, 1200 - 88)
        ambers.append([picture.getpixel((x, 520)) == (244, 183, 64) for x in places])
    assert ambers == [[True, False], [False, True]]


def test_a_new_name_of_the_institution_is_a_new_address_and_the_old_one_leads_there(db, eve):
    make_course(db)
    db.commit()
    before = eve.get(f"/en{COURSE}").text
    db.execute(update(InstitutionState).values(name="School of Government"))
    db.commit()

    now = picture_on(eve, f"/en{COURSE}")
    assert now not in before
    assert "School of Government" in SAYS.search(eve.get(f"/en{COURSE}").text)[1]
    old = eve.get(PICTURE.search(before)[1])
    assert (old.status_code, old.headers["location"]) == (303, now)
