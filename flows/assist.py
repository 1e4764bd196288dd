"""Assist: a participant and a coordinator texting each other through the line.

Taken is not answered: a coordinator who says nothing for 5 minutes is texted and rung, after 10 the next is asked while
the first keeps access; the same when the participant has waited 15 minutes. What could end or move the case is asked
back first (flow `confirm`), and so are all questions to the coordinator, each a run of its own with its own clock.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.after import went_home, went_inside
from flows.assist_call import CALLS, TALKED, WAITED, call
from flows.brief import MARK_CARDS, brief, cards_of, failed, is_stranger
from flows.effects import CASE, OPENED, Close, Effect, Know, Learn, Level, Note, Open, Own, Relay, Ring, Say, Tell
from flows.machine import (
    STAY,
    Do,
    Flow,
    Moment,
    State,
    Target,
    Wait,
    When,
    emits,
    fills,
    hours,
    minutes,
    seconds,
)  # fmt: skip
from flows.paging import open_page
from flows.waiting import they_wait


def _id(m: Moment) -> int:
    return m.run.parties["coordinator"]


def _with(m: Moment) -> list[int]:
    """Everybody who has this case: usually one; two when the first was silent and the next was asked."""
    return list(m.facts["case"]["known"].get("with", ()))


@emits(
    cards={
        "assist.accepted": ("who",),
        "assist.you_have": (),
        "offer.taken": (),
        "assist.brief": ("name", "town"),
        "assist.brief_name": ("name",),
        "assist.brief_town": ("town",),
        "assist.danger": (),
        "assist.opted_out": (),
        **dict.fromkeys(MARK_CARDS, ()),
    }
)
def _take(m: Moment) -> Iterable[Effect]:
    """The coordinator hears all that was said so far; the participant, that a person is here."""
    known = m.facts["case"]["known"]
    yield Own("coordinator")
    yield Learn({"with": [*(x for x in _with(m) if x != _id(m)), _id(m)]})
    if they_wait(m):
        yield Know({"untold": True})  # they hear the coordinator's own voice first
    elif not is_stranger(known):
        yield Say("assist.accepted", "participant", {"who": m.known["who"]})
    if "coordinator" in m.facts["live"] and not they_wait(m):
        yield Say("offer.taken", "coordinator")  # they pressed 1, and nobody waits on the line to talk with
    yield Say("assist.you_have", "coordinator")
    yield from brief({key: known[key] for key in ("name", "town") if known.get(key)})
    yield from (Say(card, "coordinator") for card in cards_of(known))
    if _urgent(m):
        yield Say("assist.danger", "coordinator")
    for words in m.facts["said"]:
        if words.strip():
            yield Relay(words, "coordinator")


def _urgent(m: Moment) -> bool:
    return bool(m.known.get("urgent"))


def _to_coordinator(m: Moment) -> Iterable[Effect]:
    yield Relay(m.words, "coordinator")


@emits(tells=("withdraw", "covered"))
def _to_participant(m: Moment) -> Iterable[Effect]:
    yield Relay(m.words, "participant")
    yield from _answered(m)


@emits(tells=("withdraw", "covered"))
def _send_word(m: Moment) -> Iterable[Effect]:
    """0: it was no order, it was words for them."""
    yield Relay(m.data["words"], "participant")
    yield from _answered(m)


@emits(tells=("withdraw", "covered"))
def _answered(m: Moment) -> Iterable[Effect]:
    """The first has answered: nobody else need be asked, and nobody alarmed."""
    if m.known.get("asking"):
        yield Know({"asking": None})
        yield Tell(OPENED, "withdraw")
        yield Tell("alarm", "covered", {"who": m.known["who"]})
        yield Tell("company", "covered")


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _ask_next(m: Moment) -> Iterable[Effect]:
    """The next is asked, and the first keeps access."""
    if "paging" not in m.facts["open"]:
        yield Know({"asking": True})
    # Somebody has the case: the one who waits is not told that nobody does.
    yield from open_page(m, **{**_page(m), "answered": False})


def _page(m: Moment) -> dict[str, Any]:
    known = m.facts["case"]["known"]
    barred = [*known.get("barred", ()), *_with(m), _id(m), m.run.parties["participant"]]
    kept = {"language": known["language"]} if known.get("language") else {}
    return {**kept, "exclude": sorted(set(barred)), "urgent": _urgent(m), "answered": True}


@emits(opens=("paging",), cards=("assist.handoff_asked",))
def _hand_off(m: Moment) -> Iterable[Effect]:
    """Others are asked, quietly: the case is still somebody's."""
    yield Know({"handing": True, "asking": None})
    if "paging" not in m.facts["open"]:
        page = {**_page(m), "role": "coordinator", "kind": "handoff", "since": m.now.isoformat()}
        yield Open("paging", page)
    yield Say("assist.handoff_asked", "coordinator")


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered", "given_back", "keeps"))
def _give_back(m: Moment) -> Iterable[Effect]:
    """The case is nobody's again: asked for as if it had just come in, but not of the one who gave it back."""
    yield Note("given_back", role="coordinator")
    others = [x for x in _with(m) if x != _id(m)]
    yield Learn({"with": others})
    if others:
        yield Tell("assist", "keeps")
        return
    yield Own(None)
    yield Tell(CASE, "given_back")
    yield from open_page(m, **_page(m))


