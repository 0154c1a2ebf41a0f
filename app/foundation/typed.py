"""What people type from a paper or a screen, on whatever keyboard they have."""

import unicodedata

LONGEST = 100


def in_one_line(text: str) -> str:
    """A name without line breaks and doubled spaces: no letter and no list falls apart by it."""
    return " ".join(text.split())


def with_plain_digits(text: str) -> str:
    """The text with its digits, of whatever script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def bare_code(typed: str) -> str:
    """A typed code without what groups it; full-width signs (NFKC) and any digits as plain ones."""
    composed = unicodedata.normalize("NFKC", typed[:LONGEST])
    return with_plain_digits("".join(sign for sign in composed if sign.isalnum()))
