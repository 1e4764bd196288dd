"""The carrier: whose requests are believed, what is answered, and what each refusal means."""

import json
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st
from responses import matchers
from werkzeug.datastructures import MultiDict

from hotline import carrier, signatures
from hotline.carrier import Carrier, CarrierFault
from hotline.config import Settings
from hotline.signatures import public_address, valid
from hotline.twiml import twiml_reply

ACCOUNT = "AC" + "0" * 32
API = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}"
MESSAGES = f"{API}/Messages.json"
ANA, LINE = "+13095550123", "+13095550100"
SIX = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)

VECTORS = json.loads(Path(__file__).with_name("signature_vectors.json").read_text())["vectors"]


# --- signatures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_what_four_sdks_expect(vector):
    params = vector["body"] if "body" in vector else MultiDict(vector["params"])
    assert valid(vector["url"], params, vector["signature"], [vector["token"]]) is vector["valid"]


FORM = {"From": ANA, "To": LINE, "Body": " hi  ", "MessageSid": "SM1"}


def signed(url, form=FORM, token="one"):
    return signatures.base64.b64encode(
        signatures.hmac.digest(token.encode(), (url + signatures._signed_form(form)).encode(), "sha1")
    ).decode()


def test_any_of_two_tokens_signs_and_no_token_believes_nobody():
    url = "https://line.example.org/twilio/sms"
    assert valid(url, FORM, signed(url, token="old"), ["new", "old"])
    assert not valid(url, FORM, signed(url, token="old"), ["new"])
    assert not valid(url, FORM, signed(url, token=""), [""])
    assert not valid(url, FORM, signed(url), [])


@pytest.mark.parametrize("query", [b"", b"p=a%2Fb", b"e=caf%C3%A9", b"a=b%20c&x=%2B1", b"a=1"])
def test_the_address_is_ours_and_the_query_as_it_came(query):
    told = "https://line.example.org/twilio/status" + ("?" + query.decode() if query else "")
    assert public_address("https://line.example.org/", "/twilio/status", query) == told
    assert valid(told, FORM, signed(told), ["one"])


@pytest.mark.parametrize("told", ["http://127.0.0.1:8000/twilio/sms", "http://127.0.0.1/twilio/sms"])
def test_both_forms_of_an_http_port(told):
    for url in ("http://127.0.0.1:8000/twilio/sms",):
        assert valid(url, FORM, signed(told), ["one"])


def test_a_fragment_asks_for_retries_and_is_not_signed():
    url = "https://line.example.org/twilio/sms"
    assert valid(url + "#rc=3&rp=all", FORM, signed(url), ["one"])


def test_a_changed_word_is_not_believed():
    url = "https://line.example.org/twilio/sms"
    assert not valid(url, FORM | {"Body": "hi"}, signed(url), ["one"])


@given(
    st.text(), st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.text())), st.one_of(st.none(), st.text())
)
def test_nothing_malformed_raises(url, params, signature):
    assert valid(url, params, signature, ["one"]) is False


@pytest.mark.parametrize("url", ["https://[::1/sms", "https://a:port/sms", ""])
def test_an_address_that_is_none_is_not_believed(url):
    assert valid(url, FORM, signed("x"), ["one"]) is False


# --- the reply ----------------------------------------------------------------------------------------------------


def test_silence_is_an_empty_response():
    assert twiml_reply() == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def test_each_text_carries_the_address_its_fate_is_told_to():
    said = twiml_reply([("Call 911 <now> & wait", "https://line.example.org/twilio/status?d=1&x=2"), ("Sí", None)])
    assert said == (
        '<?xml version="1.0" encoding="UTF-8"?><Response>'
        '<Message action="https://line.example.org/twilio/status?d=1&amp;x=2" method="POST">'
        "Call 911 &lt;now&gt; &amp; wait</Message><Message>Sí</Message></Response>"
    )


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=("Cs",)))))
def test_every_reply_can_be_read(texts):
    import xml.etree.ElementTree as ElementTree

    tree = ElementTree.fromstring(twiml_reply([(words, "https://a.org/?\"='") for words in texts]))
    assert len(tree) == len(texts)


# --- sending ------------------------------------------------------------------------------------------------------


@pytest.fixture
def line():
    return Carrier(Settings(account_sid=ACCOUNT, auth_tokens=("token", "old")))


def body(call):
    return {name: values[0] for name, values in parse_qs(call.request.body).items()}


@responses.activate
def test_a_text_is_handed_over(line):
    responses.post(MESSAGES, json={"sid": "SM1", "status": "queued"}, status=201)
    assert line.send_text(ANA, LINE, "Are you safe?", "https://line.example.org/twilio/status", 300) == "SM1"
    (call,) = responses.calls
    assert body(call) == {
        "To": ANA,
        "From": LINE,
        "Body": "Are you safe?",
        "StatusCallback": "https://line.example.org/twilio/status",
        "ValidityPeriod": "300",
    }
    assert call.request.headers["Authorization"] == requests.auth._basic_auth_str(ACCOUNT, "token")


