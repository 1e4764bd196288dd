"""What an emergency knows, and what it does on its way: by text (`emergency.py`) and by voice (`danger_aloud.py`)."""

from collections.abc import Iterable
from datetime import datetime

from flows.alarm import raise_alarm
from flows.effects import CASE, Effect, Know, Learn, Level, Note, Open, Tell
from flows.events import Failed
from flows.first_aid import HUSHED, OPIOID, first_card, spoken_steps, steps_card
from flows.machine import Again, Do, Moment, Target, emits, minutes, seconds
from flows.paging import open_page
from flows.waiting import they_wait

# --- what it knows --------------------------------------------------------------------------------------------------


def kinds(m: Moment) -> frozenset[str]:
    return frozenset(m.known.get("kinds", ()))


def who(m: Moment) -> str:
    return str(m.known.get("who") or "unknown")


def first(m: Moment) -> str:
    if m.known.get("late"):
        return "intake.down_danger"
    return first_card(kinds(m), who(m))


def steps(m: Moment) -> str:
    card = steps_card(kinds(m), who(m))
    assert card is not None
    return card


def steps_due(m: Moment) -> bool:
    return steps_card(kinds(m), who(m)) is not None and not m.known.get("steps")


def law_due(m: Moment) -> bool:
    overdose = first(m) == "emergency.other" and bool(kinds(m) & OPIOID)
    return overdose and not m.known.get("law")


def steps_aloud(m: Moment) -> tuple[str, ...]:
    return spoken_steps(kinds(m), who(m))


def bare_yes(m: Moment) -> bool:
    return kinds(m) == {"yes"}


def suicidal(m: Moment) -> bool:
    return m.known.get("level") == "suicidal"


def of_another(m: Moment) -> bool:
    return who(m) in ("other", "far")


def hushed(m: Moment) -> bool:
    """Somebody may hear: as little is said as can be, and nothing is said again by itself."""
    return bool(kinds(m) & {"violence", "hiding"})


def spoke(m: Moment) -> bool:
    return bool(m.known.get("spoke"))


def covered(m: Moment) -> bool:
    return bool(m.known.get("covered"))


def answered(m: Moment) -> bool:
    return bool(m.known.get("answered"))


def in_chain(m: Moment) -> bool:
    return bool(m.known.get("chain"))


def on_line(m: Moment) -> bool:
    """They are on the line with us; by text or by hanging up they no longer are."""
    return bool(m.known.get("line"))


def said_already(m: Moment) -> bool:
    """The 911 words that fit were said a moment ago: the next of the chain helps more than the same again."""
    return in_chain(m) and m.known.get("first") == first(m)


def just_asked(m: Moment) -> bool:
    assert m.run.since is not None
    return m.now - m.run.since <= seconds(20)


def plain_helps(m: Moment) -> bool:
    """A text that failed is said once more, in the plainest words; who opted out, or has no number, gets no text."""
    event = m.event
    return isinstance(event, Failed) and event.why not in ("opted_out", "no_phone") and not m.known.get("plain")


RING_APART = minutes(5)  # design.md 10: told to call 911 aloud, or rung, they are not rung sooner than this


def may_phone(m: Moment) -> bool:
    """Whether somebody whom no text helps is rung: never where a ring may give them away, nor while they phone 911."""
    heard_at, rung_at = m.instant("aloud"), m.instant("phoned")
    lately = any(at is not None and m.now - at < RING_APART for at in (heard_at, rung_at))
    no_number = isinstance(m.event, Failed) and m.event.why == "no_phone"
    return not (lately or no_number or on_line(m) or kinds(m) & HUSHED)


def phone_due(m: Moment) -> bool:
    """They said that they cannot call, and have had what can be texted."""
    return bool(m.known.get("cant_call")) and may_phone(m)


def betrays(m: Moment) -> bool:
    """Violence, hiding or "can't talk" was seen, and nobody has said SAFE: a phone that rings may give them away."""
    case = m.facts["case"]
    return bool(case["frozen"] and case["known"].get("hushed"))


def calls_911(m: Moment) -> bool:
    """They were told to call 911 just now, and no text of ours failed (design.md 10). Both need the fact "case"."""
    case = m.facts["case"]
    told = case["known"].get("told_911")
    lately = told is not None and m.now - datetime.fromisoformat(told) < RING_APART
    excepted = {"cant_call", "opted_out", "unreachable"} & {*case["known"].get("marks", ())}
    return bool(case["frozen"] and lately and not excepted)


# --- what it does ---------------------------------------------------------------------------------------------------

