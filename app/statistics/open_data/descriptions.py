"""Descriptions: bulletins in the words of DCAT 3 and schema.org, for catalogues and search engines."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from app.i18n.languages import colon_of
from app.i18n.marking import N_
from app.statistics.bulletins.bulletins import Bulletin, BulletinFile
from app.statistics.bulletins.contents import LANGUAGES, Content, Names, said_in
from app.statistics.bulletins.sheets import LICENCE
from app.statistics.bulletins.words import in_each, label_of, meaning_of

TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "sig": "application/octet-stream",
    "zip": "application/zip",
}
CATALOGUE = N_("Open data")
SAYS = N_(
    "How many public servants learn, and what: figures that anybody may use, check and quote."
)
# What DCAT asks of dates, sizes and media types; the names stand in the context of the catalogue.
_XSD = "http://www.w3.org/2001/XMLSchema#"
_IANA = "https://www.iana.org/assignments/media-types/"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "spdx": "http://spdx.org/rdf/terms#",
    "dct:issued": {"@type": f"{_XSD}date"},
    "dcat:byteSize": {"@type": f"{_XSD}nonNegativeInteger"},
    "dcat:mediaType": {"@type": "@id"},
    "spdx:checksumValue": {"@type": f"{_XSD}hexBinary"},
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
    title = said_in(content.titles, language)
    # Search engines take no description of fewer than 50 letters.
    meanings = [
        f"{label_of(each)[language]}{colon_of(language)}{meaning_of(each)[language]}"
        for each in content.measures
    ]
    told = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": place,
        "url": place,
        "name": title,
        "description": "\n".join([title, *meanings]),
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
        "@context": CONTEXT,
        "@id": f"{home}/data/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _literals(in_each(CATALOGUE)),
        "dct:description": _literals(in_each(SAYS)),
        "dcat:dataset": [_dataset(bulletin, files, home) for bulletin, files in found],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _dataset(bulletin: Bulletin, files: Sequence[BulletinFile], home: str) -> dict[str, Any]:
    return {
        "@id": f"{home}/en/open-data/{bulletin.key}/{bulletin.revision}",
        "@type": "dcat:Dataset",
        "dct:title": _literals(bulletin.titles),
        "dct:identifier": f"{bulletin.key}-{bulletin.revision}",
        "dct:issued": _day(bulletin),
        "dct:license": {"@id": LICENCE},
        "dcat:version": str(bulletin.revision),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": f"{home}{path_of_file(bulletin, each.path)}"},
                "dcat:mediaType": _IANA + TYPES[each.path.rpartition(".")[2]],
                "dcat:byteSize": each.size,
                "spdx:checksum": {
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": each.hash.hex(),
                },
            }
            for each in files
        ],
    }


def _literals(names: Names) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text} for language, text in names.items()]


def path_of_file(bulletin: Bulletin, path: str) -> str:
    """Where a file of a bulletin lies, the same in every language."""
    return f"/data/{bulletin.key}/{bulletin.revision}/{path}"


def _day(bulletin: Bulletin) -> str:
    assert bulletin.released_at is not None
    return bulletin.released_at.date().isoformat()
