"""Simulated time: a move meets every deadline in order, each at its own time, and nothing hangs it."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from hotline import dispatch, simulated_time
from hotline.carrier import CarrierFault
from hotline.models import deliveries, runs
from workers import beats
from workers.move import Mover


@pytest.fixture
def mover(house, hands):
    return Mover(house, hands)


@pytest.fixture
def alive(house):
    """A clock process, as far as anybody can see: told how far, and then moved by the test itself."""

    def forward(words: str) -> None:
        with house.engine.begin() as connection:
            row = simulated_time._row(connection)
            there = (row.target or house.clock.now()) + simulated_time.length(words)
            connection.execute(update(simulated_time.simulated_time).values(target=there))

    return forward


@pytest.fixture
def met(house, monkeypatch):
    """When each run was heard, by the line's clock. It waits once more if the test says how long."""
    met = SimpleNamespace(found=[], again={})

    def take_due(house, run_id):
        now = house.clock.now()
        met.found.append((run_id, now))
        values = {"due": now + met.again.pop(run_id)} if run_id in met.again else {"open": False}
        with house.engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(**values))

    monkeypatch.setattr(dispatch, "take_due", take_due)
    return met


def test_each_deadline_is_met_at_its_own_time_and_in_order(house, desk, mover, alive, met):
    start = house.clock.now()
    third = desk.run(after=timedelta(minutes=15))
    first = desk.run(after=timedelta(minutes=2), lane="routine")
    second = desk.run(after=timedelta(minutes=5))
    never = desk.run(after=timedelta(minutes=31))
    met.again[first] = timedelta(minutes=8)  # what it brings about comes between
    alive("30m")
    assert mover.once()
    assert [run for run, _ in met.found] == [first, second, first, third]
    for (_, at), minutes in zip(met.found, (2, 5, 10, 15), strict=True):
        assert timedelta() <= at - start - timedelta(minutes=minutes) < timedelta(seconds=2)
    assert never not in [run for run, _ in met.found]
    assert house.clock.now() - start >= timedelta(minutes=30)
    assert simulated_time.target(house.engine) is None


def test_texts_on_the_way_go_out_at_their_times(house, desk, mover, alive, carrier, met):
    desk.text("in an hour", after=timedelta(hours=1))
    desk.text("in a minute", after=timedelta(minutes=1), lane="routine")
    desk.text("tomorrow", after=timedelta(days=1))
    alive("2h")
    mover.once()
    assert carrier.words == ["in a minute", "in an hour"]


def test_a_text_arms_its_run_before_the_clock_goes_on(house, desk, mover, alive, met):
    start = house.clock.now()
    run = desk.run(after=timedelta(minutes=15))
    desk.text("will you", run_id=run, wait=300, turn=1)
    alive("6m")
    mover.once()
    [(_, at)] = met.found
    assert timedelta(minutes=5) <= at - start < timedelta(minutes=5, seconds=2)


def test_routine_texts_keep_their_pace(house, desk, mover, alive, carrier):
    start = house.clock.now()
    for n in range(5):
        desk.text(f"check-in {n}", lane="routine", after=timedelta(minutes=1))
    alive("2m")
    mover.once()
    times = sorted(desk.row(id).sent_at for id in _ids(house))
    assert len(times) == 5
    # Four seconds apart in all; when each was noted may lag behind when it went out, on a busy machine.
    assert times[-1] - times[0] >= timedelta(seconds=3)
    assert times[0] - start >= timedelta(minutes=1)


def test_a_failing_carrier_does_not_hang_a_move(house, desk, mover, alive, carrier, met):
    for _ in range(5):
        desk.text("a page")
    run = desk.run(after=timedelta(minutes=30))
    carrier.answers = [CarrierFault("transient", None, 503)] * 10_000
    started = datetime.now(UTC)
    alive("10m")
    mover.once()
    assert datetime.now(UTC) - started < timedelta(seconds=30)
    assert not carrier.sent
    assert not met.found
    carrier.answers = []
    alive("10m")
    mover.once()
    assert len(carrier.sent) == 5
    alive("11m")
    mover.once()
    assert [found for found, _ in met.found] == [run]


def test_a_carrier_that_never_answers_does_not_hang_a_move(house, desk, mover, alive, carrier, met):
    carrier.gate = threading.Event()
    desk.text("a page")
    wanted = [desk.run(after=timedelta(minutes=n)) for n in (5, 10)]
    alive("1h")
    started = datetime.now(UTC)
    mover.once()
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    assert [run for run, _ in met.found] == wanted
    carrier.gate.set()


def test_told_to_go_further_on_the_way_it_goes(house, desk, mover, alive, met):
    start = house.clock.now()
    alive("10m")
    alive("20m")
    mover.once()
    assert timedelta(minutes=30) <= house.clock.now() - start < timedelta(minutes=31)


def test_two_clock_processes_are_as_right_as_one(house, hands, desk, alive, carrier, met):
    start = house.clock.now()
    wanted = [desk.run(after=timedelta(minutes=n)) for n in range(1, 11)]
    for n in range(10):
        desk.text(f"page {n}", after=timedelta(minutes=n))
    alive("15m")
    threads = [threading.Thread(target=Mover(house, hands).once) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert {run for run, _ in met.found} == set(wanted)
    assert len(carrier.sent) == 10
    assert timedelta(minutes=15) <= house.clock.now() - start < timedelta(minutes=16)


def test_with_no_clock_process_the_clock_jumps(house, desk):
    start = house.clock.now()
    run = desk.run(after=timedelta(minutes=5))
    simulated_time.forward(house, "2h")
    assert house.clock.now() - start >= timedelta(hours=2)
    told = simulated_time.state(house)
    assert told["busy"]
    assert told["next"]["what"] == "paging.asking"
    assert desk.run_row(run).open


def test_forward_waits_for_the_clock_process_to_arrive(house, desk, mover, met):
    beats.beat(house.engine, "clock")
    stop = threading.Event()

    def clock():
        while not stop.wait(0.01):
            mover.once()

    thread = threading.Thread(target=clock)
    thread.start()
    try:
        run = desk.run(after=timedelta(minutes=5))
        simulated_time.forward(house, "10m")
        assert [found for found, _ in met.found] == [run]
        told = simulated_time.state(house)
        assert told["busy"] is False
        assert told["next"] is None
        assert datetime.fromisoformat(told["now"]).tzinfo is not None
    finally:
        stop.set()
        thread.join(10)


@pytest.mark.parametrize("words", ["", "2", "m", "-2m", "2.5h", "0s", "2w", "1000000d", "99999d"])
def test_what_is_no_length_of_time_moves_nothing(house, words):
    with pytest.raises(ValueError, match="must be"):
        simulated_time.forward(house, words)
    assert simulated_time.offset(house.engine) == 0


def test_with_the_database_gone_the_clock_keeps_the_time_it_knew(house, monkeypatch):
    simulated_time.hop(house.engine, house.clock.now() + timedelta(hours=1))
    known = simulated_time.offset(house.engine)
    simulated_time._read[house.engine] = (float("-inf"), known)

    def gone(engine):
        raise OperationalError("select", None, Exception("gone"))

    monkeypatch.setattr(simulated_time, "reader", gone)
    assert simulated_time.offset(house.engine) == known


def _ids(house):
    with house.engine.connect() as connection:
        return list(connection.scalars(select(deliveries.c.id)))
