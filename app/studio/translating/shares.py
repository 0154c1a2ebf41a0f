"""Shares: how much of a draft each language says, and who may bring it into which."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.files import TRANSLATIONS_FOLDER, catalogue_language
from app.foundation.errors import NotFound
from app.i18n.languages import UNITED_NATIONS
from app.i18n.marking import N_
from app.identity.grants import AUTHOR, TRANSLATOR, TRANSLATORS
from app.studio.drafts import Draft, DraftFile, DraftText, draft_for
from app.studio.outlines import course_sheet
from app.studio.sheets import Sheet
from app.studio.translating.segments import DOUBTFUL, FRESH, MISSING, STALE, segments_of
from app.studio.works import holds
from app.web.drawing import percent

BANNER, FALLS_BACK, HELD_BACK = "banner", "falls_back", "held_back"
POLICIES = (BANNER, FALLS_BACK, HELD_BACK)


class Share(NamedTuple):
    """A language of a draft: blocks by state, how learners see what is open, and whose it is."""

    language: str
    counts: Counter[str]
    policy: str
    may_translate: bool

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def percent(self) -> str:
        """How much is translated; 100% means all of it."""
        return percent(self.counts[FRESH], self.total)

    @property
    def open(self) -> int:
        return self.counts[MISSING] + self.counts[STALE] + self.counts[DOUBTFUL]

    def part_of(self, state: str) -> int:
        """How many of a hundred blocks are in the state."""
        return self.counts[state] * 100 // self.total if self.total else 0


class Languages(NamedTuple):
    """From which language into which one."""

    source: str
    target: str


class TranslatorNeeded(NotFound):
    """The person may not bring this course into the language."""

    says = N_("You do not translate this course into this language.")
    mend = N_("Ask an administrator of the institution to make you its translator.")


class LanguageUnknown(NotFound):
    """Courses are translated into the languages of the United Nations here, and from their own."""

    says = N_("This course is not translated into such a language here.")
    mend = N_("Choose one of the languages on the course's page of languages.")


def shares_of(
    db: Session, person_id: int, draft: Draft, texts: dict[str, DraftText]
) -> list[Share]:
    """Each language of the draft that has a catalogue or could get one, begun ones first."""
    sheet, mine = course_sheet(texts), languages_of(db, person_id, draft)
    shares = []
    for language in offered_languages(db, draft, sheet):
        counts = Counter(each.state for each in segments_of(db, draft, language))
        shares.append(Share(language, counts, policy_of(sheet, language), language in mine))
    return sorted(shares, key=lambda each: -each.counts[FRESH])


def offered_languages(db: Session, draft: Draft, sheet: Sheet) -> list[str]:
    """The languages that a draft has a catalogue of or could get one, without its own."""
    codes = dict.fromkeys((*sorted(_begun(db, draft)), *(each.code for each in UNITED_NATIONS)))
    return [code for code in codes if code != source_language(sheet)]


def source_language(sheet: Sheet) -> str:
    """The language that the course is written in."""
    return str(sheet.value("language", "en"))


def languages_of(db: Session, person_id: int, draft: Draft) -> frozenset[str]:
    """The languages that the person may bring this draft into: an author all of them."""
    held = [AUTHOR, *TRANSLATORS]
    allowed = {role for role in held if holds(db, person_id, draft, role)}
    codes = {each.code for each in UNITED_NATIONS} | _begun(db, draft)
    if AUTHOR in allowed:
        return frozenset(codes)
    return frozenset(code for code in codes if TRANSLATOR(code) in allowed)


def draft_to_translate(db: Session, person_id: int, slug: str, language: str) -> Draft:
    """The open draft, for one who may bring it into this language.

    Raises DraftUnknown, LanguageUnknown or TranslatorNeeded.
    """
    draft = draft_for(db, person_id, slug)
    known = {each.code for each in UNITED_NATIONS} | _begun(db, draft)
    if language not in known:
        raise LanguageUnknown
    if language not in languages_of(db, person_id, draft):
        raise TranslatorNeeded
    return draft


def policy_of(sheet: Sheet, language: str) -> str:
    """How learners see a page that is not translated whole into the language."""
    return next((each for each in (HELD_BACK, FALLS_BACK) if language in sheet.keys(each)), BANNER)


def put_policy(sheet: Sheet, language: str, policy: str) -> None:
    """Let the course say the policy of a language, and no other one of it."""
    for field in (FALLS_BACK, HELD_BACK):
        others = [each for each in sheet.keys(field) if each != language]
        sheet.put(field, sorted([*others, language]) if field == policy else others)


def _begun(db: Session, draft: Draft) -> frozenset[str]:
    paths = db.scalars(
        select(DraftFile.path).where(
            DraftFile.draft_id == draft.id,
            DraftFile.path.startswith(f"{TRANSLATIONS_FOLDER}/"),
        )
    )
    return frozenset(map(catalogue_language, paths))
