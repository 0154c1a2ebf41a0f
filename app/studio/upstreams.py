"""Upstreams: what the origin of a draft has changed since, read as a difference and taken in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.audiences import may_see
from app.catalogue.compiling.declarations import CourseDeclaration
from app.catalogue.licences import licence_called
from app.catalogue.ownerships import owner_ids
from app.catalogue.versions import Source
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.studio.adaptations import stamp_of
from app.studio.changes import lock, write
from app.studio.differences import MEDIA, FileChange, differences, kind_of
from app.studio.drafts import Draft, DraftFile
from app.studio.offers import Offer, offer_of, texts_by_path
from app.studio.origins import COURSE, STAMP, Standing, licence_in, origin_of, remember
from app.studio.outlines import CourseMissing
from app.studio.sheets import Sheet
from app.studio.takings import MERGED, Contents, Taking, contents_after, takings

# What a course says of itself, whatever its origin says.
OWN_FACTS = ("title", "institution", "audience", "licence", STAMP, "authors", "reviewers")


class News(NamedTuple):
    """What a newer version of the origin changed, and how it stands to the draft.

    `changes` are read by path. `is_barred`: its licence of now lets the draft take nothing in.
    """

    standing: Standing
    takings: tuple[Taking, ...]
    changes: Mapping[str, FileChange]
    mine: Mapping[str, bytes]
    is_barred: bool


class NothingNew(NotFound):
    """The draft was not made from another course, or that one has not changed since."""

    says = N_("The course that this one comes from has nothing new.")
    mend = N_("Go back to the draft.")


class ChangedMeanwhile(Refusal):
    """The draft, or its origin, is not any more what the choices were made on."""

    says = N_("The draft or the course it comes from has changed while you chose.")
    mend = N_("Look at the changes again, then choose.")


class ChoicesMissing(Refusal):
    """A file that both sides changed has no choice, or any file has none."""

    status = 422
    says = N_("Choose for each file what stays.")

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__()
        self.paths = paths


class LicenceBars(Refusal):
    """The newer version is under a licence that lets the draft take nothing in."""

    status = 403
    says = N_("The newer version is under %(licence)s, so that your course cannot take it in.")
    mend = N_("Your course stays as it is. Ask the owners of the other one for a licence.")


def news_of(db: Session, author_id: int, draft: Draft) -> News:
    """What has changed since; raises NothingNew, CourseMissing or SheetUnreadable."""
    standing = standing_of(db, author_id, draft)
    if standing is None or not standing.has_news:
        raise NothingNew
    hashes = dict(
        db.execute(
            select(DraftFile.path, DraftFile.hash).where(DraftFile.draft_id == draft.id)
        ).all()
    )
    mine = {**hashes, **texts_by_path(db, hashes)}
    if COURSE not in mine:
        raise CourseMissing
    own = mine[COURSE].decode(errors="replace")
    licence = licence_called(standing.current.licence)
    is_owner = _is_owner(db, draft, standing)
    if not is_owner and not (licence.may_be_adapted and licence.fits(licence_in(own))):
        return News(standing, (), {}, mine, is_barred=True)
    base = offer_of(db, standing.base, is_whole=is_owner)
    now = offer_of(db, standing.current, is_whole=is_owner)
    was, new = (_beside(each, base, now, mine) for each in (base, now))
    read = {each.path: each for each in differences(was, new)}
    return News(standing, takings(was, mine, new), read, mine, is_barred=False)


def standing_of(db: Session, author_id: int, draft: Draft) -> Standing | None:
    """What the draft was made from, if the author still finds that course."""
    standing = origin_of(db, draft)
    if standing is None or _is_owner(db, draft, standing):
        return standing
    return standing if may_see(db, standing.course.id, author_id) else None


def take_in(
    db: Session,
    author_id: int,
    draft: Draft,
    seen: tuple[int, int],
    choices: Mapping[str, str],
    address: str,
    merged: Contents = MappingProxyType({}),
) -> None:
    """Take in what was chosen as one revision, after which the draft stands on the newer version.

    `seen` are the draft's revision and the origin's version that the choices were made on; `merged`
    are texts made of both. Raises NothingNew, LicenceBars, ChangedMeanwhile, ChoicesMissing,
    SheetUnreadable or FileTooLarge.
    """
    lock(db, draft)
    news = news_of(db, author_id, draft)
    current = news.standing.current
    if news.is_barred:
        raise LicenceBars(licence=licence_called(current.licence).name)
    if seen != (draft.revision, current.number):
        raise ChangedMeanwhile
    told = {path for path, said in choices.items() if said != MERGED or path in merged}
    missing = tuple(each.path for each in news.takings if each.path not in told)
    if missing:
        raise ChoicesMissing(missing)
    contents = contents_after(news.takings, choices, merged)
    course = contents.get(COURSE) or news.mine[COURSE]
    contents[COURSE] = _stamped(db, news.standing, course, address)
    write(db, author_id, draft, {path: _bytes(db, path, c) for path, c in contents.items()})
    remember(db, author_id, draft, current, is_own=news.standing.is_own, is_new=False)


def with_own_facts(theirs: bytes, mine: bytes) -> bytes:
    """The origin's course.yaml with what the course says of itself, remarks included."""
    sheet, own = (
        Sheet(COURSE, each.decode(errors="replace"), CourseDeclaration) for each in (theirs, mine)
    )
    facts = [entry for entry in own.root.entries if entry.key in OWN_FACTS]
    rest = [entry for entry in sheet.root.entries if entry.key not in OWN_FACTS]
    sheet.root.entries[:] = [*facts, *rest]
    return sheet.text().encode()


def _is_owner(db: Session, draft: Draft, standing: Standing) -> bool:
    course = standing.course
    owners = owner_ids(db, course.slug, course.institution_id)
    return standing.is_own and draft.institution_id in owners


def _beside(offer: Offer, base: Offer, now: Offer, mine: Mapping[str, bytes]) -> dict[str, bytes]:
    """The offer as it is compared: with the draft's own facts, without quizzes that are its own."""
    contents = offer.contents
    contents[COURSE] = with_own_facts(contents[COURSE], mine[COURSE])
    return {
        path: content
        for path, content in contents.items()
        if not (
            (base.reserve.holds(path) or now.reserve.holds(path))
            and all(path in each for each in (base.texts, now.texts, mine))
        )
    }


def _stamped(db: Session, standing: Standing, course: bytes, address: str) -> bytes:
    current = offer_of(db, standing.current, is_whole=True).texts[COURSE]
    theirs, sheet = (
        Sheet(COURSE, each.decode(errors="replace"), CourseDeclaration)
        for each in (current, course)
    )
    sheet.put(STAMP, stamp_of(db, standing.course, standing.current, theirs, address))
    return sheet.text().encode()


def _bytes(db: Session, path: str, content: bytes | None) -> bytes | None:
    """The file's bytes: a media file was compared by its hash."""
    if content is None or kind_of(path) != MEDIA:
        return content
    return db.get_one(Source, content).bytes
