"""Makers of scenarios: the example course with one, published through the compiler."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.publishing import publish
from app.catalogue.recommendations import load_recommendations
from app.catalogue.versions import CourseVersion
from app.settings import ROOT
from tests.makers.people import make_institution
from tests.makers.sources import RECOMMENDATIONS, example, scenario_of, with_scenario

COURSE = "/en/courses/full"
SCENARIO = f"{COURSE}/scenarios/before-the-press"
SMALL = "/en/courses/first-course/scenarios/a-scenario"
GOOD = "ask-the-owner.say-one-week.explain"
POOR = "print-it.repeat-it"
MIXED = "leave-it-out"


def make_scenario(db: Session) -> CourseVersion:
    """Publish the full example course, whose first module has the scenario `before-the-press`."""
    return _published(db, example("full"))


def make_scenario_of(db: Session, ways: Mapping[str, Mapping[str, str] | str]) -> CourseVersion:
    """Publish the minimal example course with a scenario of these ways, `a-scenario`."""
    return _published(db, with_scenario(scenario_of(ways)))


def _published(db: Session, source: CourseFiles) -> CourseVersion:
    load_recommendations(db, ROOT / "courses" / "recommendations")
    make_institution(db, "capacita-institute", "Capacita Institute", "school")
    return publish(db, compile_course(source, RECOMMENDATIONS)).version
