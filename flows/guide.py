"""Finding somebody who keeps in touch: a guide is named by the coordinator, or asked for among all of them.

Nobody is asked in the quiet hours. Whoever takes it is made known to the participant by the question whether they may
text (flow `care`): no consent, no check-ins. It goes on when the case is closed meanwhile.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.effects import OPENED, OPENER, Effect, Note, Open, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, When, emits, fills, hours, seconds
from flows.rotation import Member, eligible
from flows.schedule import awake, first_name


def _named(m: Moment) -> bool:
    return bool(m.known.get("name"))


def _found(m: Moment) -> Member | None:
    """The one the coordinator means: a guide before anybody else of that name, and never somebody who is off."""
    spoken = m.known["name"].casefold().strip(" .,!")
    called = [
        x
        for x in m.facts["rota"]
        if spoken in (x.name.casefold(), x.name.split()[0].casefold())
        and any(eligible(x, role, m.now) for role in ("guide", "coordinator"))
    ]
    called.sort(key=lambda x: "guide" not in x.roles)
    return called[0] if called and _is_clear(called) else None


def _is_clear(called: list[Member]) -> bool:
    """One of them, or one guide among them: two of a name are not guessed between."""
    return len(called) == 1 or sum("guide" in x.roles for x in called) == 1


def _is_found(m: Moment) -> bool:
    return _found(m) is not None


def _has_one(m: Moment) -> bool:
    """Somebody keeps in touch with them already, and was not lost."""
    return m.facts["guided"] is not None and not m.known.get("again")


def _awake(m: Moment) -> bool:
    return awake(m.policy, m.now) <= m.now


def _until_awake(m: Moment) -> timedelta:
    return max(seconds(1), awake(m.policy, m.now) - m.now)


@emits(cards=("guide.passed",))
def _thank(m: Moment) -> Iterable[Effect]:
    """Whoever gave it back hears that it is no longer theirs."""
    if "former" in m.run.parties:
        yield Say("guide.passed", "former")


@emits(cards={"guide.waiting": ("time",)})
def _waits(m: Moment) -> Iterable[Effect]:
    yield Say("guide.waiting", "coordinator", {"time": {"instant": awake(m.policy, m.now).isoformat()}})


@emits(opens=("paging",), cards=("guide.asked",))
def _page(m: Moment) -> Iterable[Effect]:
    known = m.facts["case"]["known"]
    barred = {m.run.parties["participant"], *known.get("barred", ()), *m.known.get("exclude", ())}
    language = {"language": known["language"]} if known.get("language") else {}
    yield Open("paging", {"role": "guide", "waking": True, "exclude": sorted(barred), **language})
    yield Say("guide.asked", "coordinator")


def _introduce(m: Moment, member: int, who: str) -> Iterable[Effect]:
    known = m.facts["case"]["known"]
    first = m.known.get("first") or first_name(known.get("name"))
    yield Note("guided", role="coordinator")
    yield Say("guide.found", "coordinator", {"who": who})
    if m.known.get("again"):
        yield Tell(OPENER, "guided", {"member": member, "who": who})
        return
    data = {"guide": first_name(who) or who, "first": first, "met": m.now.isoformat(), "home": known.get("home")}
    yield Open("care", data, {**m.run.parties, "guide": member})


introduces = emits(opens=("care",), tells=("guided",), cards={"guide.found": ("who",)})


@introduces
def _introduce_taker(m: Moment) -> Iterable[Effect]:
    yield from _introduce(m, m.data["member"], m.data["who"])


@introduces
def _introduce_named(m: Moment) -> Iterable[Effect]:
    member = _found(m)
    assert member is not None
    yield from _introduce(m, member.id, member.name)


@introduces
def _introduce_coordinator(m: Moment) -> Iterable[Effect]:
    """2 I will: nobody else would, and the coordinator keeps in touch."""
    me = m.run.parties["coordinator"]
    yield from _introduce(m, me, next(x.name for x in m.facts["rota"] if x.id == me))


@fills("who")
def _has(m: Moment) -> Mapping[str, Any]:
    return {"who": m.facts["guided"]}


@fills("name")
def _name(m: Moment) -> Mapping[str, Any]:
    return {"name": m.known["name"][:30]}


@emits(opens=("ask_again",))
def _ask_coordinator(m: Moment) -> Iterable[Effect]:
    yield Open("ask_again", {"card": "guide.none", "why": "guide"})


GUIDE = Flow(
    "guide",
    party="coordinator",
    stamps=("timezone", "checkins"),
    told={"closed": STAY, "covered": STAY, "withdrawn": "ends"},
    states=(
        State("opens", needs=("guided",), then=When(_has_one, "has_one", "asked_for")),
        State("has_one", says="guide.already", fill=_has, needs=("guided",)),
        State("asked_for", does=_thank, then=When(_named, "names", "waits")),
        State("names", needs=("rota",), then=When(_is_found, "names_one", "unknown")),
        State("names_one", does=_introduce_named, needs=("rota", "case"), then="over"),
        State("unknown", says="guide.unknown", fill=_name),
        State("waits", then=When(_awake, "pages", "sleeps")),
        State("sleeps", does=_waits, quiet=(_until_awake, "waits")),
        State("pages", does=_page, needs=("case",), then="paging"),
        State(
            "paging",
            told={"covered": "introduces", "nobody": "nobody"},
            quiet=(hours(24 * 14), "nobody"),  # longer than any page takes
        ),
        State("nobody", does=_ask_coordinator, then="asked"),
        State(
            "asked",
            told={
                "ask_again": "waits",
                "mine": Do(_introduce_coordinator, "over", needs=("rota", "case")),
                "covered": "introduces",  # a late yes
            },
            quiet=(hours(24), "waits"),  # the managers know by now; the guides are asked once more
        ),
        State("introduces", does=_introduce_taker, needs=("case",), then="over"),
        State("ends", does=(Tell(OPENED, "withdraw"), Tell(OPENED, "withdrawn"))),
        State("over"),
    ),
)
