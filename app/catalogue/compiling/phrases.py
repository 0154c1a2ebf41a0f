"""Phrases: the words that the compiler itself writes into lessons, marked for translation."""

from app.i18n.marking import N_

WORKED_EXAMPLE = N_("Worked example")
TRY_IT = N_("Try it")
COMPARE = N_("Compare with a model answer")
SOURCES = N_("Sources")
FIGURE = N_("Figure {number}.")
TABLE = N_("Table {number}: {columns}")
VIDEO = N_("Video {number}.")
RECORDING = N_("Recording {number}.")
TRANSCRIPT = N_("Read the transcript")
RECALL = N_("Recall")
RECALL_HEAD = N_("What do you remember?")
RIGHT = N_("Right answer")
NOT_RIGHT = N_("Not right")
SHOW_ANSWER = N_("Show the answer")
TRUE = N_("True")
FALSE = N_("False")
MATCHES = N_("Match each with one of these:")
SEVERAL = N_("More than one answer is right.")


def filled(phrase: str, **values: object) -> str:
    """The phrase with its places filled; a translation that lost a place stays as it is."""
    for name, value in values.items():
        phrase = phrase.replace("{" + name + "}", str(value))
    return phrase
