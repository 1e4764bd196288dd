"""A terminal of one's own: an empty directory, an environment of one's own, and the command."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.cli.stage import SAMPLES
from hotline.config import EXAMPLES
from tests.databases import sqlite_url

Hotline = Callable[..., Result]

KEY = base64.urlsafe_b64encode(bytes(32)).decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command is typed: no variable of this machine's is set, and nothing is there yet."""
    monkeypatch.chdir(tmp_path)
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def hotline(folder: Path) -> Hotline:
    """Type `hotline ...`. Whatever happens, nobody at a terminal ever sees a traceback."""

    def run(*words: object, typed: str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], input=typed)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert "Traceback" not in result.output
        return result

    return run


def set_up(folder: Path, url: str) -> None:
    """What `make run` leaves behind for the commands of its machine."""
    (folder / "var").mkdir(exist_ok=True)
    (folder / "var" / "env").write_text(f"DATABASE_URL={url}\nHOTLINE_DATA_KEYS={KEY}\n")


@pytest.fixture
def empty(folder: Path) -> str:
    """A migrated database without a program."""
    url = sqlite_url(folder)
    set_up(folder, url)
    return url


@pytest.fixture
def milford(empty: str, hotline: Hotline) -> str:
    """The sample program and its team."""
    assert hotline("program", "load", SAMPLES / "milford.toml").exit_code == 0
    assert hotline("roster", "load", SAMPLES / "milford.csv").exit_code == 0
    return empty
