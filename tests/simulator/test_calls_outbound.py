"""The line calls by REST: rings and how they end, status callbacks, machines, redirecting and ending live calls."""

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"
WAITS = '<Gather action="/key" numDigits="1"><Say>Press 1.</Say></Gather><Hangup/>'
ALL = ["initiated", "ringing", "answered", "completed"]


def told(it, name="CallStatus"):
    it.settle()
    return [call.form[name] for call in it.line.statuses]


def status_to(it):
    return {"status_callback": f"{it.line.url}/twilio/status/call", "status_callback_event": ALL}


def test_a_call_is_answered_and_tells_how_it_goes(talk):
    it = talk({"/called": WAITS, "/key": "<Say>Thank you.</Say>"})
    made = it.rings(**status_to(it))
    assert (made.status, made.direction, made.to, made._from) == ("queued", "outbound-api", ANA, LINE)
    call = it.call_of(ANA)
    assert (call["status"], call["doing"]["verb"], call["by"]) == ("ringing", "ring", "line")
    assert it.asked("/called") == []
    it.forward("7s")
    call = it.does(call, "answer")
    assert (call["status"], call["answered_by"], call["doing"]["verb"]) == ("in-progress", "person", "gather")
    form = it.asked("/called")[0]
    assert (form["Direction"], form["CallStatus"], form["To"]) == ("outbound-api", "in-progress", ANA)
    it.forward("3s")
    it.keys(call, "1")
    assert told(it) == ["initiated", "ringing", "in-progress", "completed"]
    assert told(it, "SequenceNumber") == ["0", "1", "2", "3"]
    last = it.line.statuses[-1].form
    assert (last["CallDuration"], last["SipResponseCode"], last["CallbackSource"]) == (
        "3",
        "200",
        "call-progress-events",
    )
    assert all(call.signed for call in it.line.statuses)
    assert it.client.calls(made.sid).fetch().duration == "3"


@pytest.mark.parametrize(
    ("fate", "status", "code"),
    [("busy", "busy", "486"), ("rejects", "busy", "486"), ("unreachable", "failed", "404")],
)
def test_a_phone_that_cannot_be_had(talk, fate, status, code):
    it = talk({})
    it.fate(ANA, calls=fate)
    it.rings(**status_to(it))
    assert (it.call_of(ANA)["status"], told(it)[-1]) == (status, status)
    assert it.line.statuses[-1].form["SipResponseCode"] == code


def test_a_ring_ends_after_its_time(talk):
    it = talk({})
    it.rings(timeout=20, status_callback=f"{it.line.url}/twilio/status/call")
    it.forward("19s")
    assert it.call_of(ANA)["status"] == "ringing"
    it.forward("1s")
    assert (it.call_of(ANA)["status"], told(it), it.call_of(ANA)["hung_up_by"]) == (
        "no-answer",
        ["no-answer"],
        "carrier",
    )
    assert it.settle()["later"] == 0


def test_who_declines_is_busy(talk):
    it = talk({})
    it.rings()
    assert it.does(it.call_of(ANA), "decline")["status"] == "busy"
    assert requests.post(f"{it.sim.url}/api/calls/{it.call_of(ANA)['sid']}/answer", timeout=5).status_code == 409


def test_a_voicemail_picks_up_and_hears_what_is_said_after_the_beep(talk):
    it = talk({"/called": '<Pause length="5"/><Say>Call back.</Say>' + WAITS}, speaking=15)
    it.fate(ANA, calls="voicemail")
    it.rings(timeout=60)
    it.forward("20s")
    call = it.call_of(ANA)
    assert call["answered_by"] == "voicemail"
    assert (
        requests.post(f"{it.sim.url}/api/calls/{call['sid']}/keys", json={"digits": "1"}, timeout=5).status_code == 409
    )
    it.forward("1m")
    lines = [line["text"] for line in it.call_of(ANA)["transcript"]]
    assert lines[:2] == ["ringing", "voicemail greeting"]
    assert lines[2:4] == ["beep", "Call back."]
    assert it.call_of(ANA)["status"] == "completed"


