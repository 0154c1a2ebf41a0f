"""Words: what dimensions and measures are called and mean, in each language of a bulletin."""

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.statistics.bulletins.contents import LANGUAGES, Names
from app.statistics.cubes.dimensions import DIMENSIONS, Dimension
from app.statistics.cubes.measures import MEASURES, Measure

UNITS = {
    "count": N_("number"), "hours": N_("hours"), "days": N_("days"), "percent": N_("percent"),
    "points": N_("percentage points"),
}  # fmt: skip
INDICATOR, PERIOD = N_("What is counted"), N_("Period")
ALL_TOGETHER, SHOWN = N_("all together"), N_("shown")
THE_ONE_BEFORE = N_("As many months directly before")
FEW = N_("fewer than %(threshold)d in each month, or not shown")


def label_of(name: str) -> Names:
    """What a dimension or a measure is called."""
    return in_each(_known(name).label)


def meaning_of(name: str) -> Names:
    """What a dimension or a measure means, in a sentence."""
    return in_each(_known(name).definition)


def _known(name: str) -> Dimension | Measure:
    return DIMENSIONS.get(name) or MEASURES[name]


def name_of_figures() -> Names:
    """What a figure that is counted is called, which is no drawing."""
    return {each: translations_for(each).pgettext("value", "Figure") for each in LANGUAGES}


def in_each(sentence: str, **values: object) -> Names:
    """A message in each language."""
    said = {each: translations_for(each).gettext(sentence) for each in LANGUAGES}
    return {each: text % values if values else text for each, text in said.items()}
