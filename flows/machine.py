"""The machine: a flow is a table of states, and `step` moves one run through it.

Two rules. (1) What decides what happens next to a person stands in a flow's table, or in a small pure function by it.
(2) Nothing here knows the clock, chance, the carrier, the database or wording: values in, values out.

A state either waits (for words, for another run, for its clock), or passes on (`then`), or ends. An arrow's target is a
state's name, or data: `When` forks, `Do` does something on the way, `Again` asks once more without moving, STAY stays.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flows.declared import declared, emits, fills
from flows.effects import Effect, Join, Know, Open, Ring, Say, Tell, WakeAt
from flows.events import Event, Failed, Heard, Missed, Opened, Quiet, Told

__all__ = [
    "OVER", "STAY", "Again", "Do", "Doing", "Flow", "Misfit", "Moment", "Run", "State", "Target", "Until", "Wait",
    "When", "arrow", "declared", "emits", "fills", "hours", "minutes", "reads", "seconds", "step",
]  # fmt: skip

STAY = "<stay>"
OVER = "over"  # the state of a run that was ended because its case closed
ENDS = ("closed", "erased")  # told by the shell: the case is closed; whoever it was about is forgotten
PASSES = 50  # states one event may pass through; more is a loop, and a loop is a fault


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


class Misfit(Exception):
    """A flow broke its own table: says event, flow and state, never anybody's words."""


@dataclass(frozen=True)
class Run:
    """One flow in progress. `due` is its one wake-up, good for this `turn` only."""

    id: int
    flow: str
    state: str
    case: int | None = None
    turn: int = 0
    tries: int = 0
    opener: int | None = None
    since: datetime | None = None
    due: datetime | None = None
    wait: timedelta | None = None  # how long it waits from now, where its clock is not an instant
    open: bool = True
    parties: Mapping[str, int] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def policy(self) -> Mapping[str, Any]:
        """The program's policies as they were when the run began."""
        return self.known.get("policy", {})


@dataclass
class Moment:
    """All a pure function of a flow may look at."""

    run: Run
    event: Event
    now: datetime
    facts: Mapping[str, Any]

    @property
    def known(self) -> Mapping[str, Any]:
        return self.run.known

    @property
    def policy(self) -> Mapping[str, Any]:
        return self.run.policy

    @property
    def data(self) -> Mapping[str, Any]:
        return getattr(self.event, "data", {})

    @property
    def words(self) -> str:
        return getattr(self.event, "words", "")

    def instant(self, key: str) -> datetime | None:
        text = self.known.get(key)
        return datetime.fromisoformat(text) if text else None


Test = Callable[[Moment], bool]
Doing = Callable[[Moment], Iterable[Effect]]


@dataclass(frozen=True)
class When:
    """A fork: `then` if the test holds, else `otherwise`."""

    test: Test
    then: "Target"
    otherwise: "Target"


@dataclass(frozen=True)
class Do:
    """Something done on the way to a target."""

    does: "tuple[Effect, ...] | Doing"
    then: "Target" = STAY
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Again:
    """Say the card and go on waiting: neither the turn nor the clock moves. The second miss goes to `then`."""

    card: str
    then: "Target"


Target = str | When | Do | Again


@dataclass(frozen=True)
class Until:
    """An instant the run knows, plus a while."""

    key: str
    wait: timedelta = timedelta()


Wait = timedelta | str | Until | Callable[[Moment], timedelta]


