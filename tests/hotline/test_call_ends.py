"""Whoever hangs up, whenever: the other is left neither in silence nor in a queue that nobody will empty.

The webhooks of two calls, one by one, in orders in which a carrier may bring them.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from xml.etree import ElementTree as xml

import pytest
from sqlalchemy import select, update

from hotline import calling, dispatch, minding
from hotline.calling import Arrival, Step
from hotline.carrier import CarrierFault
from hotline.models import calls, deliveries, people
from tests import inline
from workers import rounds

SIDS = count(1)


@dataclass
class Leg:
    """One phone on the line: what it was told last, and what it does."""

    line: object
    id: int
    sid: str
    document: xml.Element | None = None

    def step(self, what: str, **more: object) -> "Leg":
        turn = self.row.turn if what != "answered" else 0
        told = calling.take_step(self.line.house, Step(self.sid, self.id, turn, what, **more))
        self.document = xml.fromstring(told)
        return self

    def presses(self, key: str) -> "Leg":
        return self.step("keys", digits=key)

    def waits(self) -> "Leg":
        return self.step("waits")

    def ends(self, status: str = "completed") -> "Leg":
        calling.take_end(self.line.house, self.id, self.sid, status)
        return self

    @property
    def row(self):
        with self.line.house.engine.connect() as connection:
            return connection.execute(select(calls).where(calls.c.id == self.id)).one()

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.document]

    @property
    def said(self) -> str:
        return " ".join(say.text for say in self.document.iter("Say")).casefold()


def arrives(line, phone) -> Leg:
    line.opens()
    sid = f"CA{next(SIDS):032}"
    told = calling.take_arrival(line.house, Arrival(sid, line.number, phone.number))
    with line.house.engine.connect() as connection:
        id = connection.scalar(select(calls.c.id).where(calls.c.sid == sid))
    return Leg(line, id, sid, xml.fromstring(told))


def rung(line, phone) -> Leg:
    """The phone the line rings now, picked up; nothing of it is known to the simulated carrier."""
    with line.house.engine.begin() as connection:
        person = line.house.vault.index(phone.number)
        mine = select(calls.c.id).join(people, people.c.id == calls.c.person_id).where(people.c.phone_ix == person)
        id = connection.scalar(mine.where(~calls.c.inbound, calls.c.sid.is_(None), calls.c.ended_at.is_(None)))
        assert id is not None, f"{phone.name} is not rung"
        connection.execute(update(deliveries).where(deliveries.c.id == id).values(state="sent", due=None))
    return Leg(line, id, f"CA{next(SIDS):032}").step("answered")


def goes_on(line, seconds: float) -> None:
    """Only the flows' clocks: the carrier does nothing."""
    until = line.clock.now + timedelta(seconds=seconds)
    while (ahead := inline.ahead(line.house)) is not None and ahead <= until:
        line.hop(ahead)
        for run in inline.due_runs(line.house):
            dispatch.take_due(line.house, run)
    line.hop(until)


@pytest.fixture
def talk(ana, bo):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").accepts("1")
    ana.sleeps(), bo.sleeps()


@pytest.fixture
def waiting(talk, line, ana) -> Leg:
    """Ana calls, and waits in the queue."""
    leg = arrives(line, ana).presses("2")
    assert leg.verbs[-1] == "Enqueue"
    said = leg.said + leg.waits().said
    assert "ringing them" in said
    return leg


