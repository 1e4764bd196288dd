"""A webhook of our own making, signed as the carrier signs: for what the simulator would do one after the other."""

import base64
import hashlib
import hmac

import requests

from tests.line import TOKEN, Line


def post(line: Line, path: str, form: dict[str, str]) -> requests.Response:
    """The carrier calls `path` with this form."""
    signed = line.url + path + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), hashlib.sha1)).decode()
    return requests.post(line.url + path, form, headers={"X-Twilio-Signature": signature}, timeout=30)