def _mine(m: Moment) -> bool:
    return m.data.get("member") == _id(m)


def _for_me(m: Moment) -> bool:
    """What is told to whoever has the case, or to one of two who have it."""
    return m.data.get("member", _id(m)) == _id(m)


def _owns(m: Moment) -> bool:
    return bool(m.facts["case"]["coordinator"] == _id(m))


def _has_no_phone(m: Moment) -> bool:
    return "desk_no_phone" in m.facts["case"]["known"].get("marks", ())


@emits(tells=("covered",), cards=("marks.desk", "marks.desk_no_phone", "marks.referred"))
def _at_desk(m: Moment) -> Iterable[Effect]:
    """The one they have stands at the desk now; the officer hears whose they are."""
    yield Say(f"marks.{m.data['mark']}", "coordinator")
    yield Tell("desk", "covered", {"member": _id(m), "who": m.known["who"]})


def _handing(m: Moment) -> bool:
    return bool(m.known.get("handing"))


@emits(cards={"offer.covered": ("who",)})
def _joined(m: Moment) -> Iterable[Effect]:
    """Somebody else was asked and came: both have it from now on, and both know."""
    yield Know({"asking": None})
    yield Say("offer.covered", "coordinator", {"who": m.data["who"]})


def _leave(m: Moment) -> Iterable[Effect]:
    yield Learn({"with": [x for x in _with(m) if x != _id(m)]})


def _frozen(m: Moment) -> bool:
    """Danger was seen and nobody has said SAFE: the case is not ended over it."""
    return bool(m.facts["case"]["frozen"])


def _confirm(verb: str, card: str) -> Target:
    """Ask back before acting: one digit does it, 0 sends the word on as words."""

    @emits(opens=("confirm",), tells=("anew",))
    def ask(m: Moment) -> Iterable[Effect]:
        yield Tell(OPENED, "anew")
        yield Open("confirm", {"verb": verb, "card": card, "words": m.words, "argument": m.data.get("argument")})

    return Do(ask, STAY)


@emits(cards=("assist.note_saved",))
def _note(m: Moment) -> Iterable[Effect]:
    yield Note("note", words=m.words, role="coordinator")
    yield Say("assist.note_saved", "coordinator")


@emits(opens=("guide",), tells=("withdrawn",))
def _find_guide(m: Moment) -> Iterable[Effect]:
    yield Tell("guide", "withdrawn")  # asked anew: whoever is named last
    yield Open("guide", {"name": m.data.get("argument")})


