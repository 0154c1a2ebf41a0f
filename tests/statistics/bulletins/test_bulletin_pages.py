"""Bulletins in the browser: made by an administrator, read and verified by whoever asks."""

import io
import json
import zipfile

import pytest
from lxml import etree, html

from app.identity.grants import REPORTER, grant
from app.statistics.bulletins.bulletins import prepare, release
from app.statistics.bulletins.keys import keys_known
from app.statistics.bulletins.shelves import file_at
from tests.browser import text_of
from tests.makers.people import make_interior
from tests.statistics.bulletins.test_bulletins import verified

PLACE, OPEN = "/en/statistics/bulletins", "/en/open-data/interior-2024-q1/1"
SEVERAL = ("measures", "tables")
WISHED = {
    "name": "interior-2024-q1", "institution": "ministry-of-the-interior", "since": "2024-01",
    "until": "2024-03", "measures": ["enrolled", "completed"],
    "tables": ["all", "course.month", "gender"],
}  # fmt: skip


def test_an_administrator_comes_from_a_question_to_a_signed_bulletin(
    counted, browser, eve, db, chloe, tmp_path
):
    at = browser.as_(chloe)
    made = at.post(PLACE, WISHED)
    assert "The figures are frozen" in text_of(at.get(f"{PLACE}/interior-2024-q1/1?done=prepared"))
    assert made.status_code == 303
    assert eve.get(OPEN).status_code == 404
    assert "No figures are released yet" in text_of(eve.get("/en/open-data"))
    draft = at.get(f"{PLACE}/interior-2024-q1/1/report.fr.pdf")
    assert (draft.status_code, draft.content[:5]) == (200, b"%PDF-")
    assert at.get(f"{PLACE}/interior-2024-q1/1/report.es.pdf").status_code == 404
    at.post(f"{PLACE}/interior-2024-q1/1/release")

    for language in ("en", "fr", "ar"):
        assert eve.get(f"/{language}/open-data").status_code == 200
        shown = eve.get(f"/{language}/open-data/interior-2024-q1/1")
        assert shown.status_code == 200
        page = html.fromstring(shown.text)
        assert page.xpath("//figure[contains(@class, 'chart')]")
        [told] = page.xpath("//script[@type='application/ld+json']/text()")
        dataset = json.loads(told)
        assert dataset["@type"] == "Dataset"
        assert 50 < len(dataset["description"]) < 5000  # or search engines leave it out
    assert eve.get("/en/open-data/interior-2024-q1").headers["location"].endswith("/1")

    archive = eve.get("/data/interior-2024-q1/1/interior-2024-q1-1.zip")
    assert archive.headers["cache-control"] == "public, max-age=300"
    # A proxy that compresses on the way makes a tag weak.
    again = {"If-None-Match": f"W/{archive.headers['etag']}"}
    same = eve.get("/data/interior-2024-q1/1/interior-2024-q1-1.zip", headers=again)
    assert (same.status_code, same.content) == (304, b"")
    assert eve.get("/data/verify.py").content.startswith(b'"""Verify a statistical bulletin')
    [key] = eve.get("/data/keys.json").json()["keys"]
    [known] = keys_known(db)
    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", known.id)
    assert verified(archive.content, known.text, tmp_path).returncode == 0
    catalogue = eve.get("/data/catalogue.jsonld").json()
    assert {each["@language"] for each in catalogue["dct:title"]} == {"en", "fr", "ar"}
    assert catalogue["@context"]["dcat:mediaType"] == {"@type": "@id"}
    [dataset] = catalogue["dcat:dataset"]
    types = {each["dcat:mediaType"] for each in dataset["dcat:distribution"]}
    assert "https://www.iana.org/assignments/media-types/text/csv" in types
    addresses = [each["dcat:downloadURL"]["@id"] for each in dataset["dcat:distribution"]]
    held = zipfile.ZipFile(io.BytesIO(archive.content))
    assert len(addresses) == len(held.namelist()) + 1
    report = eve.get("/data/interior-2024-q1/1/report.ar.pdf")
    assert report.headers["content-type"] == "application/pdf"
    assert report.content == held.read("report.ar.pdf") != draft.content
    assert "Français" in text_of(eve.get("/en/open-data/interior-2024-q1/1"))
    for address in addresses[:4]:
        path = address.removeprefix("http://capacita.test")
        assert eve.get(path).content == held.read(path.rsplit("/", 1)[1]) or path.endswith("zip")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Q1 2024"}, "small letters, digits and hyphens"),
        ({"since": "2024-05"}, "not before the first one"),
        ({"measures": []}, "Choose at least one thing"),
        ({"tables": ["course.gender"]}, "too narrow to protect"),
        ({"tables": ["month.year"]}, "one time"),
        ({"institution": "ministry-of-health"}, "not one of yours"),
        ({"institution": ""}, "not one of yours"),
        ({"until": "2999-01"}, "whole months"),
    ],
)
def test_a_wrong_wish_comes_back_with_what_was_typed(counted, browser, chloe, changes, said):
    answer = browser.as_(chloe).post(PLACE, WISHED | changes)
    assert 400 <= answer.status_code < 500
    assert said in text_of(answer)
    typed = html.fromstring(answer.text).xpath("//input[@name='name']/@value")
    assert typed == [changes.get("name", WISHED["name"])]


