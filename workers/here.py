"""Here: the house this process works in and the hands it has, made once."""

from functools import cache

from hotline import create_house
from hotline.config import Settings, environment
from hotline.house import House
from workers import outbox, send
from workers.hands import Hands


@cache
def settings() -> Settings:
    """Faults are said at the start, before anything is half running."""
    return Settings.from_env(environment(), needs={"twilio", "keys"})


@cache
def house() -> House:
    return create_house(settings())


@cache
def hands() -> Hands:
    return hands_for(house())


def hands_for(house: House) -> Hands:
    return Hands(lambda id: send.hand_over(house, id), lambda ids: outbox.renew(house, ids))
