"""Taking a course along: said with its size, made once, and only where everybody may have it."""

import threading
from pathlib import Path

import pytest

from app.catalogue.publishing import publish
from app.catalogue.recommendations import load_recommendations
from app.catalogue.versions import CourseVersion
from app.settings import ROOT
from app.studio.packages.archives import unpacked
from app.studio.packages.bundles import open_source
from app.studio.packages.materials import material_of
from app.studio.packages.stores import PackagesBusy, Store, _making
from tests.browser import text_of
from tests.makers.packages import compiled_in
from tests.makers.people import make_institute

PATH = "/en/courses/full/take-along"


@pytest.fixture
def version(db) -> CourseVersion:
    """The full example, published for everybody."""
    load_recommendations(db, ROOT / "courses" / "recommendations")
    owner = make_institute(db)
    course = compiled_in("en")
    facts = {each: getattr(course, each) for each in course.__slots__}
    made = type(course)(**facts | {"institution_key": owner.key})
    version = publish(db, made).version
    db.commit()
    return version


def test_the_course_leads_to_its_forms_and_their_sizes(eve, version):
    assert PATH in eve.get("/en/courses/full").text
    before = text_of(eve.get(PATH))
    assert before.count("about ") == 4, before
    site = eve.get(f"{PATH}/site")
    assert site.headers["content-type"] == "application/zip"
    assert 'filename="full-1-en.site.zip"' in site.headers["content-disposition"]
    after = text_of(eve.get(PATH))
    assert after.count("about ") == 3
    assert f"{-(-len(site.content) // 1000)} KB" in after
    again = eve.get(f"{PATH}/site", headers={"If-None-Match": site.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert eve.get(f"{PATH}/site").content == site.content
    assert "full-en/quiz-final-assessment.html" in unpacked(site.content, "x.zip")
    assert eve.get(f"{PATH}/exe").status_code == 404


def test_a_source_leaves_out_what_would_give_answers_away(db, version):
    course = material_of(db, version.id)
    assert [t.html for t in course.texts] == [t.html for t in compiled_in("en").texts]
    files = open_source(course)
    assert "final-assessment.yaml" not in files
    assert "reading-results/reading-quiz.yaml" in files
    kept_back = [q.item_key for q in course.quiz_items if q.activity_key == "final-assessment"]
    catalogue = files["translations/fr.po"].decode()
    assert kept_back
    assert "item/" in catalogue
    assert not any(f'"item/{key}"' in catalogue for key in kept_back)


@pytest.mark.parametrize(
    ("field", "value"), [("audience", "institution"), ("licence", "All-rights")]
)
def test_a_course_that_is_not_for_all_stays_here(db, eve, awa, version, field, value):
    if field == "licence":
        version.licence = value
    else:
        from app.catalogue.courses import Course

        db.get(Course, version.course_id).audience = value
    db.merge(version)
    db.commit()
    for person in (eve, eve.as_(awa)):
        assert person.get(PATH).status_code == 404
        assert person.get(f"{PATH}/epub").status_code == 404


def test_a_store_keeps_so_many_bytes_and_makes_each_package_once(tmp_path: Path):
    store, made = Store(tmp_path / "packages", most_bytes=25), []

    def make() -> bytes:
        made.append(1)
        return b"0123456789"

    first = store.get("a", make)
    assert store.get("a", make) == first
    assert len(made) == 1
    assert first.path.read_bytes() == b"0123456789"
    for name in ("b", "c"):
        store.get(name, make)
    assert len(list((tmp_path / "packages").iterdir())) == 2
    assert store.found("c")


def test_who_waits_too_long_is_asked_to_come_again(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("app.studio.packages.stores.PATIENCE", 0.01)
    with _making, pytest.raises(PackagesBusy):
        Store(tmp_path).get("a", bytes)
    waiting = threading.Thread(target=lambda: Store(tmp_path).get("a", bytes))
    waiting.start()
    waiting.join()
    assert Store(tmp_path).found("a")
