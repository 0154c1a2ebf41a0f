"""Passwords: what will do as one, and its argon2id hash, which is never made in a transaction."""

import threading
import unicodedata
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import StringConstraints
from pydantic_core import PydanticCustomError

from app.i18n.marking import N_

SHORTEST, LONGEST = 10, 1000

# A password is taken as typed: outer spaces belong to it. Length is checked with words of our own.
Secret = Annotated[str, StringConstraints(strip_whitespace=False, max_length=LONGEST)]

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A hash takes 19 MiB and 27 ms of a processor: no more than two at once.
SLOTS = threading.BoundedSemaphore(2)
# Verified in place of the hash that an unknown address does not have, so that both take as long.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZWJvZHllbHNlcw$3rWn1AG9ksNTQbNKRnkCpsHpuTnjQXqK0cOTzyk4V24"
)

TOO_SHORT = N_("Make it 10 characters or more; you wrote %(written)s.")
TOO_COMMON = N_("Choose another password: this one is among the first that others would try.")
TOO_NEAR = N_("Choose a password that is neither your name nor your address.")
WORDS = {
    "password.password_short": TOO_SHORT,
    "password.password_common": TOO_COMMON,
}

# The commonest of those that are long enough, without case; runs and repeats are found by rule.
COMMONEST = frozenset(
    """
    1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5 qwerty123456 qwertyuiop qwertyuiop123
    qwerty1234 asdfghjkl1 zxcvbnm123 1234qwerasdf qazwsxedcrfv passw0rd123 password01
    password11 password12 password123 password1234 password12345 password123456 password2024
    password2025 password2026 mypassword mypassword1 changeme123 letmein123 letmein1234
    welcome123 welcome1234 welcome2024 welcome2025 welcome2026 administrator administrateur
    administrador admin12345 admin123456 iloveyou12 iloveyou123 iloveyou1234 sunshine123
    princess123 football123 basketball superman123 motdepasse motdepasse1 motdepasse123
    contraseña contraseña1 contraseña123 contrasena123 azertyuiop azerty123456 capacita123 capacita1234
    """.split()  # noqa: SIM905 - a list to read down, not one of fifty quoted words
)
RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def refuse_weak(password: str) -> str:
    """The password, for a form's validator; raises the fault that WORDS says in words."""
    plain = _plain(password)
    if len(password) < SHORTEST:
        raise PydanticCustomError("password_short", "short", {"written": len(password)})
    if plain in COMMONEST or len(set(plain)) == 1 or any(plain in run for run in RUNS):
        raise PydanticCustomError("password_common", "common")
    return password


def is_near(password: str, name: str, email: str) -> bool:
    """Whether a password is just the person's name or address, which is the first thing tried."""
    near = {_plain(part) for part in (name, email, email.partition("@")[0])}
    return _plain(password) in near


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def hash_of(password: str) -> str:
    """The argon2id hash to store; takes tens of milliseconds, so never call it in a transaction."""
    with SLOTS:
        return HASHER.hash(_composed(password))


def fits(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was stored; takes as long when nothing is stored."""
    with SLOTS:
        try:
            return HASHER.verify(stored or NOBODY, _composed(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether a hash was made under other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _composed(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
