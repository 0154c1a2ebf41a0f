"""Courses: what is taught, and which institutions own it; their content is in versions."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Key, Model, Moment, Ref


class Course(Model):
    """A course through all its versions; `audience` is open or institution."""

    __tablename__ = "courses"

    id: Mapped[Id]
    slug: Mapped[Key] = mapped_column(unique=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    audience: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[Moment]


class CourseOwner(Model):
    """An institution that owns a course, alone or together with others."""

    __tablename__ = "course_owners"

    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