@dataclass(frozen=True)
class State:
    """One row of the table. Waits if it has `quiet`, passes on if it has `then`, ends otherwise.

    says     card said on entering, to `to` (the flow's party if not given), its blanks filled by `fill`
    does     effects on entering, before it says anything
    hears    {role: meanings}, or meanings of the flow's party; `keys` maps digits to them (default: n-th; {}: none)
    goes     {meaning: target}
    words    {role: target} for any words at all
    unclear  target for words of the asked role that were not understood
    told     {word: target}   what other runs tell
    failed   {role: target}   what could not be delivered
    quiet    (wait, target)   silence is an answer
    asks     how a member's one-word answer waits: "offer", "question", "confirmation" or "talk"
    wants    "time": beside a talk, only words that are a time answer it; others go to the talk.
             "number": on a call, all keys together are one phone number
    press    {key: meaning} on a call (default: `keys`); 0, 8 and 9 mean the same in every question (`spoken.py`)
    holds    the parties who wait on the line in this state, and hear what is said to them meanwhile
    records  what the one who is asked says after the tone is kept; its meaning is "recorded"
    missed   {role: target}   a phone was rung, and nobody who answered pressed a key
    hushed   somebody may hear: on a call nothing is said again by itself
    echo     heard only if nobody else understands
    context  how danger is read in an answer: "opening", "question" or "checkin"
    """

    name: str
    says: str | Callable[[Moment], str] | None = None
    to: str | None = None
    fill: Callable[[Moment], Mapping[str, Any]] | None = None
    cards: tuple[str, ...] = ()
    does: tuple[Effect, ...] | Doing = ()
    needs: tuple[str, ...] = ()
    hears: tuple[str, ...] | Mapping[str, tuple[str, ...]] = ()
    keys: Mapping[str, str] | None = None
    press: Mapping[str, str] | None = None
    goes: Mapping[str, Target] = field(default_factory=dict)
    words: Mapping[str, Target] = field(default_factory=dict)
    unclear: Target | None = None
    told: Mapping[str, Target] = field(default_factory=dict)
    failed: Mapping[str, Target] = field(default_factory=dict)
    missed: Mapping[str, Target] = field(default_factory=dict)
    quiet: tuple[Wait, Target] | None = None
    then: Target | None = None
    asks: str | None = None
    wants: str | None = None
    echo: bool = False
    holds: tuple[str, ...] = ()
    records: bool = False
    hushed: bool = False
    context: str = "opening"

    @property
    def waits(self) -> bool:
        return self.quiet is not None

    @property
    def ends(self) -> bool:
        return self.quiet is None and self.then is None


@dataclass(frozen=True)
class Flow:
    """A conversation or process as a table. `party`: the role it speaks with unless a state says otherwise.

    rank     who is heard first when several runs understand a participant (1 first)
    told, failed   arrows that every waiting state of the flow has, unless it has its own
    stamps   the policies written into a run when it begins
    by_phone it hears keys and voices of a call, and nobody's texts
    """

    name: str
    states: tuple[State, ...]
    party: str = "participant"
    rank: int = 9
    urgent: bool = False
    told: Mapping[str, Target] = field(default_factory=dict)
    failed: Mapping[str, Target] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    by_phone: bool = False

    @property
    def start(self) -> str:
        return self.states[0].name

    def __getitem__(self, name: str) -> State:
        for state in self.states:
            if state.name == name:
                return state
        raise Misfit(f"flow {self.name} has no state {name}")

    def hears(self, state: State) -> Mapping[str, tuple[str, ...]]:
        if isinstance(state.hears, tuple):
            return {self.party: state.hears} if state.hears else {}
        return state.hears

    def digits(self, state: State, role: str) -> Mapping[str, str]:
        """What each digit means here: `keys`, or the n-th of what the state hears from this role."""
        if state.keys is not None:
            return state.keys
        return {str(n): meaning for n, meaning in enumerate(self.hears(state).get(role, ()), start=1) if n < 10}

    def presses(self, state: State, role: str) -> Mapping[str, str]:
        """What each key means here on a call."""
        if role not in self.hears(state):
            return {}
        return self.digits(state, role) if state.press is None else state.press


def step(flow: Flow, run: Run, event: Event, now: datetime, facts: Mapping[str, Any]) -> tuple[Run, list[Effect]]:
    """Move a run by one event. Without an arrow for it, nothing changes and nothing is asked for."""
    moment = Moment(run, event, now, facts)
    if isinstance(event, Opened):
        moment.run = replace(run, known={**run.known, **event.data})
    target = arrow(flow, run, event)
    if target is None:
        return run, []
    effects = list(_follow(flow, moment, target))
    return moment.run, effects


def arrow(flow: Flow, run: Run, event: Event) -> Target | None:
    """The arrow out of the run's state for this event; None if there is none."""
    if isinstance(event, Opened):
        return flow.start
    if not run.open:
        return None
    state = flow[run.state]
    match event:
        case Quiet():
            return state.quiet[1] if state.quiet else None
        case Told(word):
            return state.told.get(word, flow.told.get(word, OVER if word in ENDS else None))
        case Failed(role):
            return state.failed.get(role, flow.failed.get(role))
        case Missed(role):
            return state.missed.get(role)
        case Heard(role, meaning):
            if meaning is not None and meaning in flow.hears(state).get(role, ()):
                return state.goes[meaning]
            if role in state.words:
                return state.words[role]
            return state.unclear if role in flow.hears(state) else None
    raise Misfit(f"{type(event).__name__} is no event of flow {flow.name}")


