"""What goes wrong on a call: webhooks that come twice, our own failure, a database that does not answer."""

import pytest
import requests
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from hotline import calling
from hotline.models import calls, cases, log
from hotline.simulator import calls as carrier
from tests.stories.calls import calls_safe, is_rung, takes_call, waits
from tests.stories.signed import post


def again(line, someone, number: int, **more: str):
    """The carrier asks once more for one of the documents it has asked for; what it is answered."""
    call = someone.call
    path = call.documents[number].url.removeprefix(line.url)
    ours, theirs = (call.to, call.caller) if call.direction == "inbound" else (call.caller, call.to)
    form = {"CallSid": call.sid, "From": theirs, "To": ours, "Direction": call.direction, "CallStatus": "in-progress"}
    return post(line, path, form | more)


def rows(line) -> list[int]:
    with line.house.engine.connect() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) for table in (calls, cases, log)]


@pytest.mark.both
def test_the_first_webhook_twice_is_one_call(ana, bo, line):
    ana.calls().is_told("passed out")
    before = rows(line)
    carrier.ask_again(line.simulator.switchboard, ana.call)
    line.settle()
    assert rows(line) == before
    assert ana.call.documents[0].answer == ana.call.documents[-1].answer
    ana.presses("2").is_told("ringing our team").waits_on_the_line()
    takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")


@pytest.mark.both
def test_a_key_told_twice_moves_once(ana, bo, line):
    calls_safe(ana).is_told("ringing our team")
    is_rung(bo)
    before = rows(line)
    known = ana.call.documents[1]
    repeated = again(line, ana, 1, Digits="2")
    assert repeated.status_code == 200
    assert repeated.content in {known.answer, ana.call.documents[-1].answer}
    line.settle()
    assert rows(line) == before
    bo.hears_nothing()
    ana.hangs_up().sleeps()
    bo.sleeps()


@pytest.mark.both
def test_a_late_other_key_for_an_answered_question_moves_nothing(ana, bo, line):
    """The page is open: yes, told late for the question that was answered no, is no danger any more."""
    calls_safe(ana).is_told("ringing our team")
    before = rows(line)
    again(line, ana, 1, Digits="1")
    line.settle()
    assert rows(line) == before
    bo.sleeps()
    ana.hangs_up().sleeps()


def test_a_members_1_told_twice_is_one_acceptance(ana, bo, line):
    waits(ana)
    takes_call(bo, ana)
    before = rows(line)
    again(line, bo, 1, Digits="1")
    line.settle()
    assert rows(line) == before
    bo.is_connected_with(ana)
    ana.hangs_up().reads("What you text here goes to")


def test_the_end_told_twice_is_one_end(ana, bo, line):
    waits(ana).hangs_up().reads("asking our team")
    bo.sleeps()
    before = rows(line)
    form = {"CallSid": ana.call.sid, "CallStatus": "completed", "From": ana.number, "To": line.number}
    assert post(line, "/twilio/status", form).status_code == 204
    line.settle()
    assert rows(line) == before


def test_a_step_of_somebody_elses_call_is_nobodys(ana, ben, bo, line):
    waits(ana)
    bo.sleeps()
    path = ana.call.documents[1].url.removeprefix(line.url)
    answer = post(line, path, {"CallSid": "CA" + "9" * 32, "Digits": "1", "From": ben.number, "To": line.number})
    assert answer.status_code == 200
    assert "<Hangup" in answer.text
    ana.waits_on_the_line().hangs_up().sleeps()


def test_an_unsigned_call_is_refused(ana, line):
    line.opens()
    answer = requests.post(
        line.url + "/twilio/voice", {"CallSid": "CA1", "From": ana.number, "To": line.number}, timeout=9
    )
    assert answer.status_code == 403
    assert rows(line)[0] == 0


@pytest.fixture
def broken(monkeypatch):
    """From now on our own code fails whenever somebody on a call is heard."""

    def breaks(*names: str, error: Exception | None = None):
        def fail(*_):
            raise error or RuntimeError("a bug of ours")

        for name in names or ("take_arrival", "take_step"):
            monkeypatch.setattr(calling, name, fail)

    return breaks


@pytest.mark.both
def test_our_failure_while_somebody_is_on_the_line(ana, bo, desk, line, broken, max):
    ana.calls().is_told("passed out")
    line.troubles_expected = True
    broken()
    ana.presses("2").is_told("hang up and dial 9 1 1", "Our line has a fault")
    desk.rings().answers().is_connected_with(ana)
    desk.says("Milford police, desk.")
    ana.is_told("police, desk")
    ana.sleeps().hangs_up()
    max.sleeps(), bo.sleeps()
    assert not any("application error" in words for words in ana.spoken)


@pytest.mark.both
def test_our_failure_at_the_first_webhook(ana, desk, line, broken):
    line.opens()
    line.troubles_expected = True
    broken()
    ana.calls().is_told("fault")
    desk.rings().answers().is_connected_with(ana)
    ana.sleeps().hangs_up()


def test_our_failure_in_the_queue(ana, bo, desk, line, broken, clock):
    waits(ana)
    bo.sleeps()
    line.troubles_expected = True
    broken()
    clock.forward(seconds=12)
    desk.rings().answers().is_connected_with(ana)
    ana.sleeps().hangs_up()
    assert not any("application error" in words for words in ana.spoken)
    assert any("9 1 1" in words and "fault" in words for words in ana.spoken)


def test_our_failure_to_a_member_who_is_rung(ana, bo, desk, line, broken):
    waits(ana)
    bo.reads("someone asks").rings()
    line.troubles_expected = True
    broken("take_step")
    bo.answers().is_told("dial 9 1 1", "fault").sleeps()
    assert not any("application error" in words for words in bo.spoken)
    desk.sleeps(), ana.sleeps()


@pytest.mark.both
def test_the_database_does_not_answer(ana, desk, line, broken):
    line.opens()
    line.troubles_expected = True
    broken(error=OperationalError("select", {}, Exception("frozen")))
    ana.calls().is_told("fault")
    desk.rings().declines()
    ana.sleeps()
    assert not any("application error" in words for words in ana.spoken)


def test_the_pulse_stops_and_nobody_waits_for_the_database(ana, desk, line, monkeypatch):
    """A database that hangs, rather than fails, is seen by the pulse: the answer does not wait for it."""
    line.opens()
    line.troubles_expected = True
    monkeypatch.setattr(type(line.web.config["PULSE"]), "beats", False)
    ana.calls().is_told("Our line has a fault")
    desk.rings().answers().is_connected_with(ana)
    ana.sleeps().hangs_up()


def test_it_works_again_after_our_failure(ana, bo, desk, line, monkeypatch):
    line.troubles_expected = True
    with monkeypatch.context() as patch:
        patch.setattr(calling, "take_arrival", lambda *_: 1 / 0)
        ana.calls().is_told("fault").skips()
        desk.sleeps()
        ana.hangs_up()
    waits(ana)
    takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")


def test_a_signature_is_asked_of_every_document(ana, bo, line):
    waits(ana).hangs_up().sleeps()
    bo.sleeps()
    for document in ana.call.documents:
        assert requests.post(document.url, {"CallSid": ana.call.sid}, timeout=9).status_code == 403
