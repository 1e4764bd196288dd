"""<Enqueue>, wait documents, <Dial><Queue>, <Leave>."""

import pytest
from twilio.base.exceptions import TwilioRestException

LINE, ANA, BO, CY = "+13095550100", "+13095550123", "+13095550124", "+13095550125"
VOICE = "/twilio/voice"
QUEUE = '<Enqueue action="/left" waitUrl="/wait">case-1</Enqueue><Say>No action.</Say>'
WAIT = '<Say>We are looking for somebody.</Say><Pause length="10"/>'
TAKE = '<Dial action="/talked" timeout="5"><Queue>case-1</Queue></Dial>'
TOWN = {VOICE: QUEUE, "/wait": WAIT, "/called": TAKE, "/left": "<Say>You left.</Say>", "/talked": "<Say>Done.</Say>"}


@pytest.fixture
def it(talk):
    """A town whose callers wait, and whose volunteers take the first caller as soon as they answer."""
    it = talk(TOWN)
    it.fate(BO, calls="answers")
    it.fate(CY, calls="answers")
    return it


def results(it):
    return [form["QueueResult"] for form in it.asked("/left")]


def test_a_caller_waits_and_is_told_how_it_stands(it):
    ana = it.dials(ANA)
    assert (ana["doing"]["verb"], ana["doing"]["queue"]) == ("queue", "case-1")
    form = it.asked("/wait")[0]
    told = {"QueuePosition": "1", "CurrentQueueSize": "1", "QueueTime": "0", "AvgQueueTime": "0", "CallSid": ana["sid"]}
    assert {name: form[name] for name in told} == told
    assert form["QueueSid"].startswith("QU")
    it.forward("10s")
    it.forward("10s")
    assert [form["QueueTime"] for form in it.asked("/wait")] == ["0", "10", "20"]
    it.dials(CY)
    assert it.asked("/wait")[-1]["QueuePosition"] == "2"
    assert [w["phone"] for w in it.get("queues")["queues"][0]["waiting"]] == [ANA, CY]
    (queue,) = it.client.queues.list()
    assert (queue.friendly_name, queue.current_size) == ("case-1", 2)
    assert [m.call_sid for m in it.client.queues(queue.sid).members.list()][0] == ana["sid"]


def test_a_volunteer_takes_the_first_caller(it):
    ana = it.dials(ANA)
    it.forward("40s")
    it.rings(to=BO)
    bo = it.call_of(BO)
    assert (bo["with"], it.now(ana)["with"]) == ([ana["sid"]], [bo["sid"]])
    assert it.get("queues")["queues"][0]["waiting"] == []
    it.says(ana, "Is somebody there?")
    assert it.heard(bo, "heard") == ["Is somebody there?"]
    waits = len(it.asked("/wait"))
    it.forward("20s")
    assert len(it.asked("/wait")) == waits, "who talks hears no wait document"
    it.does(bo, "hangup")
    form = it.asked("/left")[0]
    assert (form["QueueResult"], form["QueueTime"], form["CallStatus"]) == ("bridged", "40", "in-progress")
    assert (it.heard(ana)[-1], it.now(ana)["status"]) == ("You left.", "completed")
    form = it.asked("/talked")[0]
    told = {"DialCallStatus": "completed", "DialBridged": "true", "DialCallSid": ana["sid"], "CallStatus": "completed"}
    assert {name: form[name] for name in told} == told
    assert it.settle()["later"] == 0
    assert it.troubles() == []


def test_a_caller_hangs_up_in_the_queue_or_in_the_talk(it):
    ana = it.dials(ANA)
    it.does(ana, "hangup")
    form = it.asked("/left")[0]
    assert (form["QueueResult"], form["CallStatus"]) == ("hangup", "completed")
    assert it.get("queues")["queues"][0]["waiting"] == []
    assert "You left." not in it.heard(ana)
    again = it.dials(ANA)
    it.rings(to=BO)
    it.does(again, "hangup")
    assert results(it) == ["hangup", "bridged"]
    assert it.heard(it.call_of(BO)) == ["Done."]
    assert it.asked("/talked")[0]["DialCallStatus"] == "completed"


def test_an_empty_queue_is_waited_at(it):
    it.rings(to=BO)
    assert it.asked("/talked")[0]["DialCallStatus"] == "failed", "no such queue yet"
    ana = it.dials(ANA)
    it.does(ana, "hangup")
    it.rings(to=BO)
    assert it.call_of(BO)["doing"]["verb"] == "dial"
    it.forward("5s")
    assert [form["DialCallStatus"] for form in it.asked("/talked")] == ["failed", "no-answer"]
    it.rings(to=BO)
    later = it.dials(ANA)
    assert it.now(later)["with"] == [it.call_of(BO)["sid"]]
    assert it.asked("/wait") == it.asked("/wait")[:1], "who is taken at once does not wait"


def test_the_second_volunteer_gets_nobody(it):
    it.dials(ANA)
    it.rings(to=BO)
    it.rings(to=CY)
    it.forward("5s")
    assert it.call_of(CY)["status"] == "completed"
    assert it.asked("/talked")[0]["DialBridged"] == "false"
    assert it.call_of(BO)["status"] == "in-progress"


