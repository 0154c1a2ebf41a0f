"""Forms of asking: a quiz's settings and a question."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form

Number = Annotated[str, Field(pattern=r"^([0-9]{1,4})?$")]


class QuizForm(Form):
    """What a quiz says of itself; an empty number leaves the format's default."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    pass_mark: Annotated[int, Field(ge=1, le=100)] = 70
    attempts: Number = ""
    draw: Number = ""
    time_limit: Number = ""
    shuffle: Literal["true", "false"] = "false"
    required: Literal["true", "false"] = "false"
    pretest: Literal["true", "false"] = "false"
    revision: int

    words: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title."),
        "pass_mark": N_("Write a percentage from 1 to 100."),
        "attempts": N_("Write a whole number, or leave the field empty."),
        "time_limit": N_("Write a whole number, or leave the field empty."),
        "draw": N_("Write a whole number, or leave the field empty."),
    }


class QuestionForm(Form):
    """A question; `do` adds a row, takes one out, or changes the type, without saving."""

    kind: Annotated[str, Field(max_length=20)] = "single"
    stem: Annotated[str, Field(max_length=5000)] = ""
    answer: Annotated[str, Field(max_length=60)] = ""
    tolerance: Annotated[str, Field(max_length=60)] = ""
    unit: Annotated[str, Field(max_length=200)] = ""
    if_right: Annotated[str, Field(max_length=5000)] = ""
    if_wrong: Annotated[str, Field(max_length=5000)] = ""
    outcome: Annotated[str, Field(max_length=64)] = ""
    sources: Annotated[str, Field(max_length=1000)] = ""
    row_text: list[str] = Field(default_factory=list, max_length=30)
    row_other: list[str] = Field(default_factory=list, max_length=30)
    row_feedback: list[str] = Field(default_factory=list, max_length=30)
    right: list[str] = Field(default_factory=list, max_length=30)
    do: Annotated[str, Field(max_length=20)] = ""
    revision: int
