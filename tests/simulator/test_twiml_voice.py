"""TwiML for calls: what Twilio documents is read, anything else is refused with its code."""

import pytest
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from hotline.simulator.fetch import Answer
from hotline.simulator.twiml import TwimlError
from hotline.simulator.twiml_voice import faults, read_text, read_voice

URL = "https://line.example/calls/start?a=1"


def document(inside):
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


def read(inside, context="main"):
    return read_voice(Answer(200, "text/xml", document(inside).encode(), 0.0), URL, context).verbs


GOOD = {
    "say": '<Say voice="Polly.Lupe-Neural" language="es-US" loop="2">¿Está bien?</Say>',
    "ssml": '<Say>a <break time="1s"/><emphasis level="strong">b</emphasis><prosody rate="slow" pitch="+5%"'
    ' volume="loud"><say-as interpret-as="telephone" format="1">3095550100</say-as></prosody><p><s>c</s></p>'
    '<sub alias="as soon as possible">asap</sub><lang xml:lang="es-MX">hola</lang><phoneme alphabet="ipa" '
    'ph="pɪˈkɑːn">pecan</phoneme><w role="amazon:VB">read</w></Say>',
    "play": '<Play loop="0">https://music.example/a.mp3</Play><Play digits="ww12#"/>',
    "pause": "<Pause/>",
    "gather": '<Gather action="/a" method="get" numDigits="1" timeout="10" finishOnKey="" input="dtmf speech" '
    'speechTimeout="auto" hints="yes, no" language="en-US" profanityFilter="false" speechModel="phone_call" '
    'enhanced="true" bargeIn="false" partialResultCallback="/p" actionOnEmptyResult="true" debug="true"><Say>x</Say>'
    "<Play>/a.mp3</Play><Pause/></Gather>",
    "gather and then": '<Gather action="/a"/><Redirect method="GET">/silence?n=1</Redirect>',
    "dial": "<Dial>309-555-0111</Dial>",
    "dial crisis": '<Dial callerId="+13095550100" timeout="20" answerOnBridge="true">988</Dial>',
    "dial numbers": '<Dial action="/d" method="POST" hangupOnStar="true" timeLimit="60" sequential="true"'
    ' ringTone="us" record="do-not-record"><Number url="/w" method="GET" statusCallback="/s"'
    ' statusCallbackEvent="initiated answered" sendDigits="ww1" machineDetection="Enable">+13095550111</Number>'
    "<Number>+44 20 7946 0018</Number></Dial>",
    "dial queue": '<Dial><Queue url="/about">case-1</Queue></Dial>',
    "conference": '<Dial><Conference muted="false" beep="onEnter" startConferenceOnEnter="true" waitUrl=""'
    ' region="us1" endConferenceOnExit="true" maxParticipants="5" statusCallback="/c"'
    ' statusCallbackEvent="start end join leave">a</Conference></Dial>',
    "enqueue": '<Enqueue action="/q" waitUrl="/w" waitUrlMethod="GET" maxQueueSize="5">case-1</Enqueue>',
    "record": '<Record action="/r" maxLength="120" timeout="10" finishOnKey="*#" playBeep="false" trim="do-not-trim" '
    'recordingStatusCallback="/s" recordingStatusCallbackEvent="completed absent" transcribe="true" '
    'transcribeCallback="/t"/>',
    "redirect": "<Redirect/>",
    "reject": '<Reject reason="busy"/>',
    "nothing": "",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_twilio_documents_is_read(name):
    assert faults(document(GOOD[name])) == []


BAD = [
    ("<Message>no</Message>", 12200, "not a verb for calls"),
    ("<Number>+13095550111</Number>", 12200, "not a verb"),
    ("<say>no</say>", 12200, "not a verb"),
    ("hello", 12200, "outside any element"),
    ("<Leave/>", 12200, "may not stand in a document"),
    ("<Say/>", 13520, "without words"),
    ("<Say>  <break/> </Say>", 13520, "without words"),
    (f"<Say>{'x' * 4097}</Say>", 13520, "at most 4096"),
    ("<Say><b>x</b></Say>", 12200, "may not stand in <Say>"),
    ('<Say><break length="1"/>x</Say>', 12200, "no attribute length"),
    ("<Say><break>x</break></Say>", 12200, "holds nothing"),
    ('<Say loop="-1">x</Say>', 13511, "whole number"),
    ('<Say language="">x</Say>', 13513, "language tag"),
    ('<Say voice="Siri">x</Say>', 13512, "Polly.Name"),
    ('<Say colour="red">x</Say>', 12200, "no attribute colour"),
    ("<Play/>", 12200, "<Play>"),
    ('<Play digits="1">/a.mp3</Play>', 12200, "<Play>"),
    ("<Play>ftp://x/a.mp3</Play>", 11100, "address"),
    ('<Play digits="abc"/>', 13412, "0-9"),
    ('<Pause length="1.5"/>', 13610, "whole number"),
    ("<Pause>x</Pause>", 12200, "holds none"),
    ("<Gather><Say>x</Say></Gather><Hangup/>", 12200, "without action"),
    ('<Gather action="/a"><Say>x</Say></Gather>', 12200, "what silence leads to"),
    ('<Gather action=""/><Hangup/>', 12200, "address"),
    ('<Gather action="/a"><Hangup/></Gather><Hangup/>', 12200, "may not stand in <Gather>"),
    ('<Gather action="/a">press</Gather><Hangup/>', 12200, "holds none"),
    ('<Gather action="/a" finishOnKey="##"/><Hangup/>', 13310, "one key"),
    ('<Gather action="/a" numDigits="0"/><Hangup/>', 13314, "from 1 on"),
    ('<Gather action="/a" timeout="soon"/><Hangup/>', 13313, "auto"),
    ('<Gather action="/a" timeout="auto"/><Hangup/>', 13313, "speech"),
    ('<Gather action="/a" input="voice"/><Hangup/>', 12200, "dtmf, speech"),
    ('<Gather action="/a" hints="yes"/><Hangup/>', 12200, "speech"),
    (f'<Gather action="/a" input="speech" hints="{"x" * 101}"/><Hangup/>', 12200, "500 phrases"),
    ('<Gather action="/a" bargein="true"/><Hangup/>', 12200, "no attribute bargein"),
    ('<Gather action="/a" bargeIn="yes"/><Hangup/>', 12200, "true or false"),
    ('<Gather action="/a" method="PUT"/><Hangup/>', 13312, "GET or POST"),
    ('<Gather action="http://a b/"/><Hangup/>', 12200, "address"),
    ("<Dial/>", 13200, "one number"),
    ("<Dial>911</Dial>", 13224, "emergency"),
    ("<Dial><Number>+1911</Number></Dial>", 13224, "emergency"),
    ("<Dial>933</Dial>", 13224, "emergency"),
    ("<Dial>112</Dial>", 13224, "emergency"),
    ("<Dial>12345</Dial>", 13223, "not a number"),
    ("<Dial>+15</Dial>", 13223, "not a number"),
    ("<Dial>+13095550111<Number>+13095550112</Number></Dial>", 12200, "outside any element"),
    ("<Dial><Client>bo</Client></Dial>", 12200, "not simulated"),
    ("<Dial><Sip>sip:bo@x.example</Sip></Dial>", 12200, "not simulated"),
    ("<Dial><Queue>a</Queue><Queue>b</Queue></Dial>", 12200, "one <Queue>"),
    ("<Dial><Queue>a</Queue><Number>+13095550112</Number></Dial>", 12200, "one <Queue>"),
    (f"<Dial>{'<Number>+13095550112</Number>' * 11}</Dial>", 13200, "at most 10"),
    ("<Dial><Queue></Queue></Dial>", 13250, "name"),
    (f"<Dial><Queue>{'x' * 65}</Queue></Dial>", 13250, "64"),
    ('<Dial><Queue reservationSid="WR1">a</Queue></Dial>', 12200, "not simulated"),
    ('<Dial timeout="0">988</Dial>', 13212, "from 1"),
    ('<Dial record="record-from-answer">988</Dial>', 12200, "not simulated"),
    ('<Dial><Number url="ftp://x">988</Number></Dial>', 12200, "address"),
    ('<Dial><Number statusCallbackEvent="begun">988</Number></Dial>', 12200, "initiated"),
    ('<Dial><Conference beep="loud">a</Conference></Dial>', 13230, "onEnter"),
    ('<Dial><Conference maxParticipants="1">a</Conference></Dial>', 12200, "from 2 to 250"),
    ("<Enqueue/>", 14203, "name"),
    ('<Enqueue workflowSid="WW1">a</Enqueue>', 12200, "not simulated"),
    ('<Enqueue waitUrlMethod="HEAD">a</Enqueue>', 14206, "GET or POST"),
    ('<Record maxLength="0"/>', 13615, "from 1"),
    ('<Record finishOnKey="a"/>', 13614, "keys"),
    ('<Record transcribeCallback="/t"/>', 13617, "transcribe"),
    ("<Redirect>mailto:x@y.example</Redirect>", 11100, "address"),
    ("<Redirect><Say>x</Say></Redirect>", 12200, "may not stand"),
    ('<Reject reason="tired"/>', 12200, "rejected, busy"),
    ("<Say>x</Say><Reject/>", 12200, "first verb"),
    ("<Hangup now='true'/>", 12200, "no attribute now"),
    ("<Say>a & b</Say>", 12100, "well-formed"),
]


@pytest.mark.parametrize(("inside", "code", "about"), BAD)
def test_what_is_not_twiml_is_refused(inside, code, about):
    (fault,) = faults(document(inside))
    assert fault.startswith(f"{code}: "), fault
    assert about in fault


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ("wait", {"Say", "Play", "Pause", "Gather", "Hangup", "Redirect", "Leave"}),
        ("whisper", {"Say", "Play", "Pause", "Gather", "Hangup", "Redirect"}),
        ("queue", {"Say", "Play", "Pause", "Redirect"}),
        ("conference", {"Say", "Play", "Pause", "Redirect"}),
    ],
)
def test_other_documents_hold_fewer_verbs(context, allowed):
    verbs = {
        "Say": "<Say>x</Say>",
        "Play": "<Play>/a.mp3</Play>",
        "Pause": "<Pause/>",
        "Gather": '<Gather action="/a"/><Pause/>',
        "Hangup": "<Hangup/>",
        "Redirect": "<Redirect>/a</Redirect>",
        "Leave": "<Leave/>",
        "Dial": "<Dial>988</Dial>",
        "Enqueue": "<Enqueue>a</Enqueue>",
        "Record": "<Record/>",
        "Reject": "<Reject/>",
    }
    assert {name for name, verb in verbs.items() if not faults(document(verb), context=context)} == allowed


