"""Routine texts: a segment a second per number, and none while something urgent from it is unsent."""

from datetime import timedelta

from sqlalchemy import select, update

from hotline import simulated_time
from hotline.models import deliveries, lines
from workers import send, waiting
from workers.sweep import Sweep


def test_one_segment_a_second(house, desk, carrier, hands):
    for n in range(3):
        desk.text(f"check-in {n}", lane="routine")
    sweep = Sweep(house, hands, "routine")
    for expected in (1, 2, 3):
        for _ in range(2):  # the second finds the number taken
            sweep.send()
            assert hands.is_idle(5)
            assert len(carrier.sent) == expected
        simulated_time.hop(house.engine, house.clock.now() + timedelta(seconds=1))
    assert carrier.words == [f"check-in {n}" for n in range(3)]


def test_a_long_text_takes_as_long_as_its_segments(house, desk, carrier):
    before = house.clock.now()
    send.hand_over(house, desk.text("x" * 400, lane="routine"))
    with house.engine.connect() as connection:
        free_at = connection.scalar(select(lines.c.free_at))
    assert timedelta(seconds=3) <= free_at - before < timedelta(seconds=8)


def test_urgent_texts_go_first_and_wait_for_nobody(house, desk, carrier, hands):
    routine = desk.text("check-in", lane="routine")
    urgent = [desk.text(f"page {n}") for n in range(3)]
    send.hand_over(house, routine)
    assert not carrier.sent
    with waiting.looking(house) as connection:
        assert not waiting.routine(connection, house, house.clock.now(), house.clock.now())
    for id in urgent:
        send.hand_over(house, id)
    send.hand_over(house, routine)
    assert carrier.words == ["page 0", "page 1", "page 2", "check-in"]


def test_an_urgent_text_that_is_tried_again_soon_still_holds_them_back(house, desk, carrier):
    urgent = desk.text("page", after=timedelta(seconds=20))
    routine = desk.text("check-in", lane="routine")
    send.hand_over(house, routine)
    assert not carrier.sent
    with house.engine.begin() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == urgent).values(state="claimed"))
    send.hand_over(house, routine)
    assert not carrier.sent
    with house.engine.begin() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == urgent).values(state="sent"))
    send.hand_over(house, routine)
    assert carrier.words == ["check-in"]
