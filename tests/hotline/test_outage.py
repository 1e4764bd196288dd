"""The database gone: what people hear, who is told, and that nobody waits longer than the carrier does."""

import base64
import hashlib
import hmac
import logging
import os
import signal
import sqlite3
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotline import create_house
from hotline.models import texts
from hotline.models.engine import create_engine, sever
from hotline.outage import Outage
from hotline.privacy import Vault
from hotline.pulse import Pulse
from hotline.simulator.carrier import Fault
from hotline.simulator.twiml_voice import read_text
from hotline.web import create_web
from tests import came
from tests.databases import missing
from tests.line import DESK, KEY, TOKEN

GONE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
DEAD_SQLITE = "sqlite:////proc/nowhere/line.db"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "var" / "who-is-who"


class Web:
    """A web process whose database is `url`, and a carrier's hand that texts it."""

    def __init__(self, line, kept: Path, url: str = GONE) -> None:
        settings = replace(line.house.settings, database_url=url)
        line.troubles_expected = True
        self.line, self.house = line, create_house(settings)
        self.app = create_web(self.house)
        self.outage = self.app.config["OUTAGE"] = Outage(self.house, kept)

    def texts(self, from_: str, body: str = "i want help", to: str | None = None, **more: str) -> str:
        form = {"MessageSid": "SM" + "1" * 32, "To": to or self.line.number, "From": from_, "Body": body, **more}
        answer = self.app.test_client().post("/twilio/sms", data=form, headers=self._signed("/twilio/sms", form))
        assert answer.status_code == 200, "a signed request never gets a 5xx"
        assert answer.mimetype == "text/xml"
        return answer.get_data(as_text=True)

    def calls(self, from_: str, to: str | None = None, **more: str) -> str:
        """Call it; the document that is answered."""
        form = {"CallSid": "CA" + "1" * 32, "To": to or self.line.number, "From": from_, "Direction": "inbound", **more}
        answer = self.app.test_client().post("/twilio/voice", data=form, headers=self._signed("/twilio/voice", form))
        assert answer.status_code == 200, "a signed request never gets a 5xx"
        assert answer.mimetype == "text/xml"
        read_text(answer.get_data(as_text=True))  # Twilio would take it
        return answer.get_data(as_text=True)

    def tells_of(self, **form: str) -> int:
        return (
            self.app.test_client()
            .post("/twilio/status", data=form, headers=self._signed("/twilio/status", form))
            .status_code
        )

    def _signed(self, path: str, form: dict[str, str]) -> dict[str, str]:
        words = self.line.url + path + "".join(name + form[name] for name in sorted(form))
        made = hmac.digest(TOKEN.encode(), words.encode(), hashlib.sha1)
        return {"X-Twilio-Signature": base64.b64encode(made).decode()}

    def managers_told(self) -> None:
        thread = self.outage.tell_managers()
        assert thread is None, "the first text should have told them"


@pytest.fixture
def snapshot(line, kept):
    """What the web of a line that was well left behind."""

    def take() -> Outage:
        line.opens()
        outage = Outage(line.house, kept)
        outage.refresh()
        return outage

    return take


def test_a_participant_gets_the_desk_and_a_member_is_asked_to_text_again(line, ana, bo, max, snapshot, kept):
    snapshot()
    web = Web(line, kept)
    assert "309-555-0111" in web.texts(ana.number)
    assert "Not received. Text it again" in web.texts(bo.number, "1")
    waits_for(lambda: told(max))
    max.hears("ALARM", "fault")


def test_a_caller_hears_911_and_is_put_through_to_the_desk(line, ana, ben, bo, snapshot, kept):
    ana.texts("necesito ayuda").sleeps()
    snapshot()
    web = Web(line, kept)
    said = web.calls(ben.number)
    assert said.index("dial 9 1 1") < said.index("marque el 9 1 1") < said.index("<Dial")
    assert f"<Number>{DESK}</Number>" in said
    assert f'callerId="{line.number}"' in said
    assert "<Number>" in web.calls("anonymous"), "a number is not needed to be put through"
    said = web.calls(ana.number)
    assert "marque el 9 1 1" in said, "somebody with a case is known to speak Spanish"
    assert "hang up and dial" not in said


def test_a_member_who_calls_is_not_put_through_nor_is_the_desk_to_itself(line, bo, max, snapshot, kept):
    snapshot()
    web = Web(line, kept)
    said = web.calls(bo.number)
    assert "Nothing you press counts now" in said
    assert "<Dial" not in said
    said = web.calls(DESK)
    assert "dial 9 1 1" in said
    assert "ringing the desk" not in said
    assert "<Dial" not in said
    waits_for(lambda: told(max))
    max.skips()


