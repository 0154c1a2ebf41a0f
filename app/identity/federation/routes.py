"""Routes of federation: to a provider and back, the account it brings, and linked sign-ins."""

import json
from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone, SignedIn, Visitor
from app.identity.admissions import admit, target_of
from app.identity.federation.accounts import AccountUnknown, account_of, check_same, make_account
from app.identity.federation.departures import (
    AGAIN,
    LINK,
    SIGN_IN,
    Ready,
    WayLost,
    check_browser,
    cookie_of,
    depart,
    find_ready,
    find_ready_again,
    forget,
    remember,
)
from app.identity.federation.discoveries import providers_of
from app.identity.federation.forms import DepartureForm, NewAccountForm
from app.identity.federation.id_tokens import TokenRefused
from app.identity.federation.identities import identities_of, identity_of, link, unlink
from app.identity.federation.logouts import Left, find_left, sign_out
from app.identity.federation.returns import Person, Returned, find_returned
from app.identity.one_time_links import FEDERATED_ACCOUNT, Linked, link_of, make_link, use_link
from app.identity.provings import Proved, ProvedForm, prove_for, proved_or
from app.identity.sign_ins import way_in
from app.identity.users import user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Before, Db, leaves_trace, takes_documents, takes_time
from app.web.pages import onward, page, path_of, to_path
from app.web.turn import Turnstile

router = Turnstile()
NOT_KEPT = {"Cache-Control": "no-store"}


@router.post("/sign-in/with/{provider}")
@takes_time
def create_departure(
    request: Request,
    db: Db,
    _visitor: Anyone,
    provider: str,  # noqa: ARG001 - read from the path
    form: Annotated[Filled[DepartureForm], form_of(DepartureForm)],
    ready: Annotated[Ready, Before(find_ready)],
) -> Response:
    return _leave_for(request, db, ready, SIGN_IN, target_of(request, form.typed.get("next", "")))


@router.get("/sign-in/return/{provider}")
@takes_time
@leaves_trace
def show_return(
    request: Request,
    db: Db,
    visitor: Anyone,
    provider: str,  # noqa: ARG001 - read from the path
    returned: Annotated[Returned, Before(find_returned)],
) -> Response:
    """Let in whom the provider vouches for, link it to their account, or offer an account."""
    departure, label = returned.departure, returned.provider.label
    if departure.purpose == LINK:
        return _linked(request, db, visitor, returned)
    user = account_of(db, returned)
    if departure.purpose == AGAIN:
        check_same(returned, user)
    if user is not None:
        answer = admit(request, db, user, departure.target, way=returned.way)
        forget(request, answer)
        return answer
    if not returned.provider.makes_accounts:
        raise AccountUnknown(provider=label)
    return _offer(request, db, returned)


@router.get("/sign-in/new/{token}")
def new_federated_account(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    linked = link_of(db, FEDERATED_ACCOUNT, token)
    return _account_page(request, token, linked, Filled(None))


@router.post("/sign-in/new/{token}")
def create_federated_account(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    form: Annotated[Filled[NewAccountForm], form_of(NewAccountForm)],
) -> Response:
    """Make the account once its owner agreed, and let them in."""
    linked = link_of(db, FEDERATED_ACCOUNT, token)
    if form.value is None:
        return _account_page(request, token, linked, form, 422)
    check_browser(request, linked.details)
    told = use_link(db, FEDERATED_ACCOUNT, token).details
    way, person = way_in(told), Person(*(told[name] for name in Person._fields))
    provider = providers_of(request).called(way.provider)
    user = make_account(db, provider, person, form.value.name, request.scope["language"])
    answer = admit(request, db, user, told["target"], way=way)
    forget(request, answer)
    return answer


@router.post("/sign-out/by/{provider}")
@takes_time
@takes_documents
def create_provided_logout(
    request: Request,  # noqa: ARG001 - handed to whoever answers
    db: Db,
    _visitor: Anyone,
    provider: str,
    left: Annotated[Left | TokenRefused, Before(find_left)],
) -> Response:
    """Let a provider sign out, behind the person's back, whom it signed in; its token is the proof."""
    refused = left if isinstance(left, TokenRefused) else sign_out(db, provider, left)
    if refused is None:
        return Response(None, 200, NOT_KEPT)
    told = {"error": "invalid_request", "error_description": refused.values["why"]}
    return Response(json.dumps(told), 400, NOT_KEPT, "application/json")


def _list_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    form: Filled[Any],
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    listed = providers_of(request).listed
    return page(
        request,
        "identity/federation/identities.html",
        status,
        form=form,
        done=done,
        labels={each.issuer: each.label for each in listed},
        identities=identities_of(db, visitor.id),
        providers=listed,
    )


@router.get("/account/linked-sign-ins")
def show_identities(request: Request, db: Db, visitor: SignedIn, done: str = "") -> Response:
    return _list_page(request, db, visitor, Filled(None), done=done)


@router.post("/account/linked-sign-ins/with/{provider}")
@takes_time
@proved_or(_list_page)
def create_identity(
    request: Request,
    db: Db,
    visitor: SignedIn,
    provider: str,  # noqa: ARG001 - read from the path
    proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],  # noqa: ARG001 - looked at by proved_or
    ready: Annotated[Ready, Before(find_ready)],
) -> Response:
    """Send the person to the provider; it is linked when they come back."""
    return _leave_for(request, db, ready, LINK, "", visitor.id)


