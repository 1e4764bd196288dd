"""The simulator's own JSON API under `/api`: hold any phone, spoil anything, move time. README.md lists it.

Errors are `{"error": "what is wrong"}` with a 4xx status. Every list that grows can be read from a cursor on:
`?since=N` gives what changed after `seq` N, `&wait=S` waits up to S real seconds for the first such change.
"""

from __future__ import annotations

import re
from typing import cast

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException

from . import inbound
from .carrier import SILENCES, Fault
from .clock import TimeRefused
from .errors import CarrierError
from .records import Media, Message, Phone
from .rest import board
from .rest_numbers import checked

api = Blueprint("api", __name__, url_prefix="/api")

LONGEST_WAIT = 120.0  # real seconds any request may wait


@api.errorhandler(HTTPException)
def misunderstood(error: HTTPException) -> tuple[Response, int]:
    """Any 4xx in JSON."""
    return jsonify(error=error.description), error.code or 400


@api.errorhandler(ValueError)
def invalid(error: ValueError) -> tuple[Response, int]:
    """A wish that makes no sense."""
    return jsonify(error=str(error)), 400


@api.errorhandler(CarrierError)
def unknown(error: CarrierError) -> tuple[Response, int]:
    """Something that is not there."""
    return jsonify(error=error.text, code=error.code), error.status


@api.errorhandler(TimeRefused)
def stuck(error: TimeRefused) -> tuple[Response, int]:
    """The line's clock does not move."""
    return jsonify(error=str(error)), error.status


def wishes() -> dict[str, object]:
    """The JSON object of this request; empty when there is no body."""
    given = request.get_json(force=True) if request.data else {}
    if not isinstance(given, dict):
        raise BadRequest("a JSON object is needed")
    return given


def seconds(name: str, default: float = 0.0) -> float:
    """A waiting time of the query, in real seconds."""
    return min(max(float(request.args.get(name, default)), 0.0), LONGEST_WAIT)


@api.post("/phones/<number>/texts")
def text(number: str) -> tuple[Response, int]:
    """A phone texts: {to?, body?, media?, sid?}. `?wait=S` waits for the webhook and shows it in `webhooks`.

    An existing `sid` sends that text's webhook again; a new one is given to the text.
    """
    given = wishes()
    sid = str(given.get("sid") or "")
    if sid in board().carrier.messages:
        message = board().carrier.message(sid)
        inbound.redeliver(board(), message)
    else:
        message = inbound.text(board(), number, _to(given), _body(given), _media(given), sid)
    return _with_webhook(message), 201


def _to(given: dict[str, object]) -> str:
    """The number texted: the only one of ours when none is said."""
    numbers = list(board().carrier.numbers)
    if "to" not in given and len(numbers) != 1:
        raise BadRequest("to: say which number is texted")
    return str(given.get("to") or numbers[0])


def _body(given: dict[str, object]) -> str:
    body = given.get("body", "")
    if not isinstance(body, str) or len(body) > 1600:
        raise BadRequest("body: text of at most 1600 characters is needed")
    if re.search("[\ud800-\udfff]", body):
        raise BadRequest("body: half an emoji (a lone surrogate)")
    return body


def _media(given: dict[str, object]) -> tuple[Media, ...]:
    """Pictures as addresses, or as {url, kind}."""
    media = cast("list[object]", given.get("media") or [])
    try:
        return tuple(Media(**picture) if isinstance(picture, dict) else Media(str(picture)) for picture in media)
    except TypeError:
        raise BadRequest("media: addresses, or objects of url and kind, are needed") from None


@api.post("/messages/<sid>/redeliver")
def redeliver(sid: str) -> tuple[Response, int]:
    """The webhook of an inbound text once more. `?wait=S` as for a text."""
    message = board().carrier.message(sid)
    inbound.redeliver(board(), message)
    return _with_webhook(message), 201


def _with_webhook(message: Message) -> Response:
    wait = seconds("wait")
    if wait:
        board().carrier.wait_for(lambda: message.asking == 0, wait)
    with board().lock:
        return jsonify(message.as_json())


