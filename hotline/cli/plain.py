"""Plain words: whatever goes wrong, a person at a terminal reads one line that says what, and what to do."""

import sqlite3
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import DBAPIError

from hotline.config import ConfigFault
from hotline.files import FileFault, HandoverNeeded
from hotline.logs import described
from hotline.privacy import VaultFault
from messages import MessageFault

NO_TABLES = ("42P01", "3F000")
NO_COLUMN = ("42703",)
NO_ENTRY = ("28P01", "28000", "3D000")


class Fault(click.ClickException):
    """One line, without a prefix."""


def fail(words: str) -> NoReturn:
    raise Fault(words)


class Plain(click.Group):
    """A group whose every failure, of whichever command, is said plainly and ends with a status that is not 0."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        extra["standalone_mode"] = False
        try:
            answer = super().main(args, prog_name or "hotline", **extra)
        except NoArgsIsHelpError as exc:
            click.echo(exc.ctx.get_help() if exc.ctx else exc.format_message())
            sys.exit(0)
        except click.exceptions.Abort:
            click.echo("stopped", err=True)
            sys.exit(130)
        except click.ClickException as exc:
            click.echo(exc.format_message(), err=True)
            sys.exit(exc.exit_code)
        sys.exit(answer if isinstance(answer, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt, BrokenPipeError):
            raise
        except Exception as exc:
            raise Fault(said(exc)) from exc


def said(exc: Exception) -> str:
    """What went wrong, for a person. Of what nobody foresaw: its kind and where, never what it says."""
    if isinstance(exc, ConfigFault | FileFault | VaultFault | MessageFault | HandoverNeeded):
        return str(exc)
    if isinstance(exc, DBAPIError):
        return _database(exc)
    if isinstance(exc, UnicodeDecodeError):
        return "the file is not text in UTF-8"
    if isinstance(exc, OSError) and exc.filename:
        return f"{exc.filename}: {(exc.strerror or type(exc).__name__).lower()}"
    return f"something went wrong that should not: {described(exc)}"


def _database(exc: DBAPIError) -> str:
    state = getattr(exc.orig, "sqlstate", None)
    words = str(exc.orig)
    if state in NO_TABLES or "no such table" in words:
        return "the database has no tables yet: run hotline db upgrade"
    if state in NO_COLUMN or "no such column" in words:
        return "the database is older than this program: run hotline db upgrade"
    if state in NO_ENTRY:
        return "the database does not let us in: look at the user, password and name in DATABASE_URL"
    if isinstance(exc.orig, sqlite3.OperationalError) and "unable to open" in words:
        return "the database's file cannot be opened: look at DATABASE_URL"
    if isinstance(exc.orig, sqlite3.DatabaseError) and "not a database" in words:
        return "the file in DATABASE_URL is not a database"
    if isinstance(exc.orig, sqlite3.OperationalError) and "locked" in words:
        return "the database is busy with something else: try again"
    if state is None and not isinstance(exc.orig, sqlite3.Error):
        return "the database cannot be reached: is it running, and is DATABASE_URL right?"
    return f"the database refused: {described(exc)}"
