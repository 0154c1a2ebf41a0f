"""Descriptions: bulletins in the words of DCAT 3 and schema.org, for catalogues and search engines."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from app.statistics.bulletins.bulletins import Bulletin, BulletinFile
from app.statistics.bulletins.contents import LANGUAGES, Content, said_in
from app.statistics.bulletins.sheets import LICENCE

TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "sig": "application/octet-stream",
    "zip": "application/zip",
}
# Inside a script element these would end it or open a comment.
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def type_of(path: str) -> str:
    """The media type of a file; text is UTF-8."""
    kind = TYPES[path.rpartition(".")[2]]
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def described(
    content: Content, bulletin: Bulletin, files: Sequence[BulletinFile], home: str, language: str
) -> Markup:
    """The data block of a bulletin's page, as schema.org/Dataset; it is never executed."""
    place = f"{home}/{language}/open-data/{bulletin.key}/{bulletin.revision}"
    told = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": place,
        "url": place,
        "name": said_in(content.titles, language),
        "description": said_in(content.titles, language),
        "inLanguage": [*LANGUAGES],
        "identifier": f"{bulletin.key}-{bulletin.revision}",
        "version": str(bulletin.revision),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "datePublished": _day(bulletin),
        "temporalCoverage": f"{content.since}/{content.until}",
        "creator": {
            "@type": "Organization", "name": said_in(content.institution_names, language),
        },
        "variableMeasured": [*content.measures],
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": f"{home}{path_of_file(bulletin, each.path)}",
                "encodingFormat": type_of(each.path),
                "contentSize": f"{each.size} B",
                "sha256": each.hash.hex(),
            }
            for each in files
        ],
    }  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_SAFE)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - made safe above


def catalogue(found: Iterable[tuple[Bulletin, Sequence[BulletinFile]]], home: str) -> bytes:
    """All bulletins that stand, as a dcat:Catalog."""
    told = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "spdx": "http://spdx.org/rdf/terms#",
        },
        "@id": f"{home}/data/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dcat:dataset": [_dataset(bulletin, files, home) for bulletin, files in found],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _dataset(bulletin: Bulletin, files: Sequence[BulletinFile], home: str) -> dict[str, Any]:
    return {
        "@id": f"{home}/en/open-data/{bulletin.key}/{bulletin.revision}",
        "@type": "dcat:Dataset",
        "dct:title": [{"@language": k, "@value": v} for k, v in bulletin.titles.items()],
        "dct:identifier": f"{bulletin.key}-{bulletin.revision}",
        "dct:issued": _day(bulletin),
        "dct:license": {"@id": LICENCE},
        "dcat:version": str(bulletin.revision),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": f"{home}{path_of_file(bulletin, each.path)}"},
                "dcat:mediaType": TYPES[each.path.rpartition(".")[2]],
                "dcat:byteSize": each.size,
                "spdx:checksum": {
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": each.hash.hex(),
                },
            }
            for each in files
        ],
    }


def path_of_file(bulletin: Bulletin, path: str) -> str:
    """Where a file of a bulletin lies, the same in every language."""
    return f"/data/{bulletin.key}/{bulletin.revision}/{path}"


def _day(bulletin: Bulletin) -> str:
    assert bulletin.released_at is not None
    return bulletin.released_at.date().isoformat()
