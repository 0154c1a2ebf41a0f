"""Parcels: the files of a bulletin, its manifest, and all of them in one archive.

The same content gives the same bytes, on any machine: files are not compressed, since what
compresses differs, and nothing tells the time of day.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.statistics.bulletins.contents import Content
from app.statistics.bulletins.definitions import definitions
from app.statistics.bulletins.messages import messages
from app.statistics.bulletins.sheets import LICENCE, as_json, sheets

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"
FORMAT = "capacita-bulletin/1"
_MOMENT = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_UNIX = 3

Files = Mapping[str, bytes]


class Papers(NamedTuple):
    """The reports that are signed with a bulletin, and the key that they name; empty if none."""

    key_id: str
    files: Files


NO_PAPERS = Papers("", MappingProxyType({}))


def files_of(content: Content) -> dict[str, bytes]:
    """Every file by its path, in their order; the same for any order of the content's rows."""
    content = content.in_order()
    found = {**dict(sheets(content)), **dict(messages(content)), **dict(definitions(content))}
    return {path: found[path] for path in sorted(found)}


def manifest_of(content: Content, files: Files, key_id: str, released: str) -> bytes:
    """What is signed: what the bulletin is, what it revises, and each file's size and SHA-256."""
    content = content.in_order()
    return as_json(
        {
            "format": FORMAT,
            "bulletin": content.key,
            "revision": content.revision,
            "title": dict(content.titles),
            "institution": content.institution,
            "period": f"{content.since}/{content.until}",
            "as_of": content.as_of,
            "released": released,
            "licence": LICENCE,
            "revises": [each._asdict() for each in content.earlier],
            "why": content.reason,
            "changed_cells": len(content.changes),
            "key": key_id,
            "files": [
                {"path": path, "bytes": len(each), "sha256": hashlib.sha256(each).hexdigest()}
                for path, each in sorted(files.items())
            ],
        }
    )


def archive_of(files: Files, manifest: bytes, signature: bytes) -> bytes:
    """The zip of all files, manifest first, with the signature that stands beside it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for path, content in [(MANIFEST, manifest), (SIGNATURE, signature), *sorted(files.items())]:
            about = zipfile.ZipInfo(path, _MOMENT)
            about.create_system, about.external_attr = _UNIX, _READABLE
            archive.writestr(about, content)
    return held.getvalue()