def test_silence_at_the_end_of_a_wait_is_nothing_new():
    asks = '<Gather action="/a"><Say>x</Say></Gather>'
    assert faults(document(asks), context="wait") == []
    assert faults(document(asks), context="whisper") != []


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (document("<Say>x</Say>"), "text/plain", 12300),
        (document("<Say>x</Say>"), "application/json", 12300),
        (document("<Say>x</Say>"), "text/html", 12300),
        ("", "text/xml", 12100),
        (" " + document(""), "text/xml", 12100),
        ("<response/>", "text/xml", 12100),
        (f"<Response><!--{'x' * 70000}--></Response>", "text/xml", 11750),
    ],
)
def test_the_envelope_is_checked_too(body, kind, code):
    (fault,) = faults(body, kind)
    assert fault.startswith(f"{code}: ")


def test_what_the_sdk_writes_is_read():
    response = VoiceResponse()
    gather = Gather(action="key?b=2", num_digits=1, finish_on_key="", input="dtmf speech", speech_timeout="auto")
    gather.say("Press 1 & wait", voice="Polly.Joanna", language="en-US")
    response.append(gather)
    dial = Dial(caller_id="+13095550100", action="/done", answer_on_bridge=True)
    dial.number("+13095550111", url="/whisper", status_callback_event="answered completed", status_callback="/s")
    response.append(dial)
    response.redirect("/again", method="GET")
    verbs = read_voice(Answer(200, "text/xml", str(response).encode(), 0.0), URL).verbs
    assert [verb.name for verb in verbs] == ["Gather", "Dial", "Redirect"]
    asks, dials, again = verbs
    assert (asks.string("action"), asks["numDigits"], asks["timeout"]) == ("https://line.example/calls/key?b=2", 1, 5)
    assert (asks.inside[0].text, asks.inside[0].string("language")) == ("Press 1 & wait", "en-US")
    assert (dials["answerOnBridge"], dials["timeout"], dials.inside[0].text) == (True, 30, "+13095550111")
    assert dials.inside[0].some("statusCallbackEvent") == {"answered", "completed"}
    assert (again.text, again["method"]) == ("https://line.example/again", "GET")


def test_what_is_said_without_its_marks():
    (said,) = read(GOOD["ssml"])
    assert said.text == "a b3095550100 c as soon as possiblehola" + "pecanread"
    assert read("<Dial>(309) 555-0111</Dial>")[0].inside[0].text == "+13095550111"


def test_a_recording_instead_of_a_document_is_played():
    (played,) = read_voice(Answer(200, "audio/mpeg", b"ID3", 0.0), URL, "wait").verbs
    assert (played.name, played.text) == ("Play", URL)


def test_twiml_given_by_rest_has_no_relative_addresses():
    assert read_text("<Response><Redirect>https://line.example/x</Redirect></Response>").verbs[0].name == "Redirect"
    with pytest.raises(TwimlError):
        read_text("<Response><Redirect>/x</Redirect></Response>")
