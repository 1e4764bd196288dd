"""Paging: one role asked for on one case, until somebody takes it. One engine for every role.

A page asks rung by rung: who is asked is arithmetic (`rotation.py`), each who is asked gets an offer, a run of its own.
A coordinators' page asks those on shift, then those off shift but not OFF, and the whole again, up to `rounds`; then it
is unanswered, and goes on: managers and the desk are rung every 15 minutes, everybody is asked again every 30, and who
comes on is asked at once. Other pages, and a hand-off, tell their opener "nobody" and leave it to a person.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows import rotation
from flows.alarm import raise_alarm
from flows.effects import CASE, OPENED, OPENER, Effect, Know, Note, Open, Page, Tell, WakeAt
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, hours, minutes, seconds
from flows.offer import offer_time
from flows.times import awake_from
from flows.waiting import they_wait

LIVE = minutes(4)  # then a message is offered, and the page goes on as for a text
NET = minutes(11)  # longer than any offer's own clock, which runs from the moment its text is sent


def open_page(m: Moment, **data: Any) -> Iterator[Effect]:
    """A coordinators' page with its alarm and, for somebody who has answered us, company. Needs the fact "open"."""
    urgent, answered = bool(data.get("urgent")), bool(data.get("answered"))
    opened = m.facts["open"]
    person = {role: id for role, id in m.run.parties.items() if role == "participant"}  # nobody else hears of it here
    if "paging" not in opened:
        yield Open("paging", {"role": "coordinator", "since": m.now.isoformat(), **data}, person)
    elif urgent:
        yield Tell("paging", "urgent")
    elif answered:
        yield Tell("paging", "answered")
    if "alarm" not in opened:
        silent = {"silent": True} if data.get("kind") == "silent" else {}
        yield Open("alarm", {"role": "coordinator", "urgent": urgent, "since": m.now.isoformat(), **silent}, person)
    elif urgent:
        yield Tell("alarm", "urgent")
    elif answered:
        yield Tell("alarm", "answered")
    if answered and not urgent and "company" not in opened:
        yield Open("company", {"since": m.now.isoformat()}, person)


def _begin(m: Moment) -> Iterable[Effect]:
    role = m.known["role"]
    yield Know({"asked": [], "round": 1, "current": [], "open": [], "since": m.known.get("since") or m.now})
    yield Page({"role": role, "urgent": bool(m.known.get("urgent")), "state": "asking", "opened_at": m.now})
    yield Note("page")


def _zone(m: Moment) -> ZoneInfo:
    return ZoneInfo(m.policy["timezone"])


def _line(m: Moment) -> list[rotation.Member]:
    """Everybody who can be asked now, in order: on shift, then (coordinators) off shift but not OFF."""
    if m.known["role"] == "support":
        return _support_line(m)
    line = _on(m)
    if m.known["role"] == "coordinator":
        line += _allowed(m, rotation.off_shift_order(*_asked_of(m)))
    return line


def _support_line(m: Moment) -> list[rotation.Member]:
    """The guide they know, unless OFF; then the coordinators, those on shift first."""
    rota, _, *rest = _asked_of(m)
    guide = [x for x in rota if x.id == m.known["first"] and rotation.eligible(x, next(iter(x.roles)), m.now)]
    coordinators = [
        *rotation.order(rota, "coordinator", *rest),
        *rotation.off_shift_order(rota, "coordinator", *rest),
    ]
    return _allowed(m, [*guide, *(x for x in coordinators if x not in guide)])


def _on(m: Moment) -> list[rotation.Member]:
    """Those on shift; whoever had this person's last case comes first."""
    on = _allowed(m, rotation.order(*_asked_of(m)))
    return sorted(on, key=lambda member: member.id != m.known.get("prefer"))


def _asked_of(m: Moment) -> tuple[Any, ...]:
    known = m.known
    return (m.facts["rota"], known["role"], known.get("language"), m.now, _zone(m), m.policy.get("limit"))


def _allowed(m: Moment, members: Iterable[rotation.Member]) -> list[rotation.Member]:
    barred = set(m.known.get("exclude", ()))
    return [member for member in members if member.id not in barred]


def _sleeps(m: Moment) -> bool:
    """What can wait is not asked for at night."""
    return bool(m.known.get("waking")) and _morning(m) > m.now


def _morning(m: Moment) -> datetime:
    return awake_from(m.now, m.policy["quiet"], m.policy["timezone"])


def _is_coordinators(m: Moment) -> bool:
    return m.known["role"] == "coordinator"


def _outlives(m: Moment) -> bool:
    """A guide is looked for whether the case is closed meanwhile or not."""
    return m.known["role"] == "guide"


def _rung(m: Moment) -> int:
    """One at a time; two in an emergency, and from the second rung for somebody who waits on the line."""
    again = bool(m.known["asked"] or m.known.get("again")) or m.known["round"] > 1
    return 2 if m.known.get("urgent") or (again and _live(m)) else 1


