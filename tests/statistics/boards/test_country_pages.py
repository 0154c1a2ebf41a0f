"""The map in the browser: the same figures as the file, few held back, and a page that weighs little."""

import csv
import gzip
import io

from lxml import html
from sqlalchemy import update

from app.identity.placements import Placement
from tests.makers.courses import make_course
from tests.makers.learning import make_enrolment
from tests.makers.people import make_institute, make_person

MAP = "/en/statistics/countries?measure=enrolled"


def test_the_map_says_what_its_file_says(db, browser, awa, chloe):
    course = make_course(db)
    for learner in (awa, make_person(db, "Ivo Roe", make_institute(db))):
        make_enrolment(db, learner, course)
    db.execute(update(Placement).where(Placement.user_id == awa.id).values(country="SN"))
    db.commit()
    page = browser.as_(chloe).get(MAP)
    tree = html.fromstring(page.text)
    table = {
        row[0].text_content(): row[1].text_content() for row in tree.xpath("//figure//tbody/tr")
    }
    assert table == {"Senegal": "1", "not said": "1"}
    assert [each.text for each in tree.xpath("//svg//g/title")] == ["Senegal: 1"]
    file = next(each for each in tree.xpath("//a/@href") if "tables.csv" in each)
    rows = list(csv.reader(io.StringIO(browser.as_(chloe).get(file).text)))[1:]
    assert rows == [["SN", "1"], ["", "1"]]
    assert len(gzip.compress(page.content, 5)) < 12_000
