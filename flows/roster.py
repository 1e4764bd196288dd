"""The roster's own conversations: ON, OFF, LIST, MENU, WHO, OPEN, and a member who texts with nothing open."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flows.effects import FOREVER, Away, Effect, Know, Note, OpenCase, Say, Wake
from flows.machine import STAY, Do, Flow, Moment, State, When, fills, hours, minutes
from flows.times import next_monday, off_until


def _verb(verb: str) -> Callable[[Moment], bool]:
    return lambda m: m.known.get("verb") == verb


def _argument(m: Moment) -> str:
    return (m.known.get("argument") or "").strip()


def _everywhere(m: Moment) -> bool:
    return _argument(m).casefold() in ("all", "todo", "todos")


def _until(m: Moment) -> datetime | None:
    return off_until(_argument(m), m.now, m.policy["timezone"])


def _named(m: Moment) -> bool:
    return _until(m) is not None


def _come_on(m: Moment) -> Iterable[Effect]:
    yield Away("member", None, everywhere=True)
    yield Note("on", role="member")
    yield Wake()


def _go_off(until: Callable[[Moment], datetime | None], *, everywhere: bool = False) -> Any:
    """Off, and waiting pages look again who is left: whoever comes back later is asked as one who comes on."""

    def off(m: Moment) -> Iterable[Effect]:
        at = until(m)
        yield Know({"until": at})
        yield Away("member", at, everywhere=everywhere)
        yield Note("off", role="member")
        yield Wake()

    return off


def _eight_hours(m: Moment) -> datetime:
    assert m.run.since is not None
    return m.run.since + hours(8)


def _monday(m: Moment) -> datetime:
    return next_monday(m.now, m.policy["timezone"])


def _forever(m: Moment) -> datetime:
    return FOREVER


@fills("time")
def _time(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["until"]}}


def _given(blank: str, fact: str) -> Callable[[Moment], Mapping[str, Any]]:
    """The blank is a fact as it is."""
    named: Callable[[Moment], Mapping[str, Any]] = fills(blank)(lambda m: {blank: m.facts[fact]})
    return named


def _any(fact: str) -> Callable[[Moment], bool]:
    return lambda m: m.facts[fact] not in ("", "-")


def in_need(m: Moment) -> Iterable[Effect]:
    """A member asks for help for themselves: a normal case, off duty in all roles, and nobody is told why."""
    yield Away("member", FOREVER, everywhere=True)
    yield Wake()
    yield OpenCase("member", "intake", {"own": True})


OWN_AGAIN = Do((Say("roster.own", "member"),), STAY)

ROSTER = Flow(
    "roster",
    party="member",
    stamps=("timezone",),
    told={"superseded": "over"},
    states=(
        State(
            "opens",
            then=When(_verb("on"), "on", When(_verb("off"), "off", When(_verb("list"), "lists", "more"))),
        ),
        State(
            "more",
            then=When(_verb("menu"), "menu", When(_verb("who"), "who", When(_verb("open"), "open", "own"))),
        ),
        State("on", says="roster.on", does=_come_on),
        State("off", then=When(_everywhere, "off_all", When(_named, "off_named", "off_ask"))),
        State("off_named", says="roster.off_until", fill=_time, does=_go_off(_until)),
        State(
            "off_ask",  # they asked to be off, and are: eight hours, unless they say more
            says="roster.off_ask",
            does=_go_off(_eight_hours),
            asks="question",
            hears=("eight_hours", "monday", "forever"),
            goes={"eight_hours": "off_eight", "monday": "off_monday", "forever": "off_forever"},
            unclear=Do((Say("roster.off_ask", "member"),), STAY),
            quiet=(minutes(10), "off_eight"),
        ),
        State("off_eight", says="roster.off_until", fill=_time),
        State("off_monday", says="roster.off_until", fill=_time, does=_go_off(_monday)),
        State("off_forever", says="roster.off_open", does=_go_off(_forever)),
        State("off_all", says="roster.off_all", does=_go_off(_forever, everywhere=True)),
        State("lists", needs=("items",), then=When(_any("items"), "list", "list_empty")),
        State("list", says="roster.list", fill=_given("items", "items"), needs=("items",)),
        State("list_empty", says="roster.list_empty"),
        State("menu", says="roster.menu", fill=_given("verbs", "verbs"), needs=("verbs",)),
        State("who", needs=("on_now",), then=When(_any("on_now"), "who_is_on", "who_empty")),
        State("who_is_on", says="roster.who", fill=_given("names", "on_now"), needs=("on_now",)),
        State("who_empty", says="roster.who_empty"),
        State("open", needs=("open_now",), then=When(_any("open_now"), "what_is_open", "nothing_open")),
        State("what_is_open", says="roster.open", fill=_given("lines", "open_now"), needs=("open_now",)),
        State("nothing_open", says="roster.nothing_open"),
        State(
            "own",  # it came from their own number: for themselves, or at work?
            says="roster.own",
            asks="question",
            hears=("me", "working"),
            goes={"me": "in_need", "working": "lists"},
            unclear=OWN_AGAIN,
            quiet=(minutes(10), "over"),
        ),
        State("in_need", says="roster.own_case", does=in_need),
        State("over"),
    ),
)