def reads(flow: Flow, run: Run, event: Event) -> frozenset[str]:
    """The facts that anything reachable from this event's arrow, before the next wait, may look at."""
    needs: set[str] = set()
    seen: set[str] = set()
    ahead: list[Target | None] = [arrow(flow, run, event)]
    while ahead:
        target = ahead.pop()
        match target:
            case When(_, then, otherwise):
                ahead += [then, otherwise]
            case Do(_, then, wanted):
                needs.update(wanted)
                ahead.append(then)
            case Again(_, then):
                ahead.append(then)
            case str(name) if name not in seen and name not in (STAY, OVER):
                seen.add(name)
                state = flow[name]
                needs.update(state.needs)
                ahead.append(state.then)
    return frozenset(needs)


def _follow(flow: Flow, moment: Moment, target: Target) -> Iterator[Effect]:
    for _ in range(PASSES):
        match target:
            case When(test, then, otherwise):
                target = then if test(moment) else otherwise
            case Do(does, then):
                yield from _perform(flow, moment, does)
                target = then
            case Again(card, then):
                if moment.run.tries:
                    target = then
                    continue
                moment.run = replace(moment.run, tries=moment.run.tries + 1)
                yield Say(card, flow.party)
                return
            case str(name) if name == STAY:
                return
            case str(name) if name == OVER and name not in (s.name for s in flow.states):
                moment.run = replace(moment.run, state=OVER, turn=moment.run.turn + 1, open=False, due=None)
                return
            case str(name):
                state = flow[name]
                yield from _enter(flow, moment, state)
                if state.then is None:
                    return
                target = state.then
    raise Misfit(f"flow {flow.name} turns in a circle at {moment.run.state}")


def _enter(flow: Flow, moment: Moment, state: State) -> Iterator[Effect]:
    run = moment.run
    moment.run = replace(
        run, state=state.name, turn=run.turn + 1, tries=0, since=moment.now, due=None, wait=None, open=not state.ends
    )
    yield from _perform(flow, moment, state.does)
    if state.quiet and moment.run.due is None:
        due = _due(state.quiet[0], moment)
        wait = None if isinstance(state.quiet[0], Until) else due - moment.now
        moment.run = replace(moment.run, due=due, wait=wait)
    if state.says is not None:
        card = state.says if isinstance(state.says, str) else state.says(moment)
        if callable(state.says) and card not in state.cards:
            raise Misfit(f"flow {flow.name} says undeclared {card} in {state.name}")
        yield Say(card, state.to or flow.party, state.fill(moment) if state.fill else {})


def _perform(flow: Flow, moment: Moment, does: tuple[Effect, ...] | Doing) -> Iterator[Effect]:
    allowed = declared(does)
    for effect in does(moment) if callable(does) else does:
        match effect:
            case Know(values):
                moment.run = replace(moment.run, known=_remember(moment.run.known, values))
                continue
            case WakeAt(at):
                moment.run = replace(moment.run, due=at)
                continue
            case Join(role, person):
                others = {k: v for k, v in moment.run.parties.items() if k != role}
                moment.run = replace(moment.run, parties=others if person is None else {**others, role: person})
                continue
            case Say(card) | Ring(card) if card not in allowed["cards"]:
                raise Misfit(f"flow {flow.name} says undeclared {card} in {moment.run.state}")
            case Tell(_, word) if word not in allowed["tells"]:
                raise Misfit(f"flow {flow.name} tells undeclared {word} in {moment.run.state}")
            case Open(opened) if opened not in allowed["opens"]:
                raise Misfit(f"flow {flow.name} opens undeclared {opened} in {moment.run.state}")
        yield effect


def _remember(known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**known, **{k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}}
    return {k: v for k, v in merged.items() if v is not None}


def _due(wait: Wait, moment: Moment) -> datetime:
    if isinstance(wait, Until):
        start = moment.instant(wait.key) or moment.now
        return max(start + wait.wait, moment.now)
    if isinstance(wait, str):
        wait = timedelta(seconds=moment.policy[wait])
    elif callable(wait):
        wait = wait(moment)
    if wait <= timedelta():
        raise Misfit(f"a wait of nothing in {moment.run.flow}.{moment.run.state}: a fork is data, not a timer")
    return moment.now + wait
