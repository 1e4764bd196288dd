"""`hotline work`: every worker in one process."""

import os
import sys

import click

from hotline.cli.desk import settings


@click.command("work")
def command() -> None:
    """Send texts, ring members and meet deadlines: the three workers of the Procfile in one. Ctrl-C stops it."""
    settings("twilio", "keys")  # what is wrong is said before it starts
    sys.stdout.flush()
    # By name, in its own process: nothing in hotline imports the workers.
    os.execv(sys.executable, [sys.executable, "-m", "workers", "all"])
