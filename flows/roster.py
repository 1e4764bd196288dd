"""The roster's own conversations: ON, OFF, LIST, MENU, WHO, OPEN, and a member who texts with nothing open."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flows.effects import Away, Effect, Know, Note, OpenCase, Wake
from flows.machine import STAY, Do, Flow, Moment, State, When, hours, minutes
from flows.times import next_monday, off_until

FOREVER = "9999-12-31T00:00:00+00:00"  # until they say ON


def _verb(verb: str) -> Any:
    return lambda m: m.known.get("verb") == verb


def _argument(m: Moment) -> str:
    return m.known.get("argument") or ""


def _everywhere(m: Moment) -> bool:
    return _argument(m).strip().casefold() in ("all", "todo", "todos")


def _until(m: Moment) -> datetime | None:
    return off_until(_argument(m), m.now, m.policy["timezone"])


def _bare(m: Moment) -> bool:
    return not _argument(m).strip()


def _come_on(m: Moment) -> Iterable[Effect]:
    yield Away("member", None, everywhere=True)
    yield Note("on", role="member")
    yield Wake()


def _go_off(until: Any) -> Any:
    def off(m: Moment) -> Iterable[Effect]:
        at = until(m)
        yield Know({"until": at})
        yield Away("member", at)
        yield Note("off", role="member")

    return off


def _go_off_everywhere(m: Moment) -> Iterable[Effect]:
    yield Away("member", datetime.fromisoformat(FOREVER), everywhere=True)
    yield Note("off", role="member")


def _eight_hours(m: Moment) -> datetime:
    return m.now + timedelta(hours=8)


def _monday(m: Moment) -> datetime:
    return next_monday(m.now, m.policy["timezone"])


def _forever(m: Moment) -> datetime:
    return datetime.fromisoformat(FOREVER)


def _time(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["until"]}}


def _items(m: Moment) -> Mapping[str, Any]:
    return {"items": m.facts["items"]}


def _in_need(m: Moment) -> Iterable[Effect]:
    """A member asks for help for themselves: a normal case, off duty in all roles, and nobody is told why."""
    yield Away("member", datetime.fromisoformat(FOREVER), everywhere=True)
    yield OpenCase("member", "intake", {"own": True})


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
        State(
            "off",
            then=When(_bare, "off_ask", When(_everywhere, "off_all", When(lambda m: _until(m) is not None, "off_named", "off_ask"))),
        ),
        State("off_named", says="roster.off_until", fill=_time, does=_go_off(_until)),
        State(
            "off_ask",
            says="roster.off_ask",
            asks="question",
            hears=("eight_hours", "monday", "forever"),
            goes={"eight_hours": "off_eight", "monday": "off_monday", "forever": "off_forever"},
            unclear=Do((), "off_eight"),
            quiet=(minutes(10), "off_eight"),  # they asked to be off: eight hours, unless they say more
        ),
        State("off_eight", says="roster.off_until", fill=_time, does=_go_off(_eight_hours)),
        State("off_monday", says="roster.off_until", fill=_time, does=_go_off(_monday)),
        State("off_forever", says="roster.off_open", does=_go_off(_forever)),
        State("off_all", says="roster.off_all", does=_go_off_everywhere),
        State("lists", needs=("items",), then=When(lambda m: bool(m.facts["items"]), "list", "list_empty")),
        State("list", says="roster.list", fill=_items, needs=("items",)),
        State("list_empty", says="roster.list_empty"),
        State("menu", says="roster.menu", fill=lambda m: {"verbs": m.facts["verbs"]}, needs=("verbs",)),
        State("who", says="roster.who", fill=lambda m: {"names": m.facts["on_now"]}, needs=("on_now",)),
        State("open", says="roster.open", fill=lambda m: {"lines": m.facts["open_now"]}, needs=("open_now",)),
        State(
            "own",  # it came from their own number: for themselves, or at work?
            says="roster.own",
            asks="question",
            hears=("me", "working"),
            goes={"me": "in_need", "working": "lists"},
            unclear="own_again",
            context="question",
            quiet=(minutes(10), "over"),
        ),
        State(
            "own_again",
            says="roster.own",
            asks="question",
            hears=("me", "working"),
            goes={"me": "in_need", "working": "lists"},
            unclear=STAY,
            quiet=(hours(1), "over"),
        ),
        State("in_need", says="roster.own_case", does=_in_need),
        State("over"),
    ),
)
