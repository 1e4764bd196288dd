"""Consent to check-ins: asked for by text, or by phone where no text reaches them; kept in the words it was given."""

from collections.abc import Iterable

from flows.effects import Effect, Know, Note, Record, Ring, Say
from flows.keeping import first_of
from flows.machine import Moment, emits

RINGS = 2  # how often somebody is rung about it


@emits(cards={"care.ask_call": ("guide",)})
def ring_for_consent(m: Moment) -> Iterable[Effect]:
    yield Know({"rung": m.known.get("rung", 0) + 1})
    yield Ring("care.ask_call", "participant", {"guide": m.known["guide"]})


def rung_enough(m: Moment) -> bool:
    return bool(m.known.get("rung", 0) >= RINGS)


THANKS = ("care.thanks", "care.thanks_call")
AGREED = ("care.agreed", "care.agreed_guide", "care.agreed_calls")


@emits(cards={**dict.fromkeys(THANKS, ("guide",)), **dict.fromkeys(AGREED, ("first",))})
def agree(m: Moment) -> Iterable[Effect]:
    """Kept for years: the very words they agreed to, when, and how."""
    yield Know({"agreed": True})
    calls, spoken = m.known.get("calls"), m.known.get("spoken")
    kept = {"person_id": m.run.parties["participant"], "purpose": "checkins", "at": m.now}
    asked = {"channel": "call", "card": "care.ask_call"} if spoken else {"channel": "sms", "card": "care.ask"}
    yield Record("consents", {**kept, **asked})
    yield Note("agreed", role="participant")
    yield Say("care.thanks_call" if calls else "care.thanks", "participant", {"guide": m.known["guide"]})
    yield Say("care.agreed", "coordinator", {"first": first_of(m)})
    if m.run.parties["guide"] != m.run.parties["coordinator"]:
        yield Say("care.agreed_calls" if calls else "care.agreed_guide", "guide", {"first": first_of(m)})


def withdraw(m: Moment) -> Iterable[Effect]:
    yield Note("not_agreed", role="participant")
    if m.known.get("agreed"):
        yield Record("consents", {"withdrawn_at": m.now})
