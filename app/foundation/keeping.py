"""Keeping: values that never change once published, kept in process, so many and no more."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A bounded store of values by key, one for each database; the oldest goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = Lock()
        self._by_engine: WeakKeyDictionary[Engine, OrderedDict[K, V]] = WeakKeyDictionary()

    def held(self, db: Session, key: K) -> V | None:
        """The value of a key if it is kept here now."""
        values = self._by_engine.get(db.get_bind().engine)
        return None if values is None else values.get(key)

    def get(self, db: Session, key: K, make: Callable[[], V]) -> V:
        """The value of a key; `make` may run twice at once, and the last one is kept."""
        engine = db.get_bind().engine
        values = self._by_engine.get(engine)
        if values is not None:
            value = values.get(key)
            if value is not None:
                return value
        made = make()
        with self._lock:
            values = self._by_engine.setdefault(engine, OrderedDict())
            values[key] = made
            values.move_to_end(key)
            while len(values) > self.most:
                values.popitem(last=False)
        return made
