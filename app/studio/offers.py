"""Offers: the files of a published version as those get them who make another course of it."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.files import MEDIA_FOLDER, is_catalogue
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.i18n.catalogues import translations_for
from app.studio.reserves import NOTHING_RESERVED, Reserve, reserve_of, to_be_written


class Offer(NamedTuple):
    """Texts by path, media by path as the hash of what they are, and the quizzes kept back."""

    texts: Mapping[str, bytes]
    media: Mapping[str, bytes]
    reserve: Reserve

    @property
    def contents(self) -> dict[str, bytes]:
        """All files; a media file stands for what it is by its hash."""
        return {**self.texts, **self.media}


def offer_of(db: Session, version: CourseVersion, *, is_whole: bool) -> Offer:
    """The version's files; whole for its owners, for others with counting quizzes to be written."""
    hashes = dict(
        db.execute(
            select(VersionFile.path, VersionFile.hash).where(VersionFile.version_id == version.id)
        ).all()
    )
    reserve = NOTHING_RESERVED if is_whole else reserve_of(db, version.id)
    say = translations_for(version.source_language).gettext
    texts = texts_by_path(db, hashes)
    for path, content in texts.items():
        if reserve.holds(path):
            texts[path] = to_be_written(path, content, say)
        elif is_catalogue(path) and reserve.quizzes:
            texts[path] = reserve.without(path, content)
    media = {path: name for path, name in hashes.items() if path not in texts}
    return Offer(texts, media, reserve)


def texts_by_path(db: Session, hashes: Mapping[str, bytes]) -> dict[str, bytes]:
    """What stands at each path, but for media."""
    wanted = {
        path: name for path, name in hashes.items() if not path.startswith(f"{MEDIA_FOLDER}/")
    }
    said = dict(
        db.execute(
            select(Source.hash, Source.bytes).where(Source.hash.in_(set(wanted.values())))
        ).all()
    )
    return {path: said[name] for path, name in sorted(wanted.items())}
