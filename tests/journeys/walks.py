"""Walks: every page and state that a person can meet, one after the other, each by a name."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from sqlalchemy import select

from app.catalogue.activities import Activity
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.learning.enrolments import Place, enrol
from tests.journeys.answers import asked_of, give, right, wrong
from tests.journeys.sites import PASSWORD, Person, Site, user_id_of
from tests.journeys.steps import begin
from tests.journeys.windows import Window, fields
from tests.makers.learning import complete, do

Walk = Callable[[Site, Window, Person], Iterator[str]]
SLUG, QUIZZES = "human-factor", ("people-quiz", "learning-quiz", "answers-quiz")
PRETESTED = "leadership-and-learning"
TOO_LARGE = 300_000
_SCENARIOS = (
    select(Course.slug, Activity.key)
    .join(CourseVersion, CourseVersion.course_id == Course.id)
    .join(Activity, Activity.version_id == CourseVersion.id)
    .where(CourseVersion.is_current, Activity.kind == "scenario")
    .order_by(Course.slug, Activity.position)
)
OF_STRANGER = {
    "catalogue": "/",
    "catalogue, nothing found": "/?q=zeppelin",
    "course": f"/courses/{SLUG}",
    "course, partly translated": "/courses/leadership-and-learning",
    "lesson": f"/courses/{SLUG}/lessons/why-people-count",
    "quiz": f"/courses/{SLUG}/quizzes/people-quiz",
    "recommendations": "/recommendations",
    "recommendation": "/recommendations/T0",
    "how far recommendations are answered": "/statistics/coverage",
    "sign-in": "/sign-in",
    "forgotten password": "/reset",
    "look into your mail": "/register/sent",
    "privacy": "/privacy",
    "terms": "/terms",
    "accessibility": "/accessibility",
    "help": "/help",
    "help page": "/help/sign-in",
    "contact": "/contact",
    "message sent": "/contact/sent",
    "verification": "/verify",
    "style guide": "/styleguide",
}


def of_stranger(site: Site, window: Window, who: Person) -> Iterator[str]:
    """Whoever has no account reads, registers, and goes wrong where one can."""
    for name, path in OF_STRANGER.items():
        window.open(f"/en{path}")
        yield name
    yield from _through_scenario(site, window)
    for name, path, status in (
        ("no such page", "/courses/alchemy", 404),
        ("unknown certificate", "/verify/K7QM4TXD9WRBH3VN", 404),
        ("link that is over", "/register/no-such-token", 410),
    ):
        window.open(f"/en{path}", status)
        yield name
    window.open("/en/sign-in")
    window.press(window.button("Sign in"), 422)
    yield "sign-in, nothing written"
    fields(window, {"E-mail": who.email, "Password": "not the right one"})
    window.press(window.button("Sign in"), 422)
    yield "sign-in, refused"
    window.open("/en/reset")
    window.press(window.button("Send me a link"), 422)
    yield "forgotten password, nothing written"
    fields(window, {"E-mail": who.email})
    window.press(window.button("Send me a link"))
    yield "mail on its way"
    window.open(site.link_mailed_to(who))
    yield "new password"
    window.press(window.button("Set this password"), 422)
    yield "new password, nothing written"
    window.open("/en/register")
    yield "registering"
    window.press(window.button("Create my account"), 422)
    yield "registering, nothing written"
    new = site.somebody("Nia")
    fields(window, {"Your name": new.name, "E-mail": new.email, "Password": PASSWORD})
    window.page.get_by_label("I have read").check()
    window.press(window.button("Create my account"))
    window.open(site.link_mailed_to(new))
    yield "confirming the address"


def of_learner(site: Site, window: Window, who: Person) -> Iterator[str]:
    """From an empty My learning through a quiz to a finished course, and into closed doors."""
    for name, path in (
        ("my learning, empty", "/my-learning"),
        ("certificates, none", "/my-learning/certificates"),
        ("transcript, empty", "/my-learning/transcript"),
        ("account", "/account"),
        ("where I work", "/account/work"),
        ("browsers", "/account/browsers"),
        ("another address", "/account/address"),
        ("another password", "/account/password"),
        ("asking about my data", "/account/data-requests"),
        ("course, not begun", f"/courses/{SLUG}"),
        ("quiz, not begun", f"/courses/{SLUG}/quizzes/people-quiz"),
    ):
        window.open(f"/en{path}")
        yield name
    yield from _closed_doors(window)
    yield from _through_account(window)
    have_done(site, place_in_course(site, who), "why-people-count")
    for name, path in (
        ("course, under way", f"/courses/{SLUG}"),
        ("lesson, done", f"/courses/{SLUG}/lessons/why-people-count"),
        ("lesson, ahead", f"/courses/{SLUG}/lessons/find-the-gap"),
        ("leaving a course", f"/courses/{SLUG}/withdrawal"),
        ("my learning, under way", "/my-learning"),
    ):
        window.open(f"/en{path}")
        yield name
    yield from _through_quizzes(site, window, who)
    yield from _through_pretest(window)
    yield from _after_leaving(site, window, who)
    have_completed(site, who)
    for name, path in (
        ("catalogue, with a place", "/"),
        ("course, done", f"/courses/{SLUG}"),
        ("my learning, done", "/my-learning"),
        ("certificates", "/my-learning/certificates"),
        ("transcript", "/my-learning/transcript"),
    ):
        window.open(f"/en{path}")
        yield name
    window.open("/en/my-learning/certificates")
    window.press(window.link("The human factor"))
    yield "certificate"
    window.press(window.page.locator("main a[href*='/verify/']"))
    yield "valid certificate"


def _through_pretest(window: Window) -> Iterator[str]:
    """The pretest of a course, handed in with nothing answered."""
    window.open(f"/en/courses/{PRETESTED}")
    window.press(window.button("Start this course"))
    yield "pretest, offered"
    window.press(window.button("All questions on one page"))
    yield "pretest, under way"
    window.press(window.button("Hand in"), 422)
    yield "pretest, handed in with open questions"
    window.press(window.button("Hand in anyway"))
    yield "pretest, its result"
    window.open(f"/en/courses/{PRETESTED}/quizzes/pretest")
    yield "pretest, taken"


def of_administrator(site: Site, window: Window, who: Person) -> Iterator[str]:
    """Counts, names and colleagues, with nothing in them and with something."""
    for name, path in (
        ("what people ask about their data", "/data-requests"),
        ("a request by letter", "/data-requests/new"),
        ("rules of retention", "/retention"),
        ("record of processing", "/privacy/record"),
        ("counts, none", "/statistics/completions?since=2009-03&until=2009-04"),
    ):
        window.open(f"/en{path}")
        yield name
    window.open("/en/statistics/completions/list?since=2009-03&until=2009-04")
    yield "list, empty"
    have_completed(site, site.learner())
    window.open("/en/statistics/completions")
    yield "counts"
    window.open("/en/statistics/completions/list")
    yield "list"
    for name, path in (
        ("statistics at a look", "/statistics"),
        ("statistics on a map", "/statistics/countries"),
        ("saved views", "/statistics/views"),
        ("bulletins", "/statistics/bulletins"),
        ("a bulletin for a year", "/statistics/bulletins/new?year=2024"),
        ("table, one row", "/statistics/tables"),
        ("table, drawn", "/statistics/tables?by=gender&measure=enrolled&measure=days"),
        ("administration", "/administration"),
        ("ledger", "/ledger"),
        ("who may do what", "/powers"),
        ("merged accounts", "/people/merges"),
        ("for programs", "/api"),
        ("tokens", "/institutions/ministry-of-the-interior/tokens"),
        ("webhooks", "/institutions/ministry-of-the-interior/webhooks"),
        ("a new bulletin", "/statistics/bulletins/new"),
    ):
        window.open(f"/en{path}")
        yield name
    window.open("/en/people")
    yield "colleagues"
    window.press(window.button("Send the invitation"), 422)
    yield "colleagues, nothing written"
    invited = site.somebody("Bilal")
    fields(window, {"E-mail": invited.email}, ticked=("Administrator:",))
    window.press(window.button("Send the invitation"))
    yield "colleagues, invited"
    link = site.link_mailed_to(invited)
    window.open(link)
    yield "invitation, of somebody else"
    window.context.clear_cookies()
    window.open(link)
    yield "invitation"


def _through_scenario(site: Site, window: Window) -> Iterator[str]:
    """The first choice each time, to an ending, and one path that nobody can take."""
    scenario = scenario_path(site)
    window.open(f"/en{scenario}")
    yield "scenario"
    window.press(window.page.locator("a.choice").first)
    yield "scenario, decided"
    while window.page.locator("a.choice").count():
        window.press(window.page.locator("a.choice").first)
    yield "scenario, ended"
    window.open(f"/en{scenario}?path=no-such-choice", 404)
    yield "scenario, no such path"


def _closed_doors(window: Window) -> Iterator[str]:
    window.open("/en/statistics", 403)
    yield "not for learners"
    window.open("/en/certificates/K7QM4TXD9WRBH3VN", 404)
    yield "certificate of somebody else"
    window.open("/en/account/profile")
    name = window.page.get_by_label("Your name")
    name.fill("a" * TOO_LARGE)
    window.press(window.button("Save name and language"), 413)
    yield "form too large"


def _through_account(window: Window) -> Iterator[str]:
    window.open("/en/account/profile")
    window.page.get_by_label("Your name").fill("")
    window.press(window.button("Save name and language"), 422)
    yield "account, no name"
    window.page.get_by_label("Your name").fill("Awa Diop")
    window.press(window.button("Save name and language"))
    yield "account, saved"


def _through_quizzes(site: Site, window: Window, who: Person) -> Iterator[str]:
    """Each kind of question sent back unanswered, then one quiz to its end, twice."""
    seen: set[str] = set()
    for key in reversed(QUIZZES):
        window.open(f"/en/courses/{SLUG}/quizzes/{key}")
        begin(window)
        attempt = urlsplit(window.page.url).path
        for asked in asked_of(site, who):
            if asked.kind not in seen:
                window.open(f"{attempt}?question={asked.position}")
                window.press(window.button("Save and go on"), 422)
                yield f"question, {asked.kind}, no answer"
                seen.add(asked.kind)
    yield from _overtaken(site, window, who)
    window.press(window.link("Overview"))
    yield "overview"
    window.press(window.button("Hand in"), 422)
    yield "overview, asked once more"
    window.press(window.button("Hand in anyway"))
    yield "result, not passed"
    begin(window)
    window.press(window.link("All questions on one page"))
    yield "all questions"
    for asked in asked_of(site, who):
        give(window.page, right(asked))
    window.press(window.button("Hand in"))
    yield "result, passed"
    for name, key in (("quiz, passed", QUIZZES[0]), ("quiz, under way", QUIZZES[1])):
        window.open(f"/en/courses/{SLUG}/quizzes/{key}")
        yield name


def _overtaken(site: Site, window: Window, who: Person) -> Iterator[str]:
    """Another page of the same person answered a question since this one was opened."""
    first, *_others = asked_of(site, who)
    attempt = urlsplit(window.page.url).path.removesuffix("/answers")
    other = Window(window.context, window.look)
    for each in (window, other):
        each.open(f"{attempt}?question=1")
    give(other.page, right(first))
    other.press(other.button("Save and go on"))
    other.page.close()
    give(window.page, wrong(first))
    window.press(window.button("Save and go on"), 409)
    yield "question, answered elsewhere"


def _after_leaving(site: Site, window: Window, who: Person) -> Iterator[str]:
    """What stands in My learning after a course was left, and an attempt that it closed."""
    window.open(f"/en/courses/{SLUG}/quizzes/{QUIZZES[1]}")
    window.press(window.link("Continue attempt"))
    attempt = urlsplit(window.page.url).path
    window.open(f"/en/courses/{SLUG}/withdrawal")
    window.press(window.page.locator("main form button"))
    yield "my learning, left"
    window.open(attempt, 409)
    yield "attempt that ended with its course"


def scenario_path(site: Site) -> str:
    """The path, without a language, of the first scenario that the courses hold."""
    with site.engines.reading() as db:
        slug, key = db.execute(_SCENARIOS).first() or ("", "")
    return f"/courses/{slug}/scenarios/{key}"


def place_in_course(site: Site, who: Person) -> Place:
    with site.engines.writing() as db:
        course_id = db.scalars(select(Course.id).where(Course.slug == SLUG)).one()
        return enrol(db, user_id_of(db, who), course_id, "en")


def have_done(site: Site, place: Place, *keys: str) -> None:
    with site.engines.writing() as db:
        for key in keys:
            do(db, place, key)


def have_completed(site: Site, who: Person) -> None:
    place = place_in_course(site, who)
    with site.engines.writing() as db:
        complete(db, place)
