"""Texts from phones: the signed webhook, its TwiML, fallbacks, retries, and what goes wrong."""

import threading

import requests
from werkzeug.wrappers import Response

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"


def test_a_text_arrives_signed_and_its_reply_is_delivered(it, reply):
    it.line.answer = lambda call: reply("<Message>Is anyone in danger?</Message>")
    told = it.texts(ANA, "  ayúdame ❤ ")
    (call,) = it.line.texts
    assert call.signed
    assert call.once
    assert call.form["Body"] == "  ayúdame ❤ "
    assert (call.form["From"], call.form["To"], call.form["NumMedia"]) == (ANA, LINE, "0")
    assert call.form["MessageSid"] == call.form["SmsSid"] == told["sid"]
    assert "OptOutType" not in call.form
    assert (told["webhooks"][0]["status"], told["webhooks"][0]["code"]) == (200, None)
    assert "Is anyone in danger?" in told["webhooks"][0]["answer"]
    assert it.inbox(ANA) == ["Is anyone in danger?"]
    listed = it.client.messages.list(to=ANA)[0]
    assert (listed.direction, listed.from_, listed.status) == ("outbound-reply", LINE, "delivered")
    assert it.client.messages.list(to=LINE)[0].direction == "inbound"


def test_several_messages_go_where_they_say_and_tell_their_status(it, reply):
    it.line.answer = lambda call: reply(
        '<Message action="status?d=1&amp;e=2"><Body>one</Body></Message>'
        f'<Message to="{BO}" statusCallback="/twilio/status">two</Message>'
        "<Message><Media>/picture.jpg</Media></Message>"
    )
    it.texts(ANA, "hi")
    assert (it.inbox(ANA), it.inbox(BO)) == (["one", ""], ["two"])
    first, second = ([c for c in it.line.statuses if c.form["To"] == phone] for phone in (ANA, BO))
    assert [call.form["MessageStatus"] for call in first] == ["sent", "delivered"]
    assert (first[0].form["d"], first[0].path) == ("1", "/twilio/status")
    assert [call.form["MessageStatus"] for call in second] == ["sent", "delivered"]
    assert all(call.signed for call in it.line.statuses)


def test_pictures_are_told_by_address(it):
    told = it.texts(ANA, "", media=["https://media.example/1.jpg", {"url": "https://media.example/2", "kind": "a/b"}])
    form = it.line.texts[0].form
    assert told["sid"].startswith("MM")
    assert (form["NumMedia"], form["MediaUrl1"], form["MediaContentType1"]) == ("2", "https://media.example/2", "a/b")


def test_plain_text_is_texted_as_it_is(it):
    it.line.answer = lambda call: Response("OK", mimetype="text/plain")
    it.texts(ANA, "hi")
    assert it.inbox(ANA) == ["OK"]


def test_a_failed_webhook_is_trouble_and_never_repeated(it, reply):
    it.line.answer = lambda call: reply("", status=500)
    told = it.texts(ANA, "hi")
    assert it.troubles() == [11200]
    assert (len(it.line.texts), told["webhooks"][0]["status"]) == (1, 500)
    assert it.client.messages(told["sid"]).fetch().body == "hi"


def test_the_fallback_is_asked_with_what_went_wrong(it, reply):
    (number,) = it.client.incoming_phone_numbers.list()
    number.update(sms_fallback_url=f"{it.line.url}/fallback")
    it.line.answer = lambda call: reply(
        "<Say>no</Say>" if call.path == "/twilio/sms" else "<Message>Call 911</Message>"
    )
    it.texts(ANA, "hi")
    assert it.inbox(ANA) == ["Call 911"]
    form = it.line.texts[1].form
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("14110", f"{it.line.url}/twilio/sms")
    assert it.line.texts[1].signed
    assert it.troubles() == [14110]


