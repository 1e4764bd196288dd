"""`hotline keys`: what words and numbers are sealed with."""

import base64

import click

from hotline.cli.desk import sit_down
from hotline.privacy import new_key
from hotline.resealing import Progress, reseal

PASSES = 3  # a process that still has the old order of keys goes on sealing with the old one

HOW = """
HOTLINE_DATA_KEYS holds the newest key first, separated by commas. To change keys while the line runs:
  1. hotline keys make, and put the new key LAST in HOTLINE_DATA_KEYS of every process; restart them one by one.
  2. Put it FIRST everywhere; restart them one by one. (On one machine that is restarted at once, begin here.)
  3. hotline keys rotate. When it says so, take the old key out everywhere and restart.
""".strip()


@click.group("keys", epilog="\b\n" + HOW)
def command() -> None:
    """Keys that words and numbers are sealed with (HOTLINE_DATA_KEYS)."""


@command.command()
def make() -> None:
    """Print a new key. Keep it where you keep passwords: without it nothing that was sealed can be read again."""
    click.echo(base64.urlsafe_b64encode(new_key()).decode())


@command.command(epilog="\b\n" + HOW)
def rotate() -> None:
    """Seal everything again with the first of HOTLINE_DATA_KEYS, while the line runs.

    It may be stopped and run again at any time. Look-ups by number go on working: they have a key of their own.
    """
    desk = sit_down()
    desk.vault.ready()
    keys = len(desk.settings.data_keys)
    for number in range(PASSES):
        found = reseal(desk.engine, desk.vault, _told if number == 0 else _quietly)
        if not found:
            break
    else:
        click.echo(
            "Something is still sealing with an older key: restart every process, then run this again.", err=True
        )
        raise SystemExit(1)
    if keys == 1:
        click.echo("Everything is sealed with the only key there is; hotline keys --help says how to change it.")
    else:
        older = "the key after it" if keys == 2 else f"the {keys - 1} keys after it"
        click.echo(f"Everything is sealed with the first key. Once every process runs with it first, drop {older}.")


def _told(progress: Progress) -> None:
    click.echo(f"{progress.table:<12} {progress.seen:>9} rows  {progress.resealed:>9} values sealed anew")


def _quietly(progress: Progress) -> None:
    """A later pass only looks whether anything came meanwhile."""
