"""What commands that reach the carrier share: the house, and how far the carrier has come with forgetting."""

from hotline import create_house
from hotline.cli.desk import settings, sit_down
from hotline.house import House
from hotline.retention import forget_at_carrier, waiting_at_carrier


def house() -> House:
    """All real parts; or one line that says which is missing."""
    sit_down()
    return create_house(settings("twilio", "keys"))


def at_carrier(house: House) -> str:
    """Have the carrier forget what is noted, as far as it lets us now."""
    blanked = 0
    while (done := forget_at_carrier(house)).blanked:
        blanked += done.blanked
    waiting = waiting_at_carrier(house)
    words = f"{blanked} texts blanked" if blanked else "no text blanked yet" if waiting else "nothing to blank"
    return words + (f", {waiting} to be tried again: the clock process goes on with it" if waiting else "")
