"""Forms of exchanging: a file of translations taken after its sender saw what it does."""

from typing import Annotated

from pydantic import Field

from app.web.forms import Form


class TakingForm(Form):
    """What the sender saw: the fate of each block."""

    seen: Annotated[str, Field(pattern="^[0-9a-f]{20}$")]
