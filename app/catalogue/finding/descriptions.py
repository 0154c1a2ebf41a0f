"""Descriptions: a course in the words of schema.org, as data that search engines read."""

import json
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.catalogue.editions import Edition
from app.foundation.keeping import Kept

MOST = 256
# Inside a script element these would end it or open a comment.
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_kept: Kept[tuple[int, str, int], Markup] = Kept(MOST)


def description_of(db: Session, edition: Edition, compiler: int, address: str, home: str) -> Markup:
    """The data block of a course's page, written once for each edition; it is never executed."""
    key = (edition.version_id, edition.language, compiler)
    return _kept.get(db, key, lambda: _written(described(edition, address, home)))


def described(edition: Edition, address: str, home: str) -> dict[str, Any]:
    """The course as schema.org/Course; `address` is its page, `home` the platform's."""
    time = f"PT{edition.minutes}M"
    return {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": address,
        "url": address,
        "name": edition.title.text,
        "description": edition.summary.text,
        "inLanguage": list(edition.facts["languages"]),
        "version": str(edition.number),
        "datePublished": edition.published_at.date().isoformat(),
        **_licensed(edition),
        "isAccessibleForFree": True,
        "timeRequired": time,
        "teaches": [outcome.text for outcome in edition.outcomes],
        "author": [{"@type": "Organization", "name": name} for name in edition.facts["authors"]],
        "provider": {"@type": "Organization", "name": "Capacita", "url": home},
        "offers": {"@type": "Offer", "category": "Free", "price": 0},
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "Online",
            "courseWorkload": time,
        },
    }


def _licensed(edition: Edition) -> dict[str, str]:
    """The address of its licence: a short name would be read as an address beside this page."""
    address = edition.licensed.address
    return {"license": address} if address else {}


def _written(data: dict[str, Any]) -> Markup:
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_SAFE)
    return Markup(f'<script type="application/ld+json">{told}</script>')  # noqa: S704 - made safe above