def test_a_caller_when_not_even_the_town_is_known_and_one_of_our_own_numbers(line, ana, snapshot, kept):
    line.opens()
    said = Web(line, kept).calls(ana.number)
    assert said.index("9 1 1") < said.index("9 8 8") < said.index("<Hangup")
    assert "desk" not in said
    snapshot()
    assert "<Say" not in Web(line, kept).calls(line.number)


def test_managers_are_rung_as_well_and_hear_it_twice(line, ana, max, snapshot, kept):
    snapshot()
    Web(line, kept).calls(ana.number)
    waits_for(lambda: told(max))
    max.hears("ALARM").answers().hears("has a fault")
    (call,) = line.carrier.calls.values()
    assert [x.text.count("has a fault") for x in call.transcript if x.kind == "said"] == [1, 1]


def test_a_manager_who_wants_no_texts_is_still_rung(line, ana, max, snapshot, kept):
    line.opens()
    max.texts("STOP").skips()
    snapshot()
    Web(line, kept).calls(ana.number)
    waits_for(lambda: came.to(line.carrier, max.number)[-1].way == "ring")
    max.skips()


def test_managers_are_told_once_in_ten_minutes_a_process(line, ana, ben, max, snapshot, kept):
    snapshot()
    web = Web(line, kept)
    for phone in (ana, ben, ana):
        web.texts(phone.number)
    waits_for(lambda: told(max))
    max.hears("ALARM").hears_nothing()
    web.managers_told()


def test_when_no_manager_could_be_told_it_is_tried_again_sooner(line, ana, max, snapshot, kept, monkeypatch):
    outage = snapshot()
    line.simulator.switchboard.carrier.faults.append(Fault(answer=500, times=2))  # the text and the call
    now = [1000.0]
    monkeypatch.setattr("hotline.outage.monotonic", lambda: now[0])
    outage.tell_managers().join()
    assert outage.tell_managers() is None
    now[0] += 61
    outage.tell_managers().join()
    line.settle()
    max.hears("ALARM")


def test_spanish_is_answered_in_spanish(line, ana, ben, snapshot, kept):
    line.opens()
    ana.texts("necesito ayuda").sleeps()
    snapshot()
    web = Web(line, kept)
    assert "Llame al 911" in web.texts(ana.number, "1"), "somebody with a case is known to speak Spanish"
    assert "Llame al 911" in web.texts(ben.number, "necesito ayuda por favor")
    assert "Call 911" in web.texts(ben.number, "please help me")


def test_with_no_snapshot_everybody_is_a_participant_and_no_desk_is_named(line, bo, kept):
    line.opens()
    said = Web(line, kept).texts(bo.number, "1")
    assert "Call 911" in said
    assert "988" in said
    assert "309-555" not in said


def test_our_own_numbers_and_robots_get_nothing(line, snapshot, kept):
    snapshot()
    web = Web(line, kept)
    for sender in (line.number, "72645", "ALERTS", ""):
        assert "<Message" not in web.texts(sender)


def test_half_a_file_or_another_towns_is_as_good_as_none(line, bo, kept):
    kept.parent.mkdir(parents=True)
    for content in (b"", b"not sealed by us", Vault([bytes(32)]).seal("{}")):
        kept.write_bytes(content)
        assert "Call 911" in Web(line, kept).texts(bo.number, "1")


def test_nothing_of_anybody_is_readable_in_the_file_nor_by_anybody_else(line, bo, snapshot, kept):
    snapshot()
    content = kept.read_bytes()
    assert bo.number.encode() not in content
    assert bo.number[2:].encode() not in content
    assert kept.stat().st_mode & 0o077 == 0
    assert Vault([KEY]).open(content)


def test_the_web_starts_without_a_database_and_finds_it_when_it_comes_back(line, ana, kept, tmp_path):
    line.opens()
    away, file = tmp_path / "away.db", tmp_path / "gone" / "line.db"
    here = sqlite3.connect(line.house.settings.database_url.removeprefix("sqlite:///"))
    with sqlite3.connect(away) as copied:
        here.backup(copied)
    here.close()
    copied.close()
    web = Web(line, kept, f"sqlite:///{file}")
    pulse = web.app.config["PULSE"]
    assert "Call 911" in web.texts(ana.number)
    pulse.feel()
    assert not pulse.beats
    away.replace(file)
    pulse.feel()
    assert pulse.beats
    assert "Is anyone in danger now" in web.texts(ana.number)
    with web.house.engine.connect() as connection:
        assert connection.scalar(select(texts.c.sid)) == "SM" + "1" * 32