def test_a_short_ring_escapes_the_voicemail(talk):
    it = talk({})
    it.fate(ANA, calls="voicemail")
    it.rings(timeout=15)
    it.forward("30s")
    assert it.call_of(ANA)["status"] == "no-answer"


@pytest.mark.parametrize(
    ("mode", "who", "found"),
    [
        ("Enable", "answer", "human"),
        ("Enable", "voicemail", "machine_start"),
        ("DetectMessageEnd", "voicemail", "machine_end_beep"),
    ],
)
def test_machines_are_told_from_people(talk, mode, who, found):
    it = talk({"/called": WAITS}, speaking=15)
    it.rings(machine_detection=mode)
    it.does(it.call_of(ANA), who)
    it.forward("4s")
    assert it.asked("/called")[0]["AnsweredBy"] == found


def test_machines_may_be_told_later(talk):
    it = talk({"/called": WAITS})
    it.rings(machine_detection="Enable", async_amd="true", async_amd_status_callback=f"{it.line.url}/twilio/status/amd")
    it.does(it.call_of(ANA), "voicemail")
    assert "AnsweredBy" not in it.asked("/called")[0]
    assert it.line.statuses[0].form["AnsweredBy"] == "machine_start"


def test_a_call_may_bring_its_own_twiml(talk):
    it = talk({"/key": "<Hangup/>"})
    it.fate(ANA, calls="answers")
    key = f"{it.line.url}/key"
    it.rings(url=None, twiml=f'<Response><Gather action="{key}" numDigits="1"/><Hangup/></Response>')
    it.keys(it.call_of(ANA), "4")
    assert it.asked("/key")[0]["Digits"] == "4"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": "911"}, 13224),
        ({"to": "+1911"}, 13224),
        ({"to": "933"}, 13224),
        ({"to": "112"}, 13224),
        ({"to": "12"}, 21211),
        ({"to": "+13091550123"}, 21211),
        ({"to": LINE}, 20001),
        ({"from_": "+13095550177"}, 21210),
        ({"from_": "nobody"}, 21212),
        ({"url": None}, 21205),
        ({"url": "/called"}, 21205),
        ({"url": "http://my_line/called"}, 21205),
        ({"url": None, "twiml": "<Response><Dial>911</Dial></Response>"}, 13224),
        ({"url": None, "twiml": "<Response><Redirect>/x</Redirect></Response>"}, 11100),
        ({"timeout": 0}, 20001),
        ({"timeout": 601}, 20001),
        ({"record": True}, 20001),
        ({"status_callback_event": ["begun"]}, 20001),
        ({"machine_detection": "Guess"}, 20001),
        ({"trim": "trim-silence"}, 20001),
        ({"method": "PUT"}, 20001),
        ({"send_digits": "abc"}, 20001),
    ],
)
def test_what_cannot_be_called_is_refused(talk, more, code):
    it = talk({})
    with pytest.raises(TwilioRestException) as caught:
        it.client.calls.create(**{"to": ANA, "from_": LINE, "url": f"{it.line.url}/called", **more})
    assert caught.value.code == code
    assert it.get("calls")["calls"] == []


def test_faults_meet_calls_too(talk):
    it = talk({})
    for answer, code in ((429, 20429), (500, 20500), (21215, 21215)):
        it.fault(answer, to=ANA)
        with pytest.raises(TwilioRestException) as caught:
            it.rings()
        assert caught.value.code == code
    it.fault("drop")
    with pytest.raises(requests.exceptions.ConnectionError):
        it.rings()
    assert len(it.client.calls.list(to=ANA)) == 1, "accepted, and nobody told"
    it.fault("drop_unsent")
    with pytest.raises(requests.exceptions.ConnectionError):
        it.rings(to=BO)
    assert it.client.calls.list(to=BO) == []
    it.fault(503, on="read")
    with pytest.raises(TwilioException):
        it.client.calls.list()