def _offer(m: Moment, member: rotation.Member) -> Iterable[Effect]:
    """One member is asked; somebody whose earlier offer still stands is asked through that one again."""
    known = m.known
    live = _live(m)
    if member.id in known["open"]:
        yield Tell(OPENED, "again", {"member": member.id, "urgent": bool(known.get("urgent")), "live": live})
        return
    yield Know({"open": [*known["open"], member.id]})
    kept = {key: known[key] for key in ("role", "urgent", "desk", "refer", "ride") if key in known}
    kept |= {"live": True} if live else {}
    yield Open("offer", {**kept, "member": member.id, "who": member.name}, {"member": member.id})


@emits(opens=("offer", "alarm"), tells=("again", "alarm", "more"))
def _ask_next(m: Moment) -> Iterable[Effect]:
    """The next rung: the first in line not yet asked in this round."""
    known = m.known
    line = _line(m)
    if known["role"] == "coordinator" and known["round"] == 1 and not known["asked"]:
        if not line:
            yield raise_alarm(m, "all_off")
            yield Know({"ring_at": m.now + minutes(15)})  # rung just now: not once more for being unanswered
        elif not _on(m):
            yield raise_alarm(m, "empty")
    yield Know({"live_since": (known.get("live_since") or m.now) if _on_line(m) else None})
    live = _live(m)
    refused = known.get("refused") if live else None
    yield Know({"refused": refused})
    line = [member for member in line if member.id not in (refused or ())]
    left = [member for member in line if member.id not in known["asked"]]
    if not left and line and (live or known["round"] < _rounds(m)):  # they hear that phones ring: so phones do ring
        yield Know({"round": known["round"] + (0 if live else 1), "asked": [], "again": True})
        left = line
    if known["asked"] and live:
        yield Tell("company", "more")
    rung = left[: _rung(m)]
    yield Know({"asked": [*m.known["asked"], *(member.id for member in rung)], "current": [x.id for x in rung]})
    for member in rung:
        yield from _offer(m, member)
    yield Page({"asked": len(m.known["open"])})


def _rounds(m: Moment) -> int:
    return int(m.policy["rounds"]) if m.known["role"] == "coordinator" else 1


def _spent(m: Moment) -> bool:
    return not m.known["current"]


def _on_line(m: Moment) -> bool:
    return m.known["role"] == "coordinator" and they_wait(m)


def _live(m: Moment) -> bool:
    """Whether the one who asks for help is waiting on the line just now, and has not been for four minutes yet."""
    since = m.instant("live_since") or m.now
    return _on_line(m) and m.now - since < LIVE


def _wait(m: Moment) -> timedelta:
    return seconds(offer_time(m.policy, bool(m.known.get("urgent")), _live(m))) + NET


def _from_current(m: Moment) -> bool:
    """Only silence or a pass of somebody asked in this rung moves the page on; an older one's changes nothing."""
    return m.data.get("member") in m.known["current"]


def _gone(m: Moment) -> Iterable[Effect]:
    """This member's offer has ended; if they are asked again, it is a new one. Not while the same caller waits."""
    known, member = m.known, m.data["member"]
    yield Know({"open": [x for x in known["open"] if x != member], "refused": [*known.get("refused", ()), member]})


def _keeps_asking(m: Moment) -> bool:
    return m.known["role"] == "coordinator" and m.known.get("kind") != "handoff"


def _one_rung(m: Moment) -> bool:
    """Somebody who never answered us, and neither showed danger nor asked for help: one rung is asked, no desk."""
    return m.known.get("kind") == "silent"


@emits(opens=("alarm", "offer"), tells=("alarm", "again"))
def _cry(m: Moment) -> Iterable[Effect]:
    """Nobody took it. Rings are repeated every 15 minutes, offers to all every 30; who comes on is asked at once."""
    known, line = m.known, _line(m)
    on = [member.id for member in _on(m)]
    ring_at, all_at = m.instant("ring_at") or m.now, m.instant("all_at") or m.now + minutes(30)
    if "all_at" not in known:
        yield Page({"state": "unanswered"})
        yield Note("unanswered")
    if ring_at <= m.now:
        ring_at = m.now + minutes(15)
        yield raise_alarm(m, "unanswered")
    if all_at <= m.now:
        all_at = m.now + minutes(30)
        fresh = line
    else:
        fresh = [member for member in line if member.id in on and member.id not in known.get("on", on)]
    yield Know({"ring_at": ring_at, "all_at": all_at, "on": on, "current": []})
    for member in fresh:
        yield from _offer(m, member)
    yield Page({"asked": len(m.known["open"])})
    yield WakeAt(min([ring_at, all_at, *_comings(m)]))


