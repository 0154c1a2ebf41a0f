"""Routes of the shell: how pages are displayed, and what concerns no slice."""

from typing import Annotated, Literal

from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone
from app.web.addresses import own_path
from app.web.forms import Filled, Form, form_of
from app.web.pages import HINTS_COOKIE, THEME_COOKIE, page, path_of, to_path
from app.web.turn import Turnstile

router = Turnstile()
YEAR = 365 * 24 * 3600


class DisplayForm(Form):
    theme: Literal["", "light", "dark"] = ""
    back: str = ""


@router.post("/display")
def update_display(
    request: Request, _visitor: Anyone, form: Annotated[Filled[DisplayForm], form_of(DisplayForm)]
) -> Response:
    """Keep the wished display in a cookie of this browser, and go back to the page."""
    home = path_of(request, "show_catalogue")
    chosen = form.value or DisplayForm()
    response = to_path(own_path(chosen.back, home))
    if chosen.theme:
        secure = request.app.state.settings.is_secure
        response.set_cookie(THEME_COOKIE, chosen.theme, YEAR, secure=secure, samesite="lax")
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


class HintsForm(Form):
    back: str = ""


@router.post("/hints")
def update_hints(
    request: Request, _visitor: Anyone, form: Annotated[Filled[HintsForm], form_of(HintsForm)]
) -> Response:
    """Put the hint of the first visit away, for this browser, and go back to the page."""
    back = form.value.back if form.value else ""
    response = to_path(own_path(back, path_of(request, "show_catalogue")))
    secure = request.app.state.settings.is_secure
    response.set_cookie(HINTS_COOKIE, "known", YEAR, secure=secure, httponly=True, samesite="lax")
    return response


@router.get("/styleguide")
def show_styleguide(request: Request, _visitor: Anyone) -> Response:
    return page(request, "styleguide.html")
