"""Support: somebody in check-ins needs a person. The guide is asked first, then the coordinators, until one takes it.

Whoever takes it is on with them as with anybody who asked for help (flow `assist`). Has a coordinator got them already,
it is only told.
"""

from collections.abc import Iterable

from flows.alarm import raise_alarm
from flows.effects import CASE, OPENED, Effect, Know, Learn, Note, Open, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, When, emits, hours, minutes


def _begin(m: Moment) -> Iterable[Effect]:
    yield Learn({"name": m.known["name"]} if m.known.get("name") else {}, mark="checkin")
    if m.known.get("call"):
        yield Learn(mark="call")  # it was said on the phone, and that they are called back


def _in_hands(m: Moment) -> bool:
    return "assist" in m.facts["open"]


def _asked_already(m: Moment) -> bool:
    return bool({"support", "intake", "emergency"} & m.facts["open"])


@emits(opens=("paging",))
def _page(m: Moment) -> Iterable[Effect]:
    known = m.known
    language = {"language": known["language"]} if known.get("language") else {}
    exclude = [m.run.parties["participant"]]
    yield Note("support")
    yield Open("paging", {"role": "support", "first": known["guide"], "exclude": exclude, **language})


@emits(opens=("assist",), tells=("covered",))
def _cover(m: Moment) -> Iterable[Effect]:
    by = {"member": m.data["member"], "who": m.data["who"], "role": "support"}
    yield Tell(CASE, "covered", by)
    yield Open("assist", {"who": by["who"]}, {**m.run.parties, "coordinator": by["member"]})


@emits(opens=("assist",), tells=("covered",))
def _cover_mine(m: Moment) -> Iterable[Effect]:
    """2 I will: the coordinator who was told that nobody took it."""
    me = m.known["coordinator"]
    who = next(x.name for x in m.facts["rota"] if x.id == me)
    yield Tell(CASE, "covered", {"member": me, "who": who, "role": "support"})
    yield Open("assist", {"who": who}, {**m.run.parties, "coordinator": me})


@emits(opens=("ask_again", "alarm"), tells=("alarm",), cards=("support.still",))
def _nobody(m: Moment) -> Iterable[Effect]:
    """They hear the truth once; their coordinator is asked what next, or the managers where there is none."""
    if not m.known.get("said"):
        yield Know({"said": True})
        yield Say("support.still", "participant")
    me = m.known["coordinator"]
    if any(x.id == me and x.active and not x.opted_out for x in m.facts["rota"]):
        data = {"card": "support.none", "why": "support"}
        yield Open("ask_again", data, {**m.run.parties, "coordinator": me})
    else:
        yield raise_alarm(m, "support")


KEPT = Do((Say("intake.kept", "participant"),), STAY)

SUPPORT = Flow(
    "support",
    rank=2,
    urgent=True,
    told={"covered": "taken"},
    states=(
        State(
            "opens",
            does=_begin,
            needs=("open",),
            then=When(_in_hands, "tells", When(_asked_already, "over", "pages")),
        ),
        State("tells", does=(Tell("assist", "asks_talk"),), then="over"),
        State("pages", does=_page, then="paging"),
        State(
            "paging",
            words={"participant": KEPT},
            told={"covered": When(lambda m: m.data.get("role") == "support", "covered", "taken"), "nobody": "nobody"},
            quiet=(hours(12), "nobody"),
        ),
        State("nobody", does=_nobody, needs=("rota", "open"), then="asked"),
        State(
            "asked",
            words={"participant": KEPT},
            told={
                "ask_again": "pages",
                "mine": Do(_cover_mine, "over", needs=("rota",)),
                "covered": When(lambda m: m.data.get("role") == "support", "covered", "taken"),
            },
            quiet=(minutes(30), "pages"),
        ),
        State("covered", does=_cover, then="over"),
        State("taken", does=(Tell(OPENED, "withdraw"),), then="over"),
        State("over"),
    ),
)
