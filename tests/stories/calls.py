"""How stories by phone begin."""

from tests.line import Clock
from tests.phones import Phone

RUNG_S = 25  # a phone rings
QUEUE_S = 11  # the queue speaks every ten seconds


def calls_safe(someone: Phone, **how: str) -> Phone:
    """Somebody calls and says by key that nobody is in danger."""
    return someone.calls(**how).is_told("passed out", "Press 1 for yes, 2 for no").presses("2")


def waits(someone: Phone, **how: str) -> Phone:
    """They wait on the line while the team is rung."""
    return calls_safe(someone, **how).is_told("ringing our team", "stay on the line").waits_on_the_line()


def is_rung(member: Phone) -> Phone:
    """A coordinator's phone rings for somebody who waits on the line, and they get the same as a text."""
    return member.reads("someone asks to talk").rings("someone asks to talk", "Press 1 to take it, 2 to pass")


def takes_call(member: Phone, someone: Phone) -> str:
    """A coordinator who is rung presses 1, hears whose case it is, and the two talk. The case's code."""
    is_rung(member).answers().presses("1").is_told("You are being connected")
    code = member.code
    member.reads("you are on with", code).is_connected_with(someone)
    return code


def talk_by_phone(someone: Phone, member: Phone) -> str:
    """They called, somebody took it, they talked and hung up. The case's code."""
    waits(someone)
    code = takes_call(member, someone)
    someone.hangs_up().reads("What you text here goes to", member.name)
    member.is_off_the_phone()
    return code


def rings_out(someone: Phone, clock: Clock, *phones: Phone) -> None:
    """Their phones ring, nobody picks up, and the one who waits hears so."""
    for phone in phones:
        is_rung(phone)
    clock.forward(seconds=RUNG_S)
    hears_more(someone, clock)


def hears_more(someone: Phone, clock: Clock) -> None:
    """The next rung is asked; who waits hears it as soon as the queue speaks next."""
    clock.forward(seconds=QUEUE_S)
    someone.is_told("No one has picked up yet").waits_on_the_line()
