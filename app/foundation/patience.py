"""Patience: who waits for whom among the readers of an embedded database."""

import threading


class OneAtATime:
    """Readers one after another, as long as each is quick; who has waited for long goes ahead.

    Under Python's own lock threads that read an embedded database only take turns at every row.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._turn = threading.Lock()
        self._mine = threading.local()

    def __enter__(self) -> None:
        self._mine.is_held = self._turn.acquire(timeout=self._patience)

    def __exit__(self, *_fault: object) -> None:
        if self._mine.is_held:
            self._turn.release()
