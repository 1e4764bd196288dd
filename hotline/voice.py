"""What is said on a call, and what it does next, as TwiML (facts 2; twilio.com/docs/voice/twiml).

Every Gather has an action and is followed by what silence means; every document ends in what goes on or hangs up.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as xml

from hotline.twiml import DECLARATION, writable

#: Which voice says it, and in which of the carrier's languages.
VOICES = {"en": ("Polly.Joanna-Neural", "en-US"), "es": ("Polly.Lupe-Neural", "es-US")}
CRISIS_LINE = "988"  # the only short number the line connects anybody with

KEY_S = 8  # seconds for a key, after the last word
QUEUE_KEY_S = 10  # how often somebody who waits is spoken to
RING_KEY_S = 6
BETWEEN_S = 1  # between two sentences
STEP_S = 3  # after a step that keeps somebody alive
TALK_S = 4 * 3600
MESSAGE_S = 180  # the longest message
RUNG_S = 25


@dataclass(frozen=True)
class Said:
    """One card or somebody's recorded message, in a language. `play`: the address of what was recorded.

    pause: seconds before what is said next; what they must do is given time.
    """

    language: str
    words: str = ""
    play: str | None = None
    pause: int = BETWEEN_S


IN_DANGER = Said("en", "In danger, hang up and dial 9 1 1.")  # where nothing else can be said


@dataclass(frozen=True)
class Ask:
    """Say, and hear one key, or a number of ten; speech too where the program turned it on."""

    action: str
    silent: str
    number: bool = False
    twice: bool = False
    speech: str | None = None  # the carrier's language


@dataclass(frozen=True)
class Hold:
    """Wait in the queue. `ask`: keys count from the first word on."""

    queue: str
    waits: str
    left: str
    ask: Ask | None = None


@dataclass(frozen=True)
class Wait:
    """A document of the queue itself: say, hear a key, and be asked again."""

    waits: str
    action: str | None


@dataclass(frozen=True)
class Leave:
    """Out of the queue, to what follows it."""


@dataclass(frozen=True)
class Join:
    """Through to whoever waits in a queue."""

    queue: str
    left: str


@dataclass(frozen=True)
class Dial:
    """Through to a number: the crisis line, or the desk."""

    number: str
    caller: str
    left: str | None = None


@dataclass(frozen=True)
class Record:
    """Say, and keep what they say after the tone, until a key or silence. `status`: told when it can be fetched."""

    action: str
    silent: str
    status: str


@dataclass(frozen=True)
class End:
    """Nothing is left to say."""


Then = Ask | Hold | Wait | Leave | Join | Dial | Record | End


def document(said: list[Said], then: Then) -> str:
    """The TwiML of what is said, and of what follows it."""
    root = xml.Element("Response")
    match then:
        case Ask():
            _gather(root, said, then, KEY_S)
            _to(root, then.silent)
        case Hold(queue, waits, left, ask):
            if ask is not None and said:
                _gather(root, said, ask, BETWEEN_S)
            else:
                _say(root, said)
            queued = xml.SubElement(root, "Enqueue", waitUrl=waits, waitUrlMethod="POST", action=left, method="POST")
            queued.text = queue
        case Wait(waits, action):
            if action is None:
                _say(root, said)
                xml.SubElement(root, "Pause", length=str(QUEUE_KEY_S))
            else:
                _gather(root, said, Ask(action, waits), QUEUE_KEY_S)
            _to(root, waits)
        case Leave():
            xml.SubElement(root, "Leave")
        case Join(queue, left):
            _say(root, said)
            dial = xml.SubElement(root, "Dial", action=left, method="POST", timeLimit=str(TALK_S))
            xml.SubElement(dial, "Queue").text = queue
        case Dial(number, caller, left):
            _say(root, said)
            wanted = {"callerId": caller, "timeout": str(RUNG_S), "timeLimit": str(TALK_S)}
            dial = xml.SubElement(root, "Dial", wanted | ({"action": left, "method": "POST"} if left else {}))
            xml.SubElement(dial, "Number").text = number
        case Record(action, silent, status):
            _say(root, said)
            xml.SubElement(
                root,
                "Record",
                action=action,
                method="POST",
                maxLength=str(MESSAGE_S),
                timeout=str(KEY_S),
                playBeep="true",
                finishOnKey="1234567890*#",
                recordingStatusCallback=status,
                recordingStatusCallbackMethod="POST",
            )
            _to(root, silent)
        case End():
            _say(root, said)
            xml.SubElement(root, "Hangup")
    return DECLARATION + xml.tostring(root, encoding="unicode")


def _gather(root: xml.Element, said: list[Said], ask: Ask, seconds: int) -> None:
    wanted = {"action": ask.action, "method": "POST", "input": "dtmf speech" if ask.speech else "dtmf"}
    if ask.number:
        wanted |= {"numDigits": "10", "finishOnKey": "#", "timeout": str(seconds), "actionOnEmptyResult": "true"}
    else:
        wanted |= {"numDigits": "1", "finishOnKey": "", "timeout": str(RING_KEY_S if ask.twice else seconds)}
    if ask.speech:
        wanted |= {"language": ask.speech, "speechTimeout": "2", "profanityFilter": "false"}
    gather = xml.SubElement(root, "Gather", wanted)
    _say(gather, said)
    if ask.twice:
        xml.SubElement(gather, "Pause", length="2")
        _say(gather, said)


def _say(parent: xml.Element, said: list[Said]) -> None:
    for n, one in enumerate(said):
        if n:
            xml.SubElement(parent, "Pause", length=str(said[n - 1].pause))
        if one.play:
            xml.SubElement(parent, "Play").text = one.play
            continue
        voice, language = VOICES.get(one.language, (None, one.language))
        say = xml.SubElement(parent, "Say", {"voice": voice} if voice else {}, language=language)
        say.text = writable(one.words)


def _to(root: xml.Element, address: str) -> None:
    xml.SubElement(root, "Redirect", method="POST").text = address
