"""Which keys of a call stand behind which card: the wording is checked against it (design.md 6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.declared import declared
from flows.machine import OVER, STAY, Do, Flow, State
from flows.spoken import EVERYWHERE
from flows.walk import all_arrows, leads_to, parts

Keys = frozenset[str]
NONE: Keys = frozenset()


@dataclass(frozen=True)
class Asked:
    """A state in which somebody on a call may press keys, and the cards said on the way into it.

    says     said to the one who is asked, and to nobody else: (card, the keys it must name, those it may name)
    may_say  said to whom the table does not tell
    answers  the keys that say yes and no
    """

    where: str
    keys: Keys
    answers: Keys
    says: tuple[tuple[str, Keys, Keys], ...]
    may_say: tuple[str, ...]
    on_calls: bool  # the state says itself what its keys are on a call


def asked(flows: Mapping[str, Flow]) -> list[Asked]:
    """Every state that waits for anybody, with what is said on entering it or while it waits."""
    return [found for flow in flows.values() for state in flow.states for found in _asked(flow, state)]


def _asked(flow: Flow, state: State) -> Iterator[Asked]:
    if state.then is not None or state.echo:  # a late answer is understood, and not asked for
        return
    before = _before(flow, state)
    for role in {flow.party, state.to or flow.party, *flow.hears(state)}:
        keys = frozenset(flow.presses(state, role))
        everywhere = frozenset(EVERYWHERE) if role == "participant" else NONE
        says = [(card, keys - everywhere, keys | everywhere) for card in _own(flow, state, role)]
        own = bool(says)  # then that is the card that names the keys, and what is said before it need not
        for other in before:
            says += [(card, NONE if own else keys - everywhere, keys | everywhere) for card in _own(flow, other, role)]
        yield Asked(
            where=f"{flow.name}.{state.name}",
            keys=keys - everywhere,
            answers=frozenset(key for key, what in flow.presses(state, role).items() if what in ("yes", "no")),
            says=tuple(says),
            may_say=tuple(card for one in (state, *before) for card in declared(one.does)["cards"])
            + tuple(_while_waiting(flow, state)),
            on_calls=bool(state.press) and role in flow.hears(state),
        )


def _own(flow: Flow, state: State, role: str) -> tuple[str, ...]:
    """The cards the state says to this role."""
    if state.says is None or (state.to or flow.party) != role:
        return ()
    return (state.says,) if isinstance(state.says, str) else state.cards


def _before(flow: Flow, state: State) -> list[State]:
    """The states that pass on into this one without waiting."""
    found: list[State] = []
    ahead = [state.name]
    while ahead:
        name = ahead.pop()
        for other in flow.states:
            if other.then is not None and other not in found and name in leads_to(other.then):
                found.append(other)
                ahead.append(other.name)
    return found


def _while_waiting(flow: Flow, state: State) -> Iterator[str]:
    """What arrows say on the way to here, or without leaving."""
    for owner, one in all_arrows(flow):
        to = set(leads_to(one.target))
        if state.name in to or (STAY in to and (owner is None or owner is state)) or to == {OVER}:
            for part in parts(one.target):
                if isinstance(part, Do):
                    yield from declared(part.does)["cards"]
