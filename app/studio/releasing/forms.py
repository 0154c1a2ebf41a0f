"""Forms of releasing: when an approved draft is published, and what becomes of learners."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal

from app.i18n.marking import N_
from app.web.forms import Form

STAY, MOVE = "stay", "move"


class ReleaseForm(Form):
    """Now or on a day, whether learners under way stay or move, and whether the change matters."""

    when: Literal["now", "day"] = "now"
    day: date | Literal[""] = ""
    learners: Literal["stay", "move"]
    matters: Literal["yes", "no"] = "no"

    words: ClassVar[Mapping[str, str]] = {
        "day": N_("Choose a day from tomorrow on."),
        "learners": N_("Choose what becomes of learners who are under way."),
    }


class ReturnForm(Form):
    """What becomes of learners when an earlier version is current again."""

    learners: Literal["stay", "move"]
