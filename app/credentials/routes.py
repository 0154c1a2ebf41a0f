"""Routes of credentials: the holder's certificates and transcript, and anybody's verification."""

from starlette.requests import Request
from starlette.responses import Response

from app.credentials.certificates import (
    CertificateUnknown,
    Held,
    certificate_called,
    certificates_of,
    own_certificate,
    printed,
    read_code,
)
from app.credentials.printing import grouped, print_certificate
from app.credentials.renewals import renew, renewal_of
from app.credentials.transcripts import transcript_of
from app.foundation import clock
from app.identity.access import Anyone, SignedIn
from app.web.marks import Db
from app.web.pages import PRIVATE, onward, page, path_of, to_path
from app.web.turn import Turnstile

router = Turnstile()
UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}


@router.get("/my-learning/certificates")
def show_my_certificates(request: Request, db: Db, visitor: SignedIn) -> Response:
    held = certificates_of(db, visitor.id)
    return page(request, "credentials/my_certificates.html", certificates=held)


@router.get("/my-learning/transcript")
def show_transcript(request: Request, db: Db, visitor: SignedIn) -> Response:
    entries = transcript_of(db, visitor.id, request.scope["language"])
    minutes = sum(entry.minutes for entry in entries if entry.completed_on)
    return page(
        request,
        "credentials/transcript.html",
        entries=entries,
        minutes=minutes,
        as_of=clock.now(),
    )


@router.get("/certificates/{code}")
def show_certificate(request: Request, db: Db, visitor: SignedIn, code: str) -> Response:
    held = _own(db, visitor.id, code)
    return page(
        request,
        "credentials/certificate.html",
        held=held,
        grouped=grouped(held.code),
        address=f"{request.app.state.settings.public_url}/verify/{held.code}",
        renewal=renewal_of(db, visitor.id, held),
    )


@router.post("/certificates/{code}/renewal")
def create_renewal(request: Request, db: Db, visitor: SignedIn, code: str) -> Response:
    """Take the course again in the version that matters; the certificate stays."""
    held = _own(db, visitor.id, code)
    renew(db, visitor.id, held, request.scope["language"])
    return onward(request, "show_course", slug=held.slug)


@router.get("/certificates/{code}/file")
def download_certificate(request: Request, db: Db, visitor: SignedIn, code: str) -> Response:
    """The PDF, made now from the row; a withdrawn certificate has no file any more."""
    held = _own(db, visitor.id, code)
    if not held.stands:
        raise CertificateUnknown
    content = print_certificate(printed(held, request.app.state.settings.public_url))
    name = f"certificate-{held.slug}-{held.code}.pdf"
    headers = PRIVATE | UNLISTED | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, "application/pdf")


@router.get("/verify")
def new_verification(request: Request, _visitor: Anyone, code: str = "") -> Response:
    """The form that takes a code; a code in the query leads to its verification."""
    if bare := read_code(code):
        return to_path(path_of(request, "show_verification", code=bare))
    return _verification(request, "credentials/new_verification.html", 200, typed="")


@router.get("/verify/{code}")
def show_verification(request: Request, db: Db, _visitor: Anyone, code: str) -> Response:
    """Whether a certificate stands: name as printed, course, version, hours, date and issuer."""
    held = certificate_called(db, code)
    if held is None:
        return _verification(
            request, "credentials/new_verification.html", 404, typed=code, unknown=True
        )
    return _verification(
        request,
        "credentials/verification.html",
        200,
        held=held,
        grouped=grouped(held.code),
        checked_at=clock.now(),
        typed="",
    )


def _verification(request: Request, template: str, status: int, **context: object) -> Response:
    response = page(request, template, status, **{"unknown": False, **context})
    response.headers.update(UNLISTED)
    return response


def _own(db: Db, learner_id: int, code: str) -> Held:
    held = own_certificate(db, learner_id, code)
    if held is None:
        raise CertificateUnknown
    return held
