"""TwiML for calls, read as strictly as Twilio documents it (twilio.com/docs/voice/twiml).

`faults` tells a test what is wrong with a document; `read_voice` gives the verbs to the interpreter. Stricter than
Twilio on purpose: a <Gather> needs an `action` (without one its own address is asked again, for ever), and what
follows silence after a last <Gather> must be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from .fetch import Answer
from .twiml import TWIML_KINDS, TwimlError, frown, kind_of, no_loose_text, root_of
from .voice_schema import CONTEXTS, DEFAULTS, NOUNS, PROMPTS, SCHEMA, SIMULATED_NOUNS, SSML, TEXTUAL
from .voice_values import address, is_emergency, number

LONGEST_SAY = 4096  # characters; twilio.com/docs/voice/twiml/say
LONGEST_QUEUE_NAME = 64  # characters
LONGEST_ROOM_NAME = 128  # characters
MOST_NUMBERS = 10


@dataclass(frozen=True)
class Verb:
    """One verb or noun. `said` are its attributes as read, absent ones with Twilio's default; addresses absolute."""

    name: str
    text: str = ""
    said: dict[str, object] = field(default_factory=dict)
    inside: tuple[Verb, ...] = ()

    def __getitem__(self, attribute: str) -> object:
        return self.said.get(attribute, DEFAULTS[self.name][attribute])

    def string(self, attribute: str) -> str:
        """An attribute that is text; empty when absent."""
        value = self[attribute]
        return value if isinstance(value, str) else ""

    def number(self, attribute: str, instead: int = 0) -> int:
        """An attribute that is a number; `instead` when absent or a word such as `auto`."""
        value = self[attribute]
        return value if isinstance(value, int) else instead

    def some(self, attribute: str) -> frozenset[str]:
        """An attribute of several words."""
        value = self[attribute]
        return value if isinstance(value, frozenset) else frozenset()


Check = Callable[[Verb, str], Verb]


@dataclass(frozen=True)
class Script:
    """The verbs of a document. `warning` names what Twilio takes but a line should not rely on."""

    verbs: tuple[Verb, ...] = ()
    warning: str = ""


def faults(
    document: bytes | str, content_type: str = "text/xml", context: str = "main", url: str = "https://line.example/"
) -> list[str]:
    """What is wrong with a document for calls, nothing if all is well: `["12200: ..."]`.

    `context` is what it is for: main, wait (<Enqueue waitUrl>), whisper (<Number url>), queue (<Queue url>) or
    conference (<Conference waitUrl>). `url` is where it is fetched from.
    """
    body = document.encode() if isinstance(document, str) else document
    try:
        script = read_voice(Answer(200, content_type, body, 0.0), url, context)
    except TwimlError as error:
        return [f"{error.code}: {error}"]
    return [f"12300: {script.warning}"] if script.warning else []


def read_voice(answer: Answer, url: str, context: str = "main") -> Script:
    """The verbs in a webhook's answer. Raises TwimlError."""
    kind = kind_of(answer)
    if kind == "nothing":
        return Script()
    if kind.startswith("audio/") and context in {"wait", "conference", "main"}:
        return Script((Verb("Play", url),))
    if kind not in TWIML_KINDS:
        raise TwimlError(12300, f"Content-Type {answer.content_type or 'missing'!r} is not TwiML: use text/xml")
    return Script(verbs_of(root_of(answer.body), url, context), frown(kind))


def read_text(document: str) -> Script:
    """The verbs of the `Twiml` parameter of a REST request: no address, so none may be relative. Raises TwimlError."""
    return Script(verbs_of(root_of(document.encode()), "", "main"))


def verbs_of(root: ElementTree.Element, url: str, context: str) -> tuple[Verb, ...]:
    """The verbs of a <Response>. Raises TwimlError."""
    no_loose_text(root)
    allowed = CONTEXTS[context]
    verbs: list[Verb] = []
    for element in root:
        if element.tag not in SCHEMA or element.tag in NOUNS:
            raise TwimlError(12200, f"<{element.tag}> is not a verb for calls")
        if element.tag not in allowed:
            where = "a document" if context == "main" else f"a {context} document"
            raise TwimlError(12200, f"<{element.tag}> may not stand in {where}: {', '.join(sorted(allowed))} may")
        if element.tag == "Reject" and verbs:
            raise TwimlError(12200, "<Reject> does what it says only as the first verb; elsewhere say <Hangup>")
        verbs.append(_verb(element, url))
    _check_silence(verbs, context)
    return tuple(verbs)


def _check_silence(verbs: list[Verb], context: str) -> None:
    """Our own strictness. A wait document is asked again, so that silence at its end is nothing new."""
    if verbs and verbs[-1].name == "Gather" and not verbs[-1]["actionOnEmptyResult"] and context != "wait":
        raise TwimlError(12200, "nothing follows the last <Gather>: say what silence leads to")


def _verb(element: ElementTree.Element, url: str) -> Verb:
    said = _attributes(element, url)
    if element.tag == "Say":
        return Verb("Say", _words(element), said)
    inside = tuple(_inside(element, child, url) for child in element)
    if len(element):
        no_loose_text(element)
    text = (element.text or "").strip()
    if text and element.tag not in TEXTUAL:
        raise TwimlError(12200, f"text {text[:40]!r} stands in <{element.tag}>, which holds none")
    verb = Verb(element.tag, text, said, inside)
    return CHECKS.get(element.tag, _as_it_is)(verb, url)


