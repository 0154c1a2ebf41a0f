"""Cores: the threads of a process's pages stay together, and go where others leave room."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.web import cores
from app.web.cores import TICKS, Core, cores_allowed

ALL = os.sched_getaffinity(0)
pytestmark = pytest.mark.skipif(len(ALL) < 2, reason="a machine of one core")


@pytest.fixture(autouse=True)
def hardly_busy(monkeypatch):
    """What counts as much to do is less here, where others may leave a test a tenth of a core."""
    monkeypatch.setattr(cores, "BUSY", 0.03)


def write_busy(stats: Path, seconds: dict[int, float]) -> None:
    """What the system says of cores that have worked for so long."""
    lines = [f"cpu{core} {int(each * TICKS)} 0 0 500 0 0 0 0 0 0" for core, each in seconds.items()]
    stats.write_text("\n".join(["cpu  1 1 1 1 1 1 1 1 0 0", *lines, "intr 5"]))


def work(core: Core, seconds: float = 0.2) -> None:
    """Take a core's time between two looks, so that the threads come together."""
    core.look()
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1_000))
    core.look()


def where() -> set[int]:
    return os.sched_getaffinity(threading.get_native_id())


def test_all_threads_that_join_are_on_one_core_and_others_are_not():
    core = Core(ALL)
    work(core)
    with ThreadPoolExecutor(3, initializer=core.join) as joined, ThreadPoolExecutor(1) as other:
        found = {tuple(joined.submit(where).result()) for _ in range(9)}
        assert len(found) == 1
        assert len(found.pop()) == 1
        assert other.submit(where).result() == ALL


def test_while_little_is_to_do_each_thread_is_where_there_is_room():
    core = Core(ALL)
    with ThreadPoolExecutor(1, initializer=core.join) as joined:
        assert joined.submit(where).result() == ALL
        work(core)
        assert len(joined.submit(where).result()) == 1


def test_what_takes_long_runs_where_there_is_room_and_comes_back():
    core = Core(ALL)
    work(core)

    def hash_slowly() -> tuple[set[int], set[int]]:
        with core.apart():
            apart = where()
        return apart, where()

    with ThreadPoolExecutor(1, initializer=core.join) as joined:
        apart, back = joined.submit(hash_slowly).result()
    assert apart == ALL
    assert len(back) == 1


def test_all_move_to_the_core_that_others_use_less(tmp_path):
    stats, taken = tmp_path / "stat", dict.fromkeys(sorted(ALL), 0.0)
    write_busy(stats, taken)
    core = Core(ALL, stats)
    work(core)
    with ThreadPoolExecutor(2, initializer=core.join) as joined:
        (before,) = joined.submit(where).result()
        core.look()
        write_busy(stats, taken | {before: 60})
        core.look()
        (after,) = joined.submit(where).result()
        assert after != before
        assert joined.submit(where).result() == {after}


def test_a_thread_that_began_on_the_core_is_let_go():
    core, done, began = Core(ALL), threading.Event(), threading.Event()
    found: list[int] = []
    work(core)

    def stray() -> None:
        found.append(threading.get_native_id())
        began.set()
        done.wait(30)

    def begin() -> set[int]:
        threading.Thread(target=stray).start()
        began.wait(30)
        return os.sched_getaffinity(found[0])

    with ThreadPoolExecutor(1, initializer=core.join) as joined:
        assert len(joined.submit(begin).result()) == 1
        core.look()
        assert os.sched_getaffinity(found[0]) == ALL
        done.set()


@pytest.mark.parametrize("allowed", [(), (0,)])
def test_nothing_is_done_where_there_is_no_choice(allowed):
    core = Core(allowed)
    with ThreadPoolExecutor(1, initializer=core.join) as joined:
        assert joined.submit(where).result() == ALL


def test_the_system_says_which_cores_may_be_used():
    assert set(cores_allowed()) == ALL
