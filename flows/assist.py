"""Assist: a participant and a coordinator texting each other through the line.

Taken is not answered: a coordinator who says nothing for 5 minutes is texted and rung, after 10 the next is asked while the
first keeps access; the same whenever the participant has waited 15 minutes. What could end or move the case is asked back
first (flow `confirm`), and so are all questions to the coordinator, each a run of its own with a clock of its own.
"""

from collections.abc import Iterable

from flows.effects import (
    CASE, OPENED, Close, Effect, Know, Learn, Level, Note, Open, Own, Relay, Resend, Ring, Say, Tell,
)  # fmt: skip
from flows.events import Failed
from flows.machine import STAY, Do, Flow, Moment, State, Target, Wait, When, emits, hours, minutes, seconds
from flows.paging import open_page

MARKS = (  # one card each: what the coordinator should know before the first word
    "unanswered", "sign", "person", "call", "on_911", "cant_call", "cops", "help_here", "unreachable", "opted_out", "desk",
)  # fmt: skip
LONGEST = 290  # characters: two segments
RETRIES = (minutes(15), hours(1))  # a text that failed is tried again after these


@emits(
    cards=("assist.accepted", "assist.you_have", "assist.brief", *(f"marks.{mark}" for mark in MARKS)),
)
def _take(m: Moment) -> Iterable[Effect]:
    """The coordinator hears all that was said so far; the participant, that a person is here."""
    case = m.facts["case"]
    known = case["known"]
    yield Own("coordinator")
    yield Say("assist.accepted", "participant", {"who": m.known["who"]})
    yield Say("assist.you_have", "coordinator")
    yield Say("assist.brief", "coordinator", {"name": known.get("name", "-"), "town": known.get("town", "-")})
    for mark in known.get("marks", []):
        yield Say(f"marks.{mark}", "coordinator")
    for words in _gathered(m.facts["said"]):
        yield Relay(words, "coordinator")


def _gathered(said: tuple[str, ...]) -> list[str]:
    """All they wrote, in as few texts as it takes: a coordinator reads one thing better than nine."""
    texts: list[str] = []
    for words in said:
        if texts and len(texts[-1]) + len(words) < LONGEST:
            texts[-1] += f" / {words}"
        else:
            texts.append(words)
    return texts


def _urgent(m: Moment) -> bool:
    return bool(m.known.get("urgent"))


def _to_coordinator(m: Moment) -> Iterable[Effect]:
    yield Relay(m.words, "coordinator")


@emits(tells=("withdraw",))
def _to_participant(m: Moment) -> Iterable[Effect]:
    yield Relay(m.words, "participant")
    if not _handing(m):
        yield Tell(OPENED, "withdraw")  # the first has answered: nobody else need be asked


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _ask_next(m: Moment) -> Iterable[Effect]:
    """The next is asked, and the first keeps access."""
    known = m.facts["case"]["known"]
    yield from open_page(
        m, kind="handoff", exclude=_barred(m), language=known.get("language"), urgent=_urgent(m), answered=True
    )


def _barred(m: Moment) -> list[int]:
    return [*m.facts["case"]["known"].get("barred", []), m.run.parties["coordinator"]]


@emits(opens=("paging",))
def _hand_off(m: Moment) -> Iterable[Effect]:
    yield Know({"handing": True})
    if "paging" not in m.facts["open"]:
        language = m.facts["case"]["known"].get("language")
        yield Open("paging", {"role": "coordinator", "kind": "handoff", "exclude": _barred(m), "language": language})


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _give_back(m: Moment) -> Iterable[Effect]:
    """The case is nobody's again: asked for as if it had just come in, but not of the one who gave it back."""
    known = m.facts["case"]["known"]
    yield Note("given_back", role="coordinator")
    yield Own(None)
    yield from open_page(m, exclude=_barred(m), language=known.get("language"), urgent=_urgent(m), answered=True)


def _mine(m: Moment) -> bool:
    return m.data.get("member") == m.run.parties["coordinator"]


def _handing(m: Moment) -> bool:
    return bool(m.known.get("handing"))


def _confirm(verb: str, card: str) -> Target:
    """Ask back before acting: one digit does it, 0 sends the word on as words."""
    return Do((Open("confirm", {"verb": verb, "card": card}),), STAY)


def _send_word(m: Moment) -> Iterable[Effect]:
    """0: it was no order, it was words for them."""
    yield Relay(m.data["words"], "participant")


@emits(cards=("assist.note_saved",))
def _note(m: Moment) -> Iterable[Effect]:
    yield Note("note", words=m.words, role="coordinator")
    yield Say("assist.note_saved", "coordinator")


@emits(opens=("outcome",))
def _close(m: Moment) -> Iterable[Effect]:
    yield Note("done", role="coordinator")
    yield Open("outcome", {}, {"coordinator": m.run.parties["coordinator"]})
    yield Close("done")


@emits(tells=("safe",), cards=("assist.safe_done",))
def _safe(m: Moment) -> Iterable[Effect]:
    yield Note("safe", role="coordinator")
    yield Level("none", safe=True)
    yield Tell(CASE, "safe")
    yield Know({"urgent": False})
    yield Say("assist.safe_done", "coordinator")


