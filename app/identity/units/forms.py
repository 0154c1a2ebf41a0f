"""Forms of institutions: what is to change, from which day, and whether the preview was agreed to."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator

from app.foundation.typed import in_one_line
from app.i18n.marking import N_
from app.identity.institutions import KINDS
from app.web.forms import Form

Name = Annotated[str, Field(max_length=300), AfterValidator(in_one_line)]
Key = Annotated[str, Field(max_length=64, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$")]
KEY_WORDS = N_("Write the key in small letters, digits and hyphens, such as roads-north.")
How = Literal["found", "rename", "move", "merge", "split", "close"]


class ReformForm(Form):
    """One change of an institution; which fields it needs depends on what is done."""

    since: date
    agreed: Literal["", "yes"] = ""
    name: Name = ""
    key: Key = ""
    kind: Annotated[str, Field(max_length=32)] = "office"
    target: Name = ""
    first_name: Name = ""
    first_key: Key = ""
    second_name: Name = ""
    second_key: Key = ""
    heir: Literal["", "first", "second"] = ""

    words: ClassVar[Mapping[str, str]] = {
        "key": KEY_WORDS,
        "first_key": KEY_WORDS,
        "second_key": KEY_WORDS,
        "since": N_("Write the date as year, month and day: 2026-06-12."),
        "kind": N_("Choose one of the list."),
    }

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError("no such kind")
        return kind


NEEDED: Mapping[str, tuple[str, ...]] = {
    "found": ("name", "key"),
    "rename": ("name",),
    "move": ("target",),
    "merge": ("target",),
    "split": ("first_name", "first_key", "second_name", "second_key"),
    "close": (),
}
FILL_IN = N_("Fill in this field.")