@emits(opens=("outcome", "after"))
def _close(m: Moment) -> Iterable[Effect]:
    yield Note("done", role="coordinator")
    yield Open("outcome")
    yield Open("after", {}, {role: m.run.parties[role] for role in ("participant", "coordinator")})
    yield Close("done")


@emits(tells=("safe",), cards=("assist.safe_done",))
def _safe(m: Moment) -> Iterable[Effect]:
    yield Note("safe", role="coordinator")
    yield Level("none", safe=True)
    yield Tell(CASE, "safe")
    yield Know({"urgent": None})
    yield Say("assist.safe_done", "coordinator")


def _opted_out(m: Moment) -> bool:
    return m.data.get("why") == "opted_out"


@emits(cards=("assist.danger", "assist.danger_ring"))
def _alert(m: Moment) -> Iterable[Effect]:
    """New danger in a case that somebody has: their text and their phone, at once."""
    yield Know({"urgent": True})
    yield Say("assist.danger", "coordinator")
    if not they_wait(m):  # who is on the line is put through: that rings them
        yield Ring("assist.danger_ring", "coordinator")


@emits(cards=("assist.silent", "assist.silent_ring"))
def _nudge(m: Moment) -> Iterable[Effect]:
    yield Say("assist.silent", "coordinator")
    yield Ring("assist.silent_ring", "coordinator")


@emits(cards=("assist.waiting", "assist.silent_ring"))
def _nudge_owed(m: Moment) -> Iterable[Effect]:
    yield Say("assist.waiting", "coordinator")
    yield Ring("assist.silent_ring", "coordinator")


@emits(opens=("ride",), tells=("again",))
def _ride(m: Moment) -> Iterable[Effect]:
    """What RIDE asks is a run of its own; RIDE again, while one goes on, is about that one."""
    if "ride" in m.facts["open"]:
        yield Tell("ride", "again")
    else:
        yield Open("ride", {"role": "driver", "words": m.words, "verb": "ride"})


@emits(opens=("placement",), tells=("placed_anew",))
def _placed(m: Moment) -> Iterable[Effect]:
    yield Tell("placement", "placed_anew")
    yield Open("placement", {"words": m.words, "verb": "placed"})


@fills("who")
def _who(m: Moment) -> Mapping[str, Any]:
    return {"who": m.data["who"]}


def _tells(card: str) -> Target:
    return Do((Say(card, "coordinator"),), STAY)


COORDINATOR = ("note", "handoff", "safe", "done", "pass", "call", "guide", "home", "inside", "ride", "placed")
HEARS = {"coordinator": COORDINATOR, "participant": ("asks_call",)}
ASKS_CALL = (Learn(mark="call"), Say("assist.asks_call", "coordinator"), Say("intake.call", "participant"))
GOES: dict[str, Target] = {
    "note": Do(_note, STAY),
    "handoff": _confirm("handoff", "assist.handoff_confirm"),
    "safe": _confirm("safe_said", "assist.safe_confirm"),
    "done": Do(
        (),
        When(_frozen, Do((Say("assist.safe_first", "coordinator"),), STAY), _confirm("done", "assist.done_confirm")),
        ("case",),
    ),
    "guide": _confirm("guide", "guide.confirm"),
    "home": _confirm("left_care", "after.home_confirm"),
    "inside": _confirm("in_care", "after.inside_confirm"),
    "ride": Do(_ride, STAY, needs=("open",)),
    "placed": Do(_placed, STAY),
    "pass": "gives_back",
    "call": Do((), When(_has_no_phone, "calls_desk", CALLS), needs=("case", "open", "live")),
}


def _talking(name: str, quiet: tuple[Wait, Target], *, owing: bool = True) -> State:
    """A state of the talk. While the coordinator owes a word, the participant's next words do not restart the clock."""
    return State(
        name,
        asks="talk",
        hears=HEARS,
        keys={},
        goes={**GOES, "asks_call": Do(ASKS_CALL, STAY if owing else "owed")},
        words={"participant": Do(_to_coordinator, STAY if owing else "owed"), "coordinator": "ours"},
        told={"emergency": STAY} if name == "alerted" else {} if owing else {"unreached": "owed"},  # rung a moment ago
        quiet=quiet,
    )


