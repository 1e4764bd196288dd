"""The REST API, driven by Twilio's own client wherever that is natural."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"
ACCOUNT, TOKEN = "AC" + "a" * 32, "secret"


def refusal(send):
    with pytest.raises(TwilioRestException) as caught:
        send()
    return caught.value.status, caught.value.code


def test_a_created_text_has_the_shape_of_twilios(it):
    raw = requests.post(
        f"{it.sim.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, TOKEN),
        data={"To": ANA, "From": LINE, "Body": "hello"},
        timeout=5,
    )
    told = raw.json()
    assert raw.status_code == 201
    assert re.fullmatch(r"SM[0-9a-f]{32}", told["sid"])
    assert (told["status"], told["direction"], told["num_segments"]) == ("queued", "outbound-api", "1")
    assert (told["date_sent"], told["error_code"], told["num_media"]) == (None, None, "0")
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", told["date_created"])
    assert told["uri"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{told['sid']}.json"


def test_the_client_creates_fetches_blanks_and_deletes(it):
    sid = it.send("hello").sid
    it.settle()
    fetched = it.client.messages(sid).fetch()
    assert (fetched.status, fetched.body, fetched.error_code) == ("delivered", "hello", None)
    assert abs(fetched.date_sent - datetime.now(UTC)) < timedelta(seconds=5)
    assert it.client.messages(sid).update(body="").body == ""
    assert it.client.messages(sid).delete()
    assert refusal(it.client.messages(sid).fetch) == (404, 20404)
    assert refusal(it.client.calls("CA1").fetch) == (404, 20404)


def test_lists_filter_and_page_newest_first(it):
    for count in range(5):
        it.send(f"n{count}")
    it.send("other", to=BO)
    it.settle()
    assert [m.body for m in it.client.messages.list(to=ANA, page_size=2)] == ["n4", "n3", "n2", "n1", "n0"]
    first = it.client.messages.page(to=ANA, page_size=2)
    it.send("meanwhile")
    assert [m.body for m in first.next_page()] == ["n2", "n1"]
    assert len(it.client.messages.list(from_=LINE)) == 7
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert it.client.messages.list(date_sent_after=soon) == []
    assert len(it.client.messages.list(date_sent_before=soon, date_sent_after=soon - timedelta(minutes=5))) == 7
    assert len(it.client.messages.list(date_sent=datetime.now(UTC), to=BO)) == 1


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"to": "+1309555", "from_": LINE, "body": "x"}, 21211),
        ({"to": "Ana", "from_": LINE, "body": "x"}, 21211),
        ({"to": "911", "from_": LINE, "body": "x"}, 21265),
        ({"to": LINE, "from_": LINE, "body": "x"}, 21266),
        ({"to": ANA, "from_": "+13095550199", "body": "x"}, 21606),
        ({"to": ANA, "body": "x"}, 21603),
        ({"to": ANA, "from_": LINE}, 21602),
        ({"to": ANA, "from_": LINE, "body": "  "}, 21602),
        ({"to": ANA, "from_": LINE, "body": "x" * 1601}, 21617),
        ({"to": ANA, "from_": LINE, "body": "x", "validity_period": 0}, 90007),
        ({"to": ANA, "from_": LINE, "body": "x", "status_callback": "nowhere"}, 21609),
        ({"to": ANA, "from_": LINE, "body": "x", "schedule_type": "fixed"}, 20001),
        ({"to": ANA, "messaging_service_sid": "MG1", "body": "x"}, 21705),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(it, form, code):
    assert refusal(lambda: it.client.messages.create(**form)) == (400, code)
    assert it.client.messages.list() == []


def test_only_the_account_and_its_keys_get_in(carrier_with):
    it = carrier_with(api_keys=(("SK1", "shh"),))
    for user, password, account in ((ACCOUNT, "wrong", ACCOUNT), ("SK1", "wrong", ACCOUNT), (ACCOUNT, TOKEN, "AC1")):
        client = Client(user, password, account)
        client.api.base_url = it.sim.url
        assert refusal(client.messages("SM1").fetch) == (401, 20003)
    keyed = Client("SK1", "shh", ACCOUNT)
    keyed.api.base_url = it.sim.url
    assert keyed.messages.create(to=ANA, from_=LINE, body="by key").account_sid == ACCOUNT
    assert requests.get(f"{it.sim.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", timeout=5).status_code == 401


def test_a_messaging_service_chooses_the_number(it):
    service = it.get("carrier")["service"]
    made = it.client.messages.create(to=ANA, messaging_service_sid=service, body="hello")
    assert (made.status, made.num_segments, made.from_) == ("accepted", "0", None)
    it.settle()
    assert it.client.messages(made.sid).fetch().from_ == LINE


def test_numbers_can_be_listed_and_their_webhooks_set(it):
    (number,) = it.client.incoming_phone_numbers.list(phone_number=LINE)
    assert number.sms_url == f"{it.line.url}/twilio/sms"
    number.update(sms_url="https://line.example/sms", sms_fallback_url="https://line.example/f", sms_method="GET")
    again = it.client.incoming_phone_numbers(number.sid).fetch()
    assert (again.sms_url, again.sms_fallback_url, again.sms_method) == (
        "https://line.example/sms",
        "https://line.example/f",
        "GET",
    )
    assert refusal(lambda: number.update(sms_url="")) == (400, 21406)
    assert it.client.incoming_phone_numbers.list(phone_number=ANA) == []


def test_rest_requests_can_be_made_to_fail(it):
    for answer, seen in ((429, (429, 20429)), (500, (500, 20500)), (401, (401, 20003)), (21614, (400, 21614))):
        it.fault(answer)
        assert refusal(it.send) == seen
    it.fault(503, to=BO, times=2)
    it.send()
    assert refusal(lambda: it.send(to=BO)) == (503, 20503)
    assert refusal(lambda: it.send(to=BO)) == (503, 20503)
    it.send(to=BO)
    it.fault(500, on="read")
    assert refusal(lambda: it.client.messages("SM1").fetch()) == (500, 20500)
    assert [m.to for m in it.client.messages.list()] == [BO, ANA]


@pytest.mark.parametrize(("answer", "accepted"), [("drop", ["hello"]), ("drop_unsent", [])])
def test_a_dropped_connection_leaves_the_outcome_unknown(it, answer, accepted):
    it.fault(answer)
    with pytest.raises(requests.ConnectionError):
        it.send()
    assert it.inbox(ANA) == accepted
    assert [m.body for m in it.client.messages.list(to=ANA)] == accepted


@pytest.mark.parametrize(("answer", "accepted"), [("hang", ["hello"]), ("hang_unsent", [])])
def test_a_hung_request_times_out_at_the_client(it, answer, accepted):
    it.fault(answer)
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{it.sim.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
            auth=(ACCOUNT, TOKEN),
            data={"To": ANA, "From": LINE, "Body": "hello"},
            timeout=0.2,
        )
    assert it.inbox(ANA) == accepted
