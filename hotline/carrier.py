"""The carrier: the REST calls we make, and what its refusals mean. The only import of twilio."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from hotline import phones
from hotline.config import Settings

T = TypeVar("T")

TIMEOUT_S = 10  # the SDK's own is none at all (facts 6.3)
SHORTEST_S, LONGEST_S = 6, 36_000  # how long a text may wait at the carrier (facts 3.2)

# Error codes by what is to be done about them (facts 3.6). What is in no list goes by its HTTP status.
OPTED_OUT = frozenset({21610})
PERMANENT = frozenset({21202, 21211, 21214, 21217, 21265, 21612, 21614, 21635, 30005, 30006})
CONTENT = frozenset({30004, 30007})
CONFIG = frozenset(
    {
        10001, 11100, 20003, 20404, 21205, 21212, 21216, 21408, 21602, 21606, 21608, 21609, 21617, 21659, 21660, 21703,
        21705, 30002, 30032, 30034, 30532, 30533, 30929,
    }
)  # fmt: skip
TRANSIENT = frozenset({20429, 21611, 30001, 30003, 30008, 30009, 30010, 30017, 30022, 30036, 60728, 63017, 63038})
BY_CODE = {
    code: kind
    for kind, codes in (
        ("opted_out", OPTED_OUT),
        ("permanent", PERMANENT),
        ("content", CONTENT),
        ("config", CONFIG),
        ("transient", TRANSIENT),
    )
    for code in codes
}


class CarrierFault(Exception):
    """The carrier did not take it.

    `kind` is what to do: permanent (this number, never), opted_out, config (the operator must act), content (not
    these words again), transient (again, later), unknown (it may have been taken: ask before sending again).
    """

    def __init__(self, kind: str, code: int | None = None, status: int | None = None, after: float | None = None):
        super().__init__(f"the carrier refused: {kind}, code {code}, status {status}")
        self.kind = kind
        self.code = code
        self.status = status
        self.retry_after = after


def kind_of(code: int | None, status: int | None = None) -> str:
    """What an error means, from its code, else from the HTTP status that came with it."""
    if code is not None and code in BY_CODE:
        return BY_CODE[code]
    if status is None or status in (408, 409, 429) or status >= 500:
        return "transient"
    if status in (401, 403, 404):
        return "config"
    return "permanent"


@dataclass(frozen=True)
class Held:
    """A message as the carrier holds it. `repr` shows nothing of anybody."""

    sid: str
    status: str
    at: datetime
    to: str = field(repr=False)
    from_: str = field(repr=False)
    words: str = field(repr=False)
    media: int = 0
    error: int | None = None


@dataclass(frozen=True)
class Line:
    """A number of ours at the carrier, and where it sends what it hears."""

    sid: str
    number: str
    sms_url: str
    sms_fallback_url: str
    voice_url: str
    voice_fallback_url: str
    status_callback: str
    sms_method: str = "POST"
    sms_fallback_method: str = "POST"
    voice_method: str = "POST"
    voice_fallback_method: str = "POST"
    status_callback_method: str = "POST"


class Carrier:
    """The calls we make. Every failure is a CarrierFault; nothing is retried here, the rows know when."""

    def __init__(self, settings: Settings, timeout: float = TIMEOUT_S) -> None:
        self._http = _Http(timeout)
        if urlsplit(settings.api_url).hostname in ("127.0.0.1", "localhost", "::1") and self._http.session:
            self._http.session.trust_env = False  # a proxy meant for the world would not find the simulator
        user, secret = (
            (settings.api_key, settings.api_secret)
            if settings.api_key
            else (settings.account_sid, next(iter(settings.auth_tokens), ""))
        )
        self._client = Client(user, secret, settings.account_sid, http_client=self._http)
        self._client.api.base_url = settings.api_url
        self._client.edge = self._client.region = None  # it would take them from the environment

    def send_text(
        self, to: str, from_: str, words: str, status_url: str | None = None, expires_s: int | None = None
    ) -> str:
        """Hand a text over; its SID. `expires_s`: after that long in the carrier's queue it is not worth sending."""
        _refuse(to)
        options: dict[str, Any] = {"to": to, "from_": from_, "body": words}
        if status_url:
            options["status_callback"] = status_url
        if expires_s is not None:
            options["validity_period"] = max(SHORTEST_S, min(int(expires_s), LONGEST_S))
        sid = self._ask(lambda: self._client.messages.create(**options).sid)
        if not sid:
            raise CarrierFault("unknown")
        return str(sid)

    def find_text(
        self, to: str, since: datetime, words: str | None = None, from_: str | None = None
    ) -> tuple[Held, ...]:
        """What we texted to somebody since then, newest first: asked before anything is sent a second time.

        By the time it was made, not the time it was sent: a text still in the carrier's queue has none, and would be
        sent again.
        """
        options: dict[str, Any] = {"to": to} | ({"from_": from_} if from_ else {})
        earliest = since - timedelta(seconds=5)  # its clock is not ours
        listed = self._ask(lambda: self._client.messages.list(**options, limit=50))
        held = (_held(message) for message in listed if str(message.direction) != "inbound")
        # A trial account puts a sentence of its own in front.
        return tuple(one for one in held if one.at >= earliest and (words is None or one.words.endswith(words)))

    def start_call(self, to: str, from_: str, url: str, status_url: str, ring_s: int, detect: str | None = None) -> str:
        """Ring somebody; the call's SID. `url` says what they hear; `detect`: whether a machine answered, first.

        "Enable" tells at once, "DetectMessageEnd" once the machine's own words are over (facts 1.10).
        """
        _refuse(to)
        options: dict[str, Any] = {"to": to, "from_": from_, "url": url, "status_callback": status_url}
        options |= {"timeout": ring_s, "status_callback_event": ["answered", "completed"]}
        if detect:
            options["machine_detection"] = detect
        sid = self._ask(lambda: self._client.calls.create(**options).sid)
        if not sid:
            raise CarrierFault("unknown")
        return str(sid)

    def say_once(self, to: str, from_: str, document: str) -> str:
        """Ring somebody, and say what needs no answer and no line that is up."""
        _refuse(to)
        return str(self._ask(lambda: self._client.calls.create(to=to, from_=from_, twiml=document, timeout=30).sid))

    def find_call(self, to: str, since: datetime, from_: str) -> tuple[str, ...]:
        """The SIDs of our calls to somebody that began since then, newest first."""
        listed = self._ask(lambda: self._client.calls.list(to=to, from_=from_, limit=20))
        earliest = since - timedelta(seconds=5)
        return tuple(x.sid for x in listed if x.date_created is None or x.date_created.astimezone(UTC) >= earliest)

    def call_status(self, sid: str) -> str:
        """How a call stands at the carrier: queued ringing in-progress, or how it ended (facts 1.9)."""
        return str(self._ask(lambda: self._client.calls(sid).fetch()).status)

    def turn_call(self, sid: str, url: str) -> None:
        """Have a call that is going on ask us what follows."""
        self._ask(lambda: self._client.calls(sid).update(url=url, method="POST"))

    def end_call(self, sid: str) -> None:
        """Hang up, or stop ringing."""
        self._ask(lambda: self._client.calls(sid).update(status="completed"))

    def recording(self, sid: str) -> bytes:
        """What somebody said after the tone, as WAV. Status 404: the carrier does not have it, or not yet."""
        url = f"{self._client.api.base_url}/2010-04-01/Accounts/{self._client.account_sid}/Recordings/{sid}.wav"
        session = self._http.session or requests
        try:  # not by the SDK, which takes every answer for text
            answer = session.get(url, auth=self._client.auth, timeout=self._http.timeout)
        except requests.RequestException as exc:
            raise CarrierFault("transient" if _was_never_connected(exc) else "unknown") from None
        if answer.status_code != 200:
            raise CarrierFault(kind_of(None, answer.status_code), status=answer.status_code)
        return bytes(answer.content)

    def list_inbound(self, to: str, since: datetime) -> Iterator[Held]:
        """What people texted to one of our numbers since then, oldest first."""
        listed = self._ask(lambda: self._client.messages.list(to=to, date_sent_after=since, page_size=200))
        held = [_held(message) for message in listed if str(message.direction) == "inbound"]
        yield from sorted((one for one in held if one.at >= since), key=lambda one: one.at)

    def text(self, sid: str) -> Held:
        """One message, as it stands now."""
        return _held(self._ask(lambda: self._client.messages(sid).fetch()))

    def blank(self, sid: str) -> None:
        """Take the words out of a message the carrier holds, and its pictures: what we forget, it forgets.

        A recording (RE) goes altogether.
        """
        if sid.startswith("RE"):
            self._ask(lambda: self._client.recordings(sid).delete())
            return
        self._ask(lambda: self._client.messages(sid).update(body=""))
        if sid.startswith("MM"):
            try:
                self._ask(lambda: [picture.delete() for picture in self._client.messages(sid).media.list()])
            except CarrierFault as fault:
                if fault.status != 404:  # then there is none any more
                    raise

    def lines(self, number: str | None = None) -> tuple[Line, ...]:
        """Our numbers at the carrier, or the one asked for."""
        options = {"phone_number": number} if number else {}
        listed = self._ask(lambda: self._client.incoming_phone_numbers.list(**options, limit=200))
        return tuple(_line(one) for one in listed)

    def connect(self, sid: str, **addresses: str) -> Line:
        """Tell one of our numbers where to send what it hears (sms_url, voice_url, status_callback and so on)."""
        return _line(self._ask(lambda: self._client.incoming_phone_numbers(sid).update(**addresses)))

    def _ask(self, call: Callable[[], T]) -> T:
        self._http.forget()
        try:
            return call()
        except TwilioRestException as exc:
            # Without a JSON body the SDK gives the HTTP status as the code (facts 6.5).
            code = exc.code if exc.code and exc.code != exc.status else None
            raise CarrierFault(kind_of(code, exc.status), code, exc.status, self._http.retry_after()) from None
        except requests.RequestException as exc:
            raise CarrierFault("transient" if _was_never_connected(exc) else "unknown") from None
        except (TwilioException, ValueError, KeyError, TypeError, AttributeError):
            # It answered, in no way we know: it may have taken it.
            raise CarrierFault("unknown", status=self._http.status()) from None


