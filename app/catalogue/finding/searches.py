"""Searches: what the words of a reader find in the courses they may see, in one folding everywhere."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    TextClause,
    bindparam,
    case,
    column,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.catalogue.recommendations import Registered
from app.catalogue.search_entries import SearchEntry
from app.i18n.foldings import STEMMERS, beginnings_of, folded, terms_in

MOST_TYPED, MOST_TERMS = 200, 32
MOST_RANKED = 200  # texts whose passages PostgreSQL compares; it unpacks a text for that
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
    "sqlite": text(
        "SELECT id, version_id, owner_key, kind, language FROM search_index "
        "JOIN search_entries ON id = search_index.rowid WHERE search_index MATCH :words"
    ),
    "postgresql": text(
        "SELECT id, version_id, owner_key, kind, language FROM search_matches(:words)"
    ),
}
_RANKED = {
    "sqlite": text(
        "SELECT id, version_id, owner_key, kind, language, bm25(search_index, 10.0, 1.0) AS rank "
        "FROM search_index JOIN search_entries ON id = search_index.rowid "
        "WHERE search_index MATCH :words"
    ),
    "postgresql": text(
        "SELECT id, version_id, owner_key, kind, language, "
        "CASE WHEN title_words @@ to_tsquery('simple', :titles) "
        "THEN -ts_rank(title_words, to_tsquery('simple', :titles)) ELSE 0 END AS rank "
        "FROM search_matches(:words)"
    ),
}
_HIT = (column("id", Integer), column("version_id", Integer), column("owner_key", String),
        column("kind", String), column("language", String))  # fmt: skip
_entries = SearchEntry.__table__.c
_ids: BindParameter[list[int]] = bindparam("version_ids", expanding=True)
_language: BindParameter[str] = bindparam("language")
_kind: BindParameter[str] = bindparam("kind")


def _shown(hits: CTE, *columns: Any) -> CTE:
    """Every hit that may be shown; of one owner's languages the reader's own stands first."""
    own_first = case((hits.c.language == bindparam("own_language"), 0), else_=1)
    nth = func.row_number().over(
        partition_by=(hits.c.version_id, hits.c.owner_key), order_by=(own_first, hits.c.id)
    )
    return (
        select(hits.c.id, hits.c.kind, hits.c.language, nth.label("nth"), *columns)
        .where(hits.c.version_id.in_(_ids), (_language == "") | (hits.c.language == _language))
        .cte("shown")
    )


def _counts(match: TextClause) -> Select[Any]:
    shown = _shown(match.columns(*_HIT).cte("hits"))
    owners = func.sum(case((shown.c.nth == 1, 1), else_=0))
    return select(shown.c.kind, shown.c.language, func.count(), owners).group_by(
        shown.c.kind, shown.c.language
    )


def _page(match: TextClause, engine: str) -> Select[Any]:
    hits = match.columns(*_HIT, column("rank", Float)).cte("hits")
    shown = _shown(hits, hits.c.rank)
    wanted = (
        select(shown.c.id, shown.c.rank, _nth_by_rank(shown).label("place"))
        .where(shown.c.nth == 1, (_kind == "") | (shown.c.kind == _kind))
        .cte("wanted")
    )
    by_passage = _by_title_and_passage(wanted) if engine == "postgresql" else ()
    return (
        select(
            _entries.version_id, _entries.kind, _entries.language, _entries.title, _entries.place,
            _entries.blocks,
        )
        .join_from(wanted, SearchEntry.__table__, _entries.id == wanted.c.id)
        .where(wanted.c.place <= bindparam("last", type_=Integer))
        .order_by(*by_passage, wanted.c.place)
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("first", type_=Integer))
    )  # fmt: skip


def _nth_by_rank(shown: CTE) -> ColumnElement[int]:
    return func.row_number().over(order_by=(shown.c.rank, shown.c.id))


def _by_title_and_passage(wanted: CTE) -> Iterable[ColumnElement[Any]]:
    """PostgreSQL ranks all by their titles, and the first of them by their passages as well."""
    is_ranked = wanted.c.place <= MOST_RANKED
    told = func.ts_rank(column("words"), func.to_tsquery("simple", bindparam("words")))
    yield case((is_ranked, 0), else_=1)
    yield case((is_ranked, wanted.c.rank))
    yield case((is_ranked, -told))


_COUNTS = {engine: _counts(match) for engine, match in _MATCHES.items()}
_PAGES = {engine: _page(match, engine) for engine, match in _RANKED.items()}


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
        "last": max(MOST_RANKED, asked.first + most), "titles": given["words"].replace(" & ", " | "),
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
