"""Routes of the API: all operations, and their description as a file and as a page."""

from starlette.requests import Request
from starlette.responses import Response

from app.custody import operations as custody
from app.i18n.catalogues import translations_for
from app.identity.access import Anyone
from app.interop.api import (
    bulletins,
    claims,
    completions,
    demands,
    duties,
    enrolments,
    hooks,
    inquiries,
    loads,
    merges,
    people,
    requirements,
    roles,
    units,
)
from app.interop.api.answers import JSON, ROOT
from app.interop.api.documents import as_json, document_of
from app.interop.api.operations import operation
from app.web.pages import PUBLIC, page

MODULES = (
    units, people, loads, claims, merges, roles, demands, enrolments, requirements, duties,
    inquiries, completions, bulletins, custody, hooks,
)  # fmt: skip
router = operation.router


@router.get(f"{ROOT}/openapi.json", name="show_openapi")
def show_openapi(request: Request, _visitor: Anyone) -> Response:
    """The description in the language that the program accepts."""
    gettext = translations_for(request.scope["language"]).gettext
    document = document_of(operation.all, request.app.state.settings.public_url, gettext)
    return Response(as_json(document), 200, PUBLIC | {"Vary": "Accept-Language"}, JSON)


@router.get("/api")
def show_api(request: Request, _visitor: Anyone) -> Response:
    """The same description as a page."""
    gettext = translations_for(request.scope["language"]).gettext
    document = document_of(operation.all, request.app.state.settings.public_url, gettext)
    return page(request, "interop/api.html", document=document, root=ROOT)
