"""Codes for paper, as the page that shows them, once."""

from starlette.requests import Request
from starlette.responses import Response

from app.web.pages import page


def codes_page(request: Request, codes: list[str]) -> Response:
    """The ten new codes, shown this once, with where to keep them."""
    return page(request, "identity/second_steps/recovery_codes.html", codes=codes)
