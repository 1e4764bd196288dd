"""<Dial><Number>: rings, whispers, bridges, and what the action is told."""

import pytest

LINE, ANA, BO, CY = "+13095550100", "+13095550123", "+13095550124", "+13095550125"
VOICE = "/twilio/voice"
ACTION = "/dialled"


def dial(inside, **attributes):
    said = " ".join(f'{name}="{value}"' for name, value in {"action": ACTION, **attributes}.items())
    return {VOICE: f"<Dial {said}>{inside}</Dial>", ACTION: "<Say>Goodbye.</Say>"}


def result(it):
    return it.asked(ACTION)[-1]


def test_two_are_connected_and_talk(talk):
    it = talk(dial(f"<Number>{BO}</Number>", callerId=LINE))
    ana = it.dials(ANA)
    bo = it.call_of(BO)
    assert (bo["parent"], bo["from"], bo["direction"], bo["status"]) == (ana["sid"], LINE, "outbound-dial", "ringing")
    assert (it.now(ana)["doing"]["verb"], it.now(ana)["with"]) == ("dial", [])
    bo = it.does(bo, "answer")
    assert bo["with"] == [ana["sid"]]
    it.says(bo, "Hello?")
    it.says(ana, "It is Ana.")
    assert (it.heard(ana, "heard"), it.heard(bo, "heard")) == (["Hello?"], ["It is Ana."])
    it.forward("30s")
    it.does(bo, "hangup")
    form = result(it)
    told = {"DialCallStatus": "completed", "DialCallSid": bo["sid"], "DialCallDuration": "30", "DialBridged": "true"}
    assert {name: form[name] for name in told} == told
    assert (it.heard(ana), it.now(ana)["status"]) == (["Goodbye."], "completed")
    assert it.settle()["later"] == 0


@pytest.mark.parametrize(
    ("fate", "status"), [("busy", "busy"), ("rejects", "busy"), ("unreachable", "failed"), ("rings", "no-answer")]
)
def test_who_does_not_answer(talk, fate, status):
    it = talk(dial(f"<Number>{BO}</Number>", timeout=20))
    it.fate(BO, calls=fate)
    ana = it.dials(ANA)
    it.forward("21s")
    assert (result(it)["DialCallStatus"], result(it)["DialBridged"]) == (status, "false")
    assert it.heard(ana) == ["Goodbye."]


def test_without_action_the_next_verb_follows(talk):
    it = talk({VOICE: f'<Dial timeout="5">{BO}</Dial><Say>Nobody.</Say>'})
    ana = it.dials(ANA)
    it.does(it.call_of(BO), "decline")
    assert it.heard(ana) == ["Nobody."]
    assert it.call_of(BO)["from"] == ANA, "the caller's own number unless said otherwise"


def test_the_first_to_answer_wins(talk):
    status = "/twilio/status/leg"
    numbers = "".join(
        f'<Number statusCallback="{status}" statusCallbackEvent="answered completed">{n}</Number>' for n in (BO, CY)
    )
    it = talk(dial(numbers))
    ana = it.dials(ANA)
    it.does(it.call_of(CY), "answer")
    assert (it.call_of(BO)["status"], it.now(ana)["with"]) == ("canceled", [it.call_of(CY)["sid"]])
    it.does(ana, "hangup")
    assert (it.call_of(CY)["status"], it.call_of(CY)["hung_up_by"]) == ("completed", "line")
    told = {(c.form["To"], c.form["CallStatus"]) for c in it.line.statuses if "ParentCallSid" in c.form}
    assert told == {(BO, "canceled"), (CY, "in-progress"), (CY, "completed")}
    assert (result(it)["DialCallStatus"], result(it)["CallStatus"]) == ("completed", "completed")
    assert it.heard(ana) == [], "nothing is said to who hung up"


def test_one_after_another(talk):
    it = talk(dial(f"<Number>{BO}</Number><Number>{CY}</Number>", sequential="true", timeout=10))
    it.dials(ANA)
    assert it.get(f"phones/{CY}/calls")["calls"] == []
    it.forward("10s")
    it.does(it.call_of(CY), "answer")
    it.does(it.call_of(CY), "hangup")
    assert result(it)["DialCallStatus"] == "completed"


