"""Origins: an unsafe request counts only when it comes from our own pages."""

from urllib.parse import urlsplit

from starlette.requests import Request

from app.foundation.errors import Refusal
from app.i18n.marking import N_

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(Refusal):
    """Another site sent this form; nothing was changed."""

    status = 403
    says = N_("This did not come from a page of this site, so nothing was changed.")
    mend = N_("Open the page here and send the form again.")


def check_origin(request: Request, public_url: str) -> None:
    """Raise ForeignOrigin unless Sec-Fetch-Site, or else Origin, says the request is our own."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
        raise ForeignOrigin
    origin = request.headers.get("origin")
    own = {origin_of(public_url), f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if origin is None or origin not in own:
        raise ForeignOrigin


def origin_of(address: str) -> str:
    """Scheme and host of an address, as browsers write them in Origin."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
