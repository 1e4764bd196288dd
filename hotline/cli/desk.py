"""The desk: what a command works with. The settings, the database, the vault and the clock; no carrier."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Engine, inspect
from sqlalchemy.engine import make_url

from hotline import logs
from hotline.cli.plain import fail
from hotline.clock import Clock
from hotline.config import Settings, environment
from hotline.models.engine import create_engine, reader
from hotline.privacy import Vault
from hotline.programs import Program, Programs
from hotline.simulated_time import offset


def at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


@dataclass(frozen=True)
class Desk:
    settings: Settings
    engine: Engine
    vault: Vault
    clock: Clock

    @property
    def reader(self) -> Engine:
        return reader(self.engine)

    def program(self, name: str | None) -> Program:
        """The program of this name, or the only one there is."""
        found = [one for one in Programs(self.engine).all() if name in (None, one.name)]
        if not found:
            fail(f"there is no program called {name}" if name else "no program is loaded: hotline program load FILE")
        if len(found) > 1:
            fail("there are several programs, say which with --program: " + ", ".join(one.name for one in found))
        return found[0]


def settings(*needs: str) -> Settings:
    """What the environment and var/env say; the log goes to stderr, because stdout is the command's answer."""
    read = Settings.from_env(environment(), needs=set(needs))
    logs.set_up(read.log_level, stream=sys.stderr)
    return read


def sit_down() -> Desk:
    """Everything a command needs, or one line that says what is missing."""
    read = settings("keys")
    engine = create_engine(read.database_url)
    _expect_tables(engine)
    clock = Clock((lambda: offset(engine)) if read.simulated_time else None)
    vault = Vault.stored(read.data_keys, engine)
    vault.ready()  # making the look-up key is a transaction of its own
    return Desk(read, engine, vault, clock)


def _expect_tables(engine: Engine) -> None:
    """A SQLite file that is not there would be made by looking for it."""
    url = make_url(engine.url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        fail(f"there is no database at {url.database} yet: run hotline db upgrade")
    with reader(engine).connect() as connection:
        if not inspect(connection).has_table("programs"):
            fail("the database has no tables yet: run hotline db upgrade")


def read_text(file: Path) -> str:
    """A file somebody keeps; utf-8-sig because spreadsheets put a mark in front."""
    if not file.is_file():
        fail(f"{file}: there is no such file")
    return file.read_text(encoding="utf-8-sig")


def aligned(rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> None:
    """Print columns under each other; an empty cell is a dash."""
    lines = [list(head)] if head else []
    lines += [[str(cell) or "-" for cell in row] for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))] if lines else []
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
