"""The night's phones and clock, on a line that says what a test wants it to say."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

import messages
from hotline.carrier import Carrier
from hotline.cli import night as nights
from hotline.cli.night import Missed, Night, Phone
from hotline.config import Settings as LineSettings
from hotline.simulated_time import length
from hotline.simulator.server import Simulator
from hotline.simulator.settings import Settings
from tests.hotline.cli.conftest import Hotline

OURS = "+13095550100"


class FakeLine:
    """Answers each text with `answer`, and its clock goes where it is told."""

    def __init__(self) -> None:
        self.answer = ""
        self.ahead = timedelta()
        self.busy = 0
        app = Flask(__name__)
        app.add_url_rule("/twilio/sms", view_func=self._sms, methods=["POST"])
        app.add_url_rule("/twilio/voice", view_func=self._voice, methods=["POST"])
        app.add_url_rule("/simulated-time", view_func=self._time, methods=["GET", "POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _sms(self) -> Response:
        said = f"<Message>{self.answer}</Message>" if self.answer else ""
        return Response(f"<Response>{said}</Response>", mimetype="text/xml")

    def _voice(self) -> Response:
        """Says `answer`, waits for a key, and says which it was."""
        said = f"You pressed {request.form['Digits']}." if "Digits" in request.form else self.answer
        gather = f'<Gather numDigits="1" timeout="20" action="/twilio/voice"><Say>{said}</Say></Gather>'
        return Response(f"<Response>{gather}<Hangup/></Response>", mimetype="text/xml")

    def _time(self) -> Response:
        if request.method == "POST":
            self.ahead += length(request.form["forward"])
            self.busy = 2
        self.busy = max(self.busy - 1, 0)
        return jsonify(now=(datetime.now(UTC) + self.ahead).isoformat(), next=None, busy=self.busy > 0)


@pytest.fixture
def line() -> Iterator[FakeLine]:
    fake = FakeLine()
    yield fake
    fake.close()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def night(line: FakeLine, told: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    monkeypatch.setattr(nights, "PATIENCE_S", 0.5)
    with Simulator(Settings(line=line.url, numbers=(OURS,), paced=False)) as carrier:
        own = {"en": {"roster": {"on": {"sms": "Welcome back."}}}}
        yield Night(line.url, carrier.url, messages.load(), own, ZoneInfo("America/Chicago"), told.append)


@pytest.fixture
def bo(night: Night) -> Phone:
    return night.phone("Bo", "+13095550121")


def test_what_is_heard_is_named_by_its_card(line: FakeLine, bo: Phone, told: list[str]) -> None:
    line.answer = "K7: that is fine. I am asking the next person. Thank you."
    bo.texts("K7 2")
    bo.hears("offer.passed", case="K7")
    assert any("Bo        > K7 2" in one for one in told)
    assert any("Bo        < K7: that is fine" in one for one in told)


def test_a_towns_own_wording_of_a_card(line: FakeLine, bo: Phone) -> None:
    line.answer = "Welcome back."
    bo.texts("ON")
    bo.hears("roster.on")


def test_what_does_not_come_is_named(line: FakeLine, night: Night, bo: Phone) -> None:
    night.scene("Bo comes on.")
    line.answer = "You are on. Thank you. Text OFF when you need a break."
    bo.texts("ON")
    with pytest.raises(Missed, match=r"^Bo comes on\. But Bo did not get offer\.passed about K7 within"):
        bo.hears("offer.passed", case="K7")
    bo.hears("roster.on")
    with pytest.raises(Missed, match="did not get roster.on"):
        bo.hears("roster.on")  # each text counts once


def test_of_another_case_it_does_not_count(line: FakeLine, bo: Phone) -> None:
    line.answer = "K71: that is fine. I am asking the next person. Thank you."
    bo.texts("K71 2")
    with pytest.raises(Missed):
        bo.hears("offer.passed", case="K7")


def test_what_must_not_come(line: FakeLine, bo: Phone) -> None:
    line.answer = "has Medicaid"
    bo.texts("hi")
    with pytest.raises(Missed, match="Bo was told what should not have reached them"):
        bo.never_heard(words="medicaid")
    bo.never_heard(words="insulin")


def test_a_phone_that_does_not_ring(line: FakeLine, bo: Phone) -> None:
    line.answer = "hello"
    bo.texts("hi")
    with pytest.raises(Missed, match="Bo's phone did not ring within"):
        bo.rings()


def test_nobody_is_shown_a_number(line: FakeLine, night: Night, bo: Phone) -> None:
    night.phone("Ana", "+13095550130")
    line.answer = "call her at (309) 555-0130"
    bo.texts("hi")
    with pytest.raises(Missed, match="Bo was shown Ana's number"):
        bo.hears("roster.on")


def test_time_goes_by(line: FakeLine, night: Night) -> None:
    before = night.now()
    night.forward("90s")
    assert timedelta(seconds=89) < night.now() - before < timedelta(seconds=100)


def test_until_the_clock_on_the_wall_says_so(line: FakeLine, night: Night, told: list[str]) -> None:
    night.until("09:00")
    assert night.now().strftime("%H:%M") == "09:00"
    before = night.now()
    night.until("10:30", days=2)
    assert night.now().date() - before.date() == timedelta(days=2)
    assert night.now().strftime("%H:%M") == "10:30"
    assert f"  ... {night.now():%A} 10:30" in told


# --- calls ----------------------------------------------------------------------------------------------------------

RING = "This is the line. Someone asks to talk with you. Press 1 to take it, 2 to pass."


def rung(night: Night, phone: Phone) -> None:
    """The line calls this phone."""
    account = {"account_sid": Settings.account_sid, "auth_tokens": (Settings.auth_token,)}
    carrier = Carrier(LineSettings(database_url="", api_url=night._carrier.removesuffix("/api"), **account))
    carrier.say_once(phone.number, OURS, f"<Response><Say>{RING}</Say><Pause length='5'/><Say>Bye.</Say></Response>")


def test_a_call_is_heard_by_the_card_that_is_spoken(line: FakeLine, bo: Phone, told: list[str]) -> None:
    line.answer = RING
    bo.calls()
    bo.hears("offer.ring")
    bo.presses("7")
    bo.hears(words="you pressed 7")
    bo.hangs_up()
    shown = [one[12:] for one in told]
    assert shown[0] == "Bo        > (calls)"
    assert shown[1].startswith('Bo        < "This is the line.')
    assert "Bo        > (presses 7)" in shown
    assert shown[-1] == "Bo        > (hangs up)"


def test_a_phone_that_rings_is_told_once_and_rings_out(night: Night, bo: Phone, told: list[str]) -> None:
    rung(night, bo)
    bo.rings()
    assert [one[12:] for one in told if "rings" in one] == ["Bo's phone rings"]
    night.forward("2m")
    bo.hears(words="(no answer)")
    with pytest.raises(Missed, match="Bo's phone did not ring within"):
        bo.rings()


def test_time_goes_by_until_what_is_spoken_next_is_heard(night: Night, bo: Phone) -> None:
    rung(night, bo)
    bo.rings()
    bo.answers()
    bo.hears("offer.ring")
    before = night.now()
    bo.hears(words="Bye.")
    assert timedelta(seconds=4) < night.now() - before < timedelta(seconds=25)


def test_what_a_phone_cannot_do_is_said(night: Night, bo: Phone) -> None:
    night.scene("Bo picks up.")
    with pytest.raises(Missed, match=r"Bo picks up\. But Bo could not do this \(answer\): no call is at this phone"):
        bo.answers()
    rung(night, bo)
    bo.rings()
    with pytest.raises(Missed, match="nobody has answered yet"):
        bo.presses("1")


class Watcher:
    """Somebody who watches, and notes every turn."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def act(self) -> None:
        self.noted.append("act")

    def look(self) -> float:
        return 0.0

    def shown(self) -> None:
        self.noted.append("shown")

    def scene(self, title: str) -> None:
        self.noted.append(title)

    def piece(self, length: timedelta) -> timedelta:
        return length / 4