SPOKE = Know({"spoke": True})
ANSWERED = Know({"answered": True, "chain": None})
ASK_AGAIN: Target = Do((SPOKE,), Again("emergency.ask_911", "heard"))


@emits(opens=("paging", "alarm", "company", "safety"), tells=("emergency", "urgent", "answered"))
def begin(m: Moment) -> Iterable[Effect]:
    """The case is marked and frozen, and people are asked at once: before anything is said."""
    known = m.known
    yield Know({"line": they_wait(m) or None})
    yield Level(known["level"])
    yield Note("danger")
    yield Tell(CASE, "emergency", {"level": known["level"]})
    if "assist" in m.facts["open"]:
        yield Know({"covered": True})
    else:
        exclude = [*known.get("exclude", ()), m.run.parties["participant"]]
        kept = {key: known[key] for key in ("language", "prefer") if known.get(key)}
        yield from open_page(m, urgent=True, exclude=exclude, **kept)
    if "safety" not in m.facts["open"]:
        yield Open("safety")


def say_first(m: Moment) -> Iterable[Effect]:
    """E1's own clock begins, and what goes with it is due again: only a word after it is an answer to it."""
    due = {"steps": None, "law": None, "answered": None, "spoke": None}
    yield Know({"first": first(m), "e1": m.now, "chain": True, **due})
    yield Learn({"told_911": m.now.isoformat()})
    if kinds(m) & HUSHED:
        yield Learn({"hushed": True})


def say_first_aloud(m: Moment) -> Iterable[Effect]:
    yield from say_first(m)
    yield Know({"aloud": m.now})


@emits(tells=("emergency",))
def worse(m: Moment) -> Iterable[Effect]:
    """New words of danger: only up."""
    known = m.known
    found = sorted({*known.get("kinds", ()), *m.data.get("kinds", ())} - {"yes"})
    level = "emergency" if "emergency" in (m.data.get("level"), known.get("level")) else "suicidal"
    whose = m.data.get("who", "unknown")
    yield Know({"kinds": found, "level": level, "spoke": True, "who": whose if whose != "unknown" else who(m)})
    yield Know({"line": they_wait(m) or None})
    yield Level(level)
    yield Tell(CASE, "emergency", {"level": level})


@emits(tells=("emergency",))
def calls_again(m: Moment) -> Iterable[Effect]:
    """They call while this goes on, and say that somebody is in danger: a yes, which is never less than before."""
    yield Know({"line": True, "level": "emergency", "kinds": sorted(kinds(m) or {"yes"}), "late": None})
    yield Level("emergency")
    yield Tell(CASE, "emergency", {"level": "emergency"})


@emits(tells=("emergency",))
def act(m: Moment) -> Iterable[Effect]:
    """A yes to "have you hurt yourself, or are you about to": an act, whatever was said before."""
    whose = who(m) if of_another(m) else "self"
    yield Know({"kinds": sorted({*kinds(m), "means"}), "level": "emergency", "who": whose, "spoke": True})
    yield Level("emergency")
    yield Tell(CASE, "emergency", {"level": "emergency"})


@emits(opens=("alarm",), tells=("alarm",))
def alarm_danger(m: Moment) -> Iterable[Effect]:
    yield raise_alarm(m, "danger")


@emits(opens=("company",))
def keeps_company(m: Moment) -> Iterable[Effect]:
    """They write on and nobody has come yet: from now on they hear the truth about it, as anybody who waits."""
    if "company" not in m.facts["open"]:
        yield Open("company", {"since": m.now.isoformat()})


@emits(tells=("help_here",), opens=("follow_up",))
def help_here(m: Moment) -> Iterable[Effect]:
    yield SPOKE
    yield ANSWERED
    yield Learn(mark="help_here")
    yield Tell("assist", "help_here")
    if "follow_up" not in m.facts["open"]:
        yield Open("follow_up")


def cant_call(m: Moment) -> Iterable[Effect]:
    """They cannot call 911; where that is because they cannot talk, no phone is rung."""
    yield SPOKE
    yield Know({"answered": True, "cant_call": True})
    yield Know({"kinds": sorted({*kinds(m), *(HUSHED & {*m.data.get("kinds", ())})})})
    yield Learn(mark="cant_call")


@emits(tells=("unreachable",))
def unreachable(m: Moment) -> Iterable[Effect]:
    """Said once to whoever has the case; the marks say it to whoever takes it."""
    event = m.event
    assert isinstance(event, Failed)
    yield Learn(mark="opted_out" if event.why == "opted_out" else "unreachable")
    if not m.known.get("unreachable") and event.delivery:
        yield Tell("assist", "unreachable", {"why": event.why})
    yield Know({"unreachable": True})
