"""Bundles: the four forms in which a course is taken along, each made by one function."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from app.catalogue.compiling.compiled import CompiledCourse
from app.studio.packages.archives import packed
from app.studio.packages.books import Imprint, book_of
from app.studio.packages.epubs import epub_of
from app.studio.packages.handbooks import handbook_of
from app.studio.packages.sites import site_of
from app.studio.reserves import open_files, reserve_in

Kind = Literal["epub", "site", "pdf", "zip"]
# The number of these makers. It grows when the same course would give other bytes.
MAKERS = 2


class Bundle(NamedTuple):
    """What a form is: its media type, how its file ends, and its size before it is made.

    The size is `base`, and `share` of what the lessons of the version weigh when packed.
    """

    media_type: str
    ending: str
    base: int
    share: float


BUNDLES: Mapping[Kind, Bundle] = {
    "epub": Bundle("application/epub+zip", "epub", 70_000, 1.1),
    "pdf": Bundle("application/pdf", "pdf", 60_000, 8.2),
    "site": Bundle("application/zip", "site.zip", 5_000, 1.0),
    "zip": Bundle("application/zip", "source.zip", 4_000, 0.7),
}


def made(kind: Kind, course: CompiledCourse, language: str, imprint: Imprint) -> bytes:
    """The course in the form, for a learner; a source comes without the questions that count."""
    if kind == "zip":
        return packed(open_source(course), course.slug)
    make: Mapping[Kind, Callable[..., bytes]] = {
        "epub": epub_of,
        "site": site_of,
        "pdf": handbook_of,
    }
    return make[kind](book_of(course, language, imprint))


def open_source(course: CompiledCourse) -> dict[str, bytes]:
    """The course's files without the quizzes that count and what translations say of them."""
    return open_files({file.path: file.bytes for file in course.files}, reserve_in(course))
