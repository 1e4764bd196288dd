"""The sweep: every due row is found, with Redis or without, and poison does not stop the others."""

import threading
from datetime import timedelta

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import update

from hotline import dispatch
from hotline.models import runs
from hotline.nudge import Nudge, connect, queue
from tests.workers.conftest import eventually
from workers import beats, clock, here
from workers.sweep import GRACE, Sweep


@pytest.fixture
def heard(house, monkeypatch):
    """Which runs heard the silence; each ends by it."""
    told = []

    def take_due(house, run_id):
        told.append(run_id)
        with house.engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(open=False))

    monkeypatch.setattr(dispatch, "take_due", take_due)
    return told


@pytest.fixture
def sweep(house, hands):
    return Sweep(house, hands, "urgent")


def test_due_runs_hear_the_silence_in_order(desk, sweep, heard):
    late = desk.run(after=timedelta(seconds=-1))
    early = desk.run(after=timedelta(seconds=-5))
    desk.run(after=timedelta(minutes=1))
    desk.run(lane="routine")
    sweep.once()
    assert heard == [early, late]


def test_without_a_living_worker_texts_go_out_at_once(desk, sweep, hands, carrier):
    desk.text("a page")
    sweep.once()
    assert hands.is_idle(5)
    assert carrier.words == ["a page"]


def test_a_living_worker_is_left_what_it_was_nudged_for(house, desk, sweep, hands, carrier):
    beats.beat(house.engine, "urgent")
    desk.text("nudged just now")
    desk.text("overheard", after=-GRACE)
    sweep.once()
    assert hands.is_idle(5)
    assert carrier.words == ["overheard"]


def test_poison_stops_nobody(house, desk, sweep, monkeypatch):
    poison, fine = desk.run(after=timedelta(seconds=-5)), desk.run()
    told = []

    def take_due(house, run_id):
        if run_id == poison:
            raise KeyError("a state that is gone")
        told.append(run_id)

    monkeypatch.setattr(dispatch, "take_due", take_due)
    sweep.once()
    assert told == [fine]
    assert desk.run_row(poison).due > house.clock.now()


def test_a_run_that_does_not_move_is_pushed_away(house, desk, sweep, monkeypatch):
    stuck = desk.run()
    monkeypatch.setattr(dispatch, "take_due", lambda house, run_id: None)
    sweep.once()
    sweep.once()
    assert desk.run_row(stuck).due > house.clock.now()


def test_a_job_sends_what_was_nudged_for(house, desk, carrier, hands, redis_url, monkeypatch):
    monkeypatch.setattr(here, "house", lambda: house)
    monkeypatch.setattr(here, "hands", lambda: hands)
    delivery = desk.text("a page")
    nudge = Nudge(redis_url)
    nudge("send", delivery, "urgent")
    nudge("send", delivery, "urgent")
    with connect(redis_url) as connection:
        work = SimpleWorker([queue("urgent", connection)], connection=connection, serializer=JSONSerializer)
        work.work(burst=True, logging_level="WARNING")
        assert not connection.keys("rq:job:*")  # nothing of anybody stays behind
    assert hands.is_idle(5)
    assert carrier.words == ["a page"]


def test_the_clock_process_does_all_the_work_when_redis_is_away(house, desk, carrier, heard):
    stop = threading.Event()
    thread = threading.Thread(target=clock.run, args=(house, stop))
    thread.start()
    try:
        texts = [desk.text(f"page {n}") for n in range(20)] + [desk.text("check-in", lane="routine")]
        run = desk.run(after=timedelta(seconds=0.2), lane="routine")
        assert eventually(lambda: len(carrier.sent) == len(texts) and heard == [run])
        assert carrier.words[-1] == "check-in"
        assert beats.is_alive(house.engine, "clock")
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
