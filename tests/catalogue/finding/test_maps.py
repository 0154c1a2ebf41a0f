"""What machines read of the catalogue: the sitemap, the feed, robots, and a course as data."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

from app.i18n.catalogues import offered_codes, translations_for
from app.settings import Settings
from tests.makers.courses import make_course

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://capacita.test"


@pytest.fixture
def two(db):
    make_course(db, "First aid & <care>", translated=("fr", "en-XA"), modules=1, lessons=1)
    make_course(db, "Wards", audience="institution")
    db.commit()


def test_the_sitemap_names_open_pages_in_the_languages_they_are_written_in(two, eve):
    answer = eve.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    places = {url.findtext(f"{MAP}loc"): url for url in ET.fromstring(answer.text)}
    lesson = "/courses/first-aid-care/lessons/lesson-1-1"
    assert f"{SITE}/en{lesson}" in places
    written_in = {place.removeprefix(SITE).split("/")[1] for place in places if lesson in place}
    assert written_in == {"en", "fr"} & {*offered_codes()}
    assert not [place for place in places if "wards" in place or "XB" in place]
    assert places[f"{SITE}/en{lesson}"].findtext(f"{MAP}lastmod")[:3] == "202"


def test_a_place_in_two_languages_names_both_of_them_each_time(app):
    places = {"places": [([("en", "/en/a"), ("fr", "/fr/a")], None)]}
    told = ET.fromstring(app.state.pages.render("en", "catalogue/sitemap.xml", places))
    assert [url.findtext(f"{MAP}loc") for url in told] == ["/en/a", "/fr/a"]
    assert [[link.get("hreflang") for link in url[1:]] for url in told] == [["en", "fr"]] * 2


def test_the_feed_tells_new_versions_of_open_courses_newest_first(db, two, eve):
    make_course(
        db, "First aid & <care>", translated=("fr", "en-XA"), modules=1, lessons=1, edition=2
    )
    db.commit()
    answer = eve.get("/en-XA/feed.atom")
    feed = ET.fromstring(answer.text)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    version = translations_for("en-XA").gettext("Version %(number)s") % {"number": 2}
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == [f"[en-XA] First aid & <care> · {version}", "[en-XA] First aid & <care>"]
    names = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert names == [f"{SITE}/en-XA/courses/first-aid-care#{number}" for number in (2, 1)]
    assert feed.findtext(f"{ATOM}updated") == feed.find(f"{ATOM}entry").findtext(f"{ATOM}updated")
    assert 'href="/en/feed.atom"' in eve.get("/en/").text


def test_robots_are_shown_the_map_and_kept_from_what_is_ones_own(eve, settings: Settings):
    told = eve.get("/robots.txt").text
    assert f"Sitemap: {settings.public_url}/sitemap.xml" in told
    assert "Disallow: /en/my-learning\n" in told


def test_a_course_describes_itself_as_data_that_cannot_leave_its_script(two, eve):
    answer = eve.get("/en/courses/first-aid-care")
    block = re.search('<script type="application/ld\\+json">(.*?)</script>', answer.text)[1]
    assert "<" not in block
    data = json.loads(block)
    assert (data["@type"], data["name"]) == ("Course", "First aid & <care>")
    assert data["url"] == f"{SITE}/en/courses/first-aid-care"
    assert data["inLanguage"] == ["en", "fr", "en-XA"]
    assert data["teaches"] == ["Tell an urgent case from one that can wait."]
    assert data["timeRequired"] == "PT30M"
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert '<meta property="og:title" content="First aid &amp; &lt;care&gt;">' in answer.text