WHISPER = '<Gather action="/accept" numDigits="1"><Say>Press 1 to take it.</Say></Gather><Hangup/>'


def test_a_whisper_that_is_accepted(talk):
    it = talk({**dial(f'<Number url="/whisper">{BO}</Number>'), "/whisper": WHISPER, "/accept": ""})
    ana = it.dials(ANA)
    bo = it.does(it.call_of(BO), "answer")
    assert (bo["doing"]["verb"], bo["with"]) == ("gather", [])
    form = it.asked("/whisper")[0]
    assert (form["CallSid"], form["ParentCallSid"], form["Direction"]) == (bo["sid"], ana["sid"], "outbound-dial")
    assert it.keys(bo, "1")["with"] == [ana["sid"]]


def test_a_whisper_that_is_not(talk):
    it = talk({**dial(f'<Number url="/whisper">{BO}</Number>'), "/whisper": WHISPER})
    it.fate(BO, calls="voicemail", voicemail_after=5)
    ana = it.dials(ANA)
    it.forward("5s")
    assert it.call_of(BO)["answered_by"] == "voicemail"
    it.forward("5s")
    assert (result(it)["DialCallStatus"], result(it)["DialBridged"]) == ("completed", "false")
    assert it.heard(ana) == ["Goodbye."]


def test_a_whisper_that_is_unfit(talk):
    it = talk({**dial(f'<Number url="/whisper">{BO}</Number>'), "/whisper": "<Dial>988</Dial>"})
    ana = it.dials(ANA)
    it.does(it.call_of(BO), "answer")
    assert it.troubles() == [12200]
    assert "application error" in it.heard(it.call_of(BO))[0]
    assert it.heard(ana) == ["Goodbye."]


def test_a_star_hangs_up_where_it_may(talk):
    it = talk(dial("988", hangupOnStar="true"))
    ana = it.dials(ANA)
    it.does(it.call_of("988"), "answer")
    it.keys(ana, "5*")
    assert it.call_of("988")["status"] == "completed"
    assert it.heard(it.call_of("988"), "sound")[-2:] == ["key 5", "the other end hung up"]
    assert it.heard(ana) == ["Goodbye."]


def test_a_talk_has_a_longest_time(talk):
    it = talk(dial(BO, timeLimit=60))
    ana = it.dials(ANA)
    it.does(it.call_of(BO), "answer")
    it.forward("60s")
    assert (it.call_of(BO)["status"], it.heard(ana)) == ("completed", ["Goodbye."])


def test_answer_on_bridge_leaves_the_caller_ringing(talk):
    it = talk(dial(BO, answerOnBridge="true"))
    ana = it.dials(ANA)
    assert it.now(ana)["status"] == "ringing"
    it.does(it.call_of(BO), "answer")
    assert it.now(ana)["status"] == "in-progress"
    cy = it.dials(CY)
    it.does(cy, "hangup")
    assert (it.now(cy)["status"], result(it)["DialCallStatus"]) == ("no-answer", "canceled")


def test_a_caller_id_must_be_ours_or_the_callers(talk):
    it = talk(dial(BO, callerId="+13095550177"))
    assert "application error" in it.heard(it.dials(ANA))[0]
    assert it.troubles() == [13214]
    assert it.get(f"phones/{BO}/calls")["calls"] == []
    it = talk(dial(BO, callerId=ANA))
    it.dials(ANA)
    assert it.call_of(BO)["from"] == ANA


def test_either_end_can_be_sent_elsewhere(talk):
    it = talk({**dial(BO), "/other": '<Say>Elsewhere.</Say><Pause length="60"/>'})
    ana = it.dials(ANA)
    bo = it.does(it.call_of(BO), "answer")
    it.client.calls(bo["sid"]).update(url=f"{it.line.url}/other")
    assert (it.heard(bo), it.now(bo)["with"], it.heard(ana)) == (["Elsewhere."], [], ["Goodbye."])
    it.does(bo, "hangup")
    cy = it.dials(CY)
    it.does(it.call_of(BO), "answer")
    it.client.calls(cy["sid"]).update(url=f"{it.line.url}/other")
    assert (it.heard(cy), it.call_of(BO)["status"]) == (["Elsewhere."], "completed")
    assert len(it.asked(ACTION)) == 1, "who is sent elsewhere leaves the dial behind"
