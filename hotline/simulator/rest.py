"""Twilio's REST API for messages under `/2010-04-01/Accounts/{sid}/`, as the official clients speak it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from .carrier import SILENCES, Fault
from .delivery import accept, compose
from .errors import BY_STATUS, REFUSALS, CarrierError
from .inbound import SENDABLE
from .records import FINAL, Media, Message
from .switchboard import Switchboard
from .twiml import LONGEST_TEXT

rest = Blueprint("rest", __name__, url_prefix="/2010-04-01/Accounts")

HANG = 60.0  # real seconds a hung request is held; clients give up long before
EARLY = 5.0  # real seconds a create waits for its own status callbacks
#: Parameters of Messages.json that change nothing here. Any other unknown one is refused, so that nothing is
#: quietly unsupported (scheduling, content templates).
IGNORED = frozenset(
    {"SmartEncoded", "ProvideFeedback", "Attempt", "ForceDelivery", "ContentRetention", "AddressRetention"}
    | {"ShortenUrls", "SendAsMms", "RiskCheck", "MaxPrice", "TrafficType", "MessageIntent"}
)
KNOWN = frozenset({"To", "From", "MessagingServiceSid", "Body", "MediaUrl", "StatusCallback", "ValidityPeriod"})


def board() -> Switchboard:
    """The switchboard of the running application."""
    found: Switchboard = current_app.extensions["switchboard"]
    return found


@rest.before_request
def authenticate() -> None:
    """Basic auth with the account's token or an API key, for this account's path."""
    given, account = request.authorization, (request.view_args or {}).get("account")
    settings = board().settings
    if given is None or given.type != "basic" or not settings.accepts(given.username or "", given.password or ""):
        raise CarrierError(20003)
    if account != settings.account_sid:
        raise CarrierError(20003)


@rest.errorhandler(CarrierError)
def refused(error: CarrierError) -> tuple[Response, int, dict[str, str]]:
    """Twilio's JSON for a refusal; 429 says when to come back."""
    headers = {"Retry-After": "1"} if error.status == 429 else {}
    return jsonify(error.as_json()), error.status, headers


@rest.app_errorhandler(404)
@rest.app_errorhandler(405)
def not_here(error: HTTPException) -> ResponseReturnValue:
    """An address this carrier does not have, in Twilio's JSON where Twilio's API would be."""
    if request.path.startswith(str(rest.url_prefix)):
        return refused(CarrierError(20404 if error.code == 404 else 20004, request.path))
    return error


def misfortune(on: Literal["create", "read"], to: str | None = None) -> Fault | None:
    """The fault this request meets. Refusals are raised; a silence is given back to be kept once the work is done."""
    fault = board().carrier.next_fault(on, to)
    if fault is None or fault.answer in SILENCES:
        return fault
    code = int(fault.answer)
    if code in REFUSALS or code >= 10000:
        raise CarrierError(code)
    raise CarrierError(BY_STATUS.get(code, 20001 if code < 500 else 20500), status=code)


def silence(fault: Fault) -> Response:
    """No answer: hang until the client has gone, or cut the connection now."""
    if str(fault.answer).startswith("hang"):
        board().carrier.released.wait(HANG)
    if (connection := request.environ.get("werkzeug.socket")) is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=502)


@rest.get("/<account>.json")
def fetch_account(account: str) -> Response:
    """The account itself."""
    return jsonify(sid=account, friendly_name="Simulated", status="active", type="Full")


@rest.post("/<account>/Messages.json")
def create_message(account: str) -> tuple[Response, int] | Response:
    """Accept a text, or refuse it with the code Twilio would use."""
    fault = misfortune("create", request.form.get("To"))
    if fault and str(fault.answer).endswith("_unsent"):
        return silence(fault)
    now = board().clock.now()
    with board().lock:
        message = compose(_asked_for(), now)
        accept(board(), message, now)
        answer = as_twilio(message)
    if board().carrier.fate_of(message.to).callbacks == "early":
        _await_callbacks(message)
    return silence(fault) if fault else (jsonify(answer), 201)


def _await_callbacks(message: Message) -> None:
    lane, lanes = ("status", message.to), board().lanes
    board().carrier.wait_for(lambda: message.status in FINAL and not lanes.busy(lane), EARLY)


def _asked_for() -> dict[str, object]:
    """The fields of the message this form asks for. Raises CarrierError in the order Twilio checks."""
    form, carrier, settings = request.form, board().carrier, board().settings
    if unknown := set(form) - KNOWN - IGNORED:
        raise CarrierError(20001, ", ".join(sorted(unknown)))
    sender, service = form.get("From") or None, form.get("MessagingServiceSid") or None
    if sender is None and service is None:
        raise CarrierError(21603)
    if service is not None and service != settings.service_sid:
        raise CarrierError(21705, service)
    if sender is not None and sender not in carrier.numbers:
        raise CarrierError(21606, sender)
    to = _addressee(form.get("To", ""), sender)
    body, media = form.get("Body", ""), tuple(Media(url) for url in form.getlist("MediaUrl"))
    _check_content(body, media)
    if carrier.blocked(sender, to):
        raise CarrierError(21610)
    return {
        "direction": "outbound-api",
        "by": "line",
        "sender": sender,
        "to": to,
        "body": body,
        "media": media,
        "service_sid": service,
        "status": "accepted" if service else "queued",
        "callbacks": _callback(form.get("StatusCallback", "")),
        "validity": _validity(form.get("ValidityPeriod", "36000")),
    }


