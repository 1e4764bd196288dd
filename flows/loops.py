"""Nobody is a loop: two machines answering each other stop after five replies without progress (contract 6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
REPLIES = 5
LAST = "intake.loop_last"  # the card that says so


def verdict(replies: Sequence[datetime], now: datetime) -> str:
    """ "answer", "last" (say that a person has the words, then be quiet) or "silent" for one more reply now."""
    recent = sum(1 for at in replies if now - at < WINDOW)
    if recent >= REPLIES:
        return "silent"
    return "last" if recent == REPLIES - 1 else "answer"
