"""The verbs of voice TwiML with their attributes, and where each may stand (twilio.com/docs/voice/twiml)."""

from __future__ import annotations

from types import MappingProxyType

from .voice_values import (
    Attribute,
    address,
    address_or_silence,
    anything,
    hints,
    keys,
    language,
    method,
    nothing_but,
    one_key,
    several,
    tones,
    truth,
    unsimulated,
    voice,
    whole,
    words,
)

GET_OR_POST = Attribute(method, "POST")
ADDRESS = Attribute(address)
TRUE, FALSE = Attribute(truth, True), Attribute(truth, False)
PROGRESS = several("initiated", "ringing", "answered", "completed")
ROOM_EVENTS = several("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
RECORD_EVENTS = several("in-progress", "completed", "absent")

PROMPTS = frozenset({"Say", "Play", "Pause"})
#: What may stand in a document, by what the document is for.
CONTEXTS: dict[str, frozenset[str]] = {
    "main": PROMPTS | {"Gather", "Dial", "Enqueue", "Record", "Redirect", "Hangup", "Reject"},
    "wait": PROMPTS | {"Gather", "Hangup", "Redirect", "Leave"},  # <Enqueue waitUrl>
    "whisper": PROMPTS | {"Gather", "Hangup", "Redirect"},  # <Number url>
    "queue": PROMPTS | {"Redirect"},  # <Queue url>
    "conference": PROMPTS | {"Redirect"},  # <Conference waitUrl>
}
NOUNS = frozenset({"Number", "Queue", "Conference", "Client", "Sip", "Sim", "Application", "WhatsApp"})
SIMULATED_NOUNS = frozenset({"Number", "Queue", "Conference"})
#: Verbs whose words are their own text. The others hold none.
TEXTUAL = frozenset({"Say", "Play", "Dial", "Number", "Queue", "Conference", "Enqueue", "Redirect"})
#: Elements of SSML that <Say> may hold, with their attributes.
SSML: dict[str, frozenset[str]] = {
    "break": frozenset({"strength", "time"}),
    "emphasis": frozenset({"level"}),
    "lang": frozenset({"{http://www.w3.org/XML/1998/namespace}lang"}),
    "p": frozenset(),
    "phoneme": frozenset({"alphabet", "ph"}),
    "prosody": frozenset({"volume", "rate", "pitch"}),
    "s": frozenset(),
    "say-as": frozenset({"interpret-as", "format", "role"}),
    "sub": frozenset({"alias"}),
    "w": frozenset({"role"}),
}

_RECORDING = {
    "recordingStatusCallback": ADDRESS,
    "recordingStatusCallbackMethod": GET_OR_POST,
    "recordingStatusCallbackEvent": Attribute(RECORD_EVENTS, frozenset({"completed"})),
    "trim": Attribute(words("trim-silence", "do-not-trim"), "trim-silence"),
    "recordingConfigurationId": Attribute(unsimulated),
}
_TOLD = {
    "url": ADDRESS,
    "method": GET_OR_POST,
    "statusCallback": ADDRESS,
    "statusCallbackMethod": GET_OR_POST,
    "statusCallbackEvent": Attribute(PROGRESS, frozenset({"completed"})),
}
_DETECTION = {
    "machineDetection": Attribute(words("Enable", "DetectMessageEnd"), ""),
    "machineDetectionTimeout": Attribute(whole(3, 60), 30),
    "machineDetectionSpeechThreshold": Attribute(whole(1000, 6000), 2400),
    "machineDetectionSpeechEndThreshold": Attribute(whole(500, 5000), 1200),
    "machineDetectionSilenceTimeout": Attribute(whole(2000, 10000), 5000),
    "amdStatusCallback": ADDRESS,
    "amdStatusCallbackMethod": GET_OR_POST,
}

SCHEMA: dict[str, dict[str, Attribute]] = {
    "Say": {
        "voice": Attribute(voice, None, 13512),
        "language": Attribute(language, None, 13513),
        "loop": Attribute(whole(0, 1000), 1, 13511),
    },
    "Play": {"loop": Attribute(whole(0, 1000), 1, 13411), "digits": Attribute(tones, None, 13412)},
    "Pause": {"length": Attribute(whole(0, 3600), 1, 13610)},
    "Gather": {
        "input": Attribute(several("dtmf", "speech"), frozenset({"dtmf"})),
        "action": ADDRESS,
        "method": Attribute(method, "POST", 13312),
        "timeout": Attribute(whole(1, None, "auto"), 5, 13313),
        "speechTimeout": Attribute(whole(1, None, "auto")),
        "maxSpeechTime": Attribute(whole(1)),
        "profanityFilter": TRUE,
        "finishOnKey": Attribute(one_key, "#", 13310),
        "numDigits": Attribute(whole(1), None, 13314),
        "partialResultCallback": ADDRESS,
        "partialResultCallbackMethod": GET_OR_POST,
        "language": Attribute(language, "en-US"),
        "hints": Attribute(hints),
        "bargeIn": TRUE,
        "debug": FALSE,
        "actionOnEmptyResult": Attribute(truth, False, 13338),
        "speechModel": Attribute(anything),
        "enhanced": FALSE,
        "dtmfDetection": Attribute(anything),
    },
    "Dial": {
        "action": ADDRESS,
        "method": Attribute(method, "POST", 13210),
        "timeout": Attribute(whole(1, 600), 30, 13212),
        "hangupOnStar": Attribute(truth, False, 13213),
        "timeLimit": Attribute(whole(1, 86400), 14400, 13216),
        "callerId": Attribute(anything, None, 13214),
        "record": Attribute(nothing_but("do-not-record", "false"), "do-not-record"),
        "recordingTrack": Attribute(words("both", "inbound", "outbound"), "both"),
        "answerOnBridge": FALSE,
        "ringTone": Attribute(anything),
        "sequential": FALSE,
        "referUrl": Attribute(unsimulated),
        "referMethod": GET_OR_POST,
        "events": Attribute(unsimulated),
        **_RECORDING,
    },
    "Number": {
        **_TOLD,
        **_DETECTION,
        "sendDigits": Attribute(tones),
        "byoc": Attribute(unsimulated),
    },
    "Queue": {
        "url": ADDRESS,
        "method": GET_OR_POST,
        "reservationSid": Attribute(unsimulated),
        "postWorkActivitySid": Attribute(unsimulated),
    },
    "Conference": {
        "muted": FALSE,
        "beep": Attribute(words("true", "false", "onEnter", "onExit"), "true", 13230),
        "startConferenceOnEnter": Attribute(truth, True, 13231),
        "endConferenceOnExit": Attribute(truth, False, 13232),
        "waitUrl": Attribute(address_or_silence, None, 13233),
        "waitMethod": Attribute(method, "POST", 13234),
        "maxParticipants": Attribute(whole(2, 250), 250),
        "record": Attribute(nothing_but("do-not-record"), "do-not-record"),
        "region": Attribute(anything),
        "coach": Attribute(unsimulated),
        "participantLabel": Attribute(anything),
        "jitterBufferSize": Attribute(words("off", "small", "medium", "large"), "large"),
        "statusCallback": ADDRESS,
        "statusCallbackMethod": GET_OR_POST,
        "statusCallbackEvent": Attribute(ROOM_EVENTS, frozenset()),
        "eventCallbackUrl": Attribute(unsimulated),
        **_RECORDING,
    },
    "Enqueue": {
        "action": ADDRESS,
        "method": Attribute(method, "POST", 14202),
        "maxQueueSize": Attribute(whole(1, 5000), 1000),
        "waitUrl": Attribute(address_or_silence, None, 14205),
        "waitUrlMethod": Attribute(method, "POST", 14206),
        "workflowSid": Attribute(unsimulated),
    },
    "Record": {
        "action": ADDRESS,
        "method": Attribute(method, "POST", 13613),
        "timeout": Attribute(whole(1), 5, 13612),
        "finishOnKey": Attribute(keys, "1234567890*#", 13614),
        "maxLength": Attribute(whole(1, 14400), 3600, 13615),
        "playBeep": TRUE,
        "transcribe": Attribute(truth, False, 13617),
        "transcribeCallback": ADDRESS,
        **_RECORDING,
    },
    "Redirect": {"method": GET_OR_POST},
    "Reject": {"reason": Attribute(words("rejected", "busy"), "rejected")},
    "Leave": {},
    "Hangup": {},
}
#: What each attribute is when it is not said.
DEFAULTS = {
    name: MappingProxyType({attribute: it.default for attribute, it in attributes.items()})
    for name, attributes in SCHEMA.items()
}