def _addressee(to: str, sender: str | None) -> str:
    """The number without the spaces and dashes people write. Raises 21604, 21265, 21211, 21266."""
    plain = re.sub(r"[\s().-]", "", to)
    if not plain:
        raise CarrierError(21604)
    if re.fullmatch(r"\d{3,6}", plain):
        raise CarrierError(21265, to)
    if not SENDABLE.fullmatch(plain):
        raise CarrierError(21211, to)
    if plain == sender:
        raise CarrierError(21266, to)
    return plain


def _check_content(body: str, media: tuple[Media, ...]) -> None:
    if not body.strip() and not media:
        raise CarrierError(21602)
    if len(body) > LONGEST_TEXT:
        raise CarrierError(21617)
    if len(media) > 10:
        raise CarrierError(21623)


def _callback(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or "_" in parts.hostname):
        raise CarrierError(21609, url)
    return (url,) if url else ()


def _validity(seconds: str) -> timedelta:
    if not seconds.isdecimal() or not 1 <= int(seconds) <= 36000:
        raise CarrierError(90007)
    return timedelta(seconds=int(seconds))


@rest.get("/<account>/Messages.json")
def list_messages(account: str) -> Response:
    """Messages, newest first, by To, From and DateSent, in pages.

    A message still queued counts with the time it was created, so that one accepted but never answered is found.
    """
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        found = [message for message in reversed(board().carrier.messages.values()) if _fits(message)]
        return jsonify(page("messages", found, as_twilio))


def _fits(message: Message) -> bool:
    """Whether it passes the filters of this query."""
    query = request.args
    if "To" in query and message.to != query["To"] or "From" in query and message.sender != query["From"]:
        return False
    return within("DateSent", message.sent or message.created)


def within(name: str, moment: datetime) -> bool:
    """Whether a moment passes this query's `name`, `name<` and `name>`; Twilio's < and > include the instant itself."""
    query, moment = request.args, moment.replace(microsecond=0)
    if (day := query.get(name)) and moment.date() != _instant(name, day).date():
        return False
    if (after := query.get(f"{name}>")) and moment < _instant(name, after):
        return False
    return not (before := query.get(f"{name}<")) or moment <= _instant(name, before)


def _instant(name: str, text: str) -> datetime:
    """`2026-11-21` or `2026-11-21T10:00:00Z`, UTC. Raises CarrierError 20001."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise CarrierError(20001, f"{name} {text}") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


class Listed(Protocol):
    """What can be in a list of Twilio's."""

    @property
    def sid(self) -> str:
        """Its identifier."""


Item = TypeVar("Item", bound=Listed)


def page(name: str, found: list[Item], shown: Callable[[Item], object]) -> dict[str, object]:
    """One page of a list as Twilio gives it.

    The token in `next_page_uri` names the last item shown, so that items which come meanwhile shift nothing.
    """
    try:
        size = min(max(int(request.args.get("PageSize", 50)), 1), 1000)
        number = int(request.args.get("Page", 0))
    except ValueError:
        raise CarrierError(20001, "Page, PageSize") from None
    last = request.args.get("PageToken", "").removeprefix("PA")
    places = [place for place, item in enumerate(found) if last and item.sid == last]
    start = places[0] + 1 if places else number * size
    items, path = found[start : start + size], request.path

    def address(page_number: int, token: str = "") -> str:
        query = [(key, value) for key, value in request.args.items() if key not in {"Page", "PageToken", "PageSize"}]
        query += [("PageSize", str(size)), ("Page", str(page_number))]
        return f"{path}?{urlencode(query + ([('PageToken', f'PA{token}')] if token else []))}"

    return {
        name: [shown(item) for item in items],
        "first_page_uri": address(0),
        "previous_page_uri": address(number - 1) if number else None,
        "next_page_uri": address(number + 1, items[-1].sid) if start + size < len(found) else None,
        "uri": address(number),
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(items) - 1, 0),
    }


@rest.get("/<account>/Messages/<sid>.json")
def fetch_message(account: str, sid: str) -> Response:
    """One message."""
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        return jsonify(as_twilio(board().carrier.message(sid)))


@rest.post("/<account>/Messages/<sid>.json")
def update_message(account: str, sid: str) -> Response:
    """Blank the words (`Body=`); nothing else of a message can be changed."""
    now = board().clock.now()
    with board().lock:
        message = board().carrier.message(sid)
        if request.form.get("Body") != "" or "Status" in request.form:
            raise CarrierError(20001, "only an empty Body can be set")
        if message.status not in FINAL:
            raise CarrierError(20009)
        message.body, message.updated = "", now
        board().carrier.touch(message)
        return jsonify(as_twilio(message))


@rest.delete("/<account>/Messages/<sid>.json")
def delete_message(account: str, sid: str) -> Response:
    """Forget one message."""
    board().carrier.delete(sid)
    return Response(status=204)


def as_twilio(message: Message) -> dict[str, object]:
    """A message with Twilio's fields."""
    root = f"/2010-04-01/Accounts/{board().settings.account_sid}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": board().settings.account_sid,
        "api_version": "2010-04-01",
        "messaging_service_sid": message.service_sid,
        "from": message.sender,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "num_segments": str(message.segments) if message.sender else "0",
        "num_media": str(len(message.media)),
        "error_code": message.error,
        "error_message": message.error_message,
        "price": f"-{0.0083 * message.segments:.5f}" if message.status in {"delivered", "received"} else None,
        "price_unit": "USD",
        "date_created": rfc2822(message.created),
        "date_updated": rfc2822(message.updated),
        "date_sent": rfc2822(message.sent) if message.sent else None,
        "uri": f"{root}.json",
        "subresource_uris": {"media": f"{root}/Media.json"},
    }


def rfc2822(moment: datetime) -> str:
    """A date as Twilio writes it: `Wed, 18 Aug 2010 20:01:40 +0000`."""
    return format_datetime(moment.astimezone(UTC))
