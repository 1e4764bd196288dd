"""Sending: one hand over for one claim, and what each of the carrier's answers means."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from hotline import dispatch
from hotline.carrier import CarrierFault
from hotline.models import deliveries
from tests.workers.conftest import ANA, NUMBER
from workers import outbox, send


@pytest.fixture
def fates(monkeypatch):
    """What the runs are told."""
    told = []
    monkeypatch.setattr(dispatch, "take_fate", lambda house, id, status, error: told.append((id, status, error)))
    return told


def test_a_text_goes_out_once_with_its_words_kept(house, desk, carrier):
    delivery = desk.text("Bo is with you now")
    send.hand_over(house, delivery)
    send.hand_over(house, delivery)
    [held] = carrier.sent
    assert (held.to, held.from_, held.words) == (ANA, NUMBER, "Bo is with you now")
    assert carrier.last["status_url"].endswith(f"/twilio/status?d={delivery}")
    row = desk.row(delivery)
    assert (row.state, row.sid, row.tries) == ("sent", held.sid, 1)
    assert house.vault.open(row.words) == "Bo is with you now"


def test_ten_at_once_send_it_once(house, desk, carrier):
    delivery = desk.text()
    start = threading.Barrier(10)

    def race():
        start.wait()
        send.hand_over(house, delivery)

    threads = [threading.Thread(target=race) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(carrier.sent) == 1
    assert desk.row(delivery).tries == 1


def test_a_run_hears_no_silence_before_the_text_is_out(house, desk):
    run = desk.run(after=timedelta(minutes=15))
    delivery = desk.text(run_id=run, wait=300, turn=1)
    send.hand_over(house, delivery)
    assert desk.run_row(run).due - desk.row(delivery).sent_at == timedelta(minutes=5)


@pytest.mark.parametrize(
    "fault",
    [
        CarrierFault("transient", 20429, 429),
        CarrierFault("transient", None, 500),
        CarrierFault("transient", None, 503),
        CarrierFault("transient"),
    ],
)
def test_later_is_tried_again_later(house, desk, carrier, fault, fates):
    delivery = desk.text()
    carrier.answers = [fault]
    before = house.clock.now()
    send.hand_over(house, delivery)
    row = desk.row(delivery)
    assert (row.state, row.tries, row.refusals, row.lease) == ("due", 0, 1, None)
    assert timedelta(seconds=0.7) < row.due - before < timedelta(seconds=10)
    assert not fates
    send.hand_over(house, delivery)
    assert not carrier.sent  # not due yet
    with house.engine.begin() as connection:
        connection.execute(update(deliveries).values(due=house.clock.now()))
    send.hand_over(house, delivery)
    assert len(carrier.sent) == 1
    assert desk.row(delivery).tries == 1


def test_the_carrier_says_how_much_later(house, desk, carrier):
    delivery = desk.text()
    carrier.answers = [CarrierFault("transient", 20429, 429, after=45.0)]
    before = house.clock.now()
    send.hand_over(house, delivery)
    assert desk.row(delivery).due - before >= timedelta(seconds=45)


def test_waiting_grows_to_a_limit_and_is_never_the_same(house):
    waits = [send.back_off(house, n, "urgent", None).total_seconds() for n in range(20)]
    assert 0.75 <= waits[0] <= 1.25
    assert 3 <= waits[2] <= 5
    assert max(waits) <= 30 * 1.25
    assert len({send.back_off(house, 5, "routine", None) for _ in range(50)}) > 1
    # Routine texts stand back for an urgent one that will be tried again.
    assert timedelta(seconds=30 * 1.25) < outbox.SOON


def test_a_carrier_that_says_later_for_ever_ends_with_the_run_being_told(house, desk, carrier, fates):
    delivery = desk.text(refusals=send.PATIENCE)
    carrier.answers = [CarrierFault("transient", 20429, 429)]
    send.hand_over(house, delivery)
    assert fates == [(delivery, "failed", 20429)]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("permanent", 21211), ("opted_out", 21610), ("config", 20003), ("content", 30007)],
)
def test_no_is_told_at_once(house, desk, carrier, fates, kind, code):
    delivery = desk.text()
    carrier.answers = [CarrierFault(kind, code, 400)]
    send.hand_over(house, delivery)
    assert fates == [(delivery, "failed", code)]


def test_a_carrier_that_does_not_know_us_is_asked_again(house, desk, carrier, fates):
    delivery = desk.text()
    carrier.answers = [CarrierFault("config", 20003, 401)]
    send.hand_over(house, delivery)
    assert desk.row(delivery).state == "due"
    assert fates == []


def test_what_was_not_answered_stays_claimed_until_the_carrier_is_asked(house, desk, carrier, fates):
    delivery = desk.text()
    carrier.answers = [CarrierFault("unknown")]
    send.hand_over(house, delivery)
    row = desk.row(delivery)
    assert row.state == "claimed"
    assert row.lease <= outbox.real.now() + outbox.UNKNOWN
    send.hand_over(house, delivery)
    assert not carrier.sent
    assert not fates


def test_what_came_too_late_is_not_sent(house, desk, carrier, fates):
    delivery = desk.text(expires=300, created_at=house.clock.now() - timedelta(seconds=301))
    send.hand_over(house, delivery)
    assert not carrier.sent
    assert fates == [(delivery, "failed", send.EXPIRED)]


def test_the_carrier_is_told_how_long_a_text_is_worth_sending(house, desk, carrier):
    send.hand_over(house, desk.text(expires=300, created_at=house.clock.now() - timedelta(seconds=100)))
    assert 190 < carrier.last["expires_s"] <= 200


def test_poison_goes_out_of_the_way_and_in_the_end_its_run_is_told(house, desk, carrier, fates):
    delivery = desk.text(words="x")
    with house.engine.begin() as connection:
        connection.execute(update(deliveries).values(words=b"sealed by nobody"))
    for refused in range(3):
        send.hand_over(house, delivery)
        row = desk.row(delivery)
        assert row.refusals == refused + 1
        assert row.due > house.clock.now()
        with house.engine.begin() as connection:
            connection.execute(update(deliveries).values(due=house.clock.now()))
    assert fates == [(delivery, "failed", None)]


def test_a_row_that_is_gone_or_not_due_is_nothing(house, desk, carrier):
    send.hand_over(house, 1)
    send.hand_over(house, desk.text(after=timedelta(minutes=1)))
    send.hand_over(house, desk.text(state="replied"))
    assert not carrier.sent


def test_eight_urgent_texts_are_under_way_at_a_time(house, desk, carrier, hands):
    carrier.gate = threading.Event()
    texts = [desk.text(f"page {n}") for n in range(10)]
    taken = [hands.offer(id) for id in texts]
    assert taken.count(True) == 8
    while carrier.under_way < 8:
        pass
    carrier.gate.set()
    assert hands.is_idle(10)
    assert all(hands.give(id) for id in texts)
    assert hands.is_idle(10)
    assert carrier.most == 8
    assert sorted(carrier.words) == sorted(f"page {n}" for n in range(10))


def test_the_lease_of_what_is_in_hand_is_renewed(house, desk, carrier):
    delivery = desk.text()
    with house.engine.begin() as connection:
        connection.execute(update(deliveries).values(state="claimed", lease=outbox.real.now()))
    outbox.renew(house, [delivery])
    assert desk.row(delivery).lease > outbox.real.now() + timedelta(seconds=4)
    with house.engine.begin() as connection:
        connection.execute(update(deliveries).values(state="sent", lease=None))
    outbox.renew(house, [delivery])
    assert desk.row(delivery).lease is None
