"""Words: what dimensions and measures are called and mean, in each language of a bulletin."""

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.statistics.bulletins.contents import LANGUAGES, Names
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES

MEANT = {
    "month": N_("The calendar month in which it happened, in the institution’s time zone."),
    "quarter": N_("The calendar quarter in which it happened."),
    "year": N_("The calendar year in which it happened."),
    "course": N_("The course, in whichever of its versions."),
    "recommendation": N_(
        "The recommendation that the course answers; it counts with each of them."
    ),
    "unit": N_("The part directly under the institution, with all that lies under it."),
    "institution": N_("Where the person worked then."),
    "grade": N_("The person’s grade then, as their institution writes it."),
    "gender": N_("The person’s gender, as far as they said it."),
    "country": N_("The country where the person worked then, by ISO 3166-1."),
    "place": N_("The place where the person worked then."),
    "language": N_("The language in which it was done, by BCP 47."),
    "mode": N_("How it was done: online, offline, on paper or in a classroom."),
}
UNITS = {"count": N_("number"), "hours": N_("hours"), "days": N_("days"), "percent": N_("percent")}
INDICATOR, PERIOD, VALUE = N_("What is counted"), N_("Period"), N_("Figure")
ALL_TOGETHER, SHOWN = N_("all together"), N_("shown")
THE_ONE_BEFORE = N_("As many months directly before")
FEW = N_("fewer than %(threshold)d in each month, or not shown")


def label_of(name: str) -> Names:
    """What a dimension or a measure is called."""
    known = DIMENSIONS.get(name) or MEASURES[name]
    return in_each(known.label)


def meaning_of(name: str) -> Names:
    """What a dimension or a measure means, in a sentence."""
    return in_each(MEANT[name] if name in MEANT else MEASURES[name].definition)


def in_each(sentence: str, **values: object) -> Names:
    """A message in each language."""
    said = {each: translations_for(each).gettext(sentence) for each in LANGUAGES}
    return {each: text % values if values else text for each, text in said.items()}
