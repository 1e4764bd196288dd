"""The way of a text from a phone to the line: opt-out words, the signed webhook, and the replies in its TwiML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from .delivery import accept, compose, fail
from .errors import CarrierError
from .fetch import FetchError, Params, webhook
from .gsm import segments
from .records import Attempt, Media, Message, Number, new_sid
from .switchboard import Switchboard
from .twiml import Document, Reply, TwimlError, read

MOST_DOCUMENTS = 10  # fetched for one text, redirects included; Twilio then gives up with 14106
#: A number Twilio would send to: E.164, and in North America ten digits whose area code and exchange start at 2.
SENDABLE = re.compile(r"\+(?:1[2-9]\d{2}[2-9]\d{6}|[2-9]\d{6,14})")


def text(board: Switchboard, sender: str, to: str, body: str, media: tuple[Media, ...] = (), sid: str = "") -> Message:
    """A phone texts one of our numbers. Raises CarrierError 20404 if the number is not ours.

    The message is readable through the REST list from now on, whatever becomes of its webhook.
    """
    now = board.clock.now()
    with board.lock:
        if to not in board.carrier.numbers:
            raise CarrierError(20404, to)
        message = Message(
            sid=sid or new_sid("MM" if media else "SM"),
            direction="inbound",
            by="phone",
            sender=sender,
            to=to,
            body=body,
            created=now,
            updated=now,
            sent=now,
            status="received",
            segments=segments(body),
            media=media,
            service_sid=board.settings.service_sid if board.carrier.opt_out.advanced else None,
        )
        board.carrier.keep(message)
        _heed_opt_out(board, message, now)
        _plan_webhooks(board, message)
    return message


def redeliver(board: Switchboard, message: Message) -> None:
    """Send the webhook of this text once more: same SID, same idempotency token."""
    if message.direction != "inbound":
        raise CarrierError(20404, message.sid)
    with board.lock:
        _queue_webhook(board, message)


def release(board: Switchboard, sender: str | None = None) -> None:
    """Deliver texts held back to be reordered, of one phone or of all."""
    with board.lock:
        for phone in [sender] if sender else list(board.carrier.held):
            if held := board.carrier.held.pop(phone, None):
                _queue_webhook(board, held)


def _heed_opt_out(board: Switchboard, message: Message, now: datetime) -> None:
    """Block or unblock by the carrier's own words, and answer them; the webhook is called all the same.

    STOP and START are answered only when they change something: a second STOP gets no second confirmation.
    """
    carrier, sender = board.carrier, message.sender or ""
    meaning = carrier.opt_out.meaning(message.body)
    if meaning is None:
        return
    if meaning == "STOP":
        changed = carrier.block(sender, message.to)
    else:
        changed = meaning == "HELP" or carrier.unblock(sender, message.to)
    words = carrier.opt_out.replies.get(meaning, "")
    if changed and words:
        own = {"direction": "outbound-reply", "by": "carrier", "sender": message.to, "to": sender, "body": words}
        accept(board, compose({**own, "reply_to": message.sid}, now), now)


def _plan_webhooks(board: Switchboard, message: Message) -> None:
    """Once, twice, never, or after the next one, by the phone's fate."""
    held, phone = board.carrier.held, message.sender or ""
    fate = board.carrier.fate_of(phone).inbound
    if fate == "lost":
        return
    if fate == "reordered" and phone not in held:
        held[phone] = message
        return
    _queue_webhook(board, message)
    if fate == "doubled":
        _queue_webhook(board, message)
    release(board, phone)


def _queue_webhook(board: Switchboard, message: Message) -> None:
    generation = board.carrier.generation
    message.asking += 1
    board.lanes.put(("inbound", message.sender), lambda: _ask(board, message, generation))


def _ask(board: Switchboard, message: Message, generation: int) -> None:
    """Call the number's webhook, then its fallback if that fails, and send what the TwiML says."""
    number, params = board.carrier.numbers[message.to], _form(board, message)
    try:
        document = _consult(board, message, number.config.get("sms_url", ""), _method(number, "sms_method"), params)
        fallback = number.config.get("sms_fallback_url")
        if document is None and fallback:
            failed = message.webhooks[-1]
            params += [("ErrorCode", str(failed.code)), ("ErrorUrl", failed.url)]
            document = _consult(board, message, fallback, _method(number, "sms_fallback_method"), params)
        if document and generation == board.carrier.generation:
            _reply(board, message, document.replies)
    finally:
        with board.lock:
            message.asking -= 1
            board.carrier.touch(message)


def _method(number: Number, name: str) -> str:
    return number.config.get(name, "POST")


