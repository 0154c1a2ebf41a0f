"""Recommendations: the sentences of 2009 that each course, module and lesson answers."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Integer, Row, String, Text, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalogue.registers import RegisterUnreadable, register_at
from app.foundation.database import Json, Key, Model
from app.foundation.errors import NotFound
from app.i18n.marking import N_

ROOM = 190
OWN_COLUMNS = {"id", "verbatim", "stance", "performed_by"}


class Recommendation(Model):
    """A verbatim part of the seed text with the platform's stance today.

    `stance` is one of teaches, supports, performs, gap; `details` holds title, plain words,
    SDG targets, CEPA principles, whom it asks, its subtopic and lead-in, and why it is a gap.
    """

    __tablename__ = "recommendations"

    key: Mapped[Key] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    sentence: Mapped[str] = mapped_column(Text)
    stance: Mapped[str] = mapped_column(String(16))
    performed_by: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[Json]


class RecommendationUnknown(NotFound):
    """No recommendation has this key."""

    says = N_("There is no such recommendation.")
    mend = N_("Look for it in the list of all recommendations.")


class Reason(NamedTuple):
    """Why something is taught: a recommendation's key, and a part of its words as they stand.

    `lead_in` is what the source says before a list of requests, or empty.
    """

    key: str
    lead_in: str
    sentence: str


class Registered(NamedTuple):
    """A recommendation with all that the registry says of it."""

    key: str
    position: int
    sentence: str
    stance: str
    performed_by: str | None
    title: str
    plain: str
    why: str
    asks: str
    subtopic: str
    lead_in: str
    sdg: tuple[str, ...]
    principles: tuple[int, ...]


_recommendations = Recommendation.__table__.c
_ALL = select(Recommendation.__table__).order_by(_recommendations.position)
_ONE = select(Recommendation.__table__).where(_recommendations.key == bindparam("key"))


def recommendations_in(db: Session) -> tuple[Registered, ...]:
    """All recommendations in the order of the source."""
    return tuple(_registered(row) for row in db.execute(_ALL))


def recommendation_called(db: Session, key: str) -> Registered:
    """The recommendation with this key; raises RecommendationUnknown."""
    row = db.execute(_ONE, {"key": key}).one_or_none()
    if row is None:
        raise RecommendationUnknown
    return _registered(row)


def _registered(row: Row[Any]) -> Registered:
    details = row.details
    return Registered(
        row.key,
        row.position,
        row.sentence,
        row.stance,
        row.performed_by,
        title=details["title"],
        plain=details["plain"],
        why=details["why"],
        asks=details["asks"],
        subtopic=details["subtopic"],
        lead_in=details["lead_in"],
        sdg=tuple(details["sdg"]),
        principles=tuple(details["cepa_principles"]),
    )


def by_goal(
    recommendations: Iterable[Registered],
) -> list[tuple[str, list[Registered]]]:
    """The recommendations under each target of the Sustainable Development Goals, in its order."""
    found: dict[str, list[Registered]] = {}
    for each in recommendations:
        for target in each.sdg:
            found.setdefault(target, []).append(each)
    return sorted(found.items(), key=lambda pair: _target_order(pair[0]))


def _target_order(target: str) -> tuple[int, int, str]:
    goal, _, part = target.partition(".")
    return int(goal), int(part) if part.isdigit() else 0, part


def load_recommendations(db: Session, folder: Path) -> int:
    """Bring the table to what `recommendations.yaml` in the folder says; gives how many there are.

    A key is never taken out, since versions point to it.
    """
    rows = _registry(folder / "recommendations.yaml")
    known = set(db.scalars(select(Recommendation.key)))
    fresh = [row for row in rows if row["key"] not in known]
    if fresh:
        db.execute(insert(Recommendation), fresh)
    changed = [row for row in rows if row["key"] in known]
    if changed:
        db.execute(update(Recommendation), changed)
    return len(rows)


def reason_of(key: str, sentence: str, lead_in: str) -> Reason:
    """The recommendation in one line: cut at a word where it is long, and marked as cut."""
    if len(sentence) <= ROOM:
        return Reason(key, lead_in, sentence)
    part = sentence[:ROOM].rpartition(" ")[0].rstrip(" ,;:")
    return Reason(key, lead_in, f"{part} …")


@lru_cache(maxsize=4)
def _registry(path: Path) -> list[dict[str, Any]]:
    registry = register_at(path)
    if not isinstance(registry, dict) or not {"frame", "recommendations"} <= registry.keys():
        raise RegisterUnreadable(path=path, line=1)
    lead_ins = {
        key: " ".join(part["text"].split())
        for part in registry["frame"]
        for key in part.get("opens", ())
    }
    return [
        {
            "key": entry["id"],
            "position": position,
            "sentence": entry["verbatim"],
            "stance": entry["stance"],
            "performed_by": entry.get("performed_by"),
            "details": {name: entry[name] for name in entry if name not in OWN_COLUMNS}
            | {"lead_in": lead_ins.get(entry["id"], ""), "why": entry.get("why", "")},
        }
        for position, entry in enumerate(registry["recommendations"], 1)
    ]
