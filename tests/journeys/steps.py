"""Steps: what a learner does on the way from registering to a certificate, as pages offer it."""

from collections.abc import Callable

from tests.journeys.answers import Asked, Given, asked_of, give, right
from tests.journeys.sites import PASSWORD, Person, Site
from tests.journeys.windows import Window, fields

COURSE = "The human factor"
Answering = Callable[[Asked], list[Given]]


def register(window: Window, site: Site, who: Person) -> None:
    """From the form to the account: two faulty forms, then a good one and the mailed link."""
    window.open("/en/register")
    create = window.button("Create my account")
    window.press(create, 422)
    assert window.page.title().startswith("Error:")
    assert window.focused() == "div.notice.notice--fault"
    assert "4 things need your attention" in window.text()
    fields(
        window,
        {"Your name": who.name, "E-mail": who.email, "Password": "short"},
        ticked=("I have read",),
    )
    institution = window.page.get_by_label("Institution").first
    # A list, or a field to type into where another journey has brought a whole ministry.
    is_list = institution.evaluate("field => field.matches('select')")
    name = "Institute of Public Administration"
    if is_list:
        institution.select_option(label=name)
    else:
        institution.fill(name)
    window.press(create, 422)
    assert "One thing needs your attention" in window.text()
    assert window.page.get_by_label("Your name").input_value() == who.name
    assert institution.input_value() == ("institute" if is_list else name)
    assert window.page.get_by_label("Password").input_value() == ""
    fields(window, {"Password": PASSWORD})
    window.press(create)
    assert window.heading() == "Look into your mail"
    window.open(site.link_mailed_to(who))
    window.press(window.button("Yes, this is my address"))
    assert window.heading() == "My learning"


def sign_in(window: Window, who: Person, target: str = "My learning") -> None:
    window.open("/en/sign-in")
    fields(window, {"E-mail": who.email, "Password": PASSWORD})
    window.press(window.button("Sign in"))
    assert window.heading() == target


def read_lessons(window: Window) -> int:
    """Mark lessons as read until something else comes; gives how many."""
    count = 0
    while (following := window.page.locator("form .pager__link--next")).count():
        window.press(following)
        count += 1
    return count


def begin(window: Window) -> None:
    """Begin an attempt at the quiz that the window shows, or another one."""
    window.press(window.page.get_by_role("button", name="Begin").or_(window.button("Try again")))


def answer_each(window: Window, site: Site, who: Person, answering: Answering = right) -> None:
    """Answer one question a page, from the first to the overview."""
    questions = asked_of(site, who)
    for asked in questions:
        assert f"Question {asked.position} of {len(questions)}" in window.text()
        give(window.page, answering(asked))
        window.press(window.button("Save and go on"))
    assert "Every question is answered" in window.text()


def answer_all(window: Window, site: Site, who: Person, answering: Answering = right) -> None:
    """Answer everything on the page that holds all questions, and hand in from there."""
    window.press(window.link("All questions on one page"))
    for asked in asked_of(site, who):
        give(window.page, answering(asked))
    hand_in(window)


def hand_in(window: Window) -> None:
    window.press(window.button("Hand in"))
