"""Names: a fault for every name without a thing, and for every name that stands twice."""

from collections.abc import Collection, Iterable

from app.catalogue.compiling.documents import Document, Step
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.manuscripts import Manuscript
from app.i18n.sayings import saying


def check_recommendations(
    document: Document, name: str, keys: Iterable[str], known: Collection[str], faults: Faults
) -> None:
    """Each key in this field is that of a known recommendation."""
    for number, key in enumerate(keys):
        if key not in known:
            faults.add(
                document.path,
                document.line(name, number),
                saying("there is no recommendation `%(key)s`", key=key),
                meant(key, known, saying("use an id of recommendations.yaml")),
            )


def check_outcomes(
    manuscript: Manuscript,
    document: Document,
    steps: tuple[Step, ...],
    keys: Iterable[str],
    faults: Faults,
) -> None:
    """Each key at these steps is that of an outcome of the course."""
    course = manuscript.course
    if course is None:
        return
    known = [outcome.key for outcome in course.outcomes]
    for number, key in enumerate(keys):
        if key not in known:
            mend = meant(key, known, saying("add it to `outcomes` in course.yaml"))
            faults.add(
                document.path,
                document.line(*steps, number),
                saying("there is no outcome `%(key)s`", key=key),
                mend,
            )


def check_sources(
    manuscript: Manuscript,
    document: Document,
    steps: tuple[Step, ...],
    sources: Iterable[str],
    faults: Faults,
) -> None:
    """Each source at these steps stands in the bibliography."""
    for number, source in enumerate(sources):
        if source not in manuscript.references and not manuscript.is_unread("bibliography"):
            mend = meant(
                source, manuscript.references, saying("add it to the sources (bibliography.yaml)")
            )
            place = document.line(*steps, number)
            faults.add(
                document.path, place, saying("there is no source `%(source)s`", source=source), mend
            )


def check_unique(
    document: Document, steps: tuple[Step, ...], keys: Iterable[str], faults: Faults
) -> None:
    """No key of the list at these steps stands twice."""
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if key in seen:
            faults.add(
                document.path,
                document.line(*steps, number),
                saying("`%(key)s` stands twice", key=key),
                saying("keep one"),
            )
        seen.add(key)


def has_file(manuscript: Manuscript, key: str, folder: str, ending: str = ".yaml") -> bool:
    """Whether the activity has a file, even one that could not be read."""
    path = f"{folder}/{key}{ending}" if folder else f"{key}{ending}"
    return path in manuscript.files
