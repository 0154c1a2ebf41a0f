"""Sign-ins: revocable rows behind the cookie, which holds a random token kept only as its hash."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Hash, Model, Moment, Ref


class SignIn(Model):
    """One browser where a person is signed in, until a moment or until revoked."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[Moment]
    until: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