ASSIST = Flow(
    "assist",
    party="coordinator",
    rank=4,
    told={
        "done": "closes",
        "closed": "ended",
        "handoff": Do(_hand_off, STAY, needs=("case", "open")),
        "safe_said": Do(_safe, STAY),
        "send": When(_for_me, "sends", STAY),
        "at_desk": Do((), When(_owns, Do(_at_desk, STAY), STAY), needs=("case",)),
        "coming": When(_mine, "comes", STAY),
        "guide": Do(_find_guide, STAY),
        "left_care": Do(went_home, STAY),
        "in_care": Do(went_inside, STAY),
        "asks_talk": _tells("assist.asks_talk"),
        "covered": When(_mine, STAY, When(_handing, "handed", Do(_joined, STAY))),
        "nobody": Do((Open("ask_again", {"card": "assist.handoff_none"}),), STAY),
        "ask_again": Do(_hand_off, STAY, needs=("case", "open")),
        "mine": Do((Know({"handing": None}), Say("assist.keeps", "coordinator")), STAY),
        "keeps": Do((Own("coordinator"),), STAY),
        "ask_safe": _tells("assist.safe_ask"),
        "follow_up": _tells("assist.follow_up"),
        "help_here": _tells("assist.help_here"),
        "wants_none": _tells("assist.opted_out"),
        "talked": When(_mine, TALKED, STAY),
        "waited": When(_mine, WAITED, STAY),
        "spoke": When(_mine, "comes", STAY),
        "voicemail": _tells("assist.voicemail"),
        "callback": _tells("marks.callback"),
        "rang_off": _tells("assist.rang_off"),
        "voicemail_lost": _tells("assist.voicemail_lost"),
        "unreached": STAY,
        "not_reached": When(_mine, "asks_next", STAY),  # somebody in danger is on the line, and nobody picked up
        "unreachable": When(_opted_out, _tells("assist.unreachable"), _tells("marks.unreachable")),
        "emergency": Do(_alert, "alerted", needs=("live",)),
    },
    failed={"participant": Do(failed, STAY, needs=("case",)), "coordinator": "asks_quietly"},
    states=(
        State("takes", does=_take, needs=("case", "said", "live"), then=When(they_wait, "takes_call", "fresh")),
        State("takes_call", does=call, needs=("open", "live"), then="fresh"),
        _talking("fresh", (minutes(5), "nudges")),  # taken is not answered
        State("nudges", does=_nudge, then="nudged"),
        _talking("nudged", (minutes(5), "asks_next")),
        State("asks_next", says="assist.next_asked", does=_ask_next, needs=("case", "open"), then="owes"),
        State("asks_quietly", does=_ask_next, needs=("case", "open"), then="owes"),
        _talking("owes", (hours(1), "nudges_owed")),  # somebody else is being asked; the first may still answer
        _talking("alerted", (seconds(90), "asks_next")),
        _talking("owed", (minutes(15), "nudges_owed")),
        State("nudges_owed", does=_nudge_owed, then="nudged"),
        State("ours", does=_to_participant, then="answered"),
        State("sends", does=_send_word, then="answered"),
        State("comes", does=_answered, then="answered"),
        State("calls_desk", says="assist.call_desk", does=_answered, then="answered"),  # no word would reach them
        _talking("answered", (hours(24), "still"), owing=False),
        State("still", does=(Open("still"),), then="answered"),
        State("closes", does=_close),
        State("gives_back", says="assist.pass_done", does=_give_back, needs=("case", "open"), then="over"),
        State("handed", says="assist.handed", fill=_who, does=_leave, needs=("case",), then="over"),
        State("ended", says="assist.ended"),
        State("over", does=(Tell(OPENED, "withdrawn"),)),
    ),
)
