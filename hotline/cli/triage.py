"""`hotline triage`: how texts are read for danger."""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from flows.scoring import LABELS, printed, score
from flows.triage import Lexicon, read
from flows.triage import compile as compile_lexicon
from hotline.cli.desk import at_terminal, read_text
from hotline.cli.plain import fail
from messages import lexicon

NEEDED = {"text", "label"}
CONTEXTS = ("opening", "question", "emergency_question", "checkin")  # the middle two are one


@click.command("triage")
@click.argument("texts", metavar="[TEXT]...", nargs=-1)
@click.option(
    "--context",
    type=click.Choice(CONTEXTS),
    default="opening",
    show_default=True,
    help="What the text answers: nothing yet, the danger question, or a check-in.",
)
@click.option("--lines", is_flag=True, help="One tab-separated level per line of stdin, or of the files named.")
@click.option(
    "--csv", "table", type=click.Path(path_type=Path), help="Score a labelled file: text,lang,label,context,note."
)
def command(texts: tuple[str, ...], context: str, lines: bool, table: Path | None) -> None:
    """Say how TEXT is read: its level (none, unclear, suicidal, emergency) and the words that showed it.

    Without TEXT each line of stdin is one.

    With --lines each line of stdin, or of the files named, becomes LEVEL, a tab, and the line. With --csv the texts of
    a labelled file are counted by label and reading, by language and by context.
    """
    if table is not None:
        rows = _labelled(table)
        click.echo(printed(score(rows, _rules())))
    elif lines:
        rules = _rules()
        for line in _lines(texts):
            click.echo(f"{read(line, rules, context).level}\t{line}")
    else:
        given = texts or _typed()
        if not given:
            fail('say which text: hotline triage "my brother won\'t wake up"')
        rules = _rules()
        for text in given:
            _say(text, context, rules)


def _typed() -> tuple[str, ...]:
    """What is piped in. Nobody at a terminal is kept waiting for something they do not know they should type."""
    return () if at_terminal() else tuple(line for line in _lines(()) if line.strip())


def _rules() -> Lexicon:
    return compile_lexicon(lexicon.load())


def _say(text: str, context: str, rules: Lexicon) -> None:
    danger = read(text, rules, context)
    click.echo(f"{danger.level:<10} {text}")
    for seen in danger.seen:
        click.echo(f"  {seen.category}: {seen.words}")
    if danger.seen and danger.who != "unknown":
        click.echo(f"  who: {danger.who}")


def _lines(files: tuple[str, ...]) -> Iterator[str]:
    """Line by line, whatever else a spreadsheet would take for the end of one."""
    sources: list[TextIO] = [io.StringIO(read_text(Path(file))) for file in files] or [sys.stdin]
    for source in sources:
        yield from (line.rstrip("\r\n") for line in source)


def _labelled(file: Path) -> list[dict[str, str]]:
    table = csv.DictReader(io.StringIO(read_text(file), newline=""))
    if missing := NEEDED - set(table.fieldnames or ()):
        fail(f"{file}:1: {', '.join(sorted(missing))}: is missing; the first line is text,lang,label,context,note")
    rows = []
    for row in table:
        if row["label"] not in LABELS:
            fail(f"{file}:{table.line_num}: label: must be one of {', '.join(LABELS)}")
        if (row.get("context") or CONTEXTS[0]) not in CONTEXTS:
            fail(f"{file}:{table.line_num}: context: must be one of {', '.join(CONTEXTS)}")
        rows.append(row)
    return rows
