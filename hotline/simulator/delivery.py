"""The way of a text from the line to a phone: queue, one segment a second, arrival or failure, status callbacks."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from .errors import CarrierError
from .fetch import FetchError, Params, webhook
from .gsm import segments
from .records import FINAL, STATES, Attempt, Message, new_sid
from .switchboard import Switchboard

SEGMENT = timedelta(seconds=1)  # a long code sends one a second
LONGEST_QUEUE = timedelta(hours=10)


def compose(message_of: dict[str, object], now: datetime) -> Message:
    """A new text of the line's or carrier's, not yet queued; `message_of` are fields of Message."""
    body = str(message_of["body"])
    common = {"sid": new_sid("MM" if message_of.get("media") else "SM"), "created": now, "updated": now}
    return Message(**common, segments=segments(body), **{"status": "queued", **message_of})  # type: ignore[arg-type]


def accept(board: Switchboard, message: Message, now: datetime) -> None:
    """Take a text into the sending number's queue. Raises CarrierError 21611 when ten hours wait there already."""
    carrier = board.carrier
    with board.lock:
        if carrier.free_at.get(message.sender or "", now) - now > LONGEST_QUEUE:
            raise CarrierError(21611)
        carrier.keep(message)
        if message.status == "accepted":
            board.timetable.at(now, lambda at: _choose_sender(board, message, at))
        else:
            _queue(board, message, now)


def _choose_sender(board: Switchboard, message: Message, at: datetime) -> None:
    """A Messaging Service picks the number the phone already knows, else the first."""
    with board.lock:
        ours = board.carrier.numbers
        earlier = board.carrier.messages.values() if len(ours) > 1 else ()
        known = (m.sender for m in earlier if m.to == message.to and m.sender in ours)
        message.sender = message.sender or next(known, None) or next(iter(ours), "")
        _advance(board, message, "queued", at)
        _queue(board, message, at)


def _queue(board: Switchboard, message: Message, now: datetime) -> None:
    """Plan when it leaves; what would wait longer than its validity is planned to fail instead, and takes no turn."""
    sender = message.sender or ""
    if not board.carrier.paced or message.by == "carrier":
        board.timetable.at(now, lambda at: _send(board, message, at))
        return
    leaves = max(now, board.carrier.free_at.get(sender, now))
    if leaves - message.created > message.validity:
        expires = message.created + message.validity
        board.timetable.at(expires, lambda at: _advance(board, message, "failed", at, 30036))
        return
    board.carrier.free_at[sender] = leaves + SEGMENT * message.segments
    board.timetable.at(leaves, lambda at: _send(board, message, at))


def _send(board: Switchboard, message: Message, at: datetime) -> None:
    with board.lock:
        if message.status not in {"accepted", "queued"}:
            return
        message.sent = at
        _advance(board, message, "sent", at)
        delay = board.carrier.fate_of(message.to).delay or 0.0
        if delay:
            board.timetable.at(at + timedelta(seconds=delay), lambda then: _arrive(board, message, then))
        else:
            _arrive(board, message, at)


def _arrive(board: Switchboard, message: Message, at: datetime) -> None:
    with board.lock:
        error = STATES[board.carrier.fate_of(message.to).state or "ok"]
        if error:
            _advance(board, message, "undelivered", at, error)
            return
        message.arrived = at
        _advance(board, message, "delivered", at)


def fail(board: Switchboard, message: Message, at: datetime, error: int) -> None:
    """Keep a text that never leaves, with the reason."""
    with board.lock:
        board.carrier.keep(message)
        _advance(board, message, "failed", at, error)


def _advance(board: Switchboard, message: Message, status: str, at: datetime, error: int | None = None) -> None:
    """A new status: remembered, then told."""
    message.status, message.updated, message.error = status, at, error
    board.carrier.touch(message)
    if message.callbacks:
        _plan_callbacks(board, message, at)


def _plan_callbacks(board: Switchboard, message: Message, at: datetime) -> None:
    """When the line is told of this status, by the fate of the phone."""
    fate, news = board.carrier.fate_of(message.to), _news(board, message)
    if fate.callbacks == "never":
        return
    if fate.callbacks == "out_of_order" and message.status not in FINAL:
        message.held.insert(0, news)
        return
    if fate.callbacks == "late":
        later = at + timedelta(seconds=fate.callback_delay or 0)
        board.timetable.at(later, lambda _: _tell(board, message, news))
        return
    for told in [news, *message.held]:
        _tell(board, message, told)
        if fate.callbacks == "duplicated":
            _tell(board, message, told)
    message.held.clear()


def _news(board: Switchboard, message: Message) -> Params:
    """The form of a status callback, as the message is now."""
    news = [
        ("MessageSid", message.sid),
        ("MessageStatus", message.status),
        ("SmsSid", message.sid),
        ("SmsStatus", message.status),
        ("To", message.to),
        ("From", message.sender or ""),
        ("AccountSid", board.settings.account_sid),
        ("ApiVersion", "2010-04-01"),
    ]
    if message.service_sid:
        news.append(("MessagingServiceSid", message.service_sid))
    if message.error:
        news.append(("ErrorCode", str(message.error)))
    if message.status == "delivered":
        news.append(("RawDlrDoneDate", message.updated.strftime("%y%m%d%H%M")))
    return news


def _tell(board: Switchboard, message: Message, news: Params) -> None:
    generation = board.carrier.generation
    for url in message.callbacks:
        board.lanes.put(("status", message.to), partial(_post, board, message, url, news, generation))


def _post(board: Switchboard, message: Message, url: str, news: Params, generation: int) -> None:
    """One status callback. Twilio repeats none that was refused, nor reads the answer; it is noted as trouble."""
    settings, attempt = board.settings, Attempt(url)
    try:
        answer = webhook(url, message.callback_method, news, settings.auth_token, new_sid(""), settings.webhook_timeout)
        attempt.status, attempt.answer = answer.status, answer.text
        if answer.status >= 300:
            attempt.code, attempt.problem = 11200, f"the status callback answered HTTP {answer.status}"
    except FetchError as error:
        attempt.code, attempt.problem = error.code, str(error)
    if attempt.code and generation == board.carrier.generation:
        board.carrier.trouble("warning", board.clock.now(), message.sid, attempt)
