"""What is TwiML for messages and what is not; segments; signatures."""

import pytest
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.datastructures import MultiDict

from hotline.simulator.fetch import Answer, FetchError, retry_rule, signature
from hotline.simulator.gsm import segments
from hotline.simulator.twiml import TwimlError, read

URL = "https://line.example/twilio/sms"
URL_OF_VECTORS = "https://mycompany.com/myapp.php?foo=1&bar=2"


def answer(body: str | bytes, kind: str = "text/xml; charset=utf-8", status: int = 200) -> Answer:
    return Answer(status, kind, body if isinstance(body, bytes) else body.encode(), 0.0)


def test_what_the_sdk_writes_is_read():
    response = MessagingResponse()
    response.message("¿Está bien?", action="/status", method="POST", to="+13095550123", from_="+13095550100")
    response.message().body("two")
    one, two = read(answer(str(response)), URL).replies
    assert (one.body, one.to, one.sender) == ("¿Está bien?", "+13095550123", "+13095550100")
    assert one.callbacks == ("https://line.example/status",)
    assert (two.body, two.callbacks) == ("two", ())
    assert read(answer(str(MessagingResponse())), URL).replies == ()


@pytest.mark.parametrize("silent", [answer("", "", 204), answer("  ", "text/plain")])
def test_nothing_to_say(silent):
    assert read(silent, URL).replies == ()


def test_html_is_taken_with_a_frown():
    document = read(answer("<Response><Message>x</Message></Response>", "text/html"), URL)
    assert (len(document.replies), "text/xml" in document.warning) == (1, True)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (answer("<Response/>", status=500), 11200),
        (answer("<Response/>", status=302), 11200),
        (answer("<Response/>", "application/json"), 12300),
        (answer("<Response/>", ""), 12300),
        (answer(""), 12100),
        (answer("<Response>"), 12100),
        (answer("<Response><Message>a & b</Message></Response>"), 12100),
        (answer("\n<Response/>"), 12100),
        (answer(b"\xef\xbb\xbf<Response/>"), 12100),
        (answer("<!DOCTYPE x><Response/>"), 12100),
        (answer("<response/>"), 12100),
        (answer("<Response>hello</Response>"), 12200),
        (answer("<Response><Message>a</Message>b</Response>"), 12200),
        (answer('<Response><Message colour="red">a</Message></Response>'), 12200),
        (answer("<Response><Message><b>a</b></Message></Response>"), 12200),
        (answer("<Response><Message>a<Body>b</Body></Message></Response>"), 12200),
        (answer("<Response><Message><Body>a</Body><Body>b</Body></Message></Response>"), 12200),
        (answer("<Response><Say>hello</Say></Response>"), 14110),
        (answer("<Response><Message/></Response>"), 14103),
        (answer(f"<Response><Message>{'x' * 1601}</Message></Response>"), 14103),
        (answer('<Response><Message method="PUT">a</Message></Response>'), 14104),
        (answer('<Response><Message action="">a</Message></Response>'), 14105),
        (answer("<Response><Redirect/></Response>"), 11100),
        (answer(f"<Response><!--{'x' * 70000}--></Response>"), 11750),
    ],
)
def test_what_is_not_twiml_is_refused(bad, code):
    with pytest.raises(TwimlError) as caught:
        read(bad, URL)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("¿Está aquí?", 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é" * 160, 1),
        ("ç" * 71, 2),
    ],
)
def test_segments(text, count):
    assert segments(text) == count


@pytest.mark.parametrize(
    ("params", "signed"),
    [
        (
            [
                ("CallSid", "CA1234567890ABCDE"),
                ("Digits", "1234"),
                ("From", "+14158675309"),
                ("To", "+18005551212"),
                ("Caller", "+14158675309"),
            ],
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        ),
        (
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")],
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
        (
            [("MessagingBinding.Address", "+1325xxxxxxx"), ("MessagingBinding.Address", "+1415xxxxxxx")],
            "83O6e2vORAoJHUNzJjDWN1jz+BA=",
        ),
    ],
)
def test_signatures_are_twilios(params, signed):
    """The vectors of Twilio's own SDK tests."""
    assert signature("12345", URL_OF_VECTORS, params) == signed
    assert RequestValidator("12345").validate(URL_OF_VECTORS, MultiDict(params), signed)


def test_retry_rules():
    assert retry_rule("") == (1, {"ct"})
    assert retry_rule("rc=3&rp=all") == (3, {"all"})
    with pytest.raises(FetchError) as caught:
        retry_rule("rc=3&rp=sometimes")
    assert caught.value.code == 11243
