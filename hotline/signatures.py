"""Signatures: whether the carrier signed a webhook.

What Twilio's own check does not do, and ours does: never raise, compare in constant time, work the parameters once for
all tokens and forms of the address, accept the form some of its own machines sign (facts 1.18).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit


def valid(url: str, params: Any, signature: str | None, tokens: Iterable[str]) -> bool:
    """Whether the carrier signed this request. `params` are a form's (any mapping or MultiDict), or a raw body."""
    try:
        return _is_signed(url, params, signature, tokens)
    except (ValueError, TypeError, UnicodeError):
        return False  # whatever is malformed was not signed by the carrier


def sign(url: str, form: dict[str, str], token: str) -> str:
    """The signature the carrier would send with this form: `doctor` tries with it whether webhooks would get in."""
    made = hmac.digest(token.encode(), (url + _signed_form(form)).encode(), hashlib.sha1)
    return base64.b64encode(made).decode()


def public_address(public_url: str, path: str, query: bytes | str = b"") -> str:
    """The address the carrier signed: what it was told, and the path and query as they came, undecoded.

    Neither Flask's request.url nor the Host header will do: the first decodes, the second is anybody's (facts 1.19).
    """
    raw = query.decode("latin-1") if isinstance(query, bytes) else query
    return public_url.rstrip("/") + path + ("?" + raw if raw else "")


def _is_signed(url: str, params: Any, signature: str | None, tokens: Iterable[str]) -> bool:
    if not signature:
        return False
    given = signature.encode("ascii")
    tail = "" if isinstance(params, (str, bytes)) else _signed_form(params)
    if isinstance(params, (str, bytes)) and not _is_body_of(url, params):
        return False
    texts = [(form + tail).encode() for form in _forms(url)]
    matches = [
        hmac.compare_digest(base64.b64encode(hmac.digest(token.encode(), text, hashlib.sha1)), given)
        for token in tokens
        if token
        for text in texts
    ]
    return any(matches)


def _signed_form(params: Any) -> str:
    """Names in order, each with its different values in order, nothing between them."""
    if not params:
        return ""
    several = getattr(params, "getlist", None) or (lambda name: [params[name]])
    return "".join(name + value for name in sorted(set(params)) for value in sorted(set(several(name))))


def _is_body_of(url: str, body: str | bytes) -> bool:
    """A body that is no form is signed by its hash in the query."""
    raw = body.encode() if isinstance(body, str) else body
    named = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    return hmac.compare_digest(hashlib.sha256(raw).hexdigest().encode(), named.encode())


def _forms(url: str) -> set[str]:
    """The address with its port and without, and with ' as %27: the carrier's machines do not agree on them."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if parts.port:
        bare = host.rpartition(":")[0]
        hosts = {host, bare}
    else:
        hosts = {host, f"{host}:{443 if parts.scheme == 'https' else 80}"}
    queries = {parts.query, parts.query.replace("'", "%27")}
    # A fragment (#rc=3 asks for retries) is never sent, so never signed.
    return {urlunsplit((parts.scheme, user + at + host, parts.path, query, "")) for host in hosts for query in queries}
