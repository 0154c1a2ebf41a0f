"""Routes of open data: bulletins and their files, for whoever asks, without signing in."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from app.i18n.languages import name_of
from app.identity.access import Anyone
from app.settings import ROOT
from app.statistics.bulletins.bulletins import Bulletin, BulletinFile
from app.statistics.bulletins.contents import LANGUAGES, said_in
from app.statistics.bulletins.definitions import dimensions_of, protection_in
from app.statistics.bulletins.keys import keys_known
from app.statistics.bulletins.pictures import counted_in, pictures_of
from app.statistics.bulletins.refusals import BulletinUnknown
from app.statistics.bulletins.shelves import (
    file_at,
    files_in,
    key_of,
    latest_news,
    released,
    released_bulletin,
    revisions_of,
)
from app.statistics.bulletins.words import label_of, meaning_of
from app.statistics.open_data.descriptions import catalogue, described, path_of_file, type_of
from app.statistics.reports.papers import path_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.pages import path_of as path_of_page
from app.web.turn import Turnstile

router = Turnstile()
SCRIPT = ROOT / "static" / "open-data" / "verify.py"
# A withdrawal reaches every cache within five minutes; what stands is then known by its tag.
# Anybody's page may read it, and check what it read by our keys.
FRESH = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
ATOM = "application/atom+xml; charset=utf-8"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed without bulletins


@router.get("/open-data")
def show_open_data(request: Request, db: Db, _visitor: Anyone) -> Response:
    """All bulletins that were released, and the keys that they are signed with."""
    found, language = db.scalars(released()).all(), request.scope["language"]
    return page(
        request,
        "open_data/list.html",
        bulletins=[(each, said_in(each.titles, language)) for each in found],
        keys=keys_known(db),
    )


@router.get("/open-data/feed.atom")
def show_bulletin_feed(request: Request, db: Db, _visitor: Anyone) -> Response:
    """Releases, revisions and withdrawals, the latest first, in the address's language (RFC 4287)."""
    news, home = db.scalars(latest_news()).all(), request.app.state.settings.public_url
    place, language = home + path_of_page(request, "show_open_data"), request.scope["language"]
    told = {
        "news": [(each, said_in(each.titles, language), _place_in(place, each)) for each in news],
        "own": home + path_of_page(request, "show_bulletin_feed"),
        "home": place,
        "updated": max((each.changed_at for each in news), default=BEGINNING).isoformat(),
    }
    body = request.app.state.pages.render(language, "open_data/feed.xml", told).encode()
    return Response(body, 200, FRESH, ATOM)


def _place_in(place: str, bulletin: Bulletin) -> str:
    return f"{place}/{bulletin.key}/{bulletin.revision}"


@router.get("/open-data/{key}")
def show_latest_bulletin(request: Request, db: Db, _visitor: Anyone, key: str) -> Response:
    """The last revision of a bulletin."""
    revisions = revisions_of(db, key)
    if not revisions:
        raise BulletinUnknown
    return onward(request, "show_open_bulletin", key=key, revision=revisions[0].revision)


@router.get("/open-data/{key}/{revision}")
def show_open_bulletin(
    request: Request, db: Db, _visitor: Anyone, key: str, revision: str
) -> Response:
    """A bulletin with its pictures, definitions, files, key and revisions."""
    bulletin = released_bulletin(db, key, revision)
    content, language = bulletin.content(), request.scope["language"]
    revisions, home = revisions_of(db, key), request.app.state.settings.public_url
    is_standing = bulletin.withdrawn_at is None
    files = files_in(db, bulletin) if is_standing else ()
    return page(
        request,
        "open_data/bulletin.html",
        bulletin=bulletin,
        content=content,
        title=said_in(content.titles, language),
        institution=said_in(content.institution_names, language),
        pictures=pictures_of(content, language) if is_standing else [],
        counted=counted_in(content, language),
        meant=[
            (label_of(each)[language], meaning_of(each)[language])
            for each in (*content.measures, *dimensions_of(content))
        ],
        protection=protection_in(content, language),
        files=[(each, path_of_file(bulletin, each.path)) for each in files],
        reports=_reports(bulletin, files),
        signing_key=key_of(db, bulletin),
        revisions=revisions,
        described=described(content, bulletin, files, home, language) if is_standing else "",
    )


def _reports(
    bulletin: Bulletin, files: Sequence[BulletinFile]
) -> list[tuple[str, str, BulletinFile, str]]:
    """Code and name of each language that there is a report in, its file and address."""
    known = {each.path: each for each in files}
    return [
        (code, name_of(code), known[path], path_of_file(bulletin, path))
        for code in LANGUAGES
        if (path := path_of(code)) in known
    ]


@router.get("/data/keys.json")
def download_keys(db: Db, _visitor: Anyone) -> Response:
    """Every key that ever signed, as a JSON Web Key Set (RFC 8037)."""
    told = {"keys": [each.as_jwk() for each in keys_known(db)]}
    return Response(json.dumps(told, indent=1), 200, FRESH, "application/jwk-set+json")


@router.get("/data/verify.py")
def download_verifier(_db: Db, _visitor: Anyone) -> Response:
    """The script that verifies a bulletin anywhere."""
    return Response(_script(), 200, FRESH, "text/x-python; charset=utf-8")


@router.get("/data/catalogue.jsonld")
def download_catalogue(request: Request, db: Db, _visitor: Anyone) -> Response:
    """The bulletins that stand, in the words of DCAT."""
    standing = [each for each in db.scalars(released()) if each.withdrawn_at is None]
    found = [(each, files_in(db, each)) for each in standing]
    told = catalogue(found, request.app.state.settings.public_url)
    return Response(told, 200, FRESH, "application/ld+json")


@router.get("/data/{key}/{revision}/{path}")
def download_bulletin_file(
    request: Request, db: Db, _visitor: Anyone, key: str, revision: str, path: str
) -> Response:
    """A file of a released bulletin; its bytes never change, but a withdrawal ends it."""
    file = file_at(db, key, revision, path)
    tag = f'"{file.hash.hex()}"'
    headers = FRESH | {"ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    headers["Content-Disposition"] = f'attachment; filename="{_saved_as(key, revision, path)}"'
    return Response(file.bytes, 200, headers, type_of(path))


def _saved_as(key: str, revision: str, path: str) -> str:
    return path if path.startswith(key) else f"{key}-{revision}-{path}"


@cache
def _script() -> bytes:
    return SCRIPT.read_bytes()