def _consult(board: Switchboard, message: Message, url: str, method: str, params: Params) -> Document | None:
    """The replies the webhook at `url` asks for, redirects followed; None after a failure, which is noted."""
    replies: tuple[Reply, ...] = ()
    for _ in range(MOST_DOCUMENTS):
        attempt = Attempt(url)
        document = _fetch(board, message, attempt, method, params)
        _note(board, message, attempt, document)
        if document is None:
            return None
        replies += document.replies
        if document.redirect is None:
            return Document(replies)
        url, method = document.redirect, document.method
    _note(board, message, Attempt(url, code=14106, problem=f"more than {MOST_DOCUMENTS} documents for one text"), None)
    return None


def _fetch(board: Switchboard, message: Message, attempt: Attempt, method: str, params: Params) -> Document | None:
    """One document, or None with the reason in `attempt`."""
    settings = board.settings
    try:
        if not attempt.url:
            raise FetchError(11100, "the number has no SmsUrl: nobody is told of this text")
        token = settings.auth_token
        answer = webhook(attempt.url, method, params, token, message.sid, settings.webhook_timeout)
        attempt.status, attempt.content_type = answer.status, answer.content_type
        attempt.answer, attempt.seconds = answer.text, answer.seconds
        document = read(answer, attempt.url)
        _check_addressees(board, document)
        return document
    except (FetchError, TwimlError) as error:
        attempt.code, attempt.problem = error.code, str(error)
        return None


def _check_addressees(board: Switchboard, document: Document) -> None:
    """`to` and `from` of each <Message>, as far as they are given."""
    for reply in document.replies:
        if reply.to is not None and not SENDABLE.fullmatch(reply.to):
            raise TwimlError(14101, f"<Message to={reply.to!r}> is not a number a text can be sent to")
        if reply.sender is not None and reply.sender not in board.carrier.numbers:
            raise TwimlError(14102, f"<Message from={reply.sender!r}> is not a number of this account")


def _note(board: Switchboard, message: Message, attempt: Attempt, document: Document | None) -> None:
    """Remember the attempt with its message; what failed, or was taken with a frown, with the troubles too."""
    with board.lock:
        message.webhooks.append(attempt)
        board.carrier.touch(message)
    if document is None:
        board.carrier.trouble("error", board.clock.now(), message.sid, attempt)
    elif document.warning:
        frown = replace(attempt, code=12300, problem=document.warning)
        board.carrier.trouble("warning", board.clock.now(), message.sid, frown)


def _reply(board: Switchboard, message: Message, replies: tuple[Reply, ...]) -> None:
    """Send each reply; to a phone that has opted out it fails, as at Twilio, and is noted."""
    for reply in replies:
        now = board.clock.now()
        sender, to = reply.sender or message.to, reply.to or message.sender or ""
        fields = {"direction": "outbound-reply", "by": "line", "sender": sender, "to": to, "body": reply.body}
        about = {"media": reply.media, "callbacks": reply.callbacks, "callback_method": reply.method}
        answer = compose({**fields, **about, "reply_to": message.sid}, now)
        if board.carrier.blocked(sender, to):
            fail(board, answer, now, 21610)
            refusal = Attempt(
                message.webhooks[-1].url, code=21610, problem="the TwiML answers a phone that has opted out"
            )
            board.carrier.trouble("warning", now, answer.sid, refusal)
            continue
        accept(board, answer, now)


def _form(board: Switchboard, message: Message) -> Params:
    """The form of the webhook, with Twilio's names."""
    form = [
        ("ToCountry", "US"),
        ("ToState", ""),
        ("SmsMessageSid", message.sid),
        ("NumMedia", str(len(message.media))),
        ("ToCity", ""),
        ("FromZip", ""),
        ("SmsSid", message.sid),
        ("FromState", ""),
        ("SmsStatus", "received"),
        ("FromCity", ""),
        ("Body", message.body),
        ("FromCountry", "US"),
        ("To", message.to),
        ("ToZip", ""),
        ("NumSegments", str(message.segments)),
        ("MessageSid", message.sid),
        ("AccountSid", board.settings.account_sid),
        ("From", message.sender or ""),
        ("ApiVersion", "2010-04-01"),
    ]
    for place, media in enumerate(message.media):
        form += [(f"MediaUrl{place}", media.url), (f"MediaContentType{place}", media.kind)]
    if message.service_sid:
        form.append(("MessagingServiceSid", message.service_sid))
        if meaning := board.carrier.opt_out.meaning(message.body):
            form.append(("OptOutType", meaning))
    return form
