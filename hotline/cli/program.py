"""`hotline program`: one town's line, loaded from a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import click

import messages
from hotline.cli.desk import read_text, sit_down
from hotline.cli.plain import fail
from hotline.files import DURATIONS, duration, load_program, parse_program
from hotline.programs import Programs
from messages.check import override_faults


@click.group("program")
def command() -> None:
    """A program is one town's line: its numbers, facts and policies."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Load a program FILE (TOML). Loading it twice changes nothing.

    What is wrong is named FILE:LINE: KEY: what, and then nothing of the file is loaded.
    """
    text = read_text(file)
    catalogue = messages.load()
    config = parse_program(text, str(file), catalogue.languages)
    names = (config["program"]["name"], config["program"]["town"])
    if faults := override_faults(catalogue, config.get("messages", {}), str(file), names):
        fail("\n".join(faults))
    desk = sit_down()
    with desk.engine.begin() as connection:
        report = load_program(connection, desk.vault, desk.clock, text, str(file), catalogue.languages)
    click.echo(f"{config['program']['name']}: {report}")


@command.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: programs by name, durations in seconds.")
def show(name: str | None, as_json: bool) -> None:
    """Show every program, or the one called NAME, with what was left out filled in."""
    found = [one for one in Programs(sit_down().engine).all() if name in (None, one.name)]
    if not found:
        fail(f"there is no program called {name}" if name else "no program is loaded: hotline program load FILE")
    if as_json:
        click.echo(json.dumps({one.name: one.config for one in found}, indent=2, ensure_ascii=False))
        return
    for one in found:
        for line in _lines("", one.config):
            click.echo(line)


def _lines(table: str, values: Mapping[str, object]) -> list[str]:
    """As in the file, so that it can be loaded again."""
    names = {key: f"{table}.{key}" if table else key for key in values}
    plain = [f"{key} = {_value(names[key], v)}" for key, v in values.items() if not isinstance(v, Mapping)]
    lines = [f"[{table}]", *plain, ""] if table and plain else []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += _lines(names[key], value)
    return lines


def _value(name: str, value: object) -> str:
    if name in DURATIONS:
        value = "never" if value is None else duration(cast(int, value))
    return json.dumps(value, ensure_ascii=False)
