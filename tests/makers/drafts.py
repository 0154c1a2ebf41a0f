"""Makers of drafts: the small course that passes its check, opened in the studio."""

from sqlalchemy.orm import Session

from app.catalogue.recommendations import load_recommendations
from app.identity.grants import AUTHOR, grant
from app.identity.users import User
from app.settings import ROOT
from app.studio.drafts import Draft, draft_from
from tests.makers.people import make_institute
from tests.makers.sources import make_source


def make_author(db: Session, person: User) -> User:
    """The person, as an author at the institute."""
    grant(db, person.id, AUTHOR, make_institute(db).id)
    return person


def make_draft(db: Session, author: User, **changes: str | bytes | None) -> Draft:
    """The minimal course as a draft of the institute; `changes` as `make_source` takes them."""
    load_recommendations(db, ROOT / "courses" / "recommendations")
    make_author(db, author)
    institute = make_institute(db)
    source = make_source(**changes)
    course = source.files["course.yaml"].decode().replace("capacita-institute", institute.key)
    files = {**source.files, "course.yaml": course.encode()}
    draft = draft_from(db, author.id, type(source)(source.slug, files), institute)
    db.commit()
    return draft
