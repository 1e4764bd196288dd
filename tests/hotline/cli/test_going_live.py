"""`hotline twilio connect` and `hotline doctor`: what must be so before a town's number goes on a poster."""

import base64
import json
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, func, select, update

from hotline.cli import main
from hotline.models import calls, heartbeats, people, programs
from hotline.simulator.twiml_voice import read_text
from workers import beats

KEYS = base64.urlsafe_b64encode(bytes(range(32))).decode()


class Terminal:
    """Somebody at a terminal of the machine the line runs on."""

    def __init__(self, line, monkeypatch, folder) -> None:
        self.line = line
        monkeypatch.chdir(folder)
        settings = line.house.settings
        for name, value in {
            "DATABASE_URL": settings.database_url.replace("postgresql+psycopg", "postgresql"),
            "PUBLIC_URL": settings.public_url,
            "TWILIO_ACCOUNT_SID": settings.account_sid,
            "TWILIO_AUTH_TOKEN": settings.auth_tokens[0],
            "TWILIO_API_URL": settings.api_url,
            "HOTLINE_DATA_KEYS": KEYS,
            "HOTLINE_SIMULATED_TIME": "1",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("REDIS_URL", raising=False)

    def types(self, *words: str, answers: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(words), input=answers)
        self.line.house.clock.now()
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result


@pytest.fixture
def terminal(line, monkeypatch, tmp_path) -> Terminal:
    return Terminal(line, monkeypatch, tmp_path)


def verbs(document: str) -> list[str]:
    read_text(document)  # Twilio would take it
    return [verb.tag for verb in ElementTree.fromstring(document)]


def numbers(line):
    return line.simulator.switchboard.carrier.numbers


def test_a_dry_run_shows_and_changes_nothing(line, bo, terminal):
    line.opens()
    numbers(line)[line.number].config["sms_url"] = "https://old.example.org/sms"
    before = {number: dict(one.config) for number, one in numbers(line).items()}
    result = terminal.types("twilio", "connect", "--dry-run")
    assert result.exit_code == 0, result.output
    assert re.search(rf"sms_url +https://old.example.org/sms +-> +{line.url}/twilio/sms", result.output)
    assert "nothing was changed" in result.output
    assert {number: one.config for number, one in numbers(line).items()} == before


def test_connecting_points_every_number_here_and_twice_changes_nothing(line, bo, terminal):
    line.opens()
    numbers(line)[line.number].config |= {"sms_url": "https://old.example.org/sms", "sms_method": "GET"}
    assert "done" in terminal.types("twilio", "connect").output
    config = numbers(line)[line.number].config
    assert config["sms_url"] == config["sms_fallback_url"] == f"{line.url}/twilio/sms"
    assert config["sms_method"] == "POST"
    assert config["voice_url"] == config["voice_fallback_url"] == f"{line.url}/twilio/voice"
    assert config.get("voice_method", "POST") == config.get("voice_fallback_method", "POST") == "POST"
    assert config["status_callback"] == f"{line.url}/twilio/status"
    again = terminal.types("twilio", "connect").output
    assert "as it should be" in again
    assert "->" not in again


def test_a_fallback_that_does_not_need_the_line(line, bo, terminal):
    line.opens()
    bins = "https://handler.twilio.com/twiml/EH"
    terminal.types("twilio", "connect", "--fallback", f"{bins}0", "--voice-fallback", f"{bins}1")
    config = numbers(line)[line.number].config
    assert (config["sms_fallback_url"], config["voice_fallback_url"]) == (f"{bins}0", f"{bins}1")


def test_a_fallback_must_be_an_address(line, bo, terminal):
    line.opens()
    assert "must be addresses" in terminal.types("twilio", "connect", "--voice-fallback", "EH0").stderr


def test_it_says_what_only_the_console_can_set(line, bo, terminal):
    line.opens()
    said = terminal.types("twilio", "connect").output
    for words in ("END, QUIT, CANCEL and REVOKE", "Text START to come back", "A2P 10DLC", "<Response><Message>", "911"):
        assert words in said
    document = re.search(r"<Response><Say.*</Response>", said)[0]
    assert document.index("9 1 1") < document.index("<Dial")
    assert verbs(document) == ["Say", "Pause", "Say", "Dial"], "what a Bin answers while the server is down"


def test_a_number_that_is_not_in_the_account(line, bo, terminal):
    line.second_town()
    line.opens()
    del numbers(line)["+13095550200"]
    result = terminal.types("twilio", "connect")
    assert result.exit_code == 1
    assert "+13095550200" in result.stderr
    assert numbers(line)[line.number].config["sms_url"]


def test_credentials_the_carrier_does_not_know(line, bo, terminal, monkeypatch):
    line.opens()
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "somebodyelses")
    result = terminal.types("twilio", "connect")
    assert result.exit_code == 1
    assert "TWILIO_AUTH_TOKEN" in result.stderr


def test_twilio_itself_needs_an_address_it_can_reach(line, bo, terminal, monkeypatch):
    line.opens()
    monkeypatch.setenv("TWILIO_API_URL", "https://api.twilio.com")
    monkeypatch.delenv("HOTLINE_SIMULATED_TIME")
    result = terminal.types("twilio", "connect", "--dry-run")
    assert result.exit_code == 1
    assert "PUBLIC_URL" in result.stderr


# --- the doctor -----------------------------------------------------------------------------------------------------


def well(line) -> None:
    line.opens()
    for name in ("clock", "urgent", "routine"):
        beats.beat(line.house.engine, name)
    for number in numbers(line).values():
        number.config |= {
            "sms_fallback_url": "https://handler.twilio.com/twiml/EH0",
            "voice_fallback_url": "https://handler.twilio.com/twiml/EH1",
        }


