"""An erased holder's certificates stay verifiable and name nobody."""

from sqlalchemy import select

from app.credentials.certificates import Certificate
from app.identity.erasures import erase
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment


def test_the_name_goes_from_their_certificates_and_from_nobody_elses(db, eve, awa, bilal):
    version = make_course(db)
    for learner in (awa, bilal):
        complete(db, make_enrolment(db, learner, version))
    codes = db.scalars(select(Certificate.code).order_by(Certificate.id)).all()
    erase(db, awa)
    db.commit()

    erased, kept = (text_of(eve.get(f"/verify/{code}")) for code in codes)
    assert "Erased at the holder’s wish" in erased
    assert "Awa Diop" not in erased
    assert "First aid at work" in erased
    assert "Bilal Haddad" in kept