@emits(cards=("assist.failed", "assist.failed_last", "assist.unreachable"))
def _failed(m: Moment) -> Iterable[Effect]:
    """A text that did not reach the participant: the coordinator is told, and it is tried twice more."""
    event = m.event
    assert isinstance(event, Failed)
    if event.why == "opted_out":
        yield Learn(mark="opted_out")
        yield Say("assist.unreachable", "coordinator")
        return
    tries = event.tries
    if event.why == "impossible" or tries > len(RETRIES):
        yield Say("assist.failed_last", "coordinator")
        return
    if tries == 1:
        yield Say("assist.failed", "coordinator")
    yield Resend(event.delivery, RETRIES[tries - 1])


@emits(cards=("assist.danger", "assist.danger_ring"))
def _alert(m: Moment) -> Iterable[Effect]:
    """New danger in a case that somebody has: their text and their phone, at once."""
    yield Know({"urgent": True})
    yield Say("assist.danger", "coordinator")
    yield Ring("assist.danger_ring", "coordinator")


@emits(cards=("assist.silent", "assist.silent_ring"))
def _nudge(m: Moment) -> Iterable[Effect]:
    yield Say("assist.silent", "coordinator")
    yield Ring("assist.silent_ring", "coordinator")


@emits(cards=("assist.waiting", "assist.silent_ring"))
def _nudge_owed(m: Moment) -> Iterable[Effect]:
    yield Say("assist.waiting", "coordinator")
    yield Ring("assist.silent_ring", "coordinator")


HEARS = {"coordinator": ("note", "handoff", "safe", "done", "pass", "call"), "participant": ("asks_call",)}
GOES: dict[str, Target] = {
    "note": Do(_note, STAY),
    "handoff": _confirm("handoff", "assist.handoff_confirm"),
    "safe": _confirm("safe_said", "assist.safe_confirm"),
    "done": _confirm("done", "assist.done_confirm"),
    "pass": "gives_back",
    "call": Do((Say("assist.no_calls", "coordinator"),), STAY),
    "asks_call": "asks_call",
}


def _talking(name: str, quiet: tuple[Wait, Target], *, owed: bool = True) -> State:
    """A state of the talk. While the coordinator owes a word, the participant's next words do not restart the clock."""
    theirs: Target = Do(_to_coordinator, STAY) if owed else "theirs"
    return State(
        name,
        asks="talk",
        hears=HEARS,
        keys={},
        goes=GOES,
        words={"participant": theirs, "coordinator": "ours"},
        unclear=STAY,
        quiet=quiet,
    )


ASSIST = Flow(
    "assist",
    party="coordinator",
    rank=4,
    told={
        "done": "closes",
        "handoff": "hands_off",
        "safe_said": "safe_said",
        "send": Do(_send_word, STAY),
        "covered": When(_mine, STAY, When(_handing, "handed", STAY)),
        "nobody": "nobody_took",
        "ask_again": "hands_off",
        "mine": Do((Know({"handing": None}),), STAY),
        "ask_safe": Do((Say("assist.safe_ask", "coordinator"),), STAY),
        "follow_up": Do((Say("assist.follow_up", "coordinator"),), STAY),
        "help_here": Do((Say("assist.help_here", "coordinator"),), STAY),
        "unreachable": Do((Say("assist.unreachable", "coordinator"),), STAY),
        "emergency": Do(_alert, "alerted"),
    },
    failed={"participant": Do(_failed, STAY), "coordinator": "asks_quietly"},
    states=(
        State("takes", does=_take, needs=("case", "said"), then="fresh"),
        _talking("fresh", (minutes(5), "nudges")),  # taken is not answered
        State("nudges", does=_nudge, then="nudged"),
        _talking("nudged", (minutes(5), "asks_next")),
        State("asks_next", says="assist.next_asked", does=_ask_next, needs=("case", "open"), then="owes"),
        State("asks_quietly", does=_ask_next, needs=("case", "open"), then="owes"),
        _talking("owes", (hours(1), "nudges_owed")),  # somebody else is being asked; the first may still answer
        _talking("alerted", (seconds(90), "asks_next")),
        State("theirs", does=_to_coordinator, then="owed"),
        _talking("owed", (minutes(15), "nudges_owed")),
        State("nudges_owed", does=_nudge_owed, then="nudged"),
        State("ours", does=_to_participant, then="answered"),
        _talking("answered", (hours(24), "still"), owed=False),
        State("still", says="assist.still_open", then="answered"),
        State("asks_call", does=(Learn(mark="call"), Say("assist.asks_call", "coordinator")), then="owed"),
        State("safe_said", does=_safe, then="answered"),
        State("closes", does=_close),
        State("gives_back", says="assist.pass_done", does=_give_back, needs=("case", "open"), then="over"),
        State("hands_off", says="assist.handoff_asked", does=_hand_off, needs=("case", "open"), then="answered"),
        State("nobody_took", does=(Open("ask_again", {"card": "assist.handoff_none"}),), then="answered"),
        State("handed", says="assist.handed", fill=lambda m: {"who": m.data["who"]}, then="over"),
        State("over", does=(Tell(OPENED, "withdrawn"),)),
    ),
)
