"""`hotline forget`, `erase`, `keys` and `facilities`, as somebody at a terminal sees them."""

import base64

import pytest
from sqlalchemy import select

from hotline.models import facilities, people
from hotline.privacy import Vault
from tests.hotline.cli.test_going_live import KEYS, Terminal

FILE = """name,town,phone,care,coverage,gender,distance_miles,notes
Gateway,Pekin,309-555-0160,detox;inpatient,medicaid;none,,12.5,asks for an ID
Harbor House,Peoria,(309) 555-0161,mat,private,women,20,
"""


@pytest.fixture
def terminal(line, monkeypatch, tmp_path) -> Terminal:
    return Terminal(line, monkeypatch, tmp_path)


def a_talk_that_ended(ana, bo) -> None:
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").replies("1").hears("you are on with")
    bo.texts("DONE").replies("1").replies("2")
    ana.sleeps(), bo.sleeps()


def test_forget_reports_what_went(line, ana, bo, clock, terminal):
    a_talk_that_ended(ana, bo)
    assert "nothing was due" in terminal.types("forget").output
    clock.forward(days=31)
    said = terminal.types("forget").output
    assert "texts" in said
    assert "blanked" in said
    assert ana.number not in said
    assert "nothing was due" in terminal.types("forget").output


def test_erase_asks_whoever_is_at_a_terminal(line, ana, bo, terminal, monkeypatch):
    monkeypatch.setattr("hotline.cli.erase.at_terminal", lambda: True)
    a_talk_that_ended(ana, bo)
    stopped = terminal.types("erase", ana.number, answers="n\n")
    assert stopped.exit_code != 0
    with line.house.engine.connect() as connection:
        index = line.house.vault.index(ana.number)
        assert connection.scalar(select(people.c.id).where(people.c.phone_ix == index))
    done = terminal.types("erase", ana.number, answers="y\n")
    assert done.exit_code == 0
    assert "1 numbers" in done.output
    assert "nothing is known" in terminal.types("erase", ana.number, "--yes").output


def test_erase_asks_nobody_where_nobody_can_answer(line, ana, terminal):
    ana.texts("i want help").hears("in danger now")
    done = terminal.types("erase", ana.number)
    assert done.exit_code == 0
    assert "1 numbers" in done.output


def test_erase_takes_a_number_as_people_write_it(line, ana, terminal):
    ana.texts("i want help").hears("in danger now")
    assert terminal.types("erase", "309-555-0150", "--yes").exit_code == 0
    assert "PHONE" in terminal.types("erase", "911", "--yes").stderr


def test_erase_does_not_take_a_member(line, bo, terminal):
    line.opens()
    result = terminal.types("erase", bo.number, "--yes")
    assert result.exit_code == 1
    assert "roster" in result.stderr


def test_erase_closes_an_open_case_and_says_so(line, ana, bo, terminal):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk")
    assert "1 open case closed" in terminal.types("erase", ana.number, "--yes").output
    bo.sleeps()


@pytest.mark.both
def test_keys_are_rotated_while_the_line_runs(line, ana, bo, terminal, monkeypatch):
    ana.texts("i want help").hears("in danger now")
    made = terminal.types("keys", "make").output.strip()
    assert len(base64.urlsafe_b64decode(made)) == 32
    monkeypatch.setenv("HOTLINE_DATA_KEYS", f"{made},{KEYS}")
    said = terminal.types("keys", "rotate").output
    assert "people" in said
    assert "drop the key after it" in said
    new = Vault([base64.urlsafe_b64decode(made)])
    with line.house.engine.connect() as connection:
        assert {new.open(row) for row in connection.scalars(select(people.c.phone))} == {ana.number, bo.number}
    again = terminal.types("keys", "rotate").output
    assert " 0 values" in again
    monkeypatch.setenv("HOTLINE_DATA_KEYS", made)
    assert "only key" in terminal.types("keys", "rotate").output
    object.__setattr__(line.house, "vault", Vault.stored([base64.urlsafe_b64decode(made)], line.house.engine))
    ana.texts("no").hears("town")
    bo.hears("someone asks to talk")


def test_a_dropped_key_that_is_still_needed_is_said(line, ana, terminal, monkeypatch):
    ana.texts("i want help").hears("in danger now")
    monkeypatch.setenv("HOTLINE_DATA_KEYS", terminal.types("keys", "make").output.strip())
    result = terminal.types("keys", "rotate")
    assert result.exit_code == 1
    assert "HOTLINE_DATA_KEYS" in result.stderr


# --- facilities -----------------------------------------------------------------------------------------------------


def test_facilities_are_loaded_and_shown_and_twice_is_once(line, bo, terminal, tmp_path):
    line.opens()
    (tmp_path / "places.csv").write_text(FILE)
    assert terminal.types("facilities", "load", "places.csv").output == "2 facilities added\n"
    assert terminal.types("facilities", "load", "places.csv").output == "nothing changed\n"
    shown = terminal.types("facilities", "show").output
    assert "Gateway" in shown
    assert "12.5" in shown
    (tmp_path / "places.csv").write_text(
        FILE.replace("12.5", "13").splitlines()[0] + "\n" + FILE.splitlines()[1].replace("12.5", "13")
    )
    assert terminal.types("facilities", "load", "places.csv").output == "1 facility changed, 1 facility taken out\n"
    assert "Harbor" not in terminal.types("facilities", "show", "--json").output
    (tmp_path / "places.csv").write_text(FILE)
    assert terminal.types("facilities", "load", "places.csv").output == "1 facility added, 1 facility changed\n"
    with line.house.engine.connect() as connection:
        assert len(connection.execute(select(facilities)).all()) == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",Pekin,309-555-0160,detox,none,,,", "2: name: is empty"),
        ("Gateway,Pekin,911,detox,none,,,", "2: phone: "),
        ("Gateway,Pekin,309-555-0160,spa,none,,,", "2: care: "),
        ("Gateway,Pekin,309-555-0160,detox,,,,", "2: coverage: "),
        ("Gateway,Pekin,309-555-0160,detox,none,cats,,", "2: gender: "),
        ("Gateway,Pekin,309-555-0160,detox,none,,near,", "2: distance_miles: "),
        ("Gateway,Pekin,309-555-0160,detox,none,,nan,", "2: distance_miles: "),
        ("Gateway,Pekin,309-555-0160,detox,none", "2: row: must have 8 columns"),
        ('"Gateway,Pekin', "is not CSV"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_loaded(line, bo, terminal, tmp_path, row, said):
    line.opens()
    (tmp_path / "places.csv").write_text(FILE.splitlines()[0] + "\n" + row + "\n")
    result = terminal.types("facilities", "load", "places.csv")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "places.csv:" in result.stderr
    with line.house.engine.connect() as connection:
        assert connection.execute(select(facilities)).first() is None


def test_the_same_place_twice_is_named(line, bo, terminal, tmp_path):
    line.opens()
    (tmp_path / "places.csv").write_text(FILE + FILE.splitlines()[1])
    assert "4: name: is on line 2 too" in terminal.types("facilities", "load", "places.csv").stderr
