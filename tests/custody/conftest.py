"""The stage of custody: another tree than chloe's, and a look at what stands."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.foundation.database import Engines
from app.identity.institutions import Institution
from tests.makers.people import HEALTH, make_institution


@pytest.fixture
def found(engines: Engines) -> Callable[[Select[Any]], list[Any]]:
    """What a statement of one column finds now, asked outside every other transaction."""

    def ask(statement: Select[Any]) -> list[Any]:
        with engines.reading() as db:
            return list(db.scalars(statement))

    return ask


@pytest.fixture
def health(db: Session) -> Institution:
    health = make_institution(db, *HEALTH)
    db.commit()
    return health
