"""Twilio's REST API for the account's phone numbers: list, fetch, and set their webhooks."""

from __future__ import annotations

from fnmatch import fnmatch
from urllib.parse import urlsplit

from flask import Response, jsonify, request

from .errors import CarrierError
from .records import Number
from .rest import board, page, rest, rfc2822

URLS = {
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
}
METHODS = {
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}
#: Settings Twilio has and nothing here uses: always empty.
UNUSED = ("address_sid", "bundle_sid", "identity_sid", "emergency_address_sid", "trunk_sid", "sms_application_sid")


@rest.get("/<account>/IncomingPhoneNumbers.json")
def list_numbers(account: str) -> Response:
    """Our numbers, by PhoneNumber (`*` stands for any digits) and FriendlyName."""
    wanted, name = request.args.get("PhoneNumber", "*"), request.args.get("FriendlyName")
    with board().lock:
        found = [number for number in board().carrier.numbers.values() if fnmatch(number.number, wanted)]
        return jsonify(page("incoming_phone_numbers", [n for n in found if name in {None, _name(n)}], _as_twilio))


@rest.get("/<account>/IncomingPhoneNumbers/<sid>.json")
def fetch_number(account: str, sid: str) -> Response:
    """One number."""
    with board().lock:
        return jsonify(_as_twilio(_number(sid)))


@rest.post("/<account>/IncomingPhoneNumbers/<sid>.json")
def update_number(account: str, sid: str) -> Response:
    """Set webhooks, their methods, and the name; an empty address takes a webhook away."""
    now = board().clock.now()
    with board().lock:
        number = _number(sid)
        number.config = checked({**number.config, **_wishes()})
        number.updated = now
        return jsonify(_as_twilio(number))


def _number(sid: str) -> Number:
    for number in board().carrier.numbers.values():
        if number.sid == sid:
            return number
    raise CarrierError(20404, sid)


def _wishes() -> dict[str, str]:
    """The settings this form changes. Raises CarrierError 20001 for one that is not known here."""
    names = {**URLS, **METHODS, "FriendlyName": "friendly_name"}
    if unknown := set(request.form) - set(names):
        raise CarrierError(20001, ", ".join(sorted(unknown)))
    return {names[name]: value for name, value in request.form.items()}


def checked(config: dict[str, str]) -> dict[str, str]:
    """The settings of a number if they make sense. Raises CarrierError 20001 or 21406."""
    if unknown := set(config) - {*URLS.values(), *METHODS.values(), "friendly_name"}:
        raise CarrierError(20001, ", ".join(sorted(unknown)))
    for name in URLS.values():
        address = urlsplit(config.get(name, ""))
        if config.get(name) and (address.scheme not in {"http", "https"} or not address.hostname):
            raise CarrierError(20001, f"{name} {config[name]}")
    for name in METHODS.values():
        if config.get(name, "POST") not in {"GET", "POST"}:
            raise CarrierError(20001, f"{name} {config[name]}")
    if config.get("sms_fallback_url") and not config.get("sms_url"):
        raise CarrierError(21406)
    return config


def _name(number: Number) -> str:
    return number.config.get("friendly_name", number.number)


def _as_twilio(number: Number) -> dict[str, object]:
    """A number with Twilio's fields."""
    account = board().settings.account_sid
    return {
        "sid": number.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "friendly_name": _name(number),
        "phone_number": number.number,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        **{name: number.config.get(name, "") for name in URLS.values()},
        **{name: number.config.get(name, "POST") for name in METHODS.values()},
        **dict.fromkeys((*UNUSED, "voice_application_sid")),
        "address_requirements": "none",
        "beta": False,
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        "origin": "twilio",
        "status": "in-use",
        "type": "local",
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.updated),
        "uri": f"/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{number.sid}.json",
    }