def test_the_form_of_an_annual_report_is_filled_in_and_can_be_sent_as_it_is(
    counted, browser, chloe
):
    at = browser.as_(chloe)
    form = html.fromstring(at.get(f"{PLACE}/new?year=2024").text).xpath("//main//form")[0]
    filled = dict(form.form_values())
    wish = {name: form.xpath(f".//input[@name='{name}'][@checked]/@value") for name in SEVERAL}
    assert (filled["name"], filled["since"], filled["until"]) == (
        "learning-2024", "2024-01", "2024-12",
    )  # fmt: skip
    assert "recommendation" in wish["tables"]
    assert len(wish["tables"]) == 10
    assert at.post(PLACE, WISHED | filled | wish).status_code == 303
    assert "By recommendation" in text_of(at.get(f"{PLACE}/learning-2024/1"))
    usual = html.fromstring(at.get(f"{PLACE}/new?year=soon").text)
    assert usual.xpath("//input[@name='name']/@value") == [""]


def test_a_reporter_prepares_and_an_administrator_releases(counted, browser, db, dara, chloe):
    grant(db, dara.id, REPORTER, make_interior(db).id)
    db.commit()
    reporter = browser.as_(dara)
    assert reporter.post(PLACE, WISHED).status_code == 303
    assert "An administrator of the institution releases it." in text_of(
        reporter.get(f"{PLACE}/interior-2024-q1/1")
    )
    assert reporter.post(f"{PLACE}/interior-2024-q1/1/release").status_code == 403
    assert "There is a bulletin with the name" in text_of(reporter.post(PLACE, WISHED))
    reporter.post(f"{PLACE}/interior-2024-q1/1/end")
    assert "No bulletin yet" in text_of(reporter.get(PLACE))


def test_a_revision_and_a_withdrawal_say_why_to_everybody(
    counted, frozen, browser, eve, db, chloe, settings
):
    bulletin = prepare(db, chloe.id, counted, frozen)
    release(db, settings.storage, chloe.id, bulletin)
    db.commit()
    at, own = browser.as_(chloe), f"{PLACE}/interior-2024-q1"
    assert at.post(f"{own}/1/revision", {"why": "No."}).status_code == 422
    at.post(f"{own}/1/revision", {"why": "A unit was counted twice."})
    at.post(f"{own}/2/release")
    assert "There is a later revision" in text_of(eve.get(OPEN))
    assert "A unit was counted twice." in text_of(eve.get("/en/open-data/interior-2024-q1/2"))
    at.post(f"{own}/2/withdrawal", {"why": "The unit was closed <b>before</b>."})
    told = eve.get("/fr/open-data/interior-2024-q1/2")
    assert "The unit was closed <b>before</b>." in text_of(told)
    gone = eve.get("/data/interior-2024-q1/2/table-all.csv")
    assert gone.status_code == 410
    feed = eve.get("/fr/open-data/feed.atom")
    assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = etree.fromstring(feed.content).findall("{*}entry")
    ids = [each.findtext("{*}id").rpartition("/fr/")[2] for each in entries]
    assert ids == ["open-data/interior-2024-q1/2", "open-data/interior-2024-q1/1"]
    assert entries[0].findtext("{*}summary") == "The unit was closed <b>before</b>."
    assert eve.get("/en/open-data/feed.atom").text.count("withdrawn") == 1
    with_first = eve.get("/data/interior-2024-q1/1/table-all.csv")
    assert with_first.content == file_at(db, "interior-2024-q1", "1", "table-all.csv").bytes


def test_nobody_else_sees_or_releases_what_is_prepared(counted, browser, eve, chloe, dara):
    browser.as_(chloe).post(PLACE, WISHED)
    stranger = browser.as_(dara)
    own = f"{PLACE}/interior-2024-q1/1"
    for path in ("", "/report.en.pdf"):
        assert stranger.get(own + path).status_code in {403, 404}, path
    for path in ("/release", "/end", "/revision", "/withdrawal"):
        asked = stranger.post(own + path, {"why": "Because I want to."})
        assert asked.status_code in {403, 404}, path
    for path in ("/data/interior-2024-q1/1/table-all.csv", "/data/x/y/z", "/en/open-data/x"):
        assert eve.get(path).status_code == 404
