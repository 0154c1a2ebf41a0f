"""Routes of profiles: the account at a glance, how a person is named, and where they work."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n.languages import name_of
from app.identity.access import SignedIn, token_hash_of
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import every
from app.identity.federation.discoveries import providers_of
from app.identity.federation.identities import identities_of
from app.identity.institutions import InstitutionUnknown, institution_called
from app.identity.passkeys.passkeys import credential_ids_of
from app.identity.placements import place, place_of, standing_placement
from app.identity.profiles.countries import countries_in
from app.identity.profiles.forms import PlacementForm, ProfileForm
from app.identity.second_factors import has_device
from app.identity.sign_ins import sign_ins_of
from app.identity.users import change_account, user_numbered
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/account")
def show_account(request: Request, db: Db, visitor: SignedIn, saved: str = "") -> Response:
    """All of the account at a glance, with the ways to each part."""
    user = user_numbered(db, visitor.id)
    return page(
        request,
        "identity/account.html",
        saved=saved,
        user=user,
        tongue=name_of(user.language),
        standing=place_of(db, user.id),
        has_device=has_device(db, user.id),
        passkeys=len(credential_ids_of(db, user.id)),
        identities=len(identities_of(db, user.id)),
        providers=bool(providers_of(request).listed),
        browsers=len(sign_ins_of(db, user.id, token_hash_of(request))),
    )


@router.get("/account/profile")
def edit_profile(request: Request, db: Db, visitor: SignedIn) -> Response:
    user = user_numbered(db, visitor.id)
    typed = {
        "name": user.name,
        "other_name": user.other_name or "",
        "language": user.language,
    }
    return _profile_page(request, Filled(None, typed))


@router.post("/account/profile")
def update_profile(
    request: Request,
    db: Db,
    visitor: SignedIn,
    form: Annotated[Filled[ProfileForm], form_of(ProfileForm)],
) -> Response:
    if form.value is None:
        return _profile_page(request, form, 422)
    change_account(
        db,
        user_numbered(db, visitor.id),
        name=form.value.name,
        other_name=form.value.other_name or None,
        language=form.value.language,
    )
    return onward(request, "show_account", "?saved=account")


@router.get("/account/work")
def edit_placement(request: Request, db: Db, visitor: SignedIn) -> Response:
    standing, at = standing_placement(db, visitor.id), place_of(db, visitor.id)
    told = {"institution": at.key if at is not None else ""}
    if standing is not None:
        names = ("grade", "job_family", "gender", "country", "place")
        told |= {name: getattr(standing, name) or "" for name in names}
    return _placement_page(request, db, Filled(None, told))


@router.post("/account/work")
def update_placement(
    request: Request,
    db: Db,
    visitor: SignedIn,
    form: Annotated[Filled[PlacementForm], form_of(PlacementForm)],
) -> Response:
    """Let the person say where they work; it is a claim until their institution confirms it."""
    form = settled(request, db, every(), form, needed=False)
    told = form.value
    if told is None:
        return _placement_page(request, db, form, 422)
    institution = institution_called(db, told.institution) if told.institution else None
    if told.institution and institution is None:
        raise InstitutionUnknown
    place(
        db,
        visitor.id,
        institution.id if institution is not None else None,
        grade=told.grade or None,
        job_family=told.job_family or None,
        gender=told.gender or None,
        country=told.country or None,
        place=told.place or None,
    )
    return onward(request, "show_account", "?saved=placement")


def _profile_page(request: Request, form: Filled[ProfileForm], status: int = 200) -> Response:
    tongues = [(code, name_of(code)) for code in request.app.state.pages.codes]
    return page(request, "identity/profiles/profile.html", status, form=form, tongues=tongues)


def _placement_page(
    request: Request, db: Session, form: Filled[PlacementForm], status: int = 200
) -> Response:
    return page(
        request,
        "identity/profiles/placement.html",
        status,
        form=form,
        pick=choice_of(db, every(), form.typed),
        countries=list(countries_in(request.scope["language"])),
    )
