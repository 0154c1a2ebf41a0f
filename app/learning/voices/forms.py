"""Forms of voices: what people say of a course, and what they ask about a paragraph of it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.learning.opinions import LEAST, MOST
from app.web.forms import Form

Answer = Annotated[int, Field(ge=LEAST, le=MOST)]
CHOOSE = N_("Choose one of the four answers.")


class OpinionForm(Form):
    """The answers to the three questions at the end of a course."""

    worth: Answer
    relevance: Answer
    intent: Answer

    words: ClassVar[Mapping[str, str]] = {"worth": CHOOSE, "relevance": CHOOSE, "intent": CHOOSE}
