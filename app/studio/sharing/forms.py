"""Forms of sharing: an institution asked to own a course, and its answer."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form


class ProposalForm(Form):
    """An institution by its key, asked to own the course too, or to answer for it."""

    institution: Annotated[str, Field(max_length=64)] = ""
    what: Literal["own", "answer"] = "own"

    words: ClassVar[Mapping[str, str]] = {"institution": N_("Choose an institution.")}


class AnswerForm(Form):
    """What the institution answers."""

    answer: Literal["accept", "refuse"]
