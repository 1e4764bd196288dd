"""The shell: everything that touches the world. Here, and only here, the real parts are joined."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from hotline.config import Settings
    from hotline.house import House


def create_house(settings: "Settings") -> "House":
    """The parts of the line, joined: what web, workers and commands all work in."""
    from flows.triage import compile as compile_lexicon
    from hotline.carrier import Carrier
    from hotline.clock import Clock
    from hotline.house import House
    from hotline.models.engine import create_engine
    from hotline.nudge import create_nudge
    from hotline.privacy import Vault
    from hotline.programs import Programs
    from hotline.simulated_time import offset
    from messages import lexicon, load

    engine = create_engine(settings.database_url)
    return House(
        settings=settings,
        engine=engine,
        clock=Clock((lambda: offset(engine)) if settings.simulated_time else None),
        vault=Vault.stored(settings.data_keys, engine),
        carrier=Carrier(settings),
        catalogue=load(),
        lexicon=compile_lexicon(lexicon.load()),
        programs=Programs(engine),
        nudge=create_nudge(settings),
    )


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The web process: what Twilio, monitors and people with a browser reach."""
    from hotline.config import Settings, environment
    from hotline.web import create_web

    settings = settings or Settings.from_env(environment(), needs={"twilio", "keys"})
    return create_web(create_house(settings))