@pytest.mark.parametrize(("asked", "sent"), [(0, "6"), (90_000, "36000"), (299.9, "299")])
@responses.activate
def test_the_carrier_takes_only_so_short_and_so_long_a_wait(line, asked, sent):
    responses.post(MESSAGES, json={"sid": "SM1"}, status=201)
    line.send_text(ANA, LINE, "x", expires_s=asked)
    assert body(responses.calls[0])["ValidityPeriod"] == sent


@responses.activate
def test_an_api_key_signs_in_for_the_account():
    key = "SK" + "1" * 32
    settings = Settings(account_sid=ACCOUNT, auth_tokens=("token",), api_key=key, api_secret="secret")
    responses.post(MESSAGES, json={"sid": "SM1"}, status=201)
    Carrier(settings).send_text(ANA, LINE, "x")
    assert responses.calls[0].request.headers["Authorization"] == requests.auth._basic_auth_str(key, "secret")


@responses.activate
def test_another_carrier_with_the_same_api(monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    responses.post(
        f"http://127.0.0.1:8001/2010-04-01/Accounts/{ACCOUNT}/Messages.json", json={"sid": "SM1"}, status=201
    )
    settings = Settings(account_sid=ACCOUNT, auth_tokens=("t",), api_url="http://127.0.0.1:8001")
    assert Carrier(settings).send_text(ANA, LINE, "x") == "SM1"


@pytest.mark.parametrize("to", ["911", "+1911", "933", "12345", "+266696687", "anonymous", "3095550123", ""])
@responses.activate
def test_the_line_never_contacts_these(line, to):
    with pytest.raises(CarrierFault) as caught:
        line.send_text(to, LINE, "x")
    assert caught.value.kind == "permanent"
    assert not responses.calls


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        *((400, code, "permanent") for code in (21211, 21214, 21217, 21265, 21612, 21614, 21635, 99999)),
        (400, 21610, "opted_out"),
        *((400, code, "config") for code in (21212, 21408, 21602, 21606, 21608, 21617, 21659, 21660, 21703, 21705)),
        (401, 20003, "config"), (403, 20003, "config"), (404, 20404, "config"), (401, None, "config"),
        (400, 30004, "content"), (400, 30007, "content"),
        (429, 20429, "transient"), (400, 21611, "transient"), (429, None, "transient"), (409, 20409, "transient"),
        *((status, None, "transient") for status in (408, 500, 502, 503, 504)),
    ],
)  # fmt: skip
@responses.activate
def test_what_each_refusal_means(line, status, code, kind):
    answer = {"code": code, "message": f"{ANA} refused", "status": status} if code else "<html>oh</html>"
    responses.post(MESSAGES, status=status, **({"json": answer} if code else {"body": answer}))
    with pytest.raises(CarrierFault) as caught:
        line.send_text(ANA, LINE, "my name is Ana")
    assert (caught.value.kind, caught.value.code, caught.value.status) == (kind, code, status)
    assert "Ana" not in str(caught.value)
    assert "5550123" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (30005, "permanent"), (30006, "permanent"), (30003, "transient"), (30008, "transient"), (12345, "transient"),
        (30007, "content"), (30034, "config"), (21610, "opted_out"),
    ],
)  # fmt: skip
def test_what_a_fate_reported_later_means(code, kind):
    assert carrier.kind_of(code) == kind


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("soon", None), (None, None)])
@responses.activate
def test_how_long_the_carrier_asks_us_to_wait_is_kept(line, header, seconds):
    headers = {"Retry-After": header} if header else {}
    responses.post(MESSAGES, status=429, json={"code": 20429, "message": "too many"}, headers=headers)
    with pytest.raises(CarrierFault) as caught:
        line.send_text(ANA, LINE, "x")
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (requests.ReadTimeout(), "unknown"),
        (requests.ConnectionError("Connection aborted."), "unknown"),
        (requests.exceptions.ChunkedEncodingError(), "unknown"),
        (requests.ConnectTimeout(), "transient"),
    ],
)
@responses.activate
def test_a_broken_connection_may_have_brought_it_there(line, fault, kind):
    responses.post(MESSAGES, body=fault)
    with pytest.raises(CarrierFault) as caught:
        line.send_text(ANA, LINE, "x")
    assert caught.value.kind == kind


def test_a_carrier_that_is_not_there_was_never_told():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = Settings(account_sid=ACCOUNT, auth_tokens=("t",), api_url=f"http://127.0.0.1:{port}")
    with pytest.raises(CarrierFault) as caught:
        Carrier(settings).send_text(ANA, LINE, "x")
    assert caught.value.kind == "transient"