def failures(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("FAIL")]


@pytest.mark.both
def test_a_line_that_is_well(line, bo, max, terminal):
    well(line)
    result = terminal.types("doctor")
    assert failures(result) == []
    assert result.exit_code == 0, result.output
    for piece in ("address", "signature", "calls", "carrier", "webhooks", "database", "workers", "keys", "Milford"):
        assert re.search(rf"^ok +{piece}", result.output, re.MULTILINE), piece


def test_it_says_what_would_happen_to_a_text_right_now(line, pat, bo, max, terminal):
    line.hires("Kim", "coordinator", hours="Sat 22:00-23:00")
    well(line)
    said = terminal.types("doctor").output
    assert re.search(r"asked, one after the other, 5 min each: Pat, Bo", said)
    assert re.search(r"then, off shift: Kim", said)
    assert re.search(r"alarm to Max after 15 min", said)
    assert bo.number not in said


def test_it_says_what_would_happen_to_a_call_right_now(line, pat, bo, max, terminal):
    line.hires("Kim", "coordinator", hours="Sat 22:00-23:00")
    well(line)
    said = terminal.types("doctor").output
    assert re.search(r"a call to \+13095550100 hears 911 first", said)
    assert re.search(r"phones ring while they wait on the line, 25 s each, then two at a time: Pat, Bo, Kim", said)
    assert "they may leave a message" in said
    assert "keys only" in said
    assert bo.number not in said


def test_asking_whether_calls_are_answered_leaves_nothing(line, bo, max, terminal):
    well(line)
    terminal.types("doctor")
    with line.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(calls)) == 0


def test_calls_that_only_hear_of_a_fault_fail(line, bo, max, terminal, monkeypatch):
    well(line)
    line.troubles_expected = True
    monkeypatch.setitem(line.web.config, "PULSE", SimpleNamespace(beats=False))
    monkeypatch.setattr(line.web.config["OUTAGE"], "tell_managers", lambda: None)
    assert any("callers hear only that the line has a fault" in one for one in failures(terminal.types("doctor")))


def test_a_voice_address_that_points_elsewhere_fails(line, bo, max, terminal):
    well(line)
    numbers(line)[line.number].config["voice_url"] = "https://demo.twilio.com/welcome/voice/"
    assert any("does not point here (voice_url)" in one for one in failures(terminal.types("doctor")))


@pytest.mark.parametrize("desk", ["+1911", "+13095550100"])
def test_a_desk_the_line_may_not_call_fails(line, bo, max, terminal, desk):
    """The file that is loaded refuses it; this is for a row that came to be so in another way."""
    well(line)
    with line.house.engine.begin() as connection:
        config = json.loads(connection.scalar(select(programs.c.config)))
        config["program"]["desk"] = desk
        connection.execute(update(programs).values(config=json.dumps(config)))
    assert any("desk" in one for one in failures(terminal.types("doctor")))


def test_nobody_who_could_be_asked_fails(line, bo, max, terminal):
    well(line)
    with line.house.engine.begin() as connection:
        connection.execute(update(people).where(people.c.roles == "coordinator").values(opted_out=True))
    result = terminal.types("doctor")
    assert result.exit_code == 1
    assert any("no coordinator can be asked" in one for one in failures(result))
    assert "alarm to Max at once" in result.output


def test_no_manager_fails(line, bo, terminal):
    well(line)
    assert any("no manager" in one for one in failures(terminal.types("doctor")))


def test_hours_without_anybody_are_named(line, max, terminal):
    line.hires("Bo", "coordinator", hours="Mon-Sun 08:00-22:00")
    well(line)
    result = terminal.types("doctor")
    assert result.exit_code == 0
    assert re.search(r"look +Milford +nobody is on shift Wed 03/10 22:00 to Thu 08:00; .*; and 2 more", result.output)


def test_no_clock_process_fails(line, bo, max, terminal):
    well(line)
    with line.house.engine.begin() as connection:
        connection.execute(delete(heartbeats))
    assert any("clock process" in one for one in failures(terminal.types("doctor")))


def test_a_webhook_that_points_elsewhere_fails(line, bo, max, terminal):
    well(line)
    numbers(line)[line.number].config["sms_url"] = "https://old.example.org/sms"
    assert any("does not point here" in one for one in failures(terminal.types("doctor")))


def test_a_line_that_is_not_there_fails(line, bo, max, terminal, monkeypatch):
    well(line)
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:1")
    assert any("cannot be reached" in one for one in failures(terminal.types("doctor")))


def test_another_auth_token_than_the_lines_fails(line, bo, max, terminal, monkeypatch):
    well(line)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "somebodyelses")
    found = failures(terminal.types("doctor"))
    assert any("refuses Twilio's signature" in one for one in found)
    assert any("does not know these credentials" in one for one in found)


def test_the_carrier_away_fails_and_the_rest_is_still_looked_at(line, bo, max, terminal, monkeypatch):
    well(line)
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:1")
    result = terminal.types("doctor")
    assert [one for one in failures(result) if "carrier" in one]
    assert "ok    database" in result.output


def test_no_program_fails(line, terminal):
    assert any("none is loaded" in one for one in failures(terminal.types("doctor")))


def test_the_database_away_fails_in_plain_words(line, bo, terminal, monkeypatch):
    line.opens()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.delenv("HOTLINE_SIMULATED_TIME")
    result = terminal.types("doctor")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert any("database" in one for one in failures(result))
