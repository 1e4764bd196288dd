"""A guide's list: one text a day over all their people, numbered. A run of the guide's own, without a case.

A person keeps their number, so that yesterday's answer never reaches somebody else. What is said of one goes to that
person's own run (`care`); words without a number are never sent. Who is silent has agreed: texts go out as written.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.effects import OPENER, Effect, Know, Note, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, Target, Until, When, emits, fills, minutes, seconds
from flows.schedule import next_prompt

FIRST_ROOM, MORE_ROOM = 56, 130  # letters of names: the first text also says what can be answered
LAST = 99


def _number(m: Moment) -> Iterable[Effect]:
    """Everybody has a number; those of the ones who left rest until all others were used."""
    there = {str(person["run"]): person for person in m.facts["people"]}
    numbers = {n: run for n, run in m.known.get("numbers", {}).items() if str(run) in there}
    last = m.known.get("last", 0)
    for run in there:
        if run not in {str(x) for x in numbers.values()}:
            last = _next_number(last, numbers)
            numbers[str(last)] = int(run)
    names = {n: there[str(run)]["first"] for n, run in numbers.items()}
    today = [
        n
        for n, run in sorted(numbers.items(), key=lambda item: int(item[0]))
        if (send := there[str(run)]["send"]) is not None and m.now < send <= m.now + _ahead(m)
    ]
    yield Know({"numbers": numbers, "last": last, "names": names, "today": today})
    yield Know({"next": next_prompt(m.policy, m.now + minutes(1))})


def _next_number(last: int, numbers: Mapping[str, int]) -> int:
    most = max(LAST, len(numbers) + 1)
    return next(n for step in range(1, most + 1) if str(n := (last + step - 1) % most + 1) not in numbers)


def _ahead(m: Moment) -> timedelta:
    """How far ahead texts are told of; a clock a little late loses nobody."""
    return seconds(m.policy["checkins"]["guide_first"]) + minutes(1)


def _has_people(m: Moment) -> bool:
    return bool(m.known["numbers"])


def _prompts(m: Moment) -> bool:
    """Somebody is due, and the guide is there to be asked."""
    return bool(m.known["today"]) and m.facts["guide_on"] and m.policy["checkins"]["guide_first"] > 0


def split(entries: list[str]) -> list[str]:
    """The names in as few texts as they take; no entry is torn."""
    texts, room = [""], FIRST_ROOM
    for entry in entries:
        if texts[-1] and len(texts[-1]) + 1 + len(entry) > room:
            texts.append("")
            room = MORE_ROOM
        texts[-1] = f"{texts[-1]} {entry}".strip()
    return texts


@emits(cards={"prompts.today": ("people", "n"), "prompts.more": ("people",)})
def _prompt(m: Moment) -> Iterable[Effect]:
    known = m.known
    first, *more = split([f"{n} {known['names'][n]}" for n in known["today"]])
    yield Say("prompts.today", "guide", {"people": first, "n": known["today"][0]})
    for people in more:
        yield Say("prompts.more", "guide", {"people": people})
    yield Note("prompted", role="guide")


def _is_number(m: Moment) -> bool:
    return m.data.get("n") is not None


@fills("n")
def _n(m: Moment) -> Mapping[str, Any]:
    return {"n": m.data["n"]}


@emits(cards={"prompts.nobody": ("n",)})
def _no_such(m: Moment) -> Iterable[Effect]:
    yield Say("prompts.nobody", "guide", _n(m))


ORDERS = ("ok", "skip", "later", "pause", "call", "pass")
NO_NUMBER = Do((Say("prompts.no_number", "guide"),), STAY)
ONE: Target = When(_is_number, Do(_no_such, STAY), NO_NUMBER)
ALL = Do((Say("prompts.all", "guide"),), STAY)

PROMPTS = Flow(
    "prompts",
    party="guide",
    stamps=("timezone", "checkins"),
    states=(
        State("opens", quiet=(seconds(1), "looks")),
        State(
            "looks",
            does=_number,
            needs=("people", "guide_on"),
            then=When(_has_people, When(_prompts, "prompts", "waits"), "over"),
        ),
        State("prompts", does=_prompt, then="waits"),
        State(
            "waits",
            does=(Note("list", role="guide"),),
            asks="list",
            hears=ORDERS,
            keys={},
            goes={**dict.fromkeys(ORDERS, ONE), "ok": When(_is_number, ONE, ALL)},
            words={"guide": ONE},
            quiet=(Until("next"), "looks"),
        ),
        State("over"),
    ),
)


@fills("first", "words")
def _shown(m: Moment) -> Mapping[str, Any]:
    return {"first": m.known["first"], "words": m.known["words"]}


@fills("first")
def _first(m: Moment) -> Mapping[str, Any]:
    return {"first": m.known["first"]}


@emits(cards={"prompts.draft": ("first", "words")})
def _show_again(m: Moment) -> Iterable[Effect]:
    yield Say("prompts.draft", "guide", _shown(m))


@emits(tells=("own",), cards={"prompts.sent": ("first",)})
def _own(m: Moment) -> Iterable[Effect]:
    yield Say("prompts.sent", "guide", {"first": m.known["first"]})
    yield Tell(OPENER, "own", {"words": m.known["words"]})


DRAFT = Flow(
    "draft",  # a guide's own words, shown back: 1 sends them
    party="guide",
    told={"closed": STAY, "withdrawn": "over", "anew": When(lambda m: m.run.since == m.now, STAY, "over")},
    states=(
        State(
            "asks",
            says="prompts.draft",
            fill=_shown,
            asks="confirmation",
            hears=("yes", "no"),
            keys={"1": "yes", "0": "no"},
            goes={"yes": "sends", "no": "dropped"},
            unclear=Do(_show_again, STAY),
            quiet=(minutes(10), "lapsed"),
        ),
        State("sends", does=_own, then="over"),
        State("dropped", says="which.nobody", then="over"),
        State("lapsed", says="prompts.lapsed", fill=_first, does=(Tell(OPENER, "lapsed"),)),
        State("over"),
    ),
)
