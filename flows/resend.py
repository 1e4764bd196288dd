"""A text to a participant that was not delivered: tried again after 15 minutes and an hour, then it is given up."""

from datetime import timedelta

from flows.effects import Effect, Resend
from flows.events import Failed
from flows.machine import hours, minutes

RETRIES: tuple[timedelta, ...] = (minutes(15), hours(1))
NEVER = ("opted_out", "impossible", "no_phone")  # no later time makes these better


def given_up(event: Failed) -> bool:
    return event.why in NEVER or event.tries > len(RETRIES)


def again(event: Failed) -> list[Effect]:
    if given_up(event) or not event.delivery:
        return []
    return [Resend(event.delivery, RETRIES[max(event.tries, 1) - 1])]
