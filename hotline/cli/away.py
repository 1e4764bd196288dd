"""What is away from this process: the running line and the simulator, asked over HTTP as anybody may ask them."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE_S = 15.0
PAUSE_S = 0.1

# A proxy meant for the world would not find this machine.
_open = build_opener(ProxyHandler({})).open


T = TypeVar("T")


class Gone(Exception):
    """It cannot be reached, or says no: one line."""

    @property
    def said_no(self) -> bool:
        """It was there, and answered."""
        return isinstance(self.__cause__, HTTPError)


def insist(call: Callable[[], T], patience: float = PATIENCE_S) -> T:
    """Ask again while nothing answers: what was killed is started again. Only for what may be asked twice."""
    until = time.monotonic() + patience
    while True:
        try:
            return call()
        except Gone as exc:
            if exc.said_no or time.monotonic() > until:
                raise
            time.sleep(PAUSE_S)


def ask(url: str, given: dict[str, Any] | None = None, method: str = "GET", patience: float = PATIENCE_S) -> Any:
    """JSON in, JSON out."""
    data = None if given is None else json.dumps(given).encode()
    return _asked(Request(url, data, {"Content-Type": "application/json"}, method=method), patience)


def _asked(request: Request, patience: float) -> Any:
    where = request.full_url.partition("?")[0]
    try:
        with _open(request, timeout=patience) as answer:
            return json.loads(answer.read())
    except HTTPError as exc:
        raise Gone(f"{where} answered {exc.code}{_why(exc)}") from exc
    except (URLError, OSError, http.client.HTTPException) as exc:
        reason = getattr(exc, "reason", exc)
        if isinstance(reason, ConnectionRefusedError):
            raise Gone(f"nothing answers at {where}: is the line running (make run)?") from exc
        raise Gone(f"{where} cannot be reached: {reason or type(exc).__name__}") from exc
    except ValueError as exc:
        raise Gone(f"{where} did not answer in JSON: is it the line?") from exc


def _why(exc: HTTPError) -> str:
    try:
        return f": {json.loads(exc.read())['error']}"
    except (ValueError, KeyError, TypeError, OSError):
        return ""


class Line:
    """The running line's own clock."""

    def __init__(self, url: str) -> None:
        self.url = url

    def time(self) -> dict[str, Any]:
        """{now, next, busy}"""
        told: dict[str, Any] = self._known(Request(f"{self.url}/simulated-time"))
        return told

    def forward(self, words: str, patience: float = 30.0) -> dict[str, Any]:
        """Move it, and wait until all that became due is done."""
        form = urlencode({"forward": words}).encode()
        told: dict[str, Any] = self._known(Request(f"{self.url}/simulated-time", form, method="POST"))
        return self.settle(patience) if told["busy"] else told

    def settle(self, patience: float) -> dict[str, Any]:
        """Wait until everything due is done, but no longer than that."""
        until = time.monotonic() + patience
        told = insist(self.time)
        while told["busy"] and time.monotonic() < until:
            time.sleep(PAUSE_S)
            told = insist(self.time)
        return told

    def _known(self, request: Request) -> Any:
        try:
            return _asked(request, PATIENCE_S)
        except Gone as exc:
            if isinstance(cause := exc.__cause__, HTTPError) and cause.code == 404:
                raise Gone(f"{self.url}: time is not simulated there (HOTLINE_SIMULATED_TIME)") from exc
            raise
