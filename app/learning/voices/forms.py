"""Forms of voices: what people say of a course, and what they ask about a paragraph of it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.learning.inquiries import LONGEST
from app.learning.opinions import LEAST, LONGEST_COMMENT, MOST
from app.web.forms import Form

Answer = Annotated[int, Field(ge=LEAST, le=MOST)]
CHOOSE = N_("Choose one of the four answers.")
NO_ANSWER = N_("Write an answer, or close the question without one.")


class OpinionForm(Form):
    """The answers to the three questions at the end of a course, and a comment."""

    worth: Answer
    relevance: Answer
    intent: Answer
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] = ""

    words: ClassVar[Mapping[str, str]] = {
        "worth": CHOOSE,
        "relevance": CHOOSE,
        "intent": CHOOSE,
        "comment": N_("Shorten your comment to %(max_length)s signs or fewer."),
    }


class UseForm(Form):
    """Whether something of a course was used, three months after it."""

    used: Answer

    words: ClassVar[Mapping[str, str]] = {"used": CHOOSE}


class InquiryForm(Form):
    """A question about a lesson, or about the paragraph whose name is `block`; `page` marks the page."""

    kind: Literal["wrong", "unclear"]
    block: Annotated[str, Field(max_length=64)] = ""
    said: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    page: Annotated[str, Field(max_length=64)] = ""

    words: ClassVar[Mapping[str, str]] = {
        "kind": N_("Say whether something is wrong or unclear."),
        "said.string_too_short": N_("Say in a sentence what is wrong or unclear."),
    }


class AnswerForm(Form):
    """What the institution answers; without an answer it says that it only closes the question."""

    answer: Annotated[str, Field(max_length=LONGEST)] = ""
    do: Literal["answer", "close"] = "answer"
