"""A phone calls the line: documents, keys, words, silence, and what goes wrong."""

import requests

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"
VOICE = "/twilio/voice"
ASK = '<Gather action="/key?a=%2F" numDigits="1" timeout="5"><Say language="en-US">Press one.</Say></Gather>'


def test_a_call_is_asked_about_signed_and_hears_what_is_said(talk):
    it = talk({VOICE: ASK + "<Say>Nobody there.</Say>", "/key": "<Say>Thank you.</Say><Hangup/>"})
    call = it.dials(ANA)
    (asked,) = it.line.texts
    assert (asked.signed, asked.method, asked.path) == (True, "POST", VOICE)
    told = {"CallSid": call["sid"], "From": ANA, "To": LINE, "Direction": "inbound", "CallStatus": "ringing"}
    assert {name: asked.form[name] for name in told} == told
    assert (call["status"], call["doing"]["verb"], call["doing"]["numDigits"]) == ("in-progress", "gather", 1)
    assert (call["phone"], call["from"], call["to"], call["by"]) == (ANA, ANA, LINE, "phone")
    assert it.get(f"phones/{ANA}")["calls"] == [call["sid"]]
    after = it.keys(call, "1")
    assert it.line.texts[1].form["Digits"] == "1"
    assert it.line.texts[1].form["a"] == "/"
    assert it.line.texts[1].form["CallStatus"] == "in-progress"
    assert (after["status"], after["hung_up_by"], it.heard(call)) == ("completed", "line", ["Press one.", "Thank you."])
    assert [(d["url"].rpartition("/")[2], d["verbs"], d["code"]) for d in after["documents"]] == [
        ("voice", ["Gather", "Say"], None),
        ("key?a=%2F", ["Say", "Hangup"], None),
    ]
    ended = it.line.statuses[0].form
    assert (ended["CallStatus"], ended["CallSid"], ended["CallDuration"]) == ("completed", call["sid"], "0")
    assert it.troubles() == []
    assert it.get("idle")["later"] == 0


def test_silence_falls_through_after_the_timeout(talk):
    it = talk({VOICE: ASK + "<Say>Nobody there.</Say>"})
    call = it.dials(ANA)
    it.forward("4s")
    assert it.now(call)["status"] == "in-progress"
    it.forward("2s")
    assert (it.heard(call), it.now(call)["status"]) == (["Press one.", "Nobody there."], "completed")
    assert len(it.line.texts) == 1


def test_silence_is_told_where_that_is_wanted(talk):
    it = talk({VOICE: '<Gather action="/key" actionOnEmptyResult="true" timeout="3"/>', "/key": "<Say>Well?</Say>"})
    call = it.dials(ANA)
    it.forward("3s")
    assert (it.asked("/key")[0]["Digits"], it.heard(call)) == ("", ["Well?"])


def test_several_keys_end_with_a_key_or_with_silence(talk):
    it = talk({VOICE: '<Gather action="/key" timeout="5"/><Hangup/>', "/key": "<Redirect>/twilio/voice</Redirect>"})
    call = it.dials(ANA)
    it.keys(call, "12")
    assert it.now(call)["doing"]["pressed"] == "12"
    it.keys(call, "3#")
    it.keys(call, "45")
    it.forward("5s")
    assert [form["Digits"] for form in it.asked("/key")] == ["123", "45"]
    it.keys(call, "#")
    assert it.now(call)["status"] == "completed"


def test_prompts_take_time_and_a_key_cuts_them_short(talk):
    it = talk({VOICE: ASK + "<Hangup/>", "/key": "<Say>Thank you.</Say>"}, speaking=1)
    call = it.dials(ANA)
    assert it.now(call)["doing"]["verb"] == "gather"
    it.forward("12s")
    assert it.now(call)["status"] == "in-progress", "ten seconds of words, then five of silence"
    it.keys(call, "1")
    assert it.heard(call)[-1] == "Thank you."
    it.forward("10s")
    assert it.now(call)["status"] == "completed"


def test_prompts_that_cannot_be_cut_short(talk):
    it = talk({VOICE: ASK.replace("<Gather", '<Gather bargeIn="false"') + "<Hangup/>"}, speaking=1)
    call = it.dials(ANA)
    it.keys(call, "1")
    assert it.asked("/key") == []
    it.forward("11s")
    it.keys(call, "1")
    assert len(it.asked("/key")) == 1


def test_words_go_to_a_gather_that_wants_speech(talk):
    said = '<Gather input="speech dtmf" action="/key" language="es-US" hints="sí, no" speechTimeout="auto"/><Hangup/>'
    it = talk({VOICE: said, "/key": "<Say>Gracias.</Say>"})
    call = it.dials(ANA)
    assert call["doing"]["speech"]
    it.says(call, "sí")
    form = it.asked("/key")[0]
    assert (form["SpeechResult"], 0 < float(form["Confidence"]) <= 1, "Digits" in form) == ("sí", True, False)
    assert [line["text"] for line in it.now(call)["transcript"] if line["kind"] == "spoke"] == ["sí"]


def test_the_fallback_is_asked_and_then_an_error_is_heard(talk):
    it = talk({VOICE: "<Message>no</Message>", "/fallback": "<Say>Call 911.</Say>"})
    (number,) = it.client.incoming_phone_numbers.list()
    number.update(voice_fallback_url=f"{it.line.url}/fallback")
    call = it.dials(ANA)
    assert it.heard(call) == ["Call 911."]
    form = it.asked("/fallback")[0]
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("12200", f"{it.line.url}{VOICE}")
    assert it.now(call)["documents"][0]["problem"]
    assert it.troubles() == [12200]
    number.update(voice_fallback_url="")
    call = it.dials(BO)
    assert "application error" in it.heard(call)[0]
    assert (it.now(call)["status"], it.now(call)["hung_up_by"]) == ("completed", "carrier")


