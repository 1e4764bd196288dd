"""`hotline forget`: retention, applied now instead of tonight."""

import click

from hotline.cli.keeping import at_carrier, house
from hotline.retention import forget


@click.command("forget")
def command() -> None:
    """Forget words whose time has come, here and at the carrier, and report what went: counts only.

    The clock process does this every night. How long words are kept is in each program's [retention].
    """
    here = house()
    gone = forget(here)
    counted = ", ".join(f"{count} {name}" for name, count in sorted(gone.items()) if count)
    click.echo(f"here            {counted or 'nothing was due'}")
    click.echo(f"at the carrier  {at_carrier(here)}")
