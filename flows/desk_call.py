"""The police desk is rung: somebody has waited in vain, or there is no manager to ring.

Whoever is at the desk hears how long somebody has waited, and no word about who it is. By key they are put through to a
manager: one after the other is rung, first whoever is on it already. The desk is a phone and nobody's: never texted.
"""

from collections.abc import Iterable
from typing import Any

from flows.effects import Answer, Connect, Effect, Join, Know, Note, Ring, Say
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, minutes, seconds


def _managers(m: Moment) -> list[list[Any]]:
    """Those still to be rung: id and name."""
    return list(m.known.get("managers", ()))


def _has_manager(m: Moment) -> bool:
    return bool(_managers(m))


def _is_on_it(m: Moment) -> Iterable[Effect]:
    """Whoever answered the alarm is whom the desk is put through to."""
    first = [x for x in _managers(m) if x[0] == m.data.get("member")]
    yield Know({"managers": [*first, *(x for x in _managers(m) if x not in first)]})


@emits(cards={"alarm.desk": ("who", "time"), "alarm.desk_alone": ("time",)})
def _ring(m: Moment) -> Iterable[Effect]:
    yield Note("desk_rung")
    time = {"time": {"instant": m.known["since"]}}
    if _has_manager(m):
        yield Ring("alarm.desk", "desk", {"who": _managers(m)[0][1], **time})
    else:
        yield Ring("alarm.desk_alone", "desk", time)


@emits(cards={"alarm.desk_holds": ("who",), "alarm.desk_manager": ()})
def _ring_manager(m: Moment) -> Iterable[Effect]:
    (id, name), *rest = _managers(m)
    yield Know({"managers": rest})
    yield Join("manager", id)
    yield Say("alarm.desk_holds", "desk", {"who": name})
    yield Ring("alarm.desk_manager", "manager")


@emits(cards=("alarm.desk_connecting",))
def _connect(m: Moment) -> Iterable[Effect]:
    yield Note("call", role="manager")
    yield Answer("manager")
    yield Say("alarm.desk_connecting", "manager")
    yield Connect("manager", "desk")


def _desk_waits(m: Moment) -> bool:
    return "desk" in m.facts["live"]


def _by_desk(m: Moment) -> bool:
    return m.data.get("role") == "desk"


NEXT: Target = Do((), When(_desk_waits, When(_has_manager, "rings_manager", "nobody"), "over"), needs=("live",))

DESK_CALL = Flow(
    "desk_call",
    party="desk",
    urgent=True,
    by_phone=True,
    told={"covered": "over", "closed": "over", "on_it": Do(_is_on_it, STAY)},
    states=(
        State("opens", then=When(_has_manager, "waits", "rings")),
        # The managers' own phones ring just now: whoever the desk is put through to must be free to answer.
        State("waits", quiet=(seconds(60), "rings")),
        State("rings", does=_ring, then="rung"),
        State(
            "rung",
            hears=("yes",),
            keys={},
            press={"1": "yes"},
            goes={"yes": When(_has_manager, "rings_manager", "takes_it")},
            unclear=STAY,
            missed={"desk": "over"},
            quiet=(minutes(3), "over"),
        ),
        State("takes_it", says="alarm.desk_thanks", does=(Note("desk_answered"),), then="over"),
        State("rings_manager", does=_ring_manager, then="manager_rung"),
        State(
            "manager_rung",
            hears={"manager": ("yes", "no")},
            keys={},
            press={"1": "yes", "2": "no"},
            goes={"yes": Do((), When(_desk_waits, "connects", "gone"), needs=("live",)), "no": NEXT},
            unclear=STAY,
            missed={"manager": NEXT},
            told={"hung_up": When(_by_desk, STAY, NEXT)},
            holds=("desk",),
            quiet=(seconds(60), NEXT),
        ),
        State("gone", says="alarm.desk_gone", to="manager", then="over"),
        State("nobody", says="alarm.desk_nobody", then="over"),
        State("connects", does=_connect, then="connected"),
        State(
            "connected",
            holds=("desk", "manager"),
            told={"parted": "over", "hung_up": "over", "covered": STAY, "closed": STAY},
            quiet=(minutes(30), "over"),
        ),
        State("over"),
    ),
)
