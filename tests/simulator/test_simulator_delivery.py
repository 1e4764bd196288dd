"""Texts to phones: fates, status callbacks, one segment a second, validity."""

from datetime import datetime

import pytest

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"


@pytest.fixture
def callback(line):
    return f"{line.url}/twilio/status"


def test_statuses_come_signed_and_in_order_but_never_the_first(it, callback):
    sid = it.send(status_callback=callback).sid
    assert it.told() == ["sent", "delivered"]
    assert all(call.signed and call.form["MessageSid"] == sid for call in it.line.statuses)
    assert "ErrorCode" not in it.line.statuses[1].form
    assert "RawDlrDoneDate" in it.line.statuses[1].form


@pytest.mark.parametrize(("state", "code"), [("off", 30003), ("dead", 30005), ("landline", 30006), ("filtered", 30007)])
def test_a_phone_that_cannot_be_reached(it, callback, state, code):
    it.fate(ANA, state=state)
    sid = it.send(status_callback=callback).sid
    assert it.told() == ["sent", "undelivered"]
    assert it.line.statuses[1].form["ErrorCode"] == str(code)
    fetched = it.client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == ("undelivered", code)
    assert fetched.error_message
    assert it.inbox(ANA) == []


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("out_of_order", ["delivered", "sent"]),
        ("duplicated", ["sent", "sent", "delivered", "delivered"]),
        ("never", []),
        ("late", []),
    ],
)
def test_callbacks_as_they_should_not_be(it, callback, how, told):
    it.fate(ANA, callbacks=how)
    it.send(status_callback=callback)
    assert it.told() == told
    assert it.inbox(ANA) == ["hello"]


def test_late_callbacks_come_when_time_has_moved(it, callback):
    it.fate(ANA, callbacks="late", callback_delay=120)
    it.send(status_callback=callback)
    assert it.settle()["later"] == 2
    it.call("POST", "time", forward="3m")
    assert it.told() == ["sent", "delivered"]


def test_early_callbacks_come_before_the_answer(it, callback):
    it.fate(ANA, callbacks="early")
    it.send(status_callback=callback)
    assert [call.form["MessageStatus"] for call in it.line.statuses] == ["sent", "delivered"]


def test_the_carriers_fate_is_everybodys_but_for_those_with_their_own(it):
    it.call("PUT", "carrier", fate={"state": "off"})
    it.fate(BO, state="ok")
    it.send("to Ana")
    it.send("to Bo", to=BO)
    assert (it.inbox(ANA), it.inbox(BO)) == ([], ["to Bo"])


def test_a_status_nobody_takes_is_trouble(it, callback, reply):
    it.line.status_answer = lambda call: reply("", status=403)
    it.send(status_callback=callback)
    assert it.troubles() == [11200, 11200]


def test_a_slow_phone_hears_when_its_time_has_come(it, callback):
    it.fate(ANA, delay=30)
    it.send(status_callback=callback)
    assert (it.told(), it.inbox(ANA)) == (["sent"], [])
    it.call("POST", "time", forward="1m")
    assert (it.told(), it.inbox(ANA)) == (["sent", "delivered"], ["hello"])
    message = it.get(f"phones/{ANA}/messages")["messages"][0]
    assert 29.9 < seconds_between(message["sent"], message["arrived"]) < 30.1


def test_a_number_sends_one_segment_a_second(carrier_with):
    it = carrier_with(paced=True)
    for body in ("a" * 161, "b", "c"):
        it.send(body)
    assert it.settle()["later"] == 2
    it.call("POST", "time", forward="10s")
    assert it.inbox(ANA) == ["a" * 161, "b", "c"]
    sent = [message["sent"] for message in it.get(f"phones/{ANA}/messages")["messages"]]
    assert [round(seconds_between(sent[0], moment)) for moment in sent] == [0, 2, 3]


def test_what_waits_longer_than_it_is_valid_expires(carrier_with, callback):
    it = carrier_with(paced=True)
    it.send("a" * 1600)
    it.send("too late", validity_period=5, status_callback=callback)
    it.send("patient", to=BO)
    it.call("POST", "time", forward="30s")
    assert (it.inbox(ANA), it.inbox(BO)) == (["a" * 1600], ["patient"])
    assert it.line.statuses[0].form["ErrorCode"] == "30036"
    failed = it.client.messages.list(to=ANA)[0]
    assert (failed.status, failed.error_code, failed.date_sent) == ("failed", 30036, None)


def seconds_between(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
