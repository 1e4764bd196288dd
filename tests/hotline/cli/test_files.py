"""The database, the program and the roster: loaded whole or not at all, and twice is once."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hotline.cli.stage import SAMPLES
from hotline.config import data_keys
from hotline.models import people, programs
from hotline.models.engine import create_engine
from tests.databases import database_url  # noqa: F401  (a fixture)
from tests.hotline.cli.conftest import Hotline, set_up


def test_the_tables_are_made_once(hotline: Hotline, folder: Path) -> None:
    set_up(folder, "sqlite:///new/line.db")
    for _ in range(2):
        result = hotline("db", "upgrade")
        assert result.exit_code == 0, result.stderr
    assert hotline("cases").stdout == "there is no case yet\n"


def test_a_town_is_loaded_and_shown(hotline: Hotline, folder: Path, database_url: str) -> None:  # noqa: F811
    set_up(folder, database_url)
    first = hotline("program", "load", SAMPLES / "milford.toml")
    assert first.stdout == "Safe Passage: 1 program added, 1 number added\n", first.stderr
    assert hotline("program", "load", SAMPLES / "milford.toml").stdout == "Safe Passage: nothing changed\n"
    assert hotline("roster", "load", SAMPLES / "milford.csv").stdout == "7 members added\n"
    assert hotline("roster", "load", SAMPLES / "milford.csv").stdout == "nothing changed\n"
    assert 'town = "Milford"' in hotline("program", "show").stdout
    shown = hotline("roster", "show").stdout
    assert "Bo Larsen" in shown
    assert "…21" in shown
    assert "5550121" not in shown


def test_what_is_shown_of_a_town_can_be_loaded_again(hotline: Hotline, folder: Path, milford: str) -> None:
    shown = hotline("program", "show").stdout
    assert 'call_after = "90s"' in shown
    assert 'words = "30d"' in shown
    (folder / "again.toml").write_text(shown)
    assert hotline("program", "load", "again.toml").stdout == "Safe Passage: nothing changed\n"


def test_a_bad_roster_is_named_and_nothing_of_it_is_loaded(hotline: Hotline, folder: Path, milford: str) -> None:
    rows = (SAMPLES / "milford.csv").read_text().replace("Mae Carter,+13095550127", "Mae Carter,12")
    (folder / "bad.csv").write_text(rows.replace("Bo Larsen", "Bob Larsen"))
    result = hotline("roster", "load", "bad.csv")
    assert result.exit_code != 0
    assert result.stderr.startswith("bad.csv:8: phone: ")
    assert "Bob Larsen" not in hotline("roster", "show").stdout


def test_a_bad_program_is_named_by_its_key(hotline: Hotline, folder: Path, empty: str) -> None:
    text = (SAMPLES / "milford.toml").read_text().replace('"America/Chicago"', '"Chicago"')
    (folder / "bad.toml").write_text(text)
    result = hotline("program", "load", "bad.toml")
    assert result.exit_code != 0
    assert result.stderr.startswith("bad.toml:5: program.timezone: ")
    with create_engine(empty).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(programs)) == 0


def test_a_roster_without_a_program(hotline: Hotline, empty: str) -> None:
    result = hotline("roster", "load", SAMPLES / "milford.csv")
    assert result.exit_code != 0
    assert "no program is loaded yet" in result.stderr
    with create_engine(empty).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(people)) == 0


def test_several_programs_must_be_told_apart(hotline: Hotline, folder: Path, milford: str) -> None:
    text = (SAMPLES / "milford.toml").read_text().replace("Safe Passage", "Open Door").replace("0100", "0101")
    (folder / "other.toml").write_text(text)
    assert hotline("program", "load", "other.toml").exit_code == 0
    result = hotline("roster", "oncall")
    assert result.exit_code != 0
    assert "--program: Safe Passage, Open Door" in result.stderr
    assert "Bo Larsen" in hotline("roster", "oncall", "--program", "Safe Passage").stdout
    assert "nobody" in hotline("roster", "oncall", "--program", "Open Door").stdout


@pytest.mark.parametrize(
    ("at", "driver"),
    [("2026-07-01T12:00", "Cy Dunn, Rosa Vega"), ("2026-07-01T03:00", "Cy Dunn"), ("2026-07-01", "Cy Dunn")],
)
def test_who_is_on_call_at_a_time(hotline: Hotline, milford: str, at: str, driver: str) -> None:
    lines = hotline("roster", "oncall", "--at", at).stdout.splitlines()
    assert f"driver       {driver}" in lines
    assert "coordinator  Bo Larsen, Carmen Ruiz" in lines


def test_coordinators_off_shift_come_after_those_on_shift(hotline: Hotline, folder: Path, milford: str) -> None:
    rows = (SAMPLES / "milford.csv").read_text()
    (folder / "team.csv").write_text(rows.replace("0121,coordinator,en,always", "0121,coordinator,en,Mon 08:00-10:00"))
    assert hotline("roster", "load", "team.csv").stdout == "1 member changed\n"
    lines = hotline("roster", "oncall", "--at", "2026-07-01T12:00").stdout.splitlines()
    assert lines[1:3] == ["coordinator  Carmen Ruiz", "  off shift  Bo Larsen"]


@pytest.mark.parametrize("at", ["noon", "2026-07-01T12:00+00:00", ""])
def test_a_time_that_is_none(hotline: Hotline, milford: str, at: str) -> None:
    result = hotline("roster", "oncall", f"--at={at}")
    assert result.exit_code != 0
    assert "without a zone" in result.stderr


def test_in_spring_the_hour_that_is_skipped_is_the_next(hotline: Hotline, milford: str) -> None:
    assert "03:30 America/Chicago" in hotline("roster", "oncall", "--at", "2026-03-08T02:30").stdout


def test_a_file_saved_by_a_spreadsheet(hotline: Hotline, folder: Path, empty: str) -> None:
    shutil.copy(SAMPLES / "milford.toml", folder / "town.toml")
    (folder / "town.toml").write_bytes(b"\xef\xbb\xbf" + (folder / "town.toml").read_bytes())
    assert hotline("program", "load", "town.toml").exit_code == 0
    (folder / "latin.toml").write_bytes(b'[program]\nname = "\xe9"\n')
    result = hotline("program", "load", "latin.toml")
    assert result.exit_code != 0
    assert "UTF-8" in result.stderr


def test_a_new_key_is_a_key(hotline: Hotline) -> None:
    first, second = (hotline("keys", "make").stdout.strip() for _ in range(2))
    assert first != second
    assert len(data_keys(first)[0]) == 32
    assert base64.urlsafe_b64decode(first)
