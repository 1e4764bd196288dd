"""The talk by phone: whether a coordinator's CALL rings the one they have, and what is said after it.

Who waits on the line is put through, whatever else holds: what they need is a voice. Anybody else's phone is not rung
where that may give them away, or keep them from 911 (design.md 10).
"""

from collections.abc import Iterable

from flows.danger import betrays, calls_911
from flows.effects import Effect, Know, Open, Say
from flows.machine import STAY, Do, Moment, Target, When, emits
from flows.waiting import they_wait


@emits(opens=("call",), cards=("call.busy",))
def call(m: Moment) -> Iterable[Effect]:
    """One call at a time. Needs the facts "open" and "live"."""
    if "call" in m.facts["open"]:
        yield Say("call.busy", "coordinator")
        return
    parties = {"member": m.run.parties["coordinator"], "participant": m.run.parties["participant"]}
    danger = {"why": "danger"} if "emergency" in m.facts["open"] and they_wait(m) else {}
    yield Open("call", danger, parties)


def _has_no_number(m: Moment) -> bool:
    """They called, and no number of theirs is known: on the line or not at all."""
    known = m.facts["case"]["known"]
    return bool(known.get("withheld")) and "callback" not in known.get("marks", ()) and not they_wait(m)


def _betrays(m: Moment) -> bool:
    return betrays(m) and not they_wait(m)


def _calls_911(m: Moment) -> bool:
    return calls_911(m) and not they_wait(m)


#: CALL. Needs the facts "case", "open" and "live".
CALLS: Target = When(
    _has_no_number,
    Do((Say("assist.no_number", "coordinator"),), STAY),
    When(
        _betrays,
        Do((Say("assist.no_ring", "coordinator"),), STAY),
        When(_calls_911, Do((Say("assist.ring_later", "coordinator"),), STAY), Do(call, STAY)),
    ),
)


def _can_text(m: Moment) -> bool:
    known = m.facts["case"]["known"]
    marks = known.get("marks", ())
    return not known.get("no_text") and "callback" not in marks and not known.get("withheld")


def _untold(m: Moment) -> bool:
    return bool(m.known.get("untold"))


@emits(cards={"assist.after_call": ("who",)})
def _after_call(m: Moment) -> Iterable[Effect]:
    """They have talked, or called in vain: from now on they may text as well."""
    yield Know({"untold": None})
    yield Say("assist.after_call", "participant", {"who": m.known["who"]})


WAITED: Target = Do((), When(_can_text, Do(_after_call, STAY), STAY), needs=("case",))
TALKED: Target = When(_untold, WAITED, STAY)