@api.get("/messages")
def messages() -> Response:
    """All texts changed after the cursor, oldest text first: {cursor, messages}. `?phone=` for one phone's."""
    return _changes(request.args.get("phone"))


@api.get("/messages/<sid>")
def message(sid: str) -> Response:
    """One text."""
    with board().lock:
        return jsonify(board().carrier.message(sid).as_json())


@api.get("/phones/<number>/messages")
def phone_messages(number: str) -> Response:
    """Texts from and to one phone. `?arrived=1`: only what reached it, and the cursor counts arrivals alone."""
    return _changes(number)


def _changes(phone: str | None) -> Response:
    since, arrivals = int(request.args.get("since", 0)), request.args.get("arrived", "0") != "0"

    def found() -> list[Message]:
        changed = [message for message in board().carrier.since(since) if phone in {None, message.phone}]
        if arrivals:
            return sorted((m for m in changed if m.arrival > since), key=lambda m: m.arrival)
        return sorted(changed, key=lambda m: m.born)

    board().carrier.wait_for(lambda: bool(found()), seconds("wait"))
    with board().lock:
        return jsonify(cursor=board().carrier.seq, messages=[message.as_json() for message in found()])


@api.get("/troubles")
def troubles() -> Response:
    """What Twilio's debugger would show, after the cursor: {cursor, troubles}."""
    since, carrier = int(request.args.get("since", 0)), board().carrier

    def found() -> list[dict[str, object]]:
        return [trouble.as_json() for trouble in carrier.troubles if trouble.seq > since]

    carrier.wait_for(lambda: bool(found()), seconds("wait"))
    with board().lock:
        return jsonify(cursor=carrier.seq, troubles=found())


@api.get("/phones")
def phones() -> Response:
    """Every phone that texted or called, was texted or called, or was named."""
    with board().lock:
        return jsonify(phones=[_shown(phone) for phone in board().carrier.phones.values()])


def _shown(phone: Phone) -> dict[str, object]:
    """A phone with the sids of its calls that go on."""
    return {**phone.as_json(), "calls": [call.sid for call in board().carrier.calls_of(phone.number)]}


@api.route("/phones/<number>", methods=["GET", "PUT"])
def phone(number: str) -> Response:
    """One phone. PUT {name?, opted_out?: true | false | [numbers]} names it or sets what it has opted out of."""
    with board().lock:
        found = board().carrier.phone(number)
        if request.method == "PUT":
            given = wishes()
            found.name = str(given.get("name", found.name))
            if "opted_out" in given:
                found.left = _left(given["opted_out"])
        return jsonify(_shown(found))


def _left(wanted: object) -> set[str]:
    if isinstance(wanted, list):
        return {str(number) for number in wanted}
    return set(board().carrier.numbers) if wanted else set()


@api.put("/phones/<number>/fate")
def phone_fate(number: str) -> Response:
    """Change what becomes of a phone's texts and calls; null leaves it to the carrier's fate again."""
    with board().lock:
        found = board().carrier.phone(number)
        found.fate = found.fate.changed(wishes())
        if board().carrier.fate_of(number).inbound != "reordered":
            inbound.release(board(), number)
        return jsonify(_shown(found))


@api.get("/carrier")
def carrier() -> Response:
    """The carrier's fate, pace, opt-out rules and faults, and its account."""
    with board().lock:
        it = board().carrier
        return jsonify(
            account=board().settings.account_sid,
            service=board().settings.service_sid,
            line=board().settings.line,
            numbers=list(it.numbers),
            paced=it.paced,
            speaking=it.speaking,
            calls_a_second=it.calls_a_second,
            fate=it.fate.as_json(),
            opt_out=it.opt_out.as_json(),
            faults=[fault.__dict__ for fault in it.faults],
        )


