"""Admissions: letting in a person who proved to be themselves, and letting them out."""

from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import cookie_name, token_hash_of
from app.identity.agreements import agree, documents_to_agree
from app.identity.devices import device_of
from app.identity.federation.farewells import Farewell
from app.identity.one_time_links import AGREEMENT, SECOND_STEP, LinkOver, make_link, use_link
from app.identity.second_factors import has_second_factor
from app.identity.sign_ins import LASTS, OURS, Way, close_sign_in, open_sign_in, way_in
from app.identity.users import User, user_numbered
from app.web.addresses import own_path
from app.web.pages import page, path_of, to_path

# The browser forgets the pages it kept, so that Back shows nothing of the person who left, and
# what scripts stored. Not the cookies: the display chosen is the computer's, not the person's.
FORGET_PAGES = {"Clear-Site-Data": '"cache", "storage"'}


def target_of(request: Request, wished: str) -> str:
    """Where a person goes once in: a path of this site, else their own learning."""
    return own_path(wished, path_of(request, "show_my_learning"))


def admit(
    request: Request,
    db: Session,
    user: User,
    wished: str = "",
    *,
    proved_twice: bool = False,
    way: Way = OURS,
) -> Response:
    """Sign the person in; first ask for their second factor, then for what is new to agree to.

    The link to either is made here alone, so to hold one proves what came before it. A provider
    that saw two steps stands for ours.
    """
    target = target_of(request, wished)
    if not (proved_twice or way.is_two_steps) and has_second_factor(db, user.id):
        token = make_link(db, SECOND_STEP, user_id=user.id, details=way.as_details())
        query = urlencode({"next": target})
        return to_path(f"{path_of(request, 'new_second_step', token=token)}?{query}")
    if documents_to_agree(db, user.id):
        token = make_link(db, AGREEMENT, user_id=user.id, details=way.as_details())
        query = urlencode({"next": target})
        return to_path(f"{path_of(request, 'new_agreement', token=token)}?{query}")
    _leave(request, db)
    response = to_path(target)
    secure = request.app.state.settings.is_secure
    response.set_cookie(
        cookie_name(secure=secure),
        open_sign_in(db, user.id, device_of(request.headers.get("user-agent", "")), way),
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


def admit_agreed(request: Request, db: Session, token: str, wished: str) -> Response:
    """Keep the agreement to the present documents and sign the person in; raises LinkOver."""
    linked = use_link(db, AGREEMENT, token)
    if linked.user_id is None:
        raise LinkOver
    agree(db, linked.user_id)
    user, way = user_numbered(db, linked.user_id), way_in(linked.details)
    return admit(request, db, user, wished, proved_twice=True, way=way)


def let_out(request: Request, db: Session, farewell: Farewell | None = None) -> Response:
    """Sign this browser out, whether or not anyone was signed in in it, and at the provider if any."""
    _leave(request, db)
    secure = request.app.state.settings.is_secure
    response = to_path(path_of(request, "show_catalogue"))
    if farewell is not None:
        request.state.visitor = None
        response = page(request, "identity/federation/farewell.html", farewell=farewell)
    response.headers.update(FORGET_PAGES)
    response.delete_cookie(
        cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )
    return response


def _leave(request: Request, db: Session) -> None:
    token_hash = token_hash_of(request)
    if token_hash is not None:
        close_sign_in(db, token_hash)
