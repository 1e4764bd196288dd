"""What keeping in touch looks at and does: the tests and deeds of the flow `care`, whose table is in care.py."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flows import resend
from flows.by_call import is_called
from flows.effects import OPENED, Effect, HoldCode, Join, Know, Open, Relay, Rouse, Say, Tell
from flows.events import Failed, Heard
from flows.machine import Moment, emits, fills, hours, minutes
from flows.schedule import DOORS, LATER, awake, first_name, local_date, next_day, next_door, send_time

JUST_WROTE = minutes(15)  # what answers them so soon comes unasked to nobody (domain.md 4.1)
STILL_UP = hours(1)  # whoever wrote so lately may be answered at night
STRAIGHT = hours(24)  # after an answer, the guide's words go straight to them
DAYS_120 = hours(24 * 120)
SILENT = 3


# --- what is so -----------------------------------------------------------------------------------------------------


def is_awake(m: Moment) -> bool:
    return awake(m.policy, m.now) <= m.now


def may_text(m: Moment) -> bool:
    """Not at night, and not while they ask for help or are in danger: postponed, not lost. Needs the fact "touch"."""
    return is_awake(m) and not is_busy(m)


def is_busy(m: Moment) -> bool:
    """They ask for help, or are in danger: people are with them."""
    return bool(m.facts["touch"]["busy"])


def may_send(m: Moment) -> bool:
    return may_text(m) and not is_drafting(m)


def until_allowed(m: Moment) -> timedelta:
    """Until the night is over, ten minutes for a guide who is writing, or an hour: it may have ended by then."""
    if not is_awake(m):
        return awake(m.policy, m.now) - m.now
    return minutes(10) if is_drafting(m) else hours(1)


def lost_them(m: Moment) -> bool:
    """They asked for no more texts elsewhere, or the carrier refuses ours."""
    return bool(m.facts["touch"]["wants_none"] or m.facts["touch"]["opted_out"])


def guide_gone(m: Moment) -> bool:
    guide = m.facts["touch"]["guide"]
    return guide is None or not guide["active"] or guide["opted_out"]


def is_agreed(m: Moment) -> bool:
    return bool(m.known.get("agreed"))


def is_home(m: Moment) -> bool:
    return bool(m.known.get("home"))


def has_day(m: Moment) -> bool:
    return m.known.get("send") is not None


def is_soon(m: Moment) -> bool:
    """Their text goes out within a day: it is the one the guide was told of."""
    send = m.instant("send")
    return send is not None and send - m.now <= hours(24)


def is_straight(m: Moment) -> bool:
    until = m.instant("talk_until")
    return until is not None and m.now < until


def wrote_within(m: Moment, span: timedelta) -> bool:
    heard = m.facts["touch"]["heard_at"]
    return heard is not None and m.now - heard <= span


def indiscreet(m: Moment) -> bool:
    return bool(m.facts["indiscreet"]["words"]) and not wrote_within(m, JUST_WROTE)


def too_long(m: Moment) -> bool:
    return bool(m.facts["indiscreet"]["over"])


def too_late(m: Moment) -> bool:
    return not is_awake(m) and not wrote_within(m, STILL_UP)


def first_of(m: Moment) -> str:
    return m.known.get("first") or "-"


@fills("first")
def who(m: Moment) -> Mapping[str, Any]:
    return {"first": first_of(m)}


@fills("guide")
def by_guide(m: Moment) -> Mapping[str, Any]:
    return {"guide": m.known["guide"]}


# --- consent --------------------------------------------------------------------------------------------------------


@emits(cards={"guide.yours": ("first",)})
def begin(m: Moment) -> Iterable[Effect]:
    yield Say("guide.yours", "guide", {"first": first_of(m)})
    yield Know({"began": m.now, "silent": 0})
    yield HoldCode(m.now + DAYS_120)


def tells_both(card: str) -> Any:
    """The guide and the coordinator hear the same, once if they are the same."""

    @emits(cards={card: ("first",)})
    def tell(m: Moment) -> Iterable[Effect]:
        for role in ("guide", "coordinator"):
            if role in m.run.parties and (role == "guide" or m.run.parties.get("guide") != m.run.parties[role]):
                yield Say(card, role, {"first": first_of(m)})

    return tell


@emits(cards=("assist.ended",))
def tell_end(m: Moment) -> Iterable[Effect]:
    """It ended, and that is all there is to know."""
    yield from (Say("assist.ended", role) for role in ("guide", "coordinator") if role in m.run.parties)


# --- the clock ------------------------------------------------------------------------------------------------------


def keep_home(m: Moment) -> Iterable[Effect]:
    yield Know({"home": m.data["at"]})


def forget_home(m: Moment) -> Iterable[Effect]:
    yield Know({"home": None, "send": None})


def start(m: Moment) -> Iterable[Effect]:
    """Home again: from day 1, whatever there was before."""
    started = local_date(m.instant("home") or m.now, m.policy["timezone"])
    last = max(m.policy["checkins"]["days"], default=1)
    yield Know(
        {"start": started.isoformat(), "day": 0, "silent": 0, "doors": None, "reviewed": None, "answered": m.now}
    )
    yield HoldCode(m.now + hours(24 * last))


def plan(m: Moment) -> Iterable[Effect]:
    """The next day still to come; after three silent ones, a month from now."""
    yield Know({"later": None, "send": None, "drafting": None, "replan": None})
    known = m.known
    if known.get("doors") is not None:
        if known["doors"] < DOORS:
            yield Know({"send": next_door(m.policy, m.now), "doors": known["doors"] + 1})
    else:
        start = date.fromisoformat(known["start"])
        day = next_day(m.policy, start, known["day"], m.now)
        if day is not None:
            yield Know({"send": send_time(m.policy, start, day), "day": day})
    yield Rouse("guide", "prompts")


def long_away(m: Moment) -> bool:
    began = m.instant("began")
    return began is not None and m.now - began >= DAYS_120


@emits(cards={"care.guide_off": ("guide",)})
def look_at_guide(m: Moment) -> Iterable[Effect]:
    """A guide who is OFF is asked nothing; the coordinator hears of it once, and texts go out as written."""
    guide = m.facts["touch"]["guide"]
    is_off = guide is not None and guide["active"] and not guide["on"]
    if is_off and not m.known.get("off_told"):
        yield Say("care.guide_off", "coordinator", {"guide": m.known["guide"]})
    yield Know({"off_told": True if is_off else None})


def _send(m: Moment, own: str | None = None) -> Iterable[Effect]:
    known = m.known
    yield Tell("checkin", "next")
    met = local_date(m.instant("met") or m.now, m.policy["timezone"])
    kept = {key: known[key] for key in ("guide", "first") if known.get(key)}
    kind = "door" if known.get("doors") is not None else None
    days = (local_date(m.now, m.policy["timezone"]) - met).days
    by = "call" if is_called(m) else None
    yield Open("checkin", {**kept, "day": known.get("day"), "n": days, "own": own, "kind": kind, "by": by})


sends = emits(opens=("checkin",), tells=("next",))


@sends
def send_as_written(m: Moment) -> Iterable[Effect]:
    yield from _send(m)


@sends
def send_own(m: Moment) -> Iterable[Effect]:
    yield from _send(m, m.data["words"])


def is_drafting(m: Moment) -> bool:
    """The guide is looking at words of their own just now."""
    since = m.instant("drafting")
    return since is not None and m.now - since < minutes(10)


# --- answers --------------------------------------------------------------------------------------------------------


def answered(m: Moment) -> Iterable[Effect]:
    """They are there: from a text a month back to the days of the schedule."""
    yield Know({"replan": m.known.get("doors") is not None or None})
    yield Know({"silent": 0, "doors": None, "reviewed": None, "answered": m.now, "talk_until": m.now + STRAIGHT})


def is_back(m: Moment) -> bool:
    return bool(m.known.get("replan"))


def is_slow(m: Moment) -> bool:
    return m.known.get("doors") is not None


def slow_down(m: Moment) -> Iterable[Effect]:
    yield Know({"doors": 0})


def resume(m: Moment) -> Iterable[Effect]:
    """The day that was planned when it was paused may still come."""
    yield Know({"day": max(m.known.get("day", 0) - 1, 0)})


@emits(cards={"care.review": ("first",)})
def count_silent(m: Moment) -> Iterable[Effect]:
    """Seven days without a word, or three silent check-ins: the coordinator looks at it too."""
    yield Know({"silent": m.known.get("silent", 0) + 1})
    answered = m.instant("answered") or m.now
    if m.known["silent"] < SILENT and m.now - answered >= hours(24 * 7) and not m.known.get("reviewed"):
        yield Know({"reviewed": True})
        yield Say("care.review", "coordinator", {"first": first_of(m)})


def is_third(m: Moment) -> bool:
    return m.known["silent"] >= SILENT and m.known.get("doors") is None


# --- the guide ------------------------------------------------------------------------------------------------------


@emits(cards={"checkin.told_help": ("first",)})
def tell_help(m: Moment) -> Iterable[Effect]:
    """They asked for help, or are in danger: that has begun elsewhere; here it is only told."""
    yield Say("checkin.told_help", "guide", {"first": first_of(m)})


def put_off(m: Moment) -> Iterable[Effect]:
    send = m.instant("send") or m.now
    yield Know({"send": awake(m.policy, max(send, m.now) + LATER), "later": True})


def was_later(m: Moment) -> bool:
    return bool(m.known.get("later"))


@fills("first", "time")
def when(m: Moment) -> Mapping[str, Any]:
    return {"first": first_of(m), "time": {"instant": m.known["send"]}}


@emits(cards={"care.will_send": ("first", "time"), "care.not_soon": ("first", "time")})
def tell_when(m: Moment) -> Iterable[Effect]:
    yield Say("care.will_send" if is_soon(m) else "care.not_soon", "guide", when(m))


def pass_on(m: Moment) -> Iterable[Effect]:
    yield Relay(m.words, "participant")


@emits(opens=("draft",), tells=("anew",))
def show_back(m: Moment) -> Iterable[Effect]:
    yield Know({"drafting": m.now})
    yield Tell(OPENED, "anew")
    yield Open("draft", {"words": m.words, "first": first_of(m)}, {"guide": m.run.parties["guide"]})


@fills("words")
def wrong_words(m: Moment) -> Mapping[str, Any]:
    return {"words": ", ".join(m.facts["indiscreet"]["words"])}


@emits(cards={"care.refused": ("words",)})
def refuse(m: Moment) -> Iterable[Effect]:
    yield Say("care.refused", "guide", wrong_words(m))


@emits(cards={"care.refused_long": ("n",)})
def refuse_long(m: Moment) -> Iterable[Effect]:
    yield Say("care.refused_long", "guide", {"n": m.facts["indiscreet"]["over"]})


@emits(cards=("care.busy",))
def refuse_busy(m: Moment) -> Iterable[Effect]:
    yield Know({"drafting": None})
    yield Say("care.busy", "guide")


@emits(opens=("call",), cards=("call.busy",))
def call(m: Moment) -> Iterable[Effect]:
    """The line rings the guide, then the one they keep in touch with."""
    if "call" in m.facts["open"]:
        yield Say("call.busy", "guide")
        return
    yield Know({"drafting": None})
    yield Open("call", {}, {"member": m.run.parties["guide"], "participant": m.run.parties["participant"]})


@emits(cards={"care.night": ("time",)})
def refuse_night(m: Moment) -> Iterable[Effect]:
    yield Say("care.night", "guide", {"time": {"instant": awake(m.policy, m.now).isoformat()}})


@emits(cards={"care.own": ("words", "guide")})
def say_own(m: Moment) -> Iterable[Effect]:
    """Words of the guide's own between two check-ins: no answer is waited for."""
    yield Know({"drafting": None})
    yield Say("care.own", "participant", {"words": m.data["words"], "guide": m.known["guide"]})


