"""`hotline demo`: a whole night on the running line, and the days after it. Each scene says what should happen."""

import click

from hotline.cli.away import Gone
from hotline.cli.cast import assemble
from hotline.cli.night import Missed
from hotline.cli.plain import fail
from hotline.cli.scenes import desk, evening, ride, year

SCENES = (*evening.SCENES, *ride.SCENES, *year.SCENES, *desk.SCENES)


@click.command("demo")
def command() -> None:
    """Play a night and the days after it on the running line, and check that what should happen does.

    Start the line with make run first; the demo moves its simulated time forward, and prints each phone's texts. At
    night a request, a pass, an offer nobody answers, an acceptance, words both ways, a hand-off, an emergency, and
    nobody on. Then a bed, a ride whose driver drops out, a guide, two check-ins over the following days, and two people
    who walk in at the desk. It can be played again and again. The status is 0 if everything that should have happened
    did.
    """
    try:
        cast = assemble()
        for scene in SCENES:
            scene(cast)
        cast.night.settle()
    except Gone as exc:
        fail(str(exc))
    except Missed as exc:
        fail(f"It went wrong. {exc}")
    click.echo(f"\nEverything that should have happened did: {cast.night.tally}.")
