"""Forms of merges: which two accounts, why, and the box that says it was read."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from app.i18n.marking import N_
from app.merges.merges import LONGEST
from app.web.forms import Form


class MergeForm(Form):
    """A registrar's agreement: which account stays, which goes, and the reason."""

    stays: UUID
    gone: UUID
    reason: Annotated[str, Field(min_length=3, max_length=LONGEST)]
    understood: Literal["yes"]

    words: ClassVar[Mapping[str, str]] = {
        "reason": N_("Write why: how you know that both accounts are one person’s."),
        "understood": N_("Tick the box: you have compared both accounts."),
    }
