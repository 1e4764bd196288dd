"""A tiny line that records what the carrier tells it, and a carrier in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from hotline.simulator import Settings, Simulator

LINE, ANA, BO = "+13095550100", "+13095550123", "+13095550124"
ACCOUNT, TOKEN = "AC" + "a" * 32, "secret"
SILENT = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
PATIENCE = 5.0


class Line:
    """Answers webhooks with `answer(form)`; keeps them in `texts` and `statuses`; its clock is `offset` from real."""

    def __init__(self) -> None:
        self.heard = threading.Condition()
        self.texts: list[Any] = []
        self.statuses: list[Any] = []
        self.answer: Callable[[Any], Response] = lambda form: twiml("")
        self.status_answer: Callable[[Any], Response] = lambda form: Response(status=204)
        self.offset = timedelta()
        self.asked_time = 0

        class Quiet(WSGIRequestHandler):
            def log_request(self, *args: object) -> None:
                pass

        self.server = make_server("127.0.0.1", 0, self.serve, threaded=True, request_handler=Quiet)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.port}"

    @Request.application
    def serve(self, request: Request) -> Response:
        if request.path == "/simulated-time":
            return self.time(request)
        url = self.url + request.full_path.rstrip("?")
        form = request.form if request.method == "POST" else {}
        signed = RequestValidator(TOKEN).validate(url, form, request.headers.get("X-Twilio-Signature", ""))
        call = SimpleNamespace(
            path=request.path,
            method=request.method,
            form={**request.args, **request.form},
            signed=signed,
            once=request.headers.get("I-Twilio-Idempotency-Token"),
        )
        with self.heard:
            (self.statuses if request.path.startswith("/twilio/status") else self.texts).append(call)
            self.heard.notify_all()
        return (self.status_answer if call in self.statuses else self.answer)(call)

    def time(self, request: Request) -> Response:
        self.asked_time += 1
        if request.method == "POST":
            amount = request.form["forward"]
            self.offset += timedelta(**{{"s": "seconds", "m": "minutes", "h": "hours"}[amount[-1]]: int(amount[:-1])})
        told = {"now": (datetime.now(UTC) + self.offset).isoformat(), "next": None, "busy": False}
        return Response(json.dumps(told), mimetype="application/json")

    def wait(self, truth: Callable[[], bool]) -> None:
        with self.heard:
            assert self.heard.wait_for(truth, PATIENCE), (self.texts, self.statuses)


def twiml(inside: str, status: int = 200, kind: str = "text/xml") -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>', status, mimetype=kind)


class Tester:
    """A carrier and its line, with the verbs the tests use."""

    def __init__(self, fake: Line, settings: dict[str, Any]) -> None:
        given = {"account_sid": ACCOUNT, "auth_token": TOKEN, "line": fake.url, "numbers": (LINE,), "paced": False}
        self.sim = Simulator(Settings(**{**given, **settings})).start()
        self.line = fake
        self.client = Client(ACCOUNT, TOKEN)
        self.client.api.base_url = self.sim.url

    def call(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(method, f"{self.sim.url}/api/{path}", json=body or None, timeout=PATIENCE * 2)
        assert answer.ok, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def texts(self, phone: str, body: str, **more: Any) -> Any:
        return self.call("POST", f"phones/{phone}/texts?wait={PATIENCE}", body=body, **more)

    def fate(self, phone: str, **fate: Any) -> None:
        self.call("PUT", f"phones/{phone}/fate", **fate)

    def fault(self, answer: int | str, **more: Any) -> None:
        self.call("POST", "carrier/faults", answer=answer, **more)

    def settle(self) -> Any:
        idle = self.get(f"idle?timeout={PATIENCE}")
        assert idle["idle"], idle
        return idle

    def dials(self, phone: str, **more: Any) -> Any:
        return self.call("POST", f"phones/{phone}/calls?wait={PATIENCE}", **more)

    def does(self, call: Any, what: str, **more: Any) -> Any:
        """answer, decline, voicemail, hangup, keys or speech; the call once whatever follows is being acted on."""
        return self.call("POST", f"calls/{call['sid']}/{what}?wait={PATIENCE}", **more)

    def keys(self, call: Any, digits: str) -> Any:
        return self.does(call, "keys", digits=digits)

    def says(self, call: Any, words: str) -> Any:
        return self.does(call, "speech", words=words)

    def now(self, call: Any) -> Any:
        self.settle()
        return self.get(f"calls/{call['sid']}")

    def call_of(self, phone: str) -> Any:
        """The newest call of a phone."""
        self.settle()
        return self.get(f"phones/{phone}/calls")["calls"][-1]

    def heard(self, call: Any, *kinds: str) -> list[str]:
        """What was said to it, or the lines of these kinds."""
        return [line["text"] for line in self.now(call)["transcript"] if line["kind"] in (kinds or ("said",))]

    def forward(self, amount: str) -> None:
        self.settle()
        self.call("POST", "time", forward=amount)
        self.settle()

    def rings(self, to: str = ANA, **more: Any) -> Any:
        """The line calls by REST; what was made, once whatever follows is done."""
        made = self.client.calls.create(to=to, from_=LINE, **{"url": f"{self.line.url}/called", **more})
        self.settle()
        return made

    def asked(self, path: str) -> list[Any]:
        """The forms the line was asked with at this path, in order."""
        self.settle()
        return [call.form for call in self.line.texts if call.path == path]

    def inbox(self, phone: str) -> list[str]:
        self.settle()
        return [message["body"] for message in self.get(f"phones/{phone}/messages?arrived=1")["messages"]]

    def send(self, body: str = "hello", to: str = ANA, **more: Any) -> Any:
        return self.client.messages.create(to=to, from_=LINE, body=body, **more)

    def told(self) -> list[str]:
        """Statuses the line was told, in order."""
        self.settle()
        return [call.form["MessageStatus"] for call in self.line.statuses]

    def troubles(self) -> list[int]:
        self.settle()
        return [trouble["code"] for trouble in self.get("troubles")["troubles"]]


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    thread = threading.Thread(target=line.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield line
    line.server.shutdown()
    thread.join()
    line.server.server_close()


@pytest.fixture
def carrier_with(line: Line) -> Iterator[Callable[..., Tester]]:
    """Start a carrier with other settings than usual."""
    started: list[Tester] = []

    def start(**settings: Any) -> Tester:
        started.append(Tester(line, settings))
        return started[-1]

    yield start
    for tester in started:
        tester.sim.stop()


@pytest.fixture
def it(carrier_with: Callable[..., Tester]) -> Tester:
    """A carrier that does not pace, with one number."""
    return carrier_with()


@pytest.fixture
def talk(carrier_with: Callable[..., Tester]) -> Callable[..., Tester]:
    """A carrier where speaking takes no time, whose line answers by path: `talk({"/path": "<Say>..."})`.

    Several documents for a path are given one after another, the last again and again.
    """

    def start(script: dict[str, Any], speaking: float = 0, **settings: Any) -> Tester:
        tester = carrier_with(**settings)
        tester.call("PUT", "carrier", speaking=speaking)
        given = {path: [said] if isinstance(said, str) else list(said) for path, said in script.items()}

        def answer(call: Any) -> Response:
            said = given.get(call.path, [""])
            return twiml(said.pop(0) if len(said) > 1 else said[0])

        tester.line.answer = answer
        return tester

    return start


@pytest.fixture
def reply() -> Callable[..., Response]:
    """A TwiML answer with this inside its <Response>."""
    return twiml
