"""What a person sees: help for everything, and of every mishap one plain line and a status that is not 0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hotline.cli import COMMANDS, main
from tests.hotline.cli.conftest import KEY, Hotline, set_up


def paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from paths(found, (*path, name))


@pytest.mark.parametrize("path", list(paths(main)), ids=" ".join)
def test_every_command_has_help(hotline: Hotline, path: tuple[str, ...]) -> None:
    result = hotline(*path, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: hotline")


def test_it_lists_its_commands(hotline: Hotline) -> None:
    result = hotline()
    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nosuch",), "nosuch"),
        (("roster", "load"), "FILE"),
        (("cases", "--nosuch"), "--nosuch"),
        (("roster", "show"), "HOTLINE_DATA_KEYS is not set"),
        (("talk", "nosuch"), "there is no flow nosuch"),
        (("flows", "draw", "nosuch"), "there is no flow nosuch"),
        (("messages", "show", "nosuch"), "there is no card nosuch"),
        (("messages", "show", "--language", "xx"), "there is no language xx"),
        (("triage",), "say which text"),
        (("triage", "--csv", "nosuch.csv"), "nosuch.csv: there is no such file"),
        (("clock", "forward", "soon"), "soon must be a length of time"),
        (("program", "load", "nosuch.toml"), "nosuch.toml: there is no such file"),
        (("work",), "HOTLINE_DATA_KEYS is not set"),
    ],
)
def test_a_mistake_is_one_line(hotline: Hotline, words: tuple[str, ...], said: str) -> None:
    result = hotline(*words)
    assert result.exit_code != 0
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///nosuch.db", "run hotline db upgrade"),
        ("sqlite:///junk.db", "is not a database"),
        ("sqlite:///blank.db", "run hotline db upgrade"),
        ("postgresql://nobody:nothing@127.0.0.1:1/none", "the database cannot be reached"),
        ("mysql://x", "DATABASE_URL must begin with"),
    ],
)
def test_a_database_that_cannot_be_used(hotline: Hotline, folder: Path, url: str, said: str) -> None:
    (folder / "junk.db").write_text("this is no database, however long one looks at it\n" * 40)
    (folder / "blank.db").touch()
    set_up(folder, url)
    result = hotline("cases")
    assert result.exit_code != 0
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (folder / "nosuch.db").exists()


def test_another_key_than_the_one_it_was_sealed_with(
    hotline: Hotline, milford: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_KEYS", "B" + KEY[1:])
    result = hotline("roster", "show")
    assert result.exit_code != 0
    assert "HOTLINE_DATA_KEYS" in result.stderr
    assert len(result.stderr.splitlines()) == 1
