"""File names: what a file is called in a library: small letters, digits, dots and hyphens."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 60
_WITH_LANGUAGE = ("vtt", "md")  # names such as talk.fr.vtt, whose middle is the language
_LANGUAGE = re.compile(r"(.+?)\.([a-z]{2,3}(?:-[a-z0-9]{2,8})*)")


def file_name(sent_as: str, ending: str) -> str:
    """The name of a file with this ending, from the one that it was sent as."""
    bare = re.split(r"[/\\]", sent_as)[-1].lower()
    stem = bare.rpartition(".")[0] or bare
    language = _LANGUAGE.fullmatch(stem) if ending in _WITH_LANGUAGE else None
    if language:
        return f"{stem_of(language[1])}.{language[2]}.{ending}"
    return f"{stem_of(stem)}.{ending}"


def stem_of(words: str) -> str:
    """The Latin letters and digits of these words, or `file`."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST].strip("-") or "file"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, numbered if another file has it."""
    stem, dot, rest = name.partition(".")
    number = 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{dot}{rest}"
    return name


def split_name(name: str) -> tuple[str, str]:
    """What an author may change of a name, and the rest: `.jpg`, or `.fr.vtt`."""
    stem, dot, ending = name.rpartition(".")
    language = _LANGUAGE.fullmatch(stem) if ending in _WITH_LANGUAGE else None
    return (language[1], f".{language[2]}.{ending}") if language else (stem, f"{dot}{ending}")
