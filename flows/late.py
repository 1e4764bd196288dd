"""Who hears words from while the line was down, read afterwards. Pure, as routing is.

A participant's are taken as any others, and what begins with them begins by saying so. A member's words still go to who
they are for; their answers and verbs do nothing any more, since what they were meant for has moved on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flows import routing
from flows.hearing import Answer, Begin, Listener, Text, Turn

STILL_ASKED = timedelta(minutes=15)  # an answer so soon after a text comes unasked to nobody


def participant(
    text: Text, listeners: Sequence[Listener], case: int | None, past: routing.Past, now: datetime
) -> list[Turn]:
    """As routing has it; whatever opens because of it knows that it is late."""
    turns = routing.participant(text, listeners, case, past, now)
    return [replace(turn, data={**turn.data, "late": True}) if isinstance(turn, Begin) else turn for turn in turns]


def member(
    text: Text, listeners: Sequence[Listener], lately: routing.Lately, now: datetime, person: int, sent: datetime
) -> list[Turn]:
    """Words go on; of an answer or a verb its sender is told, if it was sent so lately that they may still wait."""
    if text.ignored or text.picture:
        return []
    rest = text if text.rest is None else text.rest
    if not rest.words.strip() or rest.verb or rest.digit or rest.short:
        return [Answer("intake.static_member")] if now - sent <= STILL_ASKED else []
    talks = [x for x in listeners if x.asks == "talk"]
    return routing.member(text, talks, lately, now, frozenset(), person)
