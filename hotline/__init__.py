"""The shell: everything that touches the world. Here, and only here, the real parts are joined."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from flows.triage import Lexicon
    from hotline.config import Settings
    from hotline.house import House


def create_house(settings: "Settings") -> "House":
    """The parts of the line, joined: what web, workers and commands all work in."""
    from hotline.carrier import Carrier
    from hotline.clock import Clock
    from hotline.house import House
    from hotline.models.engine import create_engine
    from hotline.nudge import create_nudge
    from hotline.privacy import Vault
    from hotline.programs import Programs
    from hotline.simulated_time import hasten, offset
    from messages import load

    engine = create_engine(settings.database_url)
    if settings.simulated_time:
        hasten(engine)
    return House(
        settings=settings,
        engine=engine,
        clock=Clock((lambda: offset(engine)) if settings.simulated_time else None),
        vault=Vault.stored(settings.data_keys, engine),
        carrier=Carrier(settings),
        catalogue=load(),
        lexicon=_lexicon,
        programs=Programs(engine),
        nudge=create_nudge(settings),
    )


@cache
def _lexicon() -> "Lexicon":
    """Compiled once, in processes that read texts: it takes a third of a second and 36 MB."""
    from flows.triage import compile as compile_lexicon
    from messages import lexicon

    return compile_lexicon(lexicon.load())


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The web process: what Twilio, monitors and people with a browser reach."""
    from hotline import logs
    from hotline.config import Settings, environment
    from hotline.web import create_web

    settings = settings or Settings.from_env(environment(), needs={"twilio", "keys", "secret"})
    logs.set_up(settings.log_level, settings.sentry_dsn)
    _lexicon()  # before the first text comes, not while somebody waits
    app = create_web(create_house(settings))
    app.config["PULSE"].start()
    return app
