"""What a coordinator is told of the one whose case they take, and of what does not reach them."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows import resend
from flows.effects import Effect, Learn, Say
from flows.events import Failed
from flows.machine import Moment, emits

MARKS = (  # one card each: what the coordinator should know before the first word
    "unanswered", "sign", "person", "call", "on_911", "cant_call", "cops", "help_here", "unreachable", "opted_out",
    "desk", "desk_no_phone", "refer", "wrong_phone", "checkin", "voicemail", "voicemail_lost",
    "callback",
)  # fmt: skip
MARK_CARDS = tuple(f"marks.{mark}" for mark in (*MARKS, "no_text", "no_number"))


def cards_of(known: Mapping[str, Any]) -> Iterable[str]:
    """Where no text reaches them, what does: that is what they can be given."""
    marks = known.get("marks", ())
    others = {"wants_none": "assist.opted_out"} | ({"unreachable": "marks.no_text"} if known.get("no_text") else {})
    yield from (
        others.get(mark, f"marks.{mark}") for mark in marks if not (mark == "unreachable" and known.get("withheld"))
    )
    if known.get("withheld") and "callback" not in marks:
        yield "marks.no_number"


def is_stranger(known: Mapping[str, Any]) -> bool:
    """Who never wrote gets the coordinator's own words first; who has a number by mistake gets none of the line's."""
    marks = known.get("marks", ())
    return "wrong_phone" in marks or ("refer" in marks and not known.get("wrote"))


def brief(told: Mapping[str, str]) -> Iterable[Effect]:
    """What they said to the line's own questions, if they answered any."""
    if told:
        which = "assist.brief" if len(told) == 2 else f"assist.brief_{next(iter(told))}"
        yield Say(which, "coordinator", told)


@emits(
    cards=(
        "assist.failed", "assist.failed_last", "assist.unreachable", "assist.no_phone", "assist.no_text",
        "assist.no_number",
    )
)  # fmt: skip
def failed(m: Moment) -> Iterable[Effect]:
    """A text that did not reach the participant: the coordinator is told, and it is tried twice more."""
    event, known = m.event, m.facts["case"]["known"]
    assert isinstance(event, Failed)
    if event.why == "no_phone":
        if event.card is None:  # their own words: the line's cards were never meant to reach this person
            called = "assist.no_text" if "callback" in known.get("marks", ()) else "assist.no_number"
            yield Say(called if known.get("withheld") else "assist.no_phone", "coordinator")
    elif event.why == "impossible":
        if event.card is None or not known.get("no_text"):
            yield Say("assist.no_text", "coordinator")
        yield Learn({"no_text": True}, mark="unreachable")
    elif event.why == "opted_out":
        yield Learn(mark="opted_out")
        yield Say("assist.unreachable", "coordinator")
    elif resend.given_up(event):
        yield Say("assist.failed_last", "coordinator")
    elif event.tries <= 1:
        yield Say("assist.failed", "coordinator")
    yield from resend.again(event)
