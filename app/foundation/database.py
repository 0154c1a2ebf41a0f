"""The database: the base of all tables, their column types, and the engines that open it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any

from psycopg import IsolationLevel
from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    QueuePool,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from app.foundation.patience import OneAtATime
from app.foundation.sessions import session_on

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
READER_WAIT_SECONDS = 0.05
SQLITE_WAIT_SECONDS = 20
# A reader of SQLite maps 2 GB of the file, the most that it may. Of what lies beyond, pages keep 16 MB;
# a long file reads each part once, and keeps the 2 MB that SQLite does by itself.
MAPPED, KEPT = "mmap_size=2147418112", "cache_size=-16384"
# A connection that only reads holds no transaction that had to end when it is given back.
READING: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
READ_ONLY, UTC_ONLY = "-c default_transaction_read_only=on -c timezone=UTC", "-c timezone=UTC"
# In a database's address: `?pooler=transaction` says that PgBouncer or its like stands before it.
POOLER = "pooler"
REPLICA_WAIT_SECONDS = 2
NOTHING: Mapping[str, Any] = MappingProxyType({})
# A long export leaves other cores to people, sorts in memory, and looks things up in their order.
ALONE = "-c max_parallel_workers_per_gather=0 -c work_mem=64MB -c random_page_cost=1.1 -c enable_memoize=off"


class MomentType(TypeDecorator[datetime]):
    """An aware moment in UTC with microseconds; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored moment needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        """What the driver gives as an aware moment, in one step: a page reads fifty of them."""
        return _moment_in_text if dialect.name == "sqlite" else _moment_in_utc


def _moment_in_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _moment_in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
JsonType = JSON().with_variant(postgresql.JSONB(), "postgresql")
AnswerType = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Ref = Annotated[int, mapped_column(BigId)]
Moment = Annotated[datetime, mapped_column(MomentType)]
Key = Annotated[str, mapped_column(String(64))]
Hash = Annotated[bytes, mapped_column(LargeBinary(32))]
Json = Annotated[dict[str, Any], mapped_column(JsonType)]
Answer = Annotated[Any, mapped_column(AnswerType)]


class Model(DeclarativeBase):
    """The base of every table; relations are loaded by name or not at all."""

    metadata = MetaData(naming_convention=NAMES)


@dataclass(frozen=True)
class Engines:
    """Three ways in: `read` cannot write, `write` holds one transaction, `stream` has no limit.

    `read` and `write` have as many connections as the process has threads, without overflow. The
    `replica`, where there is one, is read by long files alone (`foundation.replicas`).
    """

    read: Engine
    write: Engine
    stream: Engine
    replica: Engine | None = None
    lock: AbstractContextManager[Any] = field(default_factory=nullcontext)
    readers: AbstractContextManager[Any] = field(default_factory=nullcontext)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction: committed at the end, rolled back by whatever is raised.

        On SQLite the writers of a process queue on one lock, which is fairer than its busy wait.
        """
        with self.lock, self.write.begin() as connection:
            db = session_on(connection)
            yield db
            db.flush()

    def write_each(self, things: Iterable[Any], act: Callable[[Session, Any], object]) -> None:
        """Act on each thing in a transaction of its own, so that nobody waits for all of them."""
        for each in things:
            with self.writing() as db:
                act(db, each)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at the database that cannot write."""
        with self.read.connect() as connection:
            yield session_on(connection)

    @property
    def is_sqlite(self) -> bool:
        return self.write.dialect.name == "sqlite"

    def close(self) -> None:
        for engine in (self.read, self.write, self.stream, self.replica):
            if engine is not None:
                engine.dispose()


