"""<Conference> and <Record>."""

import io
import wave

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

LINE, ANA, BO, CY = "+13095550100", "+13095550123", "+13095550124", "+13095550125"
VOICE = "/twilio/voice"


def room(**attributes):
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<Dial action="/after"><Conference {said}>case-1</Conference></Dial>'


ROOM = {VOICE: room(waitUrl=""), "/after": "<Say>Over.</Say>"}


def test_three_talk(talk):
    it = talk(ROOM)
    ana, bo, cy = (it.dials(phone) for phone in (ANA, BO, CY))
    assert sorted(it.now(ana)["with"]) == sorted([bo["sid"], cy["sid"]])
    assert (it.now(ana)["doing"]["verb"], it.now(ana)["doing"]["room"]) == ("conference", "case-1")
    it.says(ana, "Hello, all.")
    assert (it.heard(bo, "heard"), it.heard(cy, "heard"), it.heard(ana, "heard")) == (
        ["Hello, all."],
        ["Hello, all."],
        [],
    )
    assert [m["phone"] for m in it.get("conferences")["conferences"][0]["members"]] == [ANA, BO, CY]
    (conference,) = it.client.conferences.list(friendly_name="case-1")
    assert (conference.status, len(it.client.conferences(conference.sid).participants.list())) == ("in-progress", 3)
    it.does(ana, "hangup")
    assert it.asked("/after")[0]["DialCallStatus"] == "answered"
    assert it.now(bo)["with"] == [cy["sid"]]
    for call in (bo, cy):
        it.does(call, "hangup")
    assert it.get("conferences")["conferences"][0]["status"] == "completed"
    it.dials(ANA)
    assert len(it.get("conferences")["conferences"]) == 2, "a room that is over is not entered again"


def test_a_conference_begins_and_ends_with_its_moderator(talk):
    waits = room(startConferenceOnEnter="false", waitUrl="/wait", beep="false")
    leads = room(
        endConferenceOnExit="true",
        statusCallback="/twilio/status/room",
        statusCallbackEvent="start end join leave",
    )
    it = talk({**ROOM, VOICE: [waits, leads], "/wait": '<Say>Soon.</Say><Pause length="5"/>'})
    ana = it.dials(ANA)
    it.forward("5s")
    assert (it.heard(ana), it.now(ana)["with"]) == (["Soon.", "Soon."], [])
    assert it.asked("/wait")[0]["FriendlyName"] == "case-1"
    bo = it.dials(BO)
    assert it.now(ana)["with"] == [bo["sid"]]
    it.does(bo, "hangup")
    assert (it.heard(ana)[-1], it.now(ana)["status"]) == ("Over.", "completed")


def test_who_listens_is_told_of_a_conference(talk):
    told = {"statusCallback": "/twilio/status/room", "statusCallbackEvent": "start end join leave"}
    it = talk({**ROOM, VOICE: [room(waitUrl="", **told), room(muted="true")]})
    ana, bo = it.dials(ANA), it.dials(BO)
    it.says(bo, "Can you hear me?")
    assert it.heard(ana, "heard") == []
    it.does(bo, "hangup")
    it.does(ana, "hangup")
    it.settle()
    forms = [call.form for call in it.line.statuses if call.path.endswith("room")]
    events = [form["StatusCallbackEvent"] for form in forms]
    joined, left = ["participant-join"] * 2, ["participant-leave"] * 2
    assert events == ["conference-start", *joined, *left, "conference-end"]
    assert (forms[2]["Muted"], forms[2]["CallSid"], forms[-1]["ReasonConferenceEnded"]) == (
        "true",
        bo["sid"],
        "last-participant-left",
    )


def test_a_full_conference(talk):
    it = talk({**ROOM, VOICE: room(waitUrl="", maxParticipants="2")})
    for phone in (ANA, BO, CY):
        it.dials(phone)
    assert it.asked("/after")[0]["DialCallStatus"] == "failed"


RECORD = {VOICE: '<Record action="/kept" timeout="5" maxLength="60"/><Say>Nothing.</Say>', "/kept": "<Say>Kept.</Say>"}


def test_words_are_recorded(talk):
    it = talk(RECORD)
    ana = it.dials(ANA)
    assert (it.heard(ana, "sound")[-1], it.now(ana)["doing"]["verb"]) == ("beep", "record")
    it.says(ana, "I am at the bridge,")
    it.forward("4s")
    it.says(ana, "by the river.")
    it.keys(ana, "#")
    form = it.asked("/kept")[0]
    (kept,) = it.get("recordings")["recordings"]
    assert (kept["words"], kept["call"]) == ("I am at the bridge, by the river.", ana["sid"])
    assert (form["Digits"], form["RecordingSid"], form["RecordingDuration"]) == ("#", kept["sid"], str(kept["seconds"]))
    auth = (it.client.username, it.client.password)
    sound = requests.get(form["RecordingUrl"], auth=auth, timeout=5)
    with wave.open(io.BytesIO(sound.content)) as heard:
        assert heard.getnframes() / heard.getframerate() == kept["seconds"]
    assert requests.get(form["RecordingUrl"] + ".mp3", auth=auth, timeout=5).headers["Content-Type"] == "audio/mpeg"
    assert requests.get(form["RecordingUrl"], timeout=5).status_code == 401
    assert [r.sid for r in it.client.recordings.list(call_sid=ana["sid"])] == [kept["sid"]]
    assert len(it.client.calls(ana["sid"]).recordings.list()) == 1
    assert it.client.recordings(kept["sid"]).delete()
    assert requests.get(form["RecordingUrl"], auth=auth, timeout=5).status_code == 404
    assert (it.get("recordings")["recordings"][0]["deleted"], it.client.recordings.list()) == (True, [])
    assert it.get("recordings")["recordings"][0]["words"] == ""


def test_silence_records_nothing(talk):
    it = talk(RECORD)
    ana = it.dials(ANA)
    it.forward("5s")
    assert (it.heard(ana), it.get("recordings")["recordings"]) == (["Nothing."], [])


def test_a_hang_up_ends_a_recording(talk):
    said = RECORD[VOICE].replace("<Record", '<Record recordingStatusCallback="/twilio/status/recording"')
    it = talk({**RECORD, VOICE: said})
    ana = it.dials(ANA)
    it.says(ana, "Help.")
    it.does(ana, "hangup")
    form = it.asked("/kept")[0]
    assert (form["Digits"], form["CallStatus"], form["RecordingDuration"]) == ("hangup", "completed", "1")
    (told,) = [call.form for call in it.line.statuses if call.path.endswith("recording")]
    assert (told["RecordingStatus"], told["RecordingSid"]) == ("completed", form["RecordingSid"])


def test_a_recording_has_a_longest_time_and_may_be_transcribed(talk):
    said = (
        '<Record action="/kept" timeout="30" maxLength="20" transcribe="true" transcribeCallback="/twilio/status/t"/>'
    )
    it = talk({**RECORD, VOICE: said})
    ana = it.dials(ANA)
    it.says(ana, "Help.")
    it.forward("20s")
    assert it.heard(ana) == ["Kept."]
    texts = [call.form.get("TranscriptionText") for call in it.line.statuses if call.path.endswith("/t")]
    assert texts == ["Help."]


def test_recordings_that_are_not_there(talk):
    it = talk({})
    with pytest.raises(TwilioRestException) as caught:
        it.client.recordings("RE" + "0" * 32).fetch()
    assert caught.value.code == 20404
