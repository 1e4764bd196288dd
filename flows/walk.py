"""Walking a table without running it: its arrows, where each may lead, and what is said and told on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.declared import declared, filled
from flows.effects import Join, Know, WakeAt
from flows.machine import Again, Do, Doing, Flow, State, Target, When


@dataclass(frozen=True)
class Arrow:
    """One way out of a state. kind: hears, words, unclear, told, failed, missed, quiet, then; `on`: the word itself."""

    kind: str
    on: str
    target: Target


def arrows(state: State) -> Iterator[Arrow]:
    """The state's own arrows, in the order people meet them."""
    for meaning, target in state.goes.items():
        yield Arrow("hears", meaning, target)
    for role, target in state.words.items():
        yield Arrow("words", role, target)
    if state.unclear is not None:
        yield Arrow("unclear", "not understood", state.unclear)
    for word, target in state.told.items():
        yield Arrow("told", word, target)
    for role, target in state.failed.items():
        yield Arrow("failed", role, target)
    for role, target in state.missed.items():
        yield Arrow("missed", role, target)
    if state.quiet is not None:
        yield Arrow("quiet", "silence", state.quiet[1])
    if state.then is not None:
        yield Arrow("then", "", state.then)


def everywhere(flow: Flow) -> Iterator[Arrow]:
    """The arrows that every waiting state of the flow has."""
    for word, target in flow.told.items():
        yield Arrow("told", word, target)
    for role, target in flow.failed.items():
        yield Arrow("failed", role, target)


def all_arrows(flow: Flow) -> Iterator[tuple[State | None, Arrow]]:
    for state in flow.states:
        for one in arrows(state):
            yield state, one
    for one in everywhere(flow):
        yield None, one


def parts(target: Target) -> Iterator[When | Do | Again]:
    """Every fork, deed and question on the way to where a target leads."""
    match target:
        case When(_, then, otherwise):
            yield target
            yield from parts(then)
            yield from parts(otherwise)
        case Do(_, then) | Again(_, then):
            yield target
            yield from parts(then)


def leads_to(target: Target) -> Iterator[str]:
    """The states (or STAY) a target may lead to."""
    match target:
        case str(name):
            yield name
        case When(_, then, otherwise):
            yield from leads_to(then)
            yield from leads_to(otherwise)
        case Do(_, then) | Again(_, then):
            yield from leads_to(then)


def deeds(flow: Flow) -> Iterator[tuple[str, tuple[object, ...] | Doing]]:
    """Every `does` of a flow, and where it stands."""
    for state in flow.states:
        yield state.name, state.does
    for owner, one in all_arrows(flow):
        for part in parts(one.target):
            if isinstance(part, Do):
                yield owner.name if owner else flow.name, part.does


def is_seen(does: object) -> bool:
    """Whether anybody outside the run notices: it says, tells or opens something, or writes anything down."""
    if callable(does):
        return any(declared(does).values())
    assert isinstance(does, tuple)
    return any(not isinstance(effect, Join | Know | WakeAt) for effect in does)


def said(flow: Flow) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every card a flow can say, with the names of the blanks it fills."""
    for state in flow.states:
        cards = (state.says,) if isinstance(state.says, str) else state.cards
        yield from ((card, filled(state.fill)) for card in cards)
    for _, does in deeds(flow):
        yield from declared(does)["cards"].items()  # type: ignore[arg-type]
    for _, one in all_arrows(flow):
        yield from ((part.card, ()) for part in parts(one.target) if isinstance(part, Again))


def tells(flow: Flow) -> frozenset[str]:
    return frozenset(word for _, does in deeds(flow) for word in declared(does)["tells"])  # type: ignore[arg-type]


def opens(flow: Flow) -> frozenset[str]:
    return frozenset(name for _, does in deeds(flow) for name in declared(does)["opens"])  # type: ignore[arg-type]


def hears_told(flow: Flow) -> frozenset[str]:
    return frozenset({*flow.told, *(word for state in flow.states for word in state.told)})


def spoken(flows: Mapping[str, Flow], *more: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """All cards the flows can say, with the blanks they fill: for those who check the wording."""
    found: dict[str, tuple[str, ...]] = {}
    for flow in flows.values():
        for card, blanks in said(flow):
            found[card] = tuple(sorted({*found.get(card, ()), *blanks}))
    for cards in more:
        for card, blanks in cards.items():
            found[card] = tuple(sorted({*found.get(card, ()), *blanks}))
    return found