class Deaf:
    """A carrier that is asked, and does nothing."""

    def __init__(self, **answers: object) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.answers = answers

    def __getattr__(self, name: str):
        def ask(*what: object) -> object:
            self.asked.append((name, *what))
            answer = self.answers.get(name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return ask


def test_taken_and_hung_up_before_the_two_were_brought_together(waiting, line, bo):
    member = rung(line, bo).presses("1")
    assert member.verbs[-1] == "Dial"
    member.ends()
    waiting.waits()
    assert waiting.verbs[-1] == "Redirect", "still held: whether they had spoken is not known yet"
    goes_on(line, 7)
    waiting.waits()
    assert "can't reach them" in waiting.said


def test_taken_while_the_other_is_still_hearing_something(talk, line, ana, bo):
    caller = arrives(line, ana).presses("2")  # not in the queue yet
    member = rung(line, bo).presses("1")
    for _ in range(3):
        member.step("left")
        assert "one moment" in member.said, "they are on the line: it is tried again"
        assert member.verbs[-1] == "Dial"
    caller.ends()
    member.step("left")
    assert "not on the line" in member.said


def test_they_hung_up_as_it_was_taken_and_the_queue_says_so(waiting, line, bo):
    member = rung(line, bo).presses("1")
    waiting.step("left", over=True)  # QueueResult=hangup, CallStatus=completed
    waiting.ends()
    member.step("left")
    assert "not on the line" in member.said


def test_two_people_call_from_the_same_number(line, ana):
    first, second = arrives(line, ana), arrives(line, ana)
    assert first.presses("2").verbs[-1] == "Enqueue"
    assert "passed out" in second.presses("2").said, "the question was answered on the other call: it is asked again"
    second.presses("2")
    assert second.verbs[-1] == "Enqueue"


def test_danger_on_the_second_call_from_the_same_number_counts_at_once(line, ana, bo):
    bo.sleeps()
    first, second = arrives(line, ana), arrives(line, ana)
    first.presses("2")
    assert "call 9 1 1 now" in second.presses("1").said
    third = arrives(line, ana)
    second.waits()
    assert "call 9 1 1 now" in third.presses("1").said


def test_the_offer_of_a_message_after_four_minutes_waits_for_nothing(line, ana, bo):
    bo.sleeps()
    leg = arrives(line, ana).presses("2").waits()
    goes_on(line, 239)
    assert "leave a message" not in leg.waits().said
    goes_on(line, 2)
    assert "leave a message" in leg.waits().said


def test_a_number_that_is_in_no_programs_file_says_where_to_call(line, ana):
    told = calling.take_arrival(line.house, Arrival(f"CA{next(SIDS):032}", "+15550001111", ana.number))
    document = xml.fromstring(told)
    assert [verb.tag for verb in document] == ["Say", "Hangup"]
    assert "9 1 1" in document[0].text


def test_they_spoke_and_the_member_hung_up(waiting, line, bo):
    rung(line, bo).presses("1").ends()
    waiting.step("left", joined=True)
    assert waiting.verbs[-1] == "Hangup"
    assert "any time" in waiting.said


def test_they_spoke_and_the_caller_hung_up(waiting, line, bo):
    member = rung(line, bo).presses("1")
    waiting.step("left", joined=True).ends()
    member.step("left", joined=True)
    assert member.verbs == ["Hangup"]


def test_the_caller_is_gone_when_the_member_is_put_through(waiting, line, bo, ana):
    """No webhook comes of a queue that is empty: a worker has the carrier ask us."""
    member = rung(line, bo).presses("1")
    waiting.ends()
    house = replace(line.house, carrier=(carrier := Deaf()))
    assert minding.mind(house) == 0, "as a rule the carrier tells it by itself"
    goes_on(line, 3)
    assert minding.mind(house) == 1
    assert carrier.asked == [("turn_call", member.sid, f"{line.url}/twilio/voice/{member.id}/left/{member.row.turn}")]
    assert minding.mind(house) == 0
    member.step("left")
    assert "not on the line" in member.said
    member.presses("1")
    assert "hold" in member.said + member.waits().said
    assert rung(line, ana).presses("1").verbs[-1] == "Dial"


def test_nobody_presses_1_to_call_them_back(waiting, line, bo):
    member = rung(line, bo).presses("1")
    waiting.ends()
    member.step("left").step("silent").step("silent")
    assert member.verbs[-1] == "Hangup"


def test_both_on_the_line_and_neither_speaking_just_then(line, ana, bo):
    """The offer is taken by text while the phone that rang for it is at the ear."""
    line.opens()
    caller = arrives(line, ana).presses("2").waits()
    with line.house.engine.begin() as connection:
        connection.execute(update(deliveries).where(deliveries.c.channel == "text").values(state="dropped", due=None))
    member = rung(line, bo)
    bo.sends("1")
    with line.house.engine.begin() as connection:
        connection.execute(update(deliveries).where(deliveries.c.state == "due").values(state="sent", due=None))
    bo.sleeps(), ana.sleeps()
    member.step("silent")
    assert member.verbs[-1] == "Dial"
    assert member.document[-1][0].text == f"q{caller.id}"
    caller.waits()
    assert caller.verbs[-1] == "Redirect"


def test_a_caller_who_comes_back_from_988_is_asked_again(waiting, line, bo):
    waiting.presses("8")
    assert waiting.verbs == ["Leave"]
    waiting.step("left")
    assert waiting.verbs[-1] == "Dial"
    rung(line, bo).presses("2").ends()
    waiting.step("left", joined=True)
    assert waiting.verbs[-1] != "Hangup"


def test_a_caller_on_988_is_not_put_through(waiting, line, bo):
    waiting.presses("8").step("left")
    member = rung(line, bo).presses("1")
    assert member.verbs[-1] == "Enqueue"


def test_the_queue_is_never_silent_for_long(waiting, line):
    said = [waiting.waits().said for _ in range(12)]
    assert any("ringing" in words for words in said)


# --- rings ------------------------------------------------------------------------------------------------------------


def test_a_ring_for_nobody_is_stopped(line, ana, bo, pat, clock):
    ana.texts("my brother is not breathing").sleeps()
    bo.sleeps(), pat.sleeps()
    sids = {call.phone: call.sid for call in line.simulator.switchboard.carrier.calls.values()}
    assert set(sids) >= {bo.number, pat.number}
    bo.texts("1")
    assert line.simulator.switchboard.carrier.call(sids[pat.number]).status != "ringing"


def test_a_ring_that_is_not_yet_placed_is_dropped(talk, line, ana, bo):
    with line.house.engine.begin() as connection:
        connection.execute(update(people).values(on_call=None))
    caller = arrives(line, ana).presses("2")
    with line.house.engine.begin() as connection:
        connection.execute(calls.update().where(~calls.c.inbound).values(next="stop"))
    assert minding.mind(replace(line.house, carrier=Deaf())) == 1
    with line.house.engine.connect() as connection:
        states = connection.execute(select(deliveries.c.state).where(deliveries.c.channel == "call")).scalars().all()
    assert states[-1] == "dropped"
    caller.ends()


# --- ends that were never told ----------------------------------------------------------------------------------------


def test_an_end_that_was_never_told_is_asked_for(waiting, line, bo):
    carrier = Deaf(call_status="in-progress")
    house = replace(line.house, carrier=carrier)
    minding.ask_ends(house)
    assert carrier.asked == []
    goes_on(line, 130)
    minding.ask_ends(house)
    assert ("call_status", waiting.sid) in carrier.asked
    assert waiting.row.ended_at is None
    goes_on(line, 130)
    carrier.answers["call_status"] = "completed"
    minding.ask_ends(house)
    assert waiting.row.ended_at is not None
    assert (waiting.row.said, waiting.row.document) == (None, None)


def test_a_call_the_carrier_knows_nothing_of_is_over(waiting, line):
    goes_on(line, 130)
    minding.ask_ends(replace(line.house, carrier=Deaf(call_status=CarrierFault("config", 20404, 404))))
    assert waiting.row.outcome == "failed"


def test_what_comes_after_the_end_changes_nothing(waiting, line):
    waiting.ends()
    with line.house.engine.connect() as connection:
        person = connection.scalar(select(calls.c.person_id).where(calls.c.id == waiting.id))
    waiting.waits()
    with line.house.engine.connect() as connection:
        assert connection.scalar(select(people.c.on_call).where(people.c.id == person)) is None
    assert waiting.row.document is None


def test_the_clock_process_minds(line):
    line.opens()
    rounds.phoning(line.house).once()
