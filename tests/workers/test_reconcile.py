"""What the carrier holds: texts lost on the way, taken afterwards in order; replies nobody heard of."""

import pytest
from sqlalchemy import select

from hotline.dispatch import Inbound, take_text
from hotline.models import cases, deliveries, texts
from hotline.simulator.carrier import Fault
from tests.line import Line
from workers import reconcile, rounds

both = pytest.mark.both


def takes_what_is_held(line: Line) -> int:
    """The line is up again, and asks."""
    looked = reconcile.take_held(line.house, lambda: pytest.fail("nobody had to be alarmed"))
    line.settle()
    return looked.taken


def loses(*phones) -> None:
    for phone in phones:
        phone.is_(inbound="lost")


def has_again(*phones) -> None:
    for phone in phones:
        phone.is_(inbound="ok")


@both
def test_a_request_from_while_the_line_was_down_is_answered_with_sorry_and_paged(line, ana, bo, clock):
    loses(ana)
    ana.sends("i want help")
    ana.hears_nothing()
    clock.forward(minutes=45)
    assert takes_what_is_held(line) == 1
    assert ana.unheard()[0].body.startswith("Sorry, we were down")
    ana.hears("sorry, we were down", "in danger")
    has_again(ana)
    ana.texts("no").hears("town")
    bo.hears("someone asks to talk")


@both
def test_texts_are_taken_in_the_order_they_were_written(line, ana, ben, clock):
    loses(ana, ben)
    for phone, words in ((ana, "i want help"), (ben, "necesito ayuda"), (ana, "my name is Ana"), (ben, "soy Ben")):
        phone.sends(words)
        clock.forward(minutes=5)
    clock.forward(minutes=30)
    assert takes_what_is_held(line) == 4
    with line.house.engine.connect() as connection:
        kept = [line.house.vault.open(row) for row in connection.scalars(select(texts.c.words).order_by(texts.c.id))]
    assert kept == ["i want help", "necesito ayuda", "my name is Ana", "soy Ben"]
    assert ana.unheard()[0].body.startswith("Sorry, we were down")
    assert ben.unheard()[0].body.startswith("Perdon")
    ana.sleeps(), ben.sleeps()


def test_danger_from_while_the_line_was_down_begins_with_911_and_pages_urgently(line, ana, bo, clock):
    loses(ana)
    ana.sends("my friend overdosed and is not breathing")
    clock.forward(minutes=20)
    takes_what_is_held(line)
    assert ana.unheard()[0].body.startswith("CALL 911")
    ana.hears("911", "sorry, we were down")
    ana.sleeps()
    bo.hears("emergency")
    bo.sleeps()


def test_a_text_ten_minutes_old_or_less_is_answered_as_ever(line, ana, clock):
    loses(ana)
    ana.sends("i want help")
    clock.forward(minutes=9)
    takes_what_is_held(line)
    ana.hears("in danger now", without="sorry")


def test_a_text_whose_webhook_is_under_way_is_left_alone(line, ana):
    loses(ana)
    ana.sends("i want help")
    assert takes_what_is_held(line) == 0
    ana.hears_nothing()


def test_what_was_seen_is_not_taken_again(line, ana, clock):
    ana.texts("i want help").hears("in danger now")
    clock.forward(minutes=1)
    assert takes_what_is_held(line) == 0
    ana.hears_nothing()


def test_the_webhook_that_comes_after_all_gets_no_second_answer(line, ana, clock):
    loses(ana)
    lost = ana.sends("i want help")
    clock.forward(seconds=40)
    takes_what_is_held(line)
    ana.hears("in danger now")
    ana.texts_again(lost).hears_nothing()


def test_what_was_taken_late_is_not_taken_again(line, ana, clock):
    loses(ana)
    ana.sends("i want help")
    clock.forward(minutes=15)
    takes_what_is_held(line)
    assert takes_what_is_held(line) == 0
    ana.hears("sorry")