def test_calls_are_listed(talk):
    it = talk({"/twilio/voice": WAITS})
    first, second = it.rings(), it.rings(to=BO)
    mine = it.dials("+13095550125")
    found = it.client.calls.list()
    assert [call.sid for call in found] == [mine["sid"], second.sid, first.sid]
    assert [call.sid for call in it.client.calls.list(to=BO)] == [second.sid]
    assert [call.sid for call in it.client.calls.list(status="in-progress")] == [mine["sid"]]
    assert it.client.calls.list(start_time_after=found[0].date_created.replace(year=2100)) == []
    assert len(it.client.calls.list(page_size=1)) == 3
    with pytest.raises(TwilioRestException) as caught:
        it.client.calls("CA" + "9" * 32).fetch()
    assert caught.value.code == 20404


def test_a_live_call_is_sent_elsewhere_or_ended(talk):
    it = talk({"/called": WAITS, "/other": "<Say>Somebody is coming.</Say>" + WAITS})
    made = it.rings()
    with pytest.raises(TwilioRestException) as caught:
        it.client.calls(made.sid).update(url=f"{it.line.url}/other")
    assert caught.value.code == 21220
    call = it.does(it.call_of(ANA), "answer")
    it.client.calls(made.sid).update(url=f"{it.line.url}/other")
    assert it.heard(call) == ["Press 1.", "Somebody is coming.", "Press 1."]
    it.client.calls(made.sid).update(twiml='<Response><Say>Bye.</Say><Pause length="60"/></Response>')
    assert it.heard(call)[-1] == "Bye."
    assert it.client.calls(made.sid).update(status="canceled").status == "in-progress"
    assert it.client.calls(made.sid).update(status="completed").status == "completed"
    assert it.now(call)["hung_up_by"] == "line"
    with pytest.raises(TwilioRestException):
        it.client.calls(made.sid).update(twiml="<Response/>")
    ringing = it.rings(to=BO)
    assert it.client.calls(ringing.sid).update(status="completed").status == "canceled"


def test_calls_leave_one_a_second_when_paced(talk):
    it = talk({}, paced=True)
    for phone in (ANA, BO, "+13095550125"):
        it.rings(to=phone)
    assert [it.call_of(phone)["status"] for phone in (ANA, BO)] == ["ringing", "queued"]
    it.forward("1s")
    assert it.call_of(BO)["status"] == "ringing"
    it.client.calls(it.call_of("+13095550125")["sid"]).update(status="canceled")
    it.forward("1s")
    assert it.call_of("+13095550125")["status"] == "canceled"


def test_a_call_has_a_longest_time(talk):
    it = talk({"/called": '<Pause length="600"/>'})
    it.fate(ANA, calls="answers")
    it.rings(time_limit=60)
    it.forward("61s")
    assert (it.call_of(ANA)["status"], it.call_of(ANA)["duration"]) == ("completed", 60)


def test_phones_call_each_other_and_nobody_is_told(talk):
    it = talk({})
    call = it.dials(ANA, to=BO)
    assert (call["status"], it.call_of(BO)["from"]) == ("ringing", ANA)
    other = it.does(it.call_of(BO), "answer")
    assert (other["with"], it.now(call)["with"]) == ([call["sid"]], [other["sid"]])
    it.says(call, "It is me.")
    assert it.heard(other, "heard") == ["It is me."]
    it.does(other, "hangup")
    assert it.now(call)["status"] == "completed"
    declined = it.dials(ANA, to=BO)
    it.does(it.call_of(BO), "decline")
    assert it.now(declined)["status"] == "busy"
    given_up = it.dials(ANA, to="988")
    it.does(given_up, "hangup")
    assert it.call_of("988")["status"] == "canceled"
    assert (it.client.calls.list(), it.line.texts, it.line.statuses) == ([], [], [])
