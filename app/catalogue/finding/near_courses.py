"""Near courses: what somebody may have meant who asks for a course that is not there."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from app.catalogue.cards import Card
from app.i18n.foldings import terms_in

MOST = 3
ALIKE = 0.6  # of two keys, from 0 to 1: one word of three is another, or letters are mistyped
LONGEST = 64


def near_courses(cards: Iterable[Card], slug: str, language: str) -> list[Card]:
    """The few courses whose key or title is most like this key, the nearest first."""
    asked = slug[:LONGEST].casefold()
    terms = terms_in(asked.replace("-", " "), ("en",))
    ranked = sorted((_likeness(card, asked, terms, language), card.slug, card) for card in cards)
    return [card for likeness, _slug, card in reversed(ranked) if likeness >= ALIKE][:MOST]


def _likeness(card: Card, asked: str, terms: tuple[frozenset[str], ...], language: str) -> float:
    """How alike they are: letters in order, or the share of the asked words, whichever is more."""
    letters = SequenceMatcher(None, asked, card.slug).ratio()
    own = terms_in(f"{card.slug.replace('-', ' ')} {card.title.text}", ("en", language))
    forms = frozenset[str]().union(*own)
    shared = sum(not term.isdisjoint(forms) for term in terms)
    return max(letters, shared / len(terms) + ALIKE / 2 if shared else 0.0)