def test_a_redirect_is_followed_and_an_endless_one_is_not(it, reply):
    it.line.answer = lambda call: reply(
        "<Message>a</Message><Redirect>/next</Redirect>" if call.path == "/twilio/sms" else "<Message>b</Message>"
    )
    it.texts(ANA, "hi")
    assert it.inbox(ANA) == ["a", "b"]
    it.line.answer = lambda call: reply("<Redirect>/next</Redirect>")
    it.texts(BO, "hi")
    assert it.troubles() == [14106]


def test_a_line_that_is_away_or_slow(carrier_with, reply):
    it = carrier_with(webhook_timeout=0.2)
    gone = threading.Event()
    it.line.answer = lambda call: (gone.wait(5), reply(""))[1]
    assert "no answer" in it.texts(ANA, "slow")["webhooks"][0]["problem"]
    gone.set()
    it.client.incoming_phone_numbers.list()[0].update(sms_url="http://127.0.0.1:9/sms")
    assert "no connection" in it.texts(ANA, "away")["webhooks"][0]["problem"]
    assert it.troubles() == [11205, 11205]


def test_a_fragment_asks_for_retries_and_is_neither_sent_nor_signed(it, reply):
    it.client.incoming_phone_numbers.list()[0].update(sms_url=f"{it.line.url}/twilio/sms?a=%2F#rc=2&rp=5xx")
    it.line.answer = lambda call: reply("", status=200 if len(it.line.texts) == 3 else 500)
    it.texts(ANA, "hi")
    assert len({call.once for call in it.line.texts}) == 1
    assert [call.form["a"] for call in it.line.texts] == ["/"] * 3
    assert it.troubles() == []


def test_a_webhook_by_get_is_signed_over_its_query(it):
    it.client.incoming_phone_numbers.list()[0].update(sms_method="GET")
    it.texts(ANA, "hola ñ")
    assert (it.line.texts[0].method, it.line.texts[0].form["Body"]) == ("GET", "hola ñ")
    assert it.troubles() == []


def test_the_same_webhook_again_on_demand(it):
    sid = it.texts(ANA, "hi")["sid"]
    it.texts(ANA, "ignored", sid=sid)
    again = it.call("POST", f"messages/{sid}/redeliver?wait=5")
    assert len(again["webhooks"]) == 3
    assert {(call.form["MessageSid"], call.form["Body"], call.once) for call in it.line.texts} == {(sid, "hi", sid)}


def test_webhooks_doubled_lost_and_reordered(it):
    it.fate(ANA, inbound="doubled")
    it.texts(ANA, "twice")
    it.fate(ANA, inbound="lost")
    lost = it.texts(ANA, "lost")
    it.fate(ANA, inbound="reordered")
    it.texts(ANA, "first")
    assert it.settle()["held"] == 1
    it.texts(ANA, "second")
    it.texts(ANA, "third")
    it.fate(ANA, inbound="ok")
    it.settle()
    assert [call.form["Body"] for call in it.line.texts] == ["twice", "twice", "second", "first", "third"]
    assert it.client.messages(lost["sid"]).fetch().status == "received"


def test_a_phone_that_waits_holds_up_no_other(it, reply):
    gone = threading.Event()
    it.line.answer = lambda call: (call.form["From"] == BO or gone.wait(5), reply(""))[1]
    for body in ("1", "2"):
        it.call("POST", f"phones/{ANA}/texts", body=body)
    it.texts(BO, "now")
    assert [call.form["Body"] for call in it.line.texts] == ["1", "now"]
    gone.set()
    it.settle()
    assert [call.form["Body"] for call in it.line.texts] == ["1", "now", "2"]


def test_what_makes_no_sense_is_said_plainly(it):
    for body in ({"body": "x" * 1601}, {"body": 3}, {"body": "hi", "to": "+13095550199"}):
        answer = requests.post(f"{it.sim.url}/api/phones/{ANA}/texts", json=body, timeout=5)
        assert answer.status_code in {400, 404}
        assert answer.json()["error"]
