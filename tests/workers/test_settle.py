"""Settling: the carrier is asked before anything is sent a second time."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from hotline.carrier import CarrierFault
from hotline.models import deliveries
from workers import outbox, send, waiting
from workers.settle import settle


def lapsed(house, lane: str = "urgent"):
    with waiting.looking(house) as connection:
        return waiting.lapsed(connection, lane)


@pytest.fixture
def settle_all(house, desk):
    def run(lane: str = "urgent") -> None:
        for row in lapsed(house, lane):
            if settle(house, row):
                send.hand_over(house, row.id)

    return run


def test_a_worker_killed_between_yes_and_note_sends_nothing_twice(house, desk, carrier, settle_all):
    delivery = desk.text("your ride is here")
    carrier.answers, carrier.keeps = [CarrierFault("unknown")], True
    send.hand_over(house, delivery)
    settle_all()
    assert desk.row(delivery).state == "claimed"  # its lease has not run out
    desk.lapse(delivery)
    settle_all()
    row = desk.row(delivery)
    assert (row.state, row.sid) == ("sent", carrier.sent[0].sid)
    assert len(carrier.sent) == 1


def test_a_worker_killed_before_the_carrier_heard_it_loses_nothing(house, desk, carrier, settle_all):
    delivery = desk.text("your ride is here")
    carrier.answers = [CarrierFault("unknown")]
    send.hand_over(house, delivery)
    desk.lapse(delivery)
    settle_all()
    row = desk.row(delivery)
    assert (row.state, row.tries) == ("sent", 1)
    assert len(carrier.sent) == 1


def test_two_equal_texts_are_two_texts(house, desk, carrier, settle_all):
    first, second = desk.text("hello"), desk.text("hello")
    send.hand_over(house, first)
    carrier.answers = [CarrierFault("unknown")]
    send.hand_over(house, second)
    desk.lapse(second)
    settle_all()
    assert len(carrier.sent) == 2
    assert {desk.row(first).sid, desk.row(second).sid} == {one.sid for one in carrier.sent}


def test_other_words_to_the_same_person_are_another_text(house, desk, carrier, settle_all):
    lost, found = desk.text("where are you"), desk.text("are you there")
    carrier.answers = [CarrierFault("unknown")]
    send.hand_over(house, lost)
    carrier.answers, carrier.keeps = [CarrierFault("unknown")], True
    send.hand_over(house, found)
    carrier.answers = []
    desk.lapse(lost)
    desk.lapse(found)
    settle_all()
    assert sorted(carrier.words) == ["are you there", "where are you"]
    assert desk.states() == ["sent", "sent"]


def test_a_carrier_that_cannot_be_asked_is_sent_nothing(house, desk, carrier, settle_all):
    delivery = desk.text()
    carrier.answers = [CarrierFault("unknown")]
    send.hand_over(house, delivery)
    desk.lapse(delivery)
    carrier.answers = [CarrierFault("deaf")]
    settle_all()
    row = desk.row(delivery)
    assert (row.state, carrier.sent) == ("claimed", [])
    assert row.lease > outbox.real.now()


def test_only_one_sweep_settles(house, desk, carrier):
    delivery = desk.text()
    carrier.answers = [CarrierFault("unknown")]
    send.hand_over(house, delivery)
    desk.lapse(delivery)
    [first] = lapsed(house)
    assert settle(house, first)
    assert not settle(house, first)


def test_a_moved_clock_takes_nothing_out_of_anybodys_hands(house, desk):
    delivery = desk.text()
    with house.engine.begin() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery)
            .values(state="claimed", lease=outbox.real.now() + timedelta(seconds=5))
        )
    from hotline import simulated_time

    simulated_time.hop(house.engine, house.clock.now() + timedelta(days=1))
    assert house.clock.now() > outbox.real.now() + timedelta(hours=23)
    assert not lapsed(house)