def test_a_line_that_is_away_or_fails(talk, reply):
    it = talk({})
    it.line.answer = lambda call: reply("", status=500)
    assert "application error" in it.heard(it.dials(ANA))[0]
    it.line.answer = lambda call: reply("", kind="application/json")
    it.dials(ANA)
    it.client.incoming_phone_numbers.list()[0].update(voice_url="http://127.0.0.1:9/x")
    it.dials(ANA)
    it.client.incoming_phone_numbers.list()[0].update(voice_url="")
    it.dials(ANA)
    assert it.troubles() == [11200, 12300, 11205, 11100]


def test_an_empty_document_ends_the_call(talk):
    it = talk({VOICE: ""})
    assert it.dials(ANA)["status"] == "completed"


def test_a_refused_call_was_never_answered(talk):
    it = talk({VOICE: ['<Reject reason="busy"/>', "<Reject/>", "<Redirect>/reject</Redirect>"], "/reject": "<Reject/>"})
    told = [it.dials(ANA) for _ in range(3)]
    assert [call["status"] for call in told] == ["busy", "no-answer", "no-answer"]
    assert [call["answered"] for call in told] == [None] * 3


def test_a_document_that_turns_in_circles_is_refused(talk):
    it = talk({VOICE: "<Say>hi</Say><Redirect>/twilio/voice</Redirect>"})
    call = it.dials(ANA)
    assert it.now(call)["status"] == "completed"
    assert it.troubles() == [12200]
    assert "without any time passing" in it.now(call)["documents"][-1]["problem"]


def test_pauses_and_recordings_of_others_take_time(talk):
    it = talk({VOICE: '<Play>/music.mp3</Play><Pause length="20"/><Say>Still there?</Say>'}, speaking=15)
    call = it.dials(ANA)
    assert it.heard(call, "played") == [f"{it.line.url}/music.mp3"]
    it.forward("25s")
    assert (it.now(call)["doing"]["verb"], it.heard(call)) == ("pause", [])
    it.forward("6s")
    assert it.heard(call) == ["Still there?"]


def test_what_the_called_side_sees_can_be_chosen(talk):
    it = talk({VOICE: '<Pause length="60"/>'})
    call = it.dials(ANA, **{"from": "+266696687"})
    assert (call["from"], call["phone"], it.asked(VOICE)[0]["From"]) == ("+266696687", ANA, "+266696687")


def test_the_first_document_can_be_asked_for_again(talk):
    it = talk({VOICE: '<Pause length="9"/>'})
    call = it.dials(ANA, sid="CA" + "7" * 32)
    it.dials(ANA, sid=call["sid"])
    assert [form["CallSid"] for form in it.asked(VOICE)] == [call["sid"]] * 2
    assert len(it.now(call)["documents"]) == 2


def test_a_caller_hangs_up_whenever(talk):
    it = talk({VOICE: ASK + "<Hangup/>"})
    call = it.dials(ANA)
    it.forward("3s")
    ended = it.does(call, "hangup")
    assert (ended["status"], ended["hung_up_by"], ended["duration"]) == ("completed", "phone", 3)
    assert it.asked("/key") == []
    for what, body in (("hangup", None), ("keys", {"digits": "1"}), ("speech", {"words": "x"}), ("answer", None)):
        told = requests.post(f"{it.sim.url}/api/calls/{call['sid']}/{what}", json=body, timeout=5)
        assert (told.status_code, bool(told.json()["error"])) == (409, True), what
    assert it.settle()["later"] == 0


def test_a_reader_asks_for_what_is_new_in_calls(talk):
    it = talk({VOICE: ASK + "<Hangup/>"})
    call = it.dials(ANA)
    first = it.get("calls")
    assert [c["sid"] for c in first["calls"]] == [call["sid"]]
    assert it.get(f"calls?since={first['cursor']}")["calls"] == []
    it.keys(call, "2")
    assert len(it.get(f"calls?since={first['cursor']}&wait=5")["calls"]) == 1
    assert it.get(f"calls?phone={BO}")["calls"] == []
    assert it.get(f"phones/{ANA}/calls")["calls"][0]["seq"] > call["seq"]


def test_reset_ends_calls(talk):
    it = talk({VOICE: ASK + "<Hangup/>"})
    it.dials(ANA)
    it.call("POST", "reset")
    assert it.get("calls")["calls"] == []
    assert it.settle()["later"] == 0
    it.call("PUT", "carrier", speaking=0)
    assert it.dials(ANA)["doing"]["verb"] == "gather"


def test_what_makes_no_sense_is_said_plainly(talk):
    it = talk({VOICE: ASK + "<Hangup/>"})
    call = it.dials(ANA)
    for path, body, status in (
        (f"phones/{ANA}/calls", {}, 409),
        (f"phones/{ANA}/calls", {"whom": "x"}, 400),
        (f"phones/{LINE}/calls", {}, 409),
        (f"calls/{call['sid']}/keys", {"digits": "x"}, 400),
        (f"calls/{call['sid']}/speech", {}, 400),
        ("calls/CAnone/keys", {"digits": "1"}, 404),
    ):
        told = requests.post(f"{it.sim.url}/api/{path}", json=body, timeout=5)
        assert (told.status_code, bool(told.json()["error"])) == (status, True), path
