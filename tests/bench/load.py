"""The load: signed texts from distinct people, over a number of connections, each timed."""

import base64
import hashlib
import hmac
import http.client
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.bench.place import LINE, TOKEN

CONNECTIONS = 16
_people = itertools.count()
_sids = itertools.count()


@dataclass(frozen=True)
class Round:
    """What one round showed: texts a second, and the slowest hundredth in seconds."""

    rate: float
    p99: float


def person() -> str:
    """A number nobody has had in this run. Made up: the sink these go to is on this machine."""
    return f"+1309{next(_people) + 2_000_000:07d}"


def request(url: str, sender: str, words: str) -> tuple[bytes, dict[str, str]]:
    form = {"MessageSid": f"SM{next(_sids):032x}", "To": LINE, "From": sender, "Body": words, "NumMedia": "0"}
    signed = url + "/twilio/sms" + "".join(f"{name}{form[name]}" for name in sorted(form))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), hashlib.sha1)).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return urlencode(form).encode(), headers


def post(port: int, body: bytes, headers: dict[str, str]) -> float:
    """One text; seconds until its whole answer was here."""
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/twilio/sms", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"the line answered {answer.status}")
    return time.monotonic() - start


def round_of(url: str, port: int, people: int, texts: Sequence[str]) -> Round:
    """Everybody texts these in order; all of them at once over CONNECTIONS connections."""
    talks = [[request(url, sender, words) for words in texts] for sender in (person() for _ in range(people))]
    waiting, times, faults = iter(talks), [], []
    lock = threading.Lock()

    def talk() -> None:
        while True:
            with lock:
                mine = next(waiting, None)
            if mine is None:
                return
            try:
                spent = [post(port, body, headers) for body, headers in mine]
            except Exception as exc:
                faults.append(exc)
                return
            with lock:
                times.extend(spent)

    threads = [threading.Thread(target=talk) for _ in range(CONNECTIONS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    took = time.monotonic() - start
    return Round(len(times) / took, sorted(times)[int(len(times) * 0.99)])
