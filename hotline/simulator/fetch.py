"""HTTP out of the carrier: webhooks signed and retried as Twilio's are, and plain requests to the line's clock.

Written on `http.client`, because the address must go out exactly as it was signed; richer clients tidy it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urldefrag, urlencode, urlsplit

CONNECT_TIMEOUT = 5.0  # seconds; twilio.com/docs/usage/webhooks/webhooks-connection-overrides
LARGEST_ANSWER = 1_000_000  # bytes read of an answer; documents over 64 KB are refused by twiml.parse
RETRIED_BY_DEFAULT = "ct"
RETRY_POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})

Params = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What a web server said. `seconds` is how long it took."""

    status: int
    content_type: str
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body for people to read."""
        return self.body.decode("utf-8", "replace")


class FetchError(Exception):
    """No answer at all: `code` is Twilio's (11205 no connection or no answer in time, 11243 bad retry policy)."""

    def __init__(self, code: int, text: str, policy: str = "ct") -> None:
        super().__init__(text)
        self.code = code
        self.policy = policy


def signature(token: str, url: str, params: Iterable[tuple[str, str]] = ()) -> str:
    """X-Twilio-Signature: HMAC-SHA1 of the URL and the form's sorted names and values, base64.

    Of a repeated name each different value counts once (twilio.com/docs/usage/security).
    """
    signed = url + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def webhook(url: str, method: str, params: Params, token: str, once: str, timeout: float) -> Answer:
    """Call a webhook as Twilio does and give back its answer, whatever the status.

    `once` is the I-Twilio-Idempotency-Token, equal for each retry; `timeout` is in seconds for all tries together. A
    fragment (`#rc=3&rp=all`) says how often and when to retry; without it, once, if no connection could be made.
    Raises FetchError when the last try brought no answer.
    """
    url, fragment = urldefrag(url)
    retries, policies = retry_rule(fragment)
    deadline = time.monotonic() + timeout
    for tries_left in range(retries, -1, -1):
        failure: FetchError | None = None
        try:
            answer = _signed(url, method, params, token, once, max(deadline - time.monotonic(), 0.01))
            policy = f"{answer.status // 100}xx"
        except FetchError as error:
            failure, policy = error, error.policy
        done = failure is None and answer.status < 400
        if done or not tries_left or time.monotonic() >= deadline or not policies & {policy, "all"}:
            break
    if failure:
        raise failure
    return answer


def retry_rule(fragment: str) -> tuple[int, set[str]]:
    """How many retries, and after which failures, a webhook's fragment asks for. Raises FetchError 11243."""
    wishes = parse_qs(fragment)
    policies = set(wishes.get("rp", [RETRIED_BY_DEFAULT])[0].split(","))
    count = wishes.get("rc", ["1"])[0]
    if not policies <= RETRY_POLICIES or count not in {"0", "1", "2", "3", "4", "5"}:
        raise FetchError(11243, f"connection override not understood: #{fragment}", policy="never")
    return int(count), policies


def get(url: str, timeout: float) -> Answer:
    """What is at this address, whatever the status. Raises FetchError if nothing answers."""
    return _send(url, "GET", "", {}, timeout)


def get_json(url: str, timeout: float) -> dict[str, object]:
    """The JSON object at this address. Raises FetchError for anything else."""
    return _object(get(url, timeout))


def post_form(url: str, form: dict[str, str], timeout: float) -> tuple[int, dict[str, object]]:
    """Post a form; status and JSON object of the answer (empty if it is none). Raises FetchError."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = _send(url, "POST", urlencode(form), headers, timeout)
    try:
        return answer.status, _object(answer)
    except FetchError:
        return answer.status, {}


def _object(answer: Answer) -> dict[str, object]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if answer.status != 200 or not isinstance(told, dict):
        raise FetchError(12300, f"not a JSON object (status {answer.status})")
    return told


def _signed(url: str, method: str, params: Params, token: str, once: str, timeout: float) -> Answer:
    headers = {"I-Twilio-Idempotency-Token": once, "User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
    if method == "GET":
        url += ("&" if "?" in url else "?") + urlencode(params)
        headers["X-Twilio-Signature"] = signature(token, url)
        return _send(url, "GET", "", headers, timeout)
    headers["X-Twilio-Signature"] = signature(token, url, params)
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
    return _send(url, "POST", urlencode(params), headers, timeout)


def _send(url: str, method: str, body: str, headers: dict[str, str], timeout: float) -> Answer:
    """One request, one connection: a kept connection that the line just closed would look like an outage."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchError(11100, f"not a web address: {url}", policy="never")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    started = time.monotonic()
    connection = kind(parts.hostname, parts.port, timeout=min(CONNECT_TIMEOUT, timeout))
    try:
        try:
            connection.connect()
        except OSError as error:
            raise FetchError(11205, f"no connection: {error}", policy="ct") from error
        connection.sock.settimeout(max(timeout - (time.monotonic() - started), 0.01))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, quote(target, safe="%/:=&?~+!$,;'@()*[]"), body or None, headers)
        reply = connection.getresponse()
        answer = reply.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise FetchError(11205, f"no answer: {error or type(error).__name__}", policy="rt") from error
    finally:
        connection.close()
    return Answer(reply.status, reply.headers.get("Content-Type", ""), answer, time.monotonic() - started)