@api.put("/carrier")
def change_carrier() -> Response:
    """{paced?, speaking?, calls_a_second?, fate?: {...}, opt_out?: {advanced?, stop?, start?, help?, replies?}}.

    `speaking` are the characters spoken a second, 0 when nothing takes time; `calls_a_second` holds when paced.
    """
    given = wishes()
    with board().lock:
        it = board().carrier
        speaking = _amount(given, "speaking", it.speaking)
        pace = _amount(given, "calls_a_second", it.calls_a_second)
        if not pace:
            raise BadRequest("calls_a_second: more than 0 is needed")
        fate = {name: wish for name, wish in _object(given, "fate").items() if wish is not None}
        opt_out = _object(given, "opt_out")
        it.fate = it.fate.changed(fate)
        it.opt_out = it.opt_out.changed(opt_out) if opt_out else it.opt_out
        it.paced, it.speaking, it.calls_a_second = bool(given.get("paced", it.paced)), speaking, pace
        if it.fate.inbound != "reordered":
            inbound.release(board())
    return carrier()


def _amount(given: dict[str, object], name: str, default: float) -> float:
    wish = given.get(name, default)
    if isinstance(wish, bool) or not isinstance(wish, int | float) or wish < 0:
        raise BadRequest(f"{name}: a number from 0 on is needed")
    return float(wish)


def _object(given: dict[str, object], name: str) -> dict[str, object]:
    wish = given.get(name) or {}
    if not isinstance(wish, dict):
        raise BadRequest(f"{name}: a JSON object is needed")
    return wish


@api.post("/carrier/faults")
def add_fault() -> Response:
    """{answer, times?, to?, on?}: what the next REST requests meet; see `carrier.Fault`."""
    given = wishes()
    answer, on, times = given.get("answer"), given.get("on", "create"), given.get("times", 1)
    if answer not in SILENCES and not (isinstance(answer, int) and answer >= 400):
        raise BadRequest(f"answer: an HTTP status, a Twilio code, or one of {', '.join(SILENCES)}")
    if on not in {"create", "read", "any"} or not isinstance(times, int) or times < 1:
        raise BadRequest("on: create, read or any; times: 1 or more")
    to = cast("str | None", given.get("to"))
    with board().lock:
        board().carrier.faults.append(Fault(answer, times, to, on))
    return carrier()


@api.delete("/carrier/faults")
def clear_faults() -> Response:
    """No more faults; requests that hang are let go."""
    with board().lock:
        board().carrier.clear_faults()
    return carrier()


@api.route("/numbers", methods=["GET", "POST"])
def numbers() -> Response:
    """The account's numbers and their webhooks. POST {number, sms_url? ...} rents one or changes its settings.

    Settings have Twilio's names: `sms_url`, `sms_method`, `sms_fallback_url`, `voice_url`, `status_callback` ...
    """
    now = board().clock.now()
    with board().lock:
        ours = board().carrier.numbers
        if request.method == "POST":
            given = {name: str(value) for name, value in wishes().items()}
            if not inbound.SENDABLE.fullmatch(given.get("number", "")):
                raise BadRequest("number: an E.164 number such as +13095550100 is needed")
            number = board().carrier.rent(given.pop("number"), now)
            number.config = checked({**number.config, **given})
        return jsonify(numbers=[{"number": n.number, "sid": n.sid, **n.config} for n in ours.values()])


@api.get("/time")
def time() -> Response:
    """{now, line}: the carrier's time, and what the line says of its own (null when it does not)."""
    line = board().clock.line_time()
    return jsonify(now=board().clock.reading().isoformat(), line=line)


@api.post("/time")
def move_time() -> Response:
    """{forward: "2m"} moves the line's clock and this one."""
    given = wishes() or dict(request.form)
    board().clock.forward(str(given.get("forward", "")))
    return time()


@api.get("/idle")
def idle() -> Response:
    """Wait up to `?timeout=S` (default 10) until no webhook, callback or delivery due by now is outstanding.

    {idle, outstanding, later, next, held}: `later` counts what waits for a later time on the line's clock, `next` is
    the first such time, `held` are texts kept back to be reordered.
    """
    done = board().idle(seconds("timeout", 10.0))
    with board().lock:
        later = board().timetable.later
        return jsonify(
            idle=done,
            outstanding=board().outstanding,
            later=len(later),
            next=later[0].isoformat() if later else None,
            held=len(board().carrier.held),
        )


@api.post("/reset")
def reset() -> Response:
    """Forget messages, calls, phones, fates, faults and troubles; numbers and their webhooks stay."""
    board().reset()
    return jsonify(cursor=board().carrier.seq)
