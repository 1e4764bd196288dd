"""A program with two numbers: whoever texted one of them is answered, and later texted, from that one."""

import pytest

from tests.line import MILFORD


@pytest.fixture
def second(line):
    return line.second_number()


def senders(line, phone):
    """From which number this phone was texted, text by text."""
    carrier = line.simulator.switchboard.carrier
    with carrier.lock:
        mine = [m for m in carrier.messages.values() if m.to == phone.number and m.direction != "inbound"]
    return [message.sender for message in sorted(mine, key=lambda message: message.born)]


@pytest.mark.both
def test_answers_and_later_texts_come_from_the_number_that_was_texted(second, ana, bo, line, clock):
    ana.texts("i want help", to=second).hears("danger").replies("no", to=second).hears("town")
    clock.forward(minutes=2, seconds=1)
    ana.hears("asking")  # said by the line itself, later
    bo.hears("someone asks").rings().accepts()
    ana.hears("Bo", "real person")
    bo.texts("hello Ana")
    ana.hears("hello Ana").replies("hello Bo", to=second)
    bo.hears("hello Bo")
    assert set(senders(line, ana)) == {second}
    assert set(senders(line, bo)) == {MILFORD}  # who never texted the other


def test_whoever_goes_over_to_the_other_number_is_texted_from_there(second, ana, bo, line):
    ana.texts("i want help").hears("danger").replies("no").hears("town")
    bo.hears("someone asks").accepts()
    ana.hears("Bo", "real person")
    ana.texts("my phone lost your first number", to=second)
    bo.hears("lost your first")
    bo.texts("no matter")
    ana.hears("no matter")
    assert senders(line, ana)[-1] == second
    assert set(senders(line, ana)[:-1]) == {MILFORD}


@pytest.mark.both
def test_a_member_too(second, ana, bo, line, clock):
    ana.texts("i want help").hears("danger").replies("no").hears("town")
    bo.hears("someone asks").accepts(to=second)
    ana.hears("Bo", "real person").texts("hello")
    bo.hears("hello")
    assert senders(line, bo)[0] == MILFORD
    assert set(senders(line, bo)[1:]) == {second}


def test_one_case_whichever_number_is_texted(second, ana, bo):
    ana.texts("i want help").hears("danger").replies("no", to=second).hears("town").texts("Milford").hears("call you")
    bo.hears("someone asks").accepts("1", "Milford")
    ana.hears("Bo")


def test_each_number_sends_at_its_own_pace(second, ana, ben, bo, line):
    """A number sends a segment a second: what waits for one number holds up nothing of the other."""
    ana.texts("i want help", to=second).hears("danger").replies("no", to=second).hears("town")
    bo.hears("someone asks").accepts(to=second)
    ana.hears("Bo", "real person")
    for n in range(3):
        bo.texts(f"word {n}", to=second)
    for n in range(3):
        ana.hears(f"word {n}")
    assert set(senders(line, ana)) == {second}
