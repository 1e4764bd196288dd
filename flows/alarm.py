"""The alarm: managers are rung and texted, because somebody who asked for help has had no answer.

One alarm a case; `why` says what for. One alert a manager: it waits for "1 I am on it" and for the time they name.
"""

from collections.abc import Iterable
from datetime import timedelta

from flows.effects import CASE, OPENED, Effect, Know, Learn, Note, Open, Page, Ring, Tell, WakeAt
from flows.machine import STAY, Do, Flow, Moment, State, When, emits, hours, minutes, seconds
from flows.times import clock_time

CARDS = {
    "page": "alarm.alarm",
    "unanswered": "alarm.unanswered",
    "empty": "alarm.empty",
    "all_off": "alarm.all_off",
    "danger": "alarm.danger_2h",
    "handoff": "alarm.handoff",
    "lost": "alarm.lost",
    "again": "alarm.again",
}


def raise_alarm(m: Moment, why: str) -> Effect:
    """Ring the managers now: through the case's alarm if it has one, else a new one. Needs the fact "open"."""
    if "alarm" in m.facts["open"]:
        return Tell("alarm", "alarm", {"why": why})
    return Open("alarm", {"why": why, "now": True})


URGENT_AFTER = minutes(5)  # contract 5: alarm_after of an urgent page


def _patience_left(m: Moment) -> timedelta:
    after = seconds(m.policy["alarm_after"])
    since = m.instant("since") or m.now
    return max(seconds(1), since + (min(after, URGENT_AFTER) if m.known.get("urgent") else after) - m.now)


def _patience(m: Moment) -> Iterable[Effect]:
    """The alarm's clock runs from the page's opening, whichever round it is."""
    yield Know({"since": m.known.get("since") or m.now})


@emits(opens=("alert",), tells=("again",))
def _ring_managers(m: Moment) -> Iterable[Effect]:
    why = m.data.get("why") or ("page" if not m.known.get("now") else m.known.get("why", "page"))
    alerted = list(m.known.get("alerted", []))
    yield Know({"rang": True, "why": why})
    yield Note("alarm")
    if m.known.get("page"):
        yield Page({"alarm_at": m.now})
    yield Tell(OPENED, "again", {"why": why})
    for member in m.facts["rota"]:
        if "manager" in member.roles and member.active and not member.opted_out and member.id not in alerted:
            alerted.append(member.id)
            since = m.known.get("since") or m.now.isoformat()
            yield Open("alert", {"why": why, "since": since, "who": member.name}, {"manager": member.id})
    yield Know({"alerted": alerted})


def _now(m: Moment) -> bool:
    return bool(m.known.get("now"))


ALARM = Flow(
    "alarm",
    party="manager",
    urgent=True,
    stamps=("paging", "timezone"),
    told={
        "covered": "over",
        "safe": When(lambda m: m.known.get("why") == "danger", "over", STAY),
        "alarm": "rings",
        "on_it": Do((Know({"answered": True}),), STAY),
    },
    states=(
        State("opens", does=_patience, then=When(_now, "rings", "waits")),
        State("waits", quiet=(_patience_left, "rings"), told={"urgent": "hurries"}),
        State("hurries", does=(Know({"urgent": True}),), then="waits"),
        State("rings", does=_ring_managers, needs=("rota",), then="rung"),
        State("rung", quiet=(hours(1), When(lambda m: bool(m.known.get("answered")), "rung", "rings"))),
        State("over", does=(Tell(OPENED, "covered"),)),
    ),
)


def _alarm_card(m: Moment) -> str:
    return CARDS[m.data.get("why") or m.known["why"]]


@emits(cards=tuple(CARDS.values()))
def _alert(m: Moment) -> Iterable[Effect]:
    yield Know({"why": m.data.get("why") or m.known["why"]})
    yield Ring(_alarm_card(m), "manager", _since(m))


def _since(m: Moment) -> dict[str, object]:
    return {"time": {"instant": m.known["since"]}}


def _named(m: Moment) -> bool:
    return clock_time(m.words, m.now, m.policy["timezone"]) is not None


@emits(tells=("named",))
def _promise(m: Moment) -> Iterable[Effect]:
    at = clock_time(m.words, m.now, m.policy["timezone"])
    assert at is not None
    yield Know({"promised": at})
    yield Tell(CASE, "named", {"time": at.isoformat(), "who": m.known["who"]})
    yield WakeAt(at)


@emits(tells=("on_it",))
def _on_it(m: Moment) -> Iterable[Effect]:
    yield Note("alarm_answered", role="manager")
    yield Tell(CASE, "on_it", {"who": m.known["who"]})


def _promised(m: Moment) -> dict[str, object]:
    return {"time": {"instant": m.known["promised"]}}


ALERT = Flow(
    "alert",
    party="manager",
    urgent=True,
    stamps=("timezone",),
    told={
        "covered": When(lambda m: bool(m.data.get("who")), "over_by", "over"),
        "again": "rings",
        "on_it": "taken",
        "safe": STAY,
    },
    states=(
        State("rings", does=_alert, then="rung"),
        State(
            "rung",
            asks="offer",
            hears=("yes",),
            goes={"yes": "answers"},
            unclear=Do((), STAY),
            quiet=(hours(2), "over"),
        ),
        State("answers", does=_on_it, then="when"),
        State(
            "when",
            says="alarm.time",
            asks="question",
            words={"manager": When(_named, "promises", "asks_again")},
            quiet=(minutes(10), "on_it"),
        ),
        State(
            "asks_again",
            says="alarm.time_again",
            asks="question",
            words={"manager": When(_named, "promises", "on_it")},
            quiet=(minutes(10), "on_it"),
        ),
        State("promises", does=(Learn({"named": True}),), then="promised"),
        State("promised", says="alarm.named", fill=_promised, does=_promise, quiet=(hours(1), "late")),
        State("late", does=(Know({"why": "again"}), Know({"since": None})), then="reminds"),
        State(
            "reminds",
            says="alarm.again",
            fill=lambda m: {"time": {"instant": m.now.isoformat()}},
            asks="offer",
            hears=("yes",),
            goes={"yes": "answers"},
            unclear=Do((), STAY),
            quiet=(hours(2), "over"),
        ),
        State("on_it", quiet=(hours(1), "over"), told={"again": "rings"}),
        State(
            "taken",
            says="alarm.on_it",
            fill=lambda m: {"who": m.data["who"]},
            quiet=(hours(1), "over"),
        ),
        State("over_by", says="alarm.over", fill=lambda m: {"who": m.data["who"]}),
        State("over"),
    ),
)