class _Http(TwilioHttpClient):
    """The SDK's client with a time-out, without its log of whom we text, keeping what its exceptions lose."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._last = threading.local()

    def request(self, *args: Any, **kwargs: Any) -> Any:
        response = super().request(*args, **kwargs)
        # The SDK keeps the last request and response for its own tests: somebody's number and words.
        self._test_only_last_request = self._test_only_last_response = None
        self._last.status = response.status_code
        self._last.after = (response.headers or {}).get("Retry-After")
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Nothing: it would log the number."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Nothing: it would log the words."""

    def forget(self) -> None:
        self._last.status = self._last.after = None

    def status(self) -> int | None:
        return getattr(self._last, "status", None)

    def retry_after(self) -> float | None:
        """Seconds; the other form of the header, a date, Twilio does not use."""
        try:
            return max(0.0, float(self._last.after))
        except (AttributeError, TypeError, ValueError):
            return None


def _refuse(to: str) -> None:
    """What the line may not contact is refused here, as the carrier refuses what is no number (21211)."""
    try:
        phones.contactable(to)
    except phones.PhoneFault:
        raise CarrierFault("permanent", code=21211) from None


def _was_never_connected(exc: requests.RequestException) -> bool:
    """Whether nothing was sent for certain: then it may simply be tried again, and nobody is texted twice."""
    if isinstance(exc, requests.ConnectTimeout):
        return True
    reason = exc.args[0] if exc.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _held(message: Any) -> Held:
    return Held(
        sid=message.sid,
        status=str(message.status),
        at=(message.date_created or message.date_sent).astimezone(UTC),
        to=message.to or "",
        from_=message.from_ or "",
        words=message.body or "",
        media=int(message.num_media or 0),
        error=message.error_code,
    )


def _line(number: Any) -> Line:
    return Line(
        sid=number.sid,
        number=number.phone_number or "",
        sms_url=number.sms_url or "",
        sms_fallback_url=number.sms_fallback_url or "",
        voice_url=number.voice_url or "",
        voice_fallback_url=number.voice_fallback_url or "",
        status_callback=number.status_callback or "",
        sms_method=number.sms_method or "POST",
        sms_fallback_method=number.sms_fallback_method or "POST",
        voice_method=number.voice_method or "POST",
        voice_fallback_method=number.voice_fallback_method or "POST",
        status_callback_method=number.status_callback_method or "POST",
    )