@emits(opens=("guide",), tells=("next", "withdrawn"), cards={"care.guide_gone": ("guide",)})
def replace_guide(m: Moment) -> Iterable[Effect]:
    """Another guide is asked for; until there is one nothing goes out in the name of the one who left."""
    guide = [m.run.parties["guide"]] if "guide" in m.run.parties else []
    former = {"former": guide[0]} if guide and isinstance(m.event, Heard) else {}  # they gave it back, and hear so
    gone = [*m.known.get("gone", ()), *guide]
    yield Know({"send": None, "gone": gone})
    yield Join("guide", None)
    yield Tell("checkin", "next")
    yield Tell("guide", "withdrawn")
    yield Say("care.guide_gone", "coordinator", {"guide": m.known["guide"]})
    parties = {role: m.run.parties[role] for role in ("participant", "coordinator")}
    yield Open("guide", {"again": True, "exclude": gone, "first": m.known.get("first")}, {**parties, **former})


@emits(cards={"guide.yours": ("first",), "care.new_guide": ("guide",)})
def new_guide(m: Moment) -> Iterable[Effect]:
    yield Know({"guide": first_name(m.data["who"]) or m.data["who"], "off_told": None})
    yield Join("guide", m.data["member"])
    yield Say("guide.yours", "guide", {"first": first_of(m)})
    if is_agreed(m) and is_awake(m):
        yield Say("care.new_guide", "participant", {"guide": m.known["guide"]})


# --- failures -------------------------------------------------------------------------------------------------------


def is_opted_out(m: Moment) -> bool:
    return isinstance(m.event, Failed) and m.event.why == "opted_out"


def try_again(m: Moment) -> Iterable[Effect]:
    assert isinstance(m.event, Failed)
    yield from resend.again(m.event)


def given_up(m: Moment) -> bool:
    return isinstance(m.event, Failed) and resend.given_up(m.event)
