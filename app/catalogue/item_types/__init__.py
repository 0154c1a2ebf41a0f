"""Item types: the seven kinds of question, what each must hold and how it is stored."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Discriminator

from app.catalogue.item_types.arrangements import Matching, Ordering
from app.catalogue.item_types.choices import MultipleChoice, SingleChoice, TrueOrFalse
from app.catalogue.item_types.entries import Numeric, ShortAnswer
from app.catalogue.item_types.questions import Answers, Item, Strict, Wording, Words

__all__ = [
    "ITEM_TYPES",
    "Answers",
    "AnyItem",
    "Item",
    "Matching",
    "MultipleChoice",
    "Numeric",
    "Ordering",
    "ShortAnswer",
    "SingleChoice",
    "Strict",
    "TrueOrFalse",
    "Wording",
    "Words",
    "item_hash",
]

AnyItem: TypeAlias = Annotated[
    SingleChoice | MultipleChoice | TrueOrFalse | Numeric | Matching | Ordering | ShortAnswer,
    Discriminator("type"),
]
ITEM_TYPES = ("single", "multiple", "true-false", "numeric", "matching", "ordering", "short")


def item_hash(content: Mapping[str, Any]) -> bytes:
    """The 32 bytes that name an item's stored form: SHA-256 over its canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).digest()