def test_a_members_late_answer_takes_nothing(line, ana, bo, pat, clock):
    talk_is_offered(ana, bo)
    loses(bo)
    for _ in range(3):
        bo.sends("1")
    clock.forward(minutes=4)
    takes_what_is_held(line)
    assert len([one for one in bo.unheard() if "Not received" in one.body]) == 1, "once is enough"
    with line.house.engine.connect() as connection:
        assert connection.scalar(select(cases.c.coordinator_id)) is None
    pat.sleeps(), bo.sleeps(), ana.sleeps()


def test_an_answer_given_again_since_is_not_spoken_of(line, ana, bo, clock):
    talk_is_offered(ana, bo)
    loses(bo)
    bo.sends("1")
    has_again(bo)
    clock.forward(minutes=1)
    bo.texts("1").hears("you are on with")
    clock.forward(minutes=1)
    takes_what_is_held(line)
    ana.sleeps()
    assert not any("not received" in message.body.lower() for message in bo.unheard())
    bo.sleeps()


@both
def test_a_members_late_words_are_relayed_once(line, ana, bo, clock):
    code = they_talk(ana, bo)
    loses(bo)
    bo.sends("are you still there")
    bo.sends("come to the door")
    has_again(bo)
    clock.forward(minutes=1)
    bo.texts("come to the door")
    ana.hears("come to the door")
    clock.forward(minutes=1)
    assert takes_what_is_held(line) == 2
    ana.hears("are you still there").hears_nothing()
    assert code
    bo.sleeps()


def test_a_late_verb_ends_nothing(line, ana, bo, clock):
    they_talk(ana, bo)
    loses(bo)
    bo.sends("DONE")
    clock.forward(minutes=3)
    takes_what_is_held(line)
    bo.hears("not received")
    has_again(bo)
    bo.texts("hello again")
    ana.hears("hello again")
    bo.sleeps()


def test_late_words_in_a_talk_reach_the_coordinator_without_an_apology(line, ana, bo, clock):
    they_talk(ana, bo)
    loses(ana)
    ana.sends("i am at the bus stop")
    clock.forward(minutes=12)
    takes_what_is_held(line)
    bo.hears("bus stop")
    ana.hears_nothing()
    bo.sleeps()


def test_the_answer_in_a_case_under_way_begins_with_sorry_too(line, ana, bo, clock):
    ana.texts("i want help").hears("in danger now")
    loses(ana)
    clock.forward(seconds=30)
    ana.sends("no")
    bo.sleeps()
    clock.forward(minutes=25)
    ana.wakes()
    takes_what_is_held(line)
    assert ana.unheard()[0].body.startswith("Sorry, we were down")
    ana.sleeps()


def test_a_poison_text_alarms_and_keeps_no_other_from_being_taken(line, ana, ben, clock, monkeypatch):
    loses(ana, ben)
    ana.sends("i want help")
    ben.sends("i want help")
    clock.forward(minutes=15)
    alarms, take = [], reconcile.dispatch.take_text

    def poisoned(house, inbound):
        if inbound.from_ == ana.number:
            raise RuntimeError("no table knows this")
        return take(house, inbound)

    monkeypatch.setattr(reconcile.dispatch, "take_text", poisoned)
    line.troubles_expected = True
    assert reconcile.take_held(line.house, lambda: alarms.append(1)).taken == 1
    line.settle()
    assert alarms == [1]
    ben.hears("sorry")


def test_the_carrier_away_moves_no_mark(line, ana, clock):
    loses(ana)
    ana.sends("i want help")
    clock.forward(minutes=15)
    line.simulator.switchboard.carrier.faults.append(fault_of(500))
    with pytest.raises(reconcile.CarrierFault):
        takes_what_is_held(line)
    assert takes_what_is_held(line) == 1
    ana.hears("sorry")


# --- replies --------------------------------------------------------------------------------------------------------


def looks_up(line: Line) -> None:
    for id in reconcile.unheard_of(line.house):
        reconcile.look_up(line.house, id)
    line.settle()


def reply(line: Line):
    with line.house.engine.connect() as connection:
        return connection.execute(select(deliveries).order_by(deliveries.c.id).limit(1)).one()


