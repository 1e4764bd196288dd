"""`hotline demo`: a whole night on the running line, and the days after it. Each scene says what should happen."""

import signal
from typing import NoReturn

import click

from hotline.cli.away import Gone
from hotline.cli.cast import assemble
from hotline.cli.night import Missed
from hotline.cli.plain import fail
from hotline.cli.scenes import calls, desk, evening, ride, year
from hotline.cli.turns import Stopped

SCENES = (*evening.SCENES, *calls.SCENES, *ride.SCENES, *year.SCENES, *desk.SCENES)
WATCHED = {
    "night": evening.SCENES,
    "emergency": (evening.on_duty, evening.emergency),
    "calls": (evening.on_duty, *calls.SCENES),
}
PACE_S = 1.2


@click.command("demo")
@click.option(
    "--watch",
    type=click.Choice(list(WATCHED)),
    is_flag=False,
    flag_value="night",
    help="Play only these scenes, at a pace to watch on the simulator's page, which can pause and stop it.",
)
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    default=PACE_S,
    envvar="DEMO_PACE",
    metavar="SECONDS",
    help=f"Between two acts ({PACE_S}).",
)
def command(watch: str | None, pace: float) -> None:
    """Play a night and the days after it on the running line, and check that what should happen does.

    Start the line with make run first; the demo moves its simulated time forward, and prints each phone's texts and
    calls: what is spoken stands in quotes. At night a request, a pass, an offer nobody answers, an acceptance, words
    both ways, a hand-off, an emergency, and nobody on. Two calls: one waits on the line, the first phone's voicemail
    picks up, and the second is put through; one that nobody answers, a message, and a call back. Then a bed, a ride
    whose driver drops out, a guide, two check-ins over the following days, and two people who walk in at the desk. It
    can be played again and again. The status is 0 if everything that should have happened did, or if it was stopped
    by whoever watched.
    """
    try:
        if watch:
            signal.signal(signal.SIGTERM, _stop)
        cast = assemble(pace if watch else None)
        for scene in WATCHED[watch] if watch else SCENES:
            scene(cast)
        cast.night.settle()
    except Stopped:
        click.echo("stopped")
        return
    except Gone as exc:
        fail(str(exc))
    except Missed as exc:
        fail(f"It went wrong. {exc}")
    click.echo(f"\nEverything that should have happened did: {cast.night.tally}.")


def _stop(*_: object) -> NoReturn:
    """The simulator ends its play so, when another is wanted or it goes itself."""
    raise Stopped