def open_engines(database_url: str, threads: int = 4, replica_url: str = "") -> Engines:
    """Open both sides of the database; nothing is connected before the first use."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engines(database_url, threads)
    kept: dict[str, Any] = {"pool_size": threads, "max_overflow": 0, "pool_pre_ping": False}
    # A server's new process plans a list for longer than it sends some thousand rows of it.
    some_kept: dict[str, Any] = {"pool_size": 2, "max_overflow": -1, "pool_pre_ping": True}
    quick = {"connect_timeout": REPLICA_WAIT_SECONDS}
    return Engines(
        read=_reader(url, READ_ONLY, **kept),
        write=_postgresql(url, UTC_ONLY, **kept),
        stream=_reader(url, f"{READ_ONLY} {ALONE}", **some_kept),
        replica=(
            _reader(make_url(replica_url), f"{READ_ONLY} {ALONE}", quick, **some_kept)
            if replica_url
            else None
        ),
    )


def _reader(url: URL, options: str, more: Mapping[str, Any] = NOTHING, **pool: Any) -> Engine:
    """What cannot write: by its options, or through a pooler by each of its transactions."""
    if POOLER not in url.query:
        return _postgresql(url, options, more, **READING, **pool)
    engine = _postgresql(url, options, more, **pool)
    event.listen(engine, "connect", _begin_snapshots)
    return engine


def _postgresql(url: URL, options: str, more: Mapping[str, Any] = NOTHING, **pool: Any) -> Engine:
    """An engine; behind a pooler of transactions nothing may be left in a server's session."""
    direct = url.difference_update_query([POOLER])
    if POOLER not in url.query:
        return create_engine(direct, connect_args={"options": options, **more}, **pool)
    engine = create_engine(direct, connect_args={"prepare_threshold": None, **more}, **pool)
    event.listen(engine, "connect", _speak_utc)
    return engine


def _speak_utc(raw: DBAPIConnection, _record: object) -> None:
    # The pooler follows a client's time zone from server to server; it does so with few settings.
    cursor = raw.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    raw.commit()


def _begin_snapshots(raw: Any, _record: object) -> None:
    # Its transactions are begun by themselves, so `foundation.snapshots` cannot begin one.
    raw.read_only, raw.isolation_level = True, IsolationLevel.REPEATABLE_READ


def _sqlite_engines(database_url: str, threads: int) -> Engines:
    pooled: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": threads,
        "max_overflow": 0,
        "connect_args": {"check_same_thread": False, "timeout": SQLITE_WAIT_SECONDS},
    }
    read = create_engine(database_url, **READING, **pooled)
    write = create_engine(database_url, **pooled)
    stream = create_engine(database_url, poolclass=NullPool, connect_args=pooled["connect_args"])
    for engine in (read, stream):
        event.listen(engine, "connect", _prepare_reader)
    event.listen(read, "connect", _keep_more)
    event.listen(write, "connect", _prepare_writer)
    event.listen(write, "begin", _begin_immediate)
    return Engines(
        read=read,
        write=write,
        stream=stream,
        lock=threading.Lock(),
        readers=OneAtATime(READER_WAIT_SECONDS),
    )


def _know_letters(raw: DBAPIConnection) -> None:
    # SQLite's own `lower` knows ASCII alone, so that no "é" would be found by "É".
    raw.create_function(
        "lower", 1, lambda text: text.lower() if isinstance(text, str) else text, deterministic=True
    )


def _prepare_reader(raw: DBAPIConnection, _record: object) -> None:
    _know_letters(raw)
    _pragmas(raw, "foreign_keys=ON", "query_only=ON", "temp_store=MEMORY", MAPPED)


def _keep_more(raw: DBAPIConnection, _record: object) -> None:
    _pragmas(raw, KEPT)


def _prepare_writer(raw: DBAPIConnection, _record: object) -> None:
    _know_letters(raw)
    # The driver must not begin by itself: BEGIN IMMEDIATE comes from the begin event.
    raw.isolation_level = None
    _pragmas(raw, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def _pragmas(raw: DBAPIConnection, *pragmas: str) -> None:
    cursor = raw.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def index_of_some(table: str, column: str) -> Index:
    """An index of the few rows whose column says anything.

    Of all rows it would do on PostgreSQL alone: once analysed, SQLite holds a value that most rows
    lack for one that most rows have, and scans them all.
    """
    return index_where(f"ix_{table}_{column}", f"{column} IS NOT NULL", column)


def index_where(name: str, condition: str, *columns: str, is_unique: bool = False) -> Index:
    """An index of the rows that fulfil a condition, in the words of both databases."""
    says = text(condition)
    return Index(name, *columns, unique=is_unique, sqlite_where=says, postgresql_where=says)


def table_of(model: type[Model]) -> Table:
    """The table behind a model, for statements that pass the ORM by."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table of its own")
    return table