@both
def test_a_reply_the_carrier_never_got_is_sent_after_a_minute(line, ana, clock):
    a_reply_is_lost(line, ana)
    looks_up(line)
    ana.hears_nothing()
    clock.forward(seconds=61)
    looks_up(line)
    ana.hears("in danger now").hears_nothing()
    assert reply(line).state == "delivered"


def test_a_reply_the_carrier_has_is_not_sent_again(line, ana, clock):
    ana.is_(callbacks="never")
    ana.texts("i want help").hears("in danger now")
    assert reply(line).state == "replied"
    clock.forward(seconds=61)
    looks_up(line)
    ana.hears_nothing()
    row = reply(line)
    assert (row.state, row.due) == ("delivered", None)
    assert row.sid


def test_the_first_status_ends_the_waiting_for_it(line, ana):
    ana.texts("i want help").hears("in danger now")
    assert reply(line).due is None
    assert reconcile.unheard_of(line.house) == []


def test_while_the_carrier_cannot_be_asked_nothing_is_sent(line, ana, clock):
    a_reply_is_lost(line, ana)
    clock.forward(seconds=61)
    line.simulator.switchboard.carrier.faults.append(fault_of(500))
    looks_up(line)
    ana.hears_nothing()
    assert reply(line).state == "replied"
    clock.forward(seconds=61)
    looks_up(line)
    ana.hears("in danger now").sleeps()


def test_looking_for_them_does_not_read_the_past(line):
    line.opens()
    query = "SELECT id FROM deliveries WHERE deliveries.state = 'replied' AND due <= '2027-03-10'"
    with line.house.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "ix_deliveries_replied" in str(plan)


# --- rounds ---------------------------------------------------------------------------------------------------------


def test_a_text_under_way_is_looked_at_again_soon(line, ana, clock, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(rounds, "monotonic", lambda: now[0])
    loses(ana)
    ana.sends("i want help")
    one = rounds.listening(line.house)
    one.once()
    clock.forward(seconds=40)
    now[0] += 10
    one.once()
    line.settle()
    ana.hears_nothing()
    now[0] += 19
    one.once()
    now[0] += 2
    one.once()
    line.settle()
    ana.hears("in danger now")


def test_after_a_sleep_what_is_held_is_looked_at_at_once(line, ana, clock, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(rounds, "monotonic", lambda: now[0])
    line.opens()
    one = rounds.listening(line.house)
    one.once()
    loses(ana)
    ana.sends("i want help")
    clock.forward(seconds=60)
    now[0] += 60  # the database did not answer, and the round stood still
    one.once()
    line.settle()
    ana.hears("in danger now")


def test_the_rounds_of_the_clock_process_find_it_at_the_start_and_every_five_minutes(line, ana, clock):
    line.opens()
    first = rounds.listening(line.house)
    first.once()
    loses(ana)
    ana.sends("i want help")
    clock.forward(minutes=4)
    first.once()
    line.settle()
    ana.hears_nothing()
    rounds.listening(line.house).once()  # another process starts
    line.settle()
    ana.hears("in danger now")
    ana.sends("hello?")
    clock.forward(minutes=5)
    first.once()
    line.settle()
    with line.house.engine.connect() as connection:
        assert len(connection.execute(select(texts.c.id)).all()) == 2
    ana.sleeps()


# --- what these stories begin with ----------------------------------------------------------------------------------


def a_reply_is_lost(line: Line, ana) -> None:
    """The webhook was answered, and the answer did not arrive."""
    line.opens()
    take_text(line.house, Inbound("SM" + "9" * 32, line.number, ana.number, "i want help"))


def talk_is_offered(ana, bo) -> None:
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk")


def they_talk(ana, bo) -> str:
    talk_is_offered(ana, bo)
    bo.texts("1").hears("you are on with")
    code = bo.code
    bo.wakes()
    ana.hears("is here now")
    bo.texts("hi, this is Bo")
    ana.hears("this is bo")
    return code


def fault_of(status: int) -> Fault:
    return Fault(answer=status, on="read")