def test_a_carrier_that_takes_it_and_says_nothing_leaves_us_not_knowing():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []
        threading.Thread(target=lambda: taken.append(server.accept()), daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings = Settings(account_sid=ACCOUNT, auth_tokens=("t",), api_url=address)
        with pytest.raises(CarrierFault) as caught:
            Carrier(settings, timeout=0.3).send_text(ANA, LINE, "x")
    assert caught.value.kind == "unknown"


@pytest.mark.parametrize("answer", [{"body": "not json"}, {"json": {}}, {"json": {"sid": None}}, {"json": []}])
@responses.activate
def test_a_yes_that_cannot_be_read_leaves_us_not_knowing(line, answer):
    responses.post(MESSAGES, status=201, **answer)
    with pytest.raises(CarrierFault) as caught:
        line.send_text(ANA, LINE, "x")
    assert caught.value.kind == "unknown"


def test_a_request_that_was_made_is_not_kept(line):
    with responses.RequestsMock() as mock:
        mock.post(MESSAGES, json={"sid": "SM1"}, status=201)
        line.send_text(ANA, LINE, "my name is Ana")
    assert "Ana" not in repr(vars(line._http))


# --- asking -------------------------------------------------------------------------------------------------------


def held(sid, at, words="Are you safe?", direction="outbound-api", **more):
    return {
        "sid": sid, "to": ANA, "from": LINE, "body": words, "status": "queued", "direction": direction,
        "date_created": at, "date_sent": None, "num_media": "0", "error_code": None, **more,
    }  # fmt: skip


def page(*messages, following=None):
    return {"messages": list(messages), "next_page_uri": following, "page": 0, "page_size": 50, "uri": ""}


@responses.activate
def test_before_sending_again_the_carrier_is_asked(line):
    responses.get(
        MESSAGES,
        json=page(
            held("SM4", "Sat, 21 Nov 2026 06:01:00 +0000"),
            held("SM3", "Sat, 21 Nov 2026 06:00:30 +0000", words="Something else"),
            held("SM2", "Sat, 21 Nov 2026 06:00:10 +0000", direction="inbound"),
            held("SM1", "Sat, 21 Nov 2026 05:00:00 +0000"),
        ),
        match=[matchers.query_param_matcher({"To": ANA, "From": LINE}, strict_match=False)],
    )
    assert [one.sid for one in line.find_text(ANA, SIX, from_=LINE)] == ["SM4", "SM3"]
    (found,) = line.find_text(ANA, SIX, words="Are you safe?", from_=LINE)
    assert (found.sid, found.status, found.at) == ("SM4", "queued", datetime(2026, 11, 21, 6, 1, tzinfo=UTC))
    assert ANA not in repr(found)
    assert "safe" not in repr(found)


@responses.activate
def test_what_came_while_we_were_away_is_listed_oldest_first(line):
    second = MESSAGES + "?Page=1"
    responses.get(
        second,
        match=[matchers.query_param_matcher({"Page": "1"})],
        json=page(held("SM1", "Sat, 21 Nov 2026 06:00:10 +0000", direction="inbound", num_media="1", body="")),
    )
    responses.get(
        MESSAGES,
        match=[matchers.query_param_matcher({"To": LINE, "DateSent>": "2026-11-21T06:00:00Z", "PageSize": "200"})],
        json=page(
            held("SM3", "Sat, 21 Nov 2026 06:02:00 +0000", direction="inbound", words="help"),
            held("SM2", "Sat, 21 Nov 2026 06:01:00 +0000"),
            following=second.removeprefix("https://api.twilio.com"),
        ),
    )
    found = list(line.list_inbound(LINE, SIX))
    assert [(one.sid, one.words, one.media) for one in found] == [("SM1", "", 1), ("SM3", "help", 0)]


@responses.activate
def test_one_message_as_it_stands_now_and_its_words_taken_out(line):
    responses.get(f"{API}/Messages/SM1.json", json=held("SM1", "Sat, 21 Nov 2026 06:01:00 +0000", error_code=30003))
    assert line.text("SM1").error == 30003
    responses.post(f"{API}/Messages/SM1.json", json=held("SM1", "Sat, 21 Nov 2026 06:01:00 +0000", words=""))
    line.blank("SM1")
    assert responses.calls[1].request.body == "Body="


@responses.activate
def test_our_numbers_are_found_and_told_where_to_send(line):
    number = {"sid": "PN1", "phone_number": LINE, "sms_url": "", "voice_url": None}
    responses.get(f"{API}/IncomingPhoneNumbers.json", json={"incoming_phone_numbers": [number], "next_page_uri": None})
    (found,) = line.lines(LINE)
    assert (found.sid, found.number, found.voice_url) == ("PN1", LINE, "")
    responses.post(f"{API}/IncomingPhoneNumbers/PN1.json", json=number | {"sms_url": "https://a.org/twilio/sms"})
    assert line.connect("PN1", sms_url="https://a.org/twilio/sms").sms_url == "https://a.org/twilio/sms"