def _removal_page(
    request: Request, db: Session, visitor: Visitor, form: Filled[Any], status: int = 200
) -> Response:
    identity = identity_of(db, visitor.id, request.path_params["key"])
    template = "identity/federation/removal.html"
    called = _called(request, identity.issuer)
    return page(request, template, status, form=form, key=identity.key, called=called)


@router.get("/account/linked-sign-ins/{key}/removal")
def edit_identity(request: Request, db: Db, visitor: SignedIn, key: str) -> Response:  # noqa: ARG001 - read from the path
    return _removal_page(request, db, visitor, Filled(None))


@router.post("/account/linked-sign-ins/{key}/removal")
@proved_or(_removal_page)
def delete_identity(
    request: Request,
    db: Db,
    visitor: SignedIn,
    key: str,
    _proved: Annotated[Proved[ProvedForm], Before(prove_for(ProvedForm))],
) -> Response:
    called = _called(request, identity_of(db, visitor.id, key).issuer)
    unlink(db, user_numbered(db, visitor.id), key, called)
    return onward(request, "show_identities", "?done=unlinked")


@router.get("/account/proof")
def new_proof(
    request: Request,
    db: Db,
    visitor: SignedIn,
    next: str = "",  # noqa: A002 - its name in addresses
) -> Response:
    """Where a person without a password chooses how to prove themselves."""
    issuers = {each.issuer for each in identities_of(db, visitor.id)}
    linked = [each for each in providers_of(request).listed if each.issuer in issuers]
    email = user_numbered(db, visitor.id).email
    target = target_of(request, next)
    template = "identity/federation/proof.html"
    return page(request, template, providers=linked, target=target, has_mail=email is not None)


@router.post("/account/proof/{provider}")
@takes_time
def create_proof(
    request: Request,
    db: Db,
    visitor: SignedIn,
    provider: str,  # noqa: ARG001 - read from the path
    form: Annotated[Filled[DepartureForm], form_of(DepartureForm)],
    ready: Annotated[Ready, Before(find_ready_again)],
) -> Response:
    target = target_of(request, form.typed.get("next", ""))
    return _leave_for(request, db, ready, AGAIN, target, visitor.id)


def _leave_for(
    request: Request,
    db: Session,
    ready: Ready,
    purpose: str,
    target: str,
    user_id: int | None = None,
) -> Response:
    """A page that goes on to the provider by itself: a form of ours may lead to no other site."""
    address, secret = depart(request, db, ready, purpose, target, user_id)
    template = "identity/federation/leaving.html"
    answer = page(request, template, address=address, provider=ready.provider.label)
    remember(request, answer, secret)
    return answer


def _linked(request: Request, db: Session, visitor: Visitor | None, returned: Returned) -> Response:
    if visitor is None or visitor.id != returned.departure.user_id:
        raise WayLost
    user = user_numbered(db, visitor.id)
    link(db, user, returned.provider, returned.person.subject)
    answer = onward(request, "show_identities", "?done=linked")
    forget(request, answer)
    return answer


def _offer(request: Request, db: Session, returned: Returned) -> Response:
    """Keep what the provider told for half an hour, and let the person read what they agree to."""
    secret = request.cookies[cookie_of(request)]
    details = {
        **returned.person._asdict(),
        **returned.way.as_details(),
        "target": returned.departure.target,
        "browser": returned.departure.browser,
    }
    token = make_link(db, FEDERATED_ACCOUNT, details=details)
    answer = to_path(path_of(request, "new_federated_account", token=token))
    remember(request, answer, secret, FEDERATED_ACCOUNT)
    return answer


def _account_page(
    request: Request,
    token: str,
    linked: Linked,
    form: Filled[NewAccountForm],
    status: int = 200,
) -> Response:
    told = linked.details
    check_browser(request, told)
    return page(
        request,
        "identity/federation/new_account.html",
        status,
        form=form,
        token=token,
        name=form.typed.get("name", told["name"]),
        email=told["email"],
        provider=providers_of(request).called(told["provider"]).label,
    )


def _called(request: Request, issuer: str) -> str:
    """The provider as people know it, or its issuer once it is listed no longer."""
    listed = providers_of(request).listed
    return next((each.label for each in listed if each.issuer == issuer), issuer)
