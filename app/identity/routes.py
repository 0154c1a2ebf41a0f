"""Routes of identity: accounts, sign-ins, invitations."""

from app.web.turn import Turnstile

router = Turnstile()
