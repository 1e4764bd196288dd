"""The clock: ids rise, in threads and after a fork; time moves by its offset; a stopped clock stands."""

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hotline import clock as clocks
from hotline.clock import Clock


def test_ids_rise_within_a_millisecond_and_fit_63_bits():
    clock = Clock()
    ids = [clock.id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert ids[-1] < 2**63


def test_ids_of_threads_never_meet():
    made: list[list[int]] = []

    def make():
        made.append([Clock().id() for _ in range(5_000)])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one for ids in made for one in ids}) == 40_000
    assert all(ids == sorted(ids) for ids in made)


def test_ids_go_on_rising_when_the_systems_clock_steps_back(monkeypatch):
    before = Clock().id()
    monkeypatch.setattr(clocks.time, "time_ns", lambda: 1_600_000_000 * 10**9)
    assert Clock().id() > before


def test_a_forked_child_counts_from_a_start_of_its_own():
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    children = [context.Process(target=lambda: queue.put((clocks._ids.start, Clock().id()))) for _ in range(4)]
    for child in children:
        child.start()
    found = [queue.get(timeout=10) for _ in children]
    for child in children:
        child.join()
    assert len({start for start, _ in found} | {clocks._ids.start}) == 5


def test_ids_are_in_the_order_of_time():
    stamp = (Clock().id() >> clocks.LOW_BITS) + clocks.EPOCH_MS
    assert abs(stamp - datetime.now(UTC).timestamp() * 1000) < 10_000


def test_the_lines_time_is_ahead_by_the_offset():
    ahead = Clock(offset=lambda: 3600.0)
    assert timedelta(minutes=59) < ahead.now() - Clock().now() < timedelta(minutes=61)
    assert ahead.now().tzinfo is UTC


def test_a_stopped_clock_stands_and_still_makes_rising_ids():
    clock = Clock(offset=lambda: 5.0)
    before = clock.id()
    stopped = clock.at(datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-5))))
    assert stopped.now() == stopped.now() == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert stopped.now().tzinfo is UTC
    assert stopped.id() > before
    with pytest.raises(ValueError):
        clock.at(datetime(2026, 11, 1))


def test_the_dice_choose_from_what_they_are_given():
    assert {Clock().choice("abc") for _ in range(200)} == set("abc")