def test_a_night_that_is_watched(line: FakeLine, night: Night, bo: Phone) -> None:
    watcher = night._turns = Watcher()
    night.scene("Bo comes on.")
    bo.texts("ON")
    assert watcher.noted == ["Bo comes on.", "act", "shown"]
    night.forward("2m")
    assert watcher.noted.count("act") >= 5


def test_a_pause_costs_no_patience(line: FakeLine, night: Night, bo: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than anybody would wait: and then it is there after all."""
    watcher = night._turns = Watcher()
    line.answer = "You are on. Thank you. Text OFF when you need a break."

    def pause() -> float:
        monkeypatch.setattr(watcher, "look", lambda: 0.0)
        time.sleep(nights.PATIENCE_S * 2)
        threading.Timer(nights.PATIENCE_S / 2, bo.unread.append, [line.answer]).start()
        return nights.PATIENCE_S * 2

    monkeypatch.setattr(watcher, "look", pause)
    bo.hears("roster.on")


def test_somebody_with_two_roles_has_one_phone(night: Night, bo: Phone) -> None:
    assert night.phone("Bo", bo.number) is bo


def test_a_line_that_refuses_texts(line: FakeLine, bo: Phone) -> None:
    line.answer = "<Wrong/>"
    with pytest.raises(Missed, match="the line did not take Bo's text"):
        bo.texts("hi")


def test_the_clock_command(hotline: Hotline, line: FakeLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", line.url)
    result = hotline("clock", "forward", "2m")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[0].startswith("now   20")
    assert result.stdout.splitlines()[1] == "next  nothing is due"
    assert line.ahead == timedelta(minutes=2)


def test_a_line_without_simulated_time(hotline: Hotline, line: FakeLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", f"{line.url}/elsewhere")
    result = hotline("clock", "forward", "2m")
    assert result.exit_code != 0
    assert "time is not simulated there" in result.stderr


@pytest.mark.parametrize("words", [("clock", "forward", "2m"), ("demo",)])
def test_no_line_at_all(
    hotline: Hotline, milford: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for name in ("PUBLIC_URL", "TWILIO_API_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    result = hotline(*words)
    assert result.exit_code != 0
    assert "is the line running (make run)?" in result.stderr
    assert len(result.stderr.splitlines()) == 1
