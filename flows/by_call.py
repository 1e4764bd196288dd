"""Keeping in touch by call: for those who prefer it, for phones no text reaches, and on the days a program marks.

The phone is rung in the guide's name, in waking hours, and says nothing that others must not hear. Whoever asked for no
more texts is not rung instead.
"""

from collections.abc import Iterable

from flows.effects import Effect, Note, OpenCase
from flows.events import Failed
from flows.machine import Moment


def no_text_reaches(m: Moment) -> bool:
    """A landline, or no number that takes texts. Needs the fact "touch"."""
    return bool(m.facts["touch"]["no_texts"])


def is_called(m: Moment) -> bool:
    """Whether this check-in is a call. Needs the fact "touch"."""
    known = m.known
    marked = known.get("doors") is None and known.get("day") in m.policy["checkins"]["calls"]
    return bool(known.get("calls")) or marked or no_text_reaches(m)


def is_impossible(m: Moment) -> bool:
    """The carrier said for good that no text reaches them."""
    return isinstance(m.event, Failed) and m.event.why in ("impossible", "no_phone")


def asks_for_person(m: Moment) -> Iterable[Effect]:
    """A person, now: the guide first, then the coordinators. It is a request for help, so it has a case of its own."""
    known, parties = m.known, m.run.parties
    call = {"call": True} if known.get("by") == "call" or known.get("rung") else {}
    data = {"guide": parties["guide"], "coordinator": parties["coordinator"], "name": known.get("first"), **call}
    yield Note("support", role="participant")
    yield OpenCase("participant", "support", data)
