"""Passwords: what will do, and that a hash is never made more than twice at once."""

import threading
import time

import pytest
from pydantic_core import PydanticCustomError

from app.identity.passwords import (
    COMMONEST,
    SHORTEST,
    SLOTS,
    fits,
    hash_of,
    is_near,
    is_outdated,
    refuse_weak,
)


@pytest.mark.parametrize(
    "password",
    [
        "three plain words",
        "kjh7)sdf;q",
        "صباح الخير يا سادة",
        "我的密码很长而且很难猜",
        "  padded!  ",
    ],
)
def test_ten_letters_of_any_script_will_do(password):
    assert refuse_weak(password) == password


@pytest.mark.parametrize(
    ("password", "kind"),
    [
        ("nine char", "password_short"),
        ("PassWord 123", "password_common"),
        ("qwertyuiop", "password_common"),
        ("abcdefghij", "password_common"),
        ("9876543210", "password_common"),
        ("..........", "password_common"),
    ],
)
def test_short_and_common_ones_will_not_do(password, kind):
    with pytest.raises(PydanticCustomError) as refusal:
        refuse_weak(password)
    assert refusal.value.type == kind


def test_every_common_one_listed_is_long_enough_to_matter():
    assert all(len(password) >= SHORTEST for password in COMMONEST)
    assert all(password == password.casefold() for password in COMMONEST)


def test_a_name_or_address_is_no_password():
    assert is_near("AwaDiop of", "Awa Diop Of", "")
    assert is_near("awa.diop@example.org", "", "Awa.Diop@example.org")
    assert is_near("Awa.DioP", "", "awa.diop@example.org")
    assert not is_near("awa diop goes home", "Awa Diop", "awa.diop@example.org")


def test_a_password_fits_however_its_letters_are_composed():
    stored = hash_of("un mot de passé")
    assert fits("un mot de passé", stored)
    assert fits("un mot de passe\u0301", stored)
    assert not fits("un mot de passe", stored)
    assert not is_outdated(stored)


def test_nothing_fits_where_nothing_or_nonsense_is_stored():
    assert not fits("whatever it is", None)
    assert not fits("whatever it is", "nonsense")


def test_a_password_that_is_not_stored_takes_as_long_as_one_that_is():
    stored = hash_of("three plain words")

    def seconds(kept: str | None) -> float:
        started = time.thread_time()
        fits("three other words", kept)
        return time.thread_time() - started

    known = min(seconds(stored) for _time in range(5))
    unknown = min(seconds(None) for _time in range(5))
    assert 0.5 < known / unknown < 2


def test_no_more_than_two_hashes_are_made_at_once():
    made = threading.Event()

    def make_third() -> None:
        hash_of("three plain words")
        made.set()

    third = threading.Thread(target=make_third)
    with SLOTS:
        assert fits("three plain words", hash_of("three plain words"))
        with SLOTS:
            third.start()
            assert not made.wait(0.5)
        assert made.wait(5)
    third.join()