def _comings(m: Moment) -> Iterator[datetime]:
    """When somebody's shift begins, or their time off ends."""
    for member in _allowed(m, m.facts["rota"]):
        if m.known["role"] not in member.roles or not member.active:
            continue
        start = rotation.next_start(member.hours, _zone(m), m.now)
        yield from (at for at in (start, member.off_until) if at is not None and at > m.now)


@emits(tells=("covered", "taken"), opens=("assist",))
def _cover(m: Moment) -> Iterable[Effect]:
    """First acceptance wins: the case is locked, so there is only one."""
    known, by = m.known, {"member": m.data["member"], "who": m.data["who"], "role": m.known["role"]}
    yield Page({"state": "covered", "covered_at": m.now, "covered_by": by["member"]})
    yield Note("covered")
    yield Tell(OPENED, "taken", by)
    if known["role"] != "coordinator":
        yield Tell(OPENER, "covered", by)
        return
    yield Tell(CASE, "covered", by)
    parties = {**m.run.parties, "coordinator": by["member"]}
    yield Open("assist", {"who": by["who"], **{k: known[k] for k in ("urgent",) if k in known}}, parties)


@emits(tells=("nobody", "withdrawn"))
def _give_up(m: Moment) -> Iterable[Effect]:
    yield Page({"state": "unanswered"})
    yield Tell(OPENED, "withdrawn")
    yield Tell(OPENER, "nobody", {"role": m.known["role"]})


@emits(tells=("barred",))
def _bar(m: Moment) -> Iterable[Effect]:
    """Somebody must not be asked: what they were offered is taken back; if they were the ones asked, the next is."""
    members = m.data["members"]
    yield Know({"exclude": [*m.known.get("exclude", ()), *members]})
    yield Know({"open": [x for x in m.known["open"] if x not in members]})
    yield Tell(OPENED, "barred", {"members": members})


def _bars_current(m: Moment) -> bool:
    return any(x in m.known["current"] for x in m.data["members"])


def _new_urgency(m: Moment) -> bool:
    """A coordinators' page hurries when there is danger; nobody is driven or looked after then."""
    return not m.known.get("urgent") and m.known["role"] == "coordinator"


ENDED = Do(_gone, STAY)
NEXT: Target = When(_from_current, "asks", STAY)

PAGING = Flow(
    "paging",
    urgent=True,
    stamps=("paging", "timezone", "quiet"),
    told={
        "accepted": "covered",
        "withdraw": "withdrawn",
        "closed": When(_outlives, STAY, "withdrawn"),
        "bar": Do(_bar, STAY),
        "urgent": When(_is_coordinators, When(_new_urgency, "hurries", Do((Know({"kind": None}),), STAY)), STAY),
        "called": When(_is_coordinators, "called", STAY),
        "hung_up": Do((Know({"live_since": None}),), STAY),
        "alarmed": Do(lambda m: [Page({"alarm_at": m.now})], STAY),
        "passed": ENDED,
        "failed": ENDED,
        "ended": ENDED,
    },
    states=(
        State("opens", does=_begin, then="asks"),
        State("asks", then=When(_sleeps, "sleeps", "asks_next")),
        State("sleeps", does=(Note("page_sleeps"),), quiet=(lambda m: _morning(m) - m.now, "asks")),
        State("asks_next", does=_ask_next, needs=("rota", "open", "live"), then=When(_spent, "spent", "asking")),
        State(
            "asking",
            needs=("live",),
            quiet=(_wait, When(_one_rung, "rests", "asks")),
            told={
                "answered": Do((Know({"kind": None}),), STAY),
                "bar": Do(_bar, When(_bars_current, "asks", STAY)),
                "passed": Do(_gone, When(_one_rung, "rests", NEXT)),
                "failed": Do(_gone, NEXT),
                "lapsed": When(_one_rung, "rests", NEXT),
            },
        ),
        State("called", does=(Know({"asked": [], "kind": None, "live_since": None, "refused": None}),), then="asks"),
        State("hurries", does=(Know({"urgent": True, "kind": None, "asked": [], "round": 1}),), then="asks_urgent"),
        State("asks_urgent", does=(Page({"urgent": True, "state": "asking"}),), then="asks"),
        State("rests", quiet=(hours(24), "expires"), told={"answered": "resumes"}),
        State("resumes", does=(Know({"kind": None}),), then="asks"),
        State("expires", does=(Tell(CASE, "never_answered"),), then="withdrawn"),
        State("spent", then=When(_one_rung, "rests", When(_keeps_asking, "unanswered", "given_up"))),
        State("unanswered", does=_cry, needs=("rota", "open", "live"), quiet=(minutes(15), "unanswered")),
        State("covered", does=_cover),
        State("withdrawn", does=(Tell(OPENED, "withdrawn"), Page({"state": "closed"}))),
        State("given_up", does=_give_up),
    ),
)
