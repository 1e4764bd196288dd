"""TwiML for messages, read as strictly as Twilio documents it (twilio.com/docs/messaging/twiml).

Whatever is not allowed there is refused with the code Twilio's debugger would show; nothing is guessed.
Documents for calls (twiml_voice.py) have their own verbs and share the checks of the envelope.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from .fetch import Answer
from .records import Media

LARGEST = 64 * 1024  # bytes
LONGEST_TEXT = 1600  # characters
TWIML_KINDS = frozenset({"text/xml", "application/xml", "text/html"})
MESSAGE_ATTRIBUTES = frozenset({"to", "from", "action", "method", "statusCallback"})


class TwimlError(Exception):
    """Why a document is refused: Twilio's code and what exactly is wrong."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Reply:
    """One <Message>. `callbacks` are absolute addresses told of its statuses."""

    body: str
    media: tuple[Media, ...] = ()
    to: str | None = None
    sender: str | None = None
    callbacks: tuple[str, ...] = ()
    method: str = "POST"


@dataclass(frozen=True)
class Document:
    """What a webhook asks for: replies, then perhaps another document at `redirect` (absolute), fetched by `method`.

    `warning` names what Twilio takes but a line should not rely on.
    """

    replies: tuple[Reply, ...] = ()
    redirect: str | None = None
    method: str = "POST"
    warning: str = ""


def read(answer: Answer, url: str) -> Document:
    """The document in a webhook's answer; relative addresses in it start at `url`. Raises TwimlError."""
    kind = kind_of(answer)
    if kind == "nothing":
        return Document()
    if kind == "text/plain":
        return Document((Reply(_text(answer.text)),)) if answer.text.strip() else Document()
    if kind not in TWIML_KINDS:
        raise TwimlError(12300, f"Content-Type {answer.content_type or 'missing'!r} is not TwiML: use text/xml")
    return _document(root_of(answer.body), url, frown(kind))


def kind_of(answer: Answer) -> str:
    """The content type of an answer that may be acted on, "nothing" for an empty 204. Raises TwimlError."""
    if answer.status == 204 and not answer.body:
        return "nothing"
    if not 200 <= answer.status < 300:
        raise TwimlError(11200, f"the webhook answered HTTP {answer.status}")
    if len(answer.body) > LARGEST:
        raise TwimlError(11750, f"the document has {len(answer.body)} bytes, at most {LARGEST} are allowed")
    return answer.content_type.partition(";")[0].strip().lower()


def frown(kind: str) -> str:
    """What is wrong with a content type Twilio takes all the same."""
    return "Content-Type text/html is taken as TwiML; say text/xml" if kind == "text/html" else ""


def root_of(body: bytes) -> ElementTree.Element:
    """The <Response> of a document. Raises TwimlError for what is not plain well-formed XML with that root."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise TwimlError(12100, "a document type or entity declaration is not allowed")
    if body.startswith(b"\xef\xbb\xbf") or body[:1].isspace():
        raise TwimlError(12100, "nothing may stand before the document, not even a space or a byte order mark")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise TwimlError(12100, f"not well-formed XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(12100, f"the root element is <{root.tag}>, not <Response>")
    if root.attrib:
        raise TwimlError(12200, f"<Response> has no attribute {', '.join(root.attrib)}")
    return root


def _document(root: ElementTree.Element, url: str, warning: str) -> Document:
    no_loose_text(root)
    replies: list[Reply] = []
    for verb in root:
        if verb.tag == "Redirect":
            return _redirect(verb, tuple(replies), url, warning)
        if verb.tag != "Message":
            raise TwimlError(14110, f"<{verb.tag}> is not a verb for messages: Message and Redirect are")
        replies.append(_message(verb, url))
    return Document(tuple(replies), warning=warning)


def _redirect(verb: ElementTree.Element, replies: tuple[Reply, ...], url: str, warning: str) -> Document:
    _only({"method"}, verb)
    if len(verb):
        raise TwimlError(12200, "<Redirect> holds an address and nothing else")
    return Document(replies, address_in((verb.text or "").strip(), url, 11100), _method(verb), warning)


def _message(verb: ElementTree.Element, url: str) -> Reply:
    _only(MESSAGE_ATTRIBUTES, verb)
    bodies: list[str] = []
    media: list[str] = []
    for noun in verb:
        if noun.tag not in {"Body", "Media"} or noun.attrib or len(noun):
            raise TwimlError(12200, f"<Message> holds text, or plain <Body> and <Media>, not <{noun.tag}> as it is")
        (bodies if noun.tag == "Body" else media).append(noun.text or "")
    if len(verb):
        no_loose_text(verb)
    if len(bodies) > 1 or len(media) > 10:
        raise TwimlError(12200, "<Message> holds at most one <Body> and ten <Media>")
    body = bodies[0] if bodies else "" if media else verb.text or ""
    callbacks = [verb.attrib[name] for name in ("action", "statusCallback") if name in verb.attrib]
    return Reply(
        body=_text(body) if body.strip() or not media else "",
        media=tuple(Media(address_in(address.strip(), url, 12200)) for address in media),
        to=verb.get("to"),
        sender=verb.get("from"),
        callbacks=tuple(dict.fromkeys(address_in(address, url, 14105) for address in callbacks)),
        method=_method(verb),
    )


def _text(body: str) -> str:
    body = body.strip()
    if not body:
        raise TwimlError(14103, "a <Message> without words or pictures")
    if len(body) > LONGEST_TEXT:
        raise TwimlError(14103, f"a <Message> of {len(body)} characters, at most {LONGEST_TEXT} are allowed")
    return body


def address_in(address: str, base: str, code: int) -> str:
    """The absolute address meant by one in a document fetched from `base`. Raises TwimlError with that code."""
    absolute = urljoin(base, address) if address else ""
    if urlsplit(absolute).scheme not in {"http", "https"} or not urlsplit(absolute).hostname or " " in absolute:
        raise TwimlError(code, f"{address!r} is not an address")
    return absolute


def _method(verb: ElementTree.Element) -> str:
    method = verb.get("method", "POST").upper()
    if method not in {"GET", "POST"}:
        raise TwimlError(14104, f"<{verb.tag}> method is GET or POST, not {verb.get('method')!r}")
    return method


def _only(allowed: set[str] | frozenset[str], verb: ElementTree.Element) -> None:
    if unknown := set(verb.attrib) - allowed:
        raise TwimlError(12200, f"<{verb.tag}> has no attribute {', '.join(sorted(unknown))}")


def no_loose_text(element: ElementTree.Element) -> None:
    """Nothing but elements in it. Raises TwimlError 12200."""
    loose = (element.text or "") + "".join(child.tail or "" for child in element)
    if loose.strip():
        raise TwimlError(12200, f"text {loose.strip()[:40]!r} stands in <{element.tag}> outside any element")
