"""Twilio's signature, checked before anything else looks at a webhook."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, request

from hotline import signatures
from hotline.house import House

Page = Callable[..., Response]


def house() -> House:
    return current_app.config["HOUSE"]


def signed(page: Page) -> Page:
    """Unsigned or wrongly signed requests get 403 and change nothing."""

    @wraps(page)
    def checked(*args: Any, **kwargs: Any) -> Response:
        settings = house().settings
        url = signatures.public_address(settings.public_url, request.path, request.query_string)
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signatures.valid(url, request.form, signature, settings.auth_tokens):
            return Response("The signature is not Twilio's for this address.\n", 403, mimetype="text/plain")
        return page(*args, **kwargs)

    return checked


def twiml(document: str) -> Response:
    return Response(document, mimetype="text/xml")


def whole_number(text: str) -> int | None:
    """A form may hold anything: what is longer than our longest id is no number of ours, and `int` would refuse it."""
    return int(text) if re.fullmatch(r"\d{1,19}", text) else None
