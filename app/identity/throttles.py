"""Throttles: how often something was tried in a window of time, counted in rows."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Model, Moment


class Throttle(Model):
    """The tries of one key in one window; keys hold hashes, never an address."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    window_start: Mapped[Moment] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