def _attributes(element: ElementTree.Element, url: str) -> dict[str, object]:
    known = SCHEMA[element.tag]
    said: dict[str, object] = {}
    for name, value in element.attrib.items():
        if name not in known:
            raise TwimlError(12200, f"<{element.tag}> has no attribute {name}")
        try:
            said[name] = known[name].read(value, url)
        except ValueError as error:
            raise TwimlError(known[name].code, f"<{element.tag} {name}={value!r}>: {error}") from None
    return said


def _inside(parent: ElementTree.Element, child: ElementTree.Element, url: str) -> Verb:
    if parent.tag == "Gather" and child.tag in PROMPTS:
        return _verb(child, url)
    if parent.tag == "Dial" and child.tag in NOUNS:
        if child.tag not in SIMULATED_NOUNS:
            raise TwimlError(12200, f"<{child.tag}> is not simulated")
        return _verb(child, url)
    raise TwimlError(12200, f"<{child.tag}> may not stand in <{parent.tag}>")


def _words(element: ElementTree.Element) -> str:
    """What is spoken: SSML with its marks taken away."""
    text = re.sub(r"\s+", " ", _spoken(element)).strip()
    if not text:
        raise TwimlError(13520, "a <Say> without words")
    if len(text) > LONGEST_SAY:
        raise TwimlError(13520, f"a <Say> of {len(text)} characters, at most {LONGEST_SAY} are allowed")
    return text


def _spoken(element: ElementTree.Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if child.tag not in SSML:
            raise TwimlError(12200, f"<{child.tag}> may not stand in <Say>")
        if unknown := set(child.attrib) - SSML[child.tag]:
            raise TwimlError(12200, f"<{child.tag}> has no attribute {', '.join(sorted(unknown))}")
        if child.tag == "break" and ((child.text or "").strip() or len(child)):
            raise TwimlError(12200, "<break> holds nothing")
        spaced = child.tag in {"break", "p", "s"}
        inner = child.get("alias", "") if child.tag == "sub" else _spoken(child)
        parts += [" " + inner + " " if spaced else inner, child.tail or ""]
    return "".join(parts)


def _as_it_is(verb: Verb, url: str) -> Verb:
    return verb


def _play(verb: Verb, url: str) -> Verb:
    if bool(verb.text) == bool(verb["digits"]):
        raise TwimlError(12200, "<Play> holds an address, or has digits and holds nothing")
    return Verb("Play", _located(verb.text, url, 11100), verb.said) if verb.text else verb


def _located(text: str, url: str, code: int) -> str:
    try:
        return str(address(text, url))
    except ValueError as error:
        raise TwimlError(code, f"{text!r}: {error}") from None


def _gather(verb: Verb, url: str) -> Verb:
    if "action" not in verb.said:
        raise TwimlError(12200, "<Gather> without action asks for its own document again: say where the answer goes")
    if verb["timeout"] == "auto" and "speech" not in verb.some("input"):
        raise TwimlError(13313, "<Gather timeout='auto'> needs speech")
    if not {"speechTimeout", "hints", "speechModel"}.isdisjoint(verb.said) and "speech" not in verb.some("input"):
        raise TwimlError(12200, "<Gather> has attributes of speech and does not ask for it")
    return verb


def _dial(verb: Verb, url: str) -> Verb:
    """Its text is a number like any other; nouns of one kind only, several of <Number> alone."""
    if bool(verb.text) == bool(verb.inside):
        raise TwimlError(13200, "<Dial> holds one number, or nouns, and not both")
    nouns = verb.inside or (Verb("Number", _called(verb.text)),)
    kinds = {noun.name for noun in nouns}
    if len(kinds) > 1 or (kinds != {"Number"} and len(nouns) > 1):
        raise TwimlError(12200, "<Dial> holds one <Queue>, one <Conference>, or <Number>s")
    if len(nouns) > MOST_NUMBERS:
        raise TwimlError(13200, f"<Dial> holds {len(nouns)} numbers, at most {MOST_NUMBERS} are allowed")
    return Verb("Dial", "", verb.said, nouns)


def _number(verb: Verb, url: str) -> Verb:
    return Verb("Number", _called(verb.text), verb.said)


def _called(text: str) -> str:
    try:
        return number(text)
    except ValueError as error:
        raise TwimlError(13224 if is_emergency(text) else 13223, f"<Dial>: {error}") from None


def _named(longest: int, code: int) -> Check:
    def check(verb: Verb, url: str) -> Verb:
        if not 1 <= len(verb.text) <= longest:
            raise TwimlError(code, f"<{verb.name}> needs a name of at most {longest} characters")
        return verb

    return check


def _redirect(verb: Verb, url: str) -> Verb:
    return Verb("Redirect", _located(verb.text or url, url, 11100), verb.said)


def _record(verb: Verb, url: str) -> Verb:
    if verb["transcribeCallback"] and not verb["transcribe"]:
        raise TwimlError(13617, "<Record transcribeCallback> without transcribe='true' is never told anything")
    return verb


CHECKS: dict[str, Check] = {
    "Play": _play,
    "Gather": _gather,
    "Dial": _dial,
    "Number": _number,
    "Queue": _named(LONGEST_QUEUE_NAME, 13250),
    "Conference": _named(LONGEST_ROOM_NAME, 13236),
    "Enqueue": _named(LONGEST_QUEUE_NAME, 14203),
    "Redirect": _redirect,
    "Record": _record,
}
