"""Searches: what the words of a reader find in the courses they may see, in one folding everywhere."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    Float,
    Integer,
    Select,
    TextClause,
    bindparam,
    case,
    column,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.catalogue.finding.foldings import STEMMERS, beginnings_of, folded, terms_in
from app.catalogue.recommendations import Registered
from app.catalogue.search_entries import SearchEntry

MOST_TYPED, MOST_TERMS = 200, 32
KINDS = ("course", "module", "lesson", "scenario", "term")
RECOMMENDATION = "recommendation"
# How words are looked for, one way after the other until one finds something.
ALL, BEGINNINGS, ANY = "all", "beginnings", "any"

Terms = tuple[frozenset[str], ...]


class Asked(NamedTuple):
    """What a reader asks for; an empty language or kind asks for every one."""

    words: str
    language: str = ""
    kind: str = ""
    first: int = 0


class Hit(NamedTuple):
    """An entry that was found, in the order of the statement's columns."""

    version_id: int
    kind: str
    language: str
    title: str
    place: str
    blocks: Sequence[Sequence[str]]


class Found(NamedTuple):
    """One page of hits, by which way they were found, and how many there are of each sort.

    `kinds` counts within the language asked for, `languages` within the kind.
    """

    terms: Terms
    way: str
    total: int
    kinds: Mapping[str, int]
    languages: Mapping[str, int]
    hits: tuple[Hit, ...]


_MATCHES = {
    "sqlite": text("SELECT rowid AS id FROM search_index WHERE search_index MATCH :words"),
    "postgresql": text("SELECT id FROM search_entries WHERE words @@ to_tsquery('simple', :words)"),
}
_RANKED = {
    "sqlite": text(
        "SELECT rowid AS id, bm25(search_index, 10.0, 1.0) AS rank "
        "FROM search_index WHERE search_index MATCH :words"
    ),
    "postgresql": text(
        "SELECT id, -ts_rank('{0.1, 0.2, 0.4, 1.0}', words, query) AS rank "
        "FROM search_entries, to_tsquery('simple', :words) query WHERE words @@ query"
    ),
}
_entries = SearchEntry.__table__.c
_ids: BindParameter[list[int]] = bindparam("version_ids", expanding=True)
_language: BindParameter[str] = bindparam("language")
_kind: BindParameter[str] = bindparam("kind")


def _shown(hits: CTE, *columns: Any) -> CTE:
    """Every hit that may be shown; of one owner's languages the reader's own stands first."""
    own_first = case((_entries.language == bindparam("own_language"), 0), else_=1)
    nth = func.row_number().over(
        partition_by=(_entries.version_id, _entries.owner_key), order_by=(own_first, _entries.id)
    )
    return (
        select(_entries.id, _entries.kind, _entries.language, nth.label("nth"), *columns)
        .join_from(hits, SearchEntry.__table__, _entries.id == hits.c.id)
        .where(_entries.version_id.in_(_ids), (_language == "") | (_entries.language == _language))
        .cte("shown")
    )


def _counts(match: TextClause) -> Select[Any]:
    shown = _shown(match.columns(column("id", Integer)).cte("hits"))
    owners = func.sum(case((shown.c.nth == 1, 1), else_=0))
    return select(shown.c.kind, shown.c.language, func.count(), owners).group_by(
        shown.c.kind, shown.c.language
    )


def _page(match: TextClause) -> Select[Any]:
    hits = match.columns(column("id", Integer), column("rank", Float)).cte("hits")
    shown = _shown(hits, hits.c.rank)
    return (
        select(
            _entries.version_id, _entries.kind, _entries.language, _entries.title, _entries.place,
            _entries.blocks,
        )
        .join_from(shown, SearchEntry.__table__, _entries.id == shown.c.id)
        .where(shown.c.nth == 1, (_kind == "") | (shown.c.kind == _kind))
        .order_by(shown.c.rank, shown.c.id)
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("first", type_=Integer))
    )  # fmt: skip


_COUNTS = {engine: _counts(match) for engine, match in _MATCHES.items()}
_PAGES = {engine: _page(match) for engine, match in _RANKED.items()}


def terms_of(typed: str) -> Terms:
    """The first words of what was typed, each in the forms it may have in the languages we stem."""
    return terms_in(typed[:MOST_TYPED], STEMMERS)[:MOST_TERMS]


def found_for(
    db: Session, asked: Asked, version_ids: Sequence[int], language: str, most: int
) -> Found:
    """What the words find in these versions: all of them, else their beginnings, else any."""
    terms = terms_of(asked.words)
    if terms and version_ids:
        given = {"version_ids": list(version_ids), "own_language": language}
        for way in (ALL, BEGINNINGS, ANY):
            found = _found(db, asked, given, terms, way, most)
            if found is not None:
                return found
    return Found(terms, ALL, 0, {}, {}, ())


def _found(
    db: Session, asked: Asked, given: Mapping[str, Any], terms: Terms, way: str, most: int
) -> Found | None:
    engine = db.get_bind().dialect.name
    given = {**given, "words": expression(terms, way, engine)}
    every = db.execute(_COUNTS[engine], given | {"language": ""}).all()
    if not every:
        return None
    languages: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for kind, language, entries, owners in every:
        if asked.kind in ("", kind):
            languages[language] += entries
        if asked.language in ("", language):
            kinds[kind] += entries if asked.language else owners
    total = kinds[asked.kind] if asked.kind else kinds.total()
    given |= {
        "language": asked.language, "kind": asked.kind, "first": asked.first, "most": most,
    }  # fmt: skip
    hits = tuple(Hit(*row) for row in db.execute(_PAGES[engine], given)) if total else ()
    return Found(terms, way, total, kinds, languages, hits)


def expression(terms: Iterable[frozenset[str]], way: str, engine: str) -> str:
    """The terms in the words of the database's search; a term holds letters and digits alone."""
    is_sqlite, ends_open = engine == "sqlite", way == BEGINNINGS
    both, either = (" AND ", " OR ") if is_sqlite else (" & ", " | ")
    quote, end = ('"', " *") if is_sqlite else ("'", ":*")
    written = []
    for forms in terms:
        parts = [f"{quote}{form}{quote}{end if ends_open else ''}" for form in sorted(forms)]
        if ends_open:
            shorter = {each for form in forms for each in beginnings_of(form)}
            parts += [f"{quote}{form}{quote}" for form in sorted(shorter)]
        written.append(f"({either.join(parts)})")
    return (either if way == ANY else both).join(written)


def recommendations_with(
    recommendations: Iterable[Registered], found: Found
) -> tuple[Registered, ...]:
    """The recommendations that hold every word looked for, in the order of the source."""
    return tuple(
        each
        for each in recommendations
        if all(not term.isdisjoint(_words_in(each)) for term in found.terms)
    )


def _words_in(each: Registered) -> frozenset[str]:
    return _folded_words(f"{each.key} {each.title} {each.lead_in} {each.sentence} {each.plain}")


@lru_cache(maxsize=256)
def _folded_words(text: str) -> frozenset[str]:
    return frozenset(folded(text, "en").split())
