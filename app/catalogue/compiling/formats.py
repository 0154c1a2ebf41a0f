"""Formats: the one canonical form of every text file of a course."""

from collections.abc import Mapping
from hashlib import sha256

from pydantic import BaseModel

from app.catalogue.compiling.canonical_documents import canonical_document
from app.catalogue.compiling.canonical_lessons import canonical_lesson
from app.catalogue.compiling.declarations import (
    Bibliography,
    CourseDeclaration,
    Glossary,
    ModuleDeclaration,
)
from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.documents import read_document
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.manuscripts import activity_model
from app.catalogue.compiling.translations import read_catalogue, written
from app.i18n.sayings import saying

_MODELS: Mapping[str, type[BaseModel]] = {
    "course.yaml": CourseDeclaration,
    "bibliography.yaml": Bibliography,
    "glossary.yaml": Glossary,
}


MOST_KNOWN = 20_000
# Path and hash of files found in their one form: of a course that is compiled again after every
# edit, all files but one are what they were.
_known: dict[tuple[str, bytes], None] = {}


def canonical(path: str, content: bytes) -> bytes:
    """The file in its one form; media stay as they are, and so does what cannot be read."""
    if path.startswith("media/"):
        return content
    name = (path, sha256(content).digest())
    if name in _known:
        return content
    text = decoded(path, content, Faults())
    written_anew = None if text is None else _formed(path, text)
    formed = content if written_anew is None else written_anew.encode()
    if formed == content:
        know(path, content)
    return formed


def know(path: str, content: bytes) -> None:
    """Take note of a file that is in its one form, such as a catalogue that was just written."""
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[(path, sha256(content).digest())] = None


def check_formats(files: Mapping[str, bytes], slug: str, faults: Faults) -> None:
    """Add a fault for every file that is not in its one form, at the first line that differs."""
    for path, content in files.items():
        formed = canonical(path, content)
        if formed != content:
            pairs = zip(content.split(b"\n"), formed.split(b"\n"), strict=False)
            same = next((n for n, (old, new) in enumerate(pairs, 1) if old != new), 1)
            faults.add(
                path,
                same,
                saying("not in canonical form"),
                saying("run `capacita courses format %(slug)s`", slug=slug),
            )


def _formed(path: str, text: str) -> str | None:
    folder, _, name = path.rpartition("/")
    if folder == "translations":
        faults = Faults()
        kept = read_catalogue(path, text, faults)
        return None if faults.are_grave else written(name.removesuffix(".po"), kept)
    if name.endswith(".md"):
        return canonical_lesson(path, text)
    document = read_document(path, text, Faults())
    if document is None:
        return None
    is_module = bool(folder) and name == "module.yaml"
    model = ModuleDeclaration if is_module else activity_model(document)
    return canonical_document(document, text, _MODELS.get(path, model))
