"""`hotline erase`: everything about one number."""

import click

from hotline import phones
from hotline.cli.desk import at_terminal
from hotline.cli.keeping import at_carrier, house
from hotline.cli.plain import fail
from hotline.erasure import OnTheRoster, erase, known

ROSTER = "this is a member's number: take them out of the roster's file, load it, and run this again"


@click.command("erase")
@click.argument("phone")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant, as is asked at a terminal.")
def command(phone: str, yes: bool) -> None:
    """Erase everything about the number PHONE: words, name, what was known, and the number itself.

    An open case is closed, and its coordinator told only that it ended. Counts and times stay. The carrier is told to
    forget the words too.
    """
    try:
        number = phones.e164(phone)
    except phones.PhoneFault as exc:
        fail(f"PHONE {exc}")
    here = house()
    found = known(here, number)
    if not found:
        click.echo("nothing is known of this number")
        return
    if any(row.active for row in found):
        fail(ROSTER)
    if not yes and at_terminal():
        click.confirm("Erase everything about this number? It cannot be undone.", abort=True)
    try:
        done = erase(here, number)
    except OnTheRoster:
        fail(ROSTER)
    click.echo(f"here            {done}" + (f"; {done.cases_closed} open case closed" if done.cases_closed else ""))
    click.echo(f"at the carrier  {at_carrier(here)}")