def test_the_caller_hears_first_who_comes(talk):
    take = TAKE.replace("<Queue>", '<Queue url="/announce">')
    it = talk({**TOWN, "/called": take, "/announce": '<Say>Bo is here.</Say><Pause length="3"/>'})
    it.fate(BO, calls="answers")
    ana = it.dials(ANA)
    it.rings(to=BO)
    form = it.asked("/announce")[0]
    assert (form["CallSid"], form["DequeingCallSid"]) == (ana["sid"], it.call_of(BO)["sid"])
    assert (it.heard(ana)[-1], it.now(ana)["with"]) == ("Bo is here.", [])
    it.forward("3s")
    assert it.now(ana)["with"] == [it.call_of(BO)["sid"]]


def test_a_volunteer_who_goes_before_the_talk_leaves_an_error(talk):
    take = TAKE.replace("<Queue>", '<Queue url="/announce">')
    it = talk({**TOWN, "/called": take, "/announce": '<Pause length="3"/>'})
    it.fate(BO, calls="answers")
    it.dials(ANA)
    it.rings(to=BO)
    it.does(it.call_of(BO), "hangup")
    assert results(it) == ["system-error"]


def test_keys_while_waiting_and_leaving_the_queue(talk):
    wait = '<Gather action="/key" numDigits="1" timeout="10"><Say>Press 1 to leave.</Say></Gather>'
    it = talk({**TOWN, "/wait": wait, "/key": ["<Say>Still here.</Say>", "<Leave/>"]})
    ana = it.dials(ANA)
    assert (ana["doing"]["verb"], ana["doing"]["queue"]) == ("gather", "case-1")
    it.keys(ana, "2")
    assert it.asked("/key")[0]["QueuePosition"] == "1"
    it.forward("1s")
    assert len(it.asked("/wait")) == 2
    it.keys(ana, "1")
    assert (results(it), it.heard(ana)[-1]) == (["leave"], "You left.")


def test_without_action_the_next_verb_follows(talk):
    it = talk({**TOWN, VOICE: QUEUE.replace('action="/left" ', ""), "/wait": "<Leave/>"})
    ana = it.dials(ANA)
    assert (it.heard(ana), it.now(ana)["status"]) == (["No action."], "completed")


def test_a_call_in_the_queue_or_in_a_talk_is_sent_elsewhere(it):
    ana = it.dials(ANA)
    it.client.calls(ana["sid"]).update(twiml="<Response><Say>Elsewhere.</Say></Response>")
    assert (results(it), it.heard(ana)[-1]) == (["redirected"], "Elsewhere.")
    again = it.dials(ANA)
    it.rings(to=BO)
    it.client.calls(again["sid"]).update(twiml="<Response><Say>Elsewhere.</Say></Response>")
    assert results(it) == ["redirected", "redirected-from-bridged"]
    assert it.asked("/talked")[0]["DialCallStatus"] == "completed"
    third = it.dials(ANA)
    it.rings(to=CY)
    it.client.calls(it.call_of(CY)["sid"]).update(twiml="<Response><Say>Elsewhere.</Say></Response>")
    assert (results(it)[-1], it.heard(third)[-1]) == ("bridged", "You left.")
    fourth = it.dials(ANA)
    (queue,) = it.client.queues.list()
    it.client.queues(queue.sid).members("Front").update(url=f"{it.line.url}/talked")
    assert it.heard(fourth)[-1] == "Done."


@pytest.mark.parametrize(
    ("wait", "problem"),
    [
        ("", "no time at all"),
        ("<Redirect>/wait</Redirect>", "without any time"),
        ('<Pause length="0"/>', "no time at all"),
        ("<Dial>988</Dial>", "may not stand in"),
        ("<Reject/>", "may not stand in"),
    ],
)
def test_a_wait_document_that_is_unfit_is_refused(talk, wait, problem):
    it = talk({**TOWN, "/wait": wait})
    ana = it.dials(ANA)
    assert results(it) == ["error"]
    assert it.troubles() == [12200]
    assert any(problem in document["problem"] for document in it.now(ana)["documents"])


@pytest.mark.parametrize("wait", ["<Say>Please wait a little.</Say>", "<Say>A.</Say><Redirect>/wait</Redirect>"])
def test_a_wait_of_words_alone_does_not_spin(talk, wait):
    it = talk({**TOWN, "/wait": wait})
    it.dials(ANA)
    assert it.settle()["later"] >= 1
    assert len(it.asked("/wait")) <= 2
    assert it.troubles() == []


def test_waiting_without_a_document_is_music(talk):
    it = talk({VOICE: '<Enqueue action="/left">a</Enqueue>'})
    ana = it.dials(ANA)
    assert it.heard(ana, "played") == ["hold music"]


def test_a_full_queue(talk):
    it = talk({**TOWN, VOICE: QUEUE.replace("<Enqueue", '<Enqueue maxQueueSize="1"')})
    it.dials(ANA)
    bo = it.dials(BO)
    assert (results(it), "QueueSid" in it.asked("/left")[0]) == (["queue-full"], False)
    assert it.heard(bo) == ["You left."]


def test_queues_by_rest(it):
    with pytest.raises(TwilioRestException):
        it.client.queues("QU" + "0" * 32).fetch()