@pytest.mark.parametrize("url", [GONE, DEAD_SQLITE])
def test_it_is_found_fast(line, ana, snapshot, kept, url):
    snapshot()
    web = Web(line, kept, url)
    started = time.monotonic()
    web.texts(ana.number)
    assert web.tells_of(MessageSid="SM" + "2" * 32, MessageStatus="delivered") == 204
    assert time.monotonic() - started < 8


def test_strange_forms_are_no_5xx(line, ana, kept):
    web = Web(line, kept)
    web.texts(ana.number, NumMedia="²")
    web.texts(ana.number, NumMedia="")
    assert web.tells_of(ErrorCode="²", MessageStatus="failed") == 204


def test_no_word_or_number_of_anybody_is_logged(line, ana, bo, max, snapshot, kept, caplog):
    snapshot()
    with caplog.at_level(logging.DEBUG):
        web = Web(line, kept)
        web.texts(ana.number, "my secret words")
        web.texts(bo.number, "1")
        waits_for(lambda: told(max))
    max.hears("ALARM")
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records if record.name.startswith("hotline"))
    for secret in ("secret words", ana.number, bo.number, max.number):
        assert secret not in logged


# --- the pulse ------------------------------------------------------------------------------------------------------


class Felt:
    def __init__(self, engine) -> None:
        self.refreshed = self.alarmed = 0
        self.pulse = Pulse(engine, self._refresh, self._alarm)

    def _refresh(self) -> None:
        self.refreshed += 1

    def _alarm(self) -> None:
        self.alarmed += 1


def test_the_pulse_takes_the_snapshot_every_half_minute(line, monkeypatch):
    line.opens()
    now = [100.0]
    monkeypatch.setattr("hotline.pulse.monotonic", lambda: now[0])
    felt = Felt(line.house.engine)
    for _ in range(31):
        felt.pulse.feel()
        now[0] += 1
    assert felt.refreshed == 2
    assert felt.pulse.beats


def test_while_the_pulse_does_not_beat_nobody_waits_for_the_database(line, ana, snapshot, kept):
    snapshot()
    web = Web(line, kept)
    web.app.config["PULSE"].feel()
    assert not web.app.config["PULSE"].beats
    started = time.monotonic()
    assert "309-555-0111" in web.texts(ana.number)
    assert time.monotonic() - started < 0.5


def test_a_server_that_stops_answering_lets_go_of_whoever_waits(postgres):
    """As it is when its machine is frozen: it refuses nothing, it only never answers."""
    engine = create_engine(postgres.url)
    felt = Felt(engine)
    felt.pulse.feel()
    assert felt.pulse.beats
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    postgres.freezes()
    felt.pulse.start()
    try:
        started = time.monotonic()
        with pytest.raises(SQLAlchemyError), engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        assert time.monotonic() - started < 9
        waits_for(lambda: not felt.pulse.beats)
    finally:
        postgres.thaws()
    waits_for(lambda: felt.pulse.beats)
    felt.pulse.stop()
    engine.dispose()


def test_cutting_connections_of_a_quiet_engine_is_nothing(line):
    sever(line.house.engine)
    line.opens()


class Postgres:
    """An embedded server of this machine, whose process can be stopped and let go on."""

    def __init__(self, server) -> None:
        self.url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
        self._server = server
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE programs (id int)")
        engine.dispose()

    def _all(self, number: int) -> None:
        parent = int((Path(self._server.pgdata) / "postmaster.pid").read_text().splitlines()[0])
        os.kill(parent, number)
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            os.kill(int(child), number)

    def freezes(self) -> None:
        self._all(signal.SIGSTOP)

    def thaws(self) -> None:
        self._all(signal.SIGCONT)


@pytest.fixture
def postgres():
    try:
        import pgserver
    except ImportError:
        missing("PostgreSQL")
    if not Path("/proc/self/task").is_dir():
        pytest.skip("no /proc on this machine")
    # Not in pytest's own folder, which another user's process may not enter.
    server = pgserver.get_server(tempfile.mkdtemp(prefix="hotline-frozen-"), cleanup_mode="delete")
    yield Postgres(server)
    server.cleanup()


def told(manager) -> bool:
    """Texted, and rung."""
    return {thing.way for thing in manager.unheard()} == {"text", "ring"}


def waits_for(told, within: float = 10.0) -> None:
    until = time.monotonic() + within
    while not told():
        assert time.monotonic() < until
        time.sleep(0.01)
