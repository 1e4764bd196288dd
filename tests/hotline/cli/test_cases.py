"""Requests for help as people see them: states, pages and timers; words only for a reason; numbers never."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import hotline as shell
from hotline import calling, dispatch
from hotline.cli.stage import SAMPLES
from hotline.config import Settings, data_keys
from hotline.house import House
from hotline.models import calls, cases, log
from tests.databases import database_url  # noqa: F401  (a fixture)
from tests.hotline.cli.conftest import KEY, Hotline, set_up

ANA = "+13095550130"
EVE = "+13095550131"
NEXT = "Bo Larsen"
BO = "+13095550121"
CY = "+13095550123"
LINE = "+13095550100"
WORDS = "my landlord is Mr Quimby"


@pytest.fixture
def house(hotline: Hotline, folder: Path, database_url: str) -> House:  # noqa: F811
    """Ana has asked for help, and Bo has been asked."""
    set_up(folder, database_url)
    assert hotline("program", "load", SAMPLES / "milford.toml").exit_code == 0
    assert hotline("roster", "load", SAMPLES / "milford.csv").exit_code == 0
    settings = Settings(
        database_url=database_url, data_keys=data_keys(KEY), account_sid="AC" + "0" * 32, auth_tokens=("none",)
    )
    house = shell.create_house(settings)
    for words in ("I want help", "no", WORDS):
        texts(house, ANA, words)
    return house


def texts(house: House, number: str, words: str) -> None:
    dispatch.take_text(house, dispatch.Inbound(f"SM{house.clock.id():032x}", LINE, number, words))


def code_of(house: House) -> str:
    with house.engine.connect() as connection:
        return str(connection.scalar(select(cases.c.code)))


def test_an_open_case(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    listed = hotline("cases", "--open").stdout
    assert code in listed
    assert "asking, 1 asked" in listed
    told: list[dict[str, Any]] = json.loads(hotline("cases", "--json").stdout)
    assert [one["code"] for one in told] == [code]
    assert told[0]["state"] == "open"
    assert told[0]["level"] == "none"
    assert told[0]["coordinator"] is None
    assert told[0]["pages"][0]["state"] == "asking"
    assert {timer["flow"] for timer in told[0]["timers"]} >= {"paging", "offer", "alarm", "company"}


def test_a_case_that_somebody_has(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    texts(house, BO, f"{code} 1")
    told = json.loads(hotline("case", code, "--json").stdout)
    assert told["coordinator"] == "Bo Larsen"
    assert told["pages"][0]["covered_by"] == "Bo Larsen"
    assert "covered" in {one["what"] for one in told["history"]}
    shown = hotline("case", code.lower()).stdout
    assert "who has it  Bo Larsen" in shown
    assert "words" not in told


def test_nobody_is_shown_anybodys_words_or_number(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    texts(house, BO, f"{code} 1")
    for words in (("cases",), ("cases", "--json"), ("case", code), ("case", code, "--json")):
        shown = hotline(*words).output
        assert "555" not in shown
        assert "Quimby" not in shown


def test_words_need_a_reason_and_leave_a_trace(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    refused = hotline("case", code, "--words")
    assert refused.exit_code != 0
    assert "--reason" in refused.stderr
    assert hotline("case", code, "--words", "--reason", " ").exit_code != 0
    assert traces(house) == []

    shown = hotline("case", code, "--words", "--reason", "complaint of Mr Q")
    assert WORDS in shown.stdout
    assert "555" not in shown.stdout
    assert [trace["reason"] for trace in traces(house)] == ["complaint of Mr Q"]
    line = json.loads(shown.stderr)
    assert (line["message"], line["code"]) == ("words read", code)
    assert "Quimby" not in shown.stderr
    assert "complaint" not in shown.stderr
    assert "complaint of Mr Q" in hotline("case", code).stdout


def traces(house: House) -> list[dict[str, Any]]:
    with house.engine.connect() as connection:
        return [
            house.vault.open_json(one)
            for one in connection.scalars(select(log.c.data).where(log.c.what == "words read"))
        ]


def test_what_was_said_is_shown_in_order(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    texts(house, BO, f"{code} 1")
    texts(house, BO, "NOTE call her sister")
    said = json.loads(hotline("case", code, "--words", "--reason", "review", "--json").stdout)["words"]
    theirs = [one["words"] for one in said if one["from"] == "participant"]
    assert theirs == ["I want help", "no", WORDS]
    notes = [(one["from"], one["words"]) for one in said if one["to"] == "note"]
    assert notes == [("Bo Larsen", "call her sister")]


def test_a_closed_case_is_still_found(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    for words in (f"{code} 1", f"{code} DONE", f"{code} 1", f"{code} 1"):
        texts(house, BO, words)
    assert hotline("cases", "--open").stdout == "no case is open\n"
    told = json.loads(hotline("case", code, "--json").stdout)
    assert (told["state"], told["outcome"]) == ("closed", "placed")


def test_rides_and_placements_are_states_and_times(hotline: Hotline, house: House) -> None:
    code = code_of(house)
    texts(house, BO, f"{code} 1")
    for words in ("PLACED", "Lakeside House", "now", f"{code} 1"):
        texts(house, BO, words)
    for words in ("RIDE", f"{code} 1", "Main St library", f"{code} skip", "now", "30", f"{code} skip", f"{code} 1"):
        texts(house, BO, words)
    for words in ("1", "blue Ford", "OTW", "IN"):
        texts(house, CY, words)
    shown = hotline("case", code).stdout
    assert re.search(r"ride +[A-Z]\d: in car by Cy Dunn, for \w{3} [\d/ :]+, left .*, in the car ", shown)
    assert re.search(r"placement +offered \w{3} [\d/ :]+, expected ", shown)
    assert "library" not in shown
    assert "Lakeside" not in shown
    texts(house, CY, "ARRIVED")
    shown = hotline("case", code).stdout
    assert re.search(r"ride +[A-Z]\d: arrived by Cy Dunn, .*, arrived \w{3} ", shown)
    assert re.search(r"placement +arrived, offered ", shown)
    told = json.loads(hotline("case", code, "--json").stdout)
    assert set(told) == {
        "id", "code", "program", "state", "level", "frozen", "opened_at", "closed_at", "outcome", "coordinator",
        "pages", "timers", "calls", "history",
    }  # fmt: skip


def test_calls_are_times_and_how_they_ended(hotline: Hotline, house: House) -> None:
    """Somebody calls, says no to danger, and hangs up; the phone that was rung is not answered."""
    calling.take_arrival(house, calling.Arrival("CA1", LINE, EVE))
    (going_on,) = json.loads(hotline("cases", "--json").stdout)[-1]["calls"]
    assert (going_on["who"], going_on["inbound"], going_on["outcome"]) == ("participant", True, None)
    with house.engine.connect() as connection:
        call = connection.scalar(select(calls.c.id))
    calling.take_step(house, calling.Step("CA1", call, 1, "keys", digits="2"))
    code = json.loads(hotline("cases", "--json").stdout)[-1]["code"]
    assert re.search(r"call +\w{3} [\d/ :]+ participant called: goes on", hotline("case", code).stdout)
    with house.engine.connect() as connection:
        rung = connection.scalar(select(calls.c.id).where(~calls.c.inbound))
    calling.take_end(house, rung, "CA2", "no-answer")
    calling.take_end(house, call, "CA1", "completed")
    told = json.loads(hotline("case", code, "--json").stdout)["calls"]
    assert [(one["who"], one["inbound"], one["pressed"], one["outcome"]) for one in told][:2] == [
        ("participant", True, True, "completed"),
        (NEXT, False, False, "no_answer"),
    ]
    assert all(one["ended_at"] for one in told[:2])
    shown = hotline("case", code).stdout
    assert re.search(r"call +\w{3} [\d/ :]+ participant called: completed, \d+ s", shown)
    assert re.search(rf"call +\w{{3}} [\d/ :]+ {NEXT}'s phone was rung: no answer, \d+ s", shown)
    assert EVE[2:] not in shown + json.dumps(told)
    assert BO[2:] not in shown + json.dumps(told)


def test_a_code_nobody_has(hotline: Hotline, milford: str) -> None:
    result = hotline("case", "z9")
    assert result.exit_code != 0
    assert result.stderr == "there is no case Z9; hotline cases lists them\n"
