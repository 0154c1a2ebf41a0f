"""Sayings: what a check says, as English for the console and as a message for every other language."""

from collections.abc import Iterable, Mapping
from gettext import NullTranslations


class Saying(str):
    """A sentence in English that knows its message and values, to be said in another language.

    `many` is the message for another number than one, and `number` what it counts.
    """

    __slots__ = ("many", "message", "number", "values")

    message: str
    many: str
    number: int
    values: Mapping[str, object]


def saying(message: str, **values: object) -> Saying:
    """A sentence of a check; the messages of all such calls are translated with the interface.

    Values may be sayings themselves, such as what a parser says of a drawing.
    """
    return _saying(message % values if values else message, message, "", 1, values)


def counting(number: int, one: str, many: str, **values: object) -> Saying:
    """The same for a number of things, which stands in the message as `%(num)s`."""
    values["num"] = number
    return _saying((one if number == 1 else many) % values, one, many, number, values)


def quoted(names: Iterable[str]) -> Saying:
    """Names of the format one after the other, each marked as what is to be typed."""
    first, *others = names
    made = saying("`%(name)s`", name=first)
    for name in others:
        made = saying("%(some)s, `%(name)s`", some=made, name=name)
    return made


def told(sentence: str, translations: NullTranslations) -> str:
    """The sentence in another language; names and snippets in it stay as they are."""
    if not isinstance(sentence, Saying):
        return sentence
    values = {
        name: told(value, translations) if isinstance(value, Saying) else value
        for name, value in sentence.values.items()
    }
    message = (
        translations.ngettext(sentence.message, sentence.many, sentence.number)
        if sentence.many
        else translations.gettext(sentence.message)
    )
    return message % values if values else message


def _saying(
    sentence: str, message: str, many: str, number: int, values: Mapping[str, object]
) -> Saying:
    made = Saying(sentence)
    made.message, made.many, made.number, made.values = message, many, number, values
    return made
