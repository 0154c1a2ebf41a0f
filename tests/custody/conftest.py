"""The stage of custody: another tree than chloe's."""

import pytest
from sqlalchemy.orm import Session

from app.identity.institutions import Institution
from tests.makers.people import HEALTH, make_institution


@pytest.fixture
def health(db: Session) -> Institution:
    health = make_institution(db, *HEALTH)
    db.commit()
    return health
