"""GET /simulated/flows: every flow's table as states and arrows, so that whoever draws it cannot draw anything else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flows import FLOWS, draw
from flows.declared import declared
from flows.machine import STAY, State
from flows.walk import Arrow, arrows, everywhere
from messages import Card, Catalogue

LANGUAGE = "en"


def flows(catalogue: Catalogue) -> dict[str, Any]:
    """{flow: {party, states, arrows, anywhere}}; `anywhere`: the arrows that every waiting state of it has."""
    return {
        "flows": {
            flow.name: {
                "party": flow.party,
                "states": [_state(state, catalogue) for state in flow.states],
                "arrows": [way for state in flow.states for one in arrows(state) for way in _ways(state, one)],
                "anywhere": [way for one in everywhere(flow) for way in _ways(None, one)],
            }
            for flow in FLOWS.values()
        }
    }


def _state(state: State, catalogue: Catalogue) -> dict[str, Any]:
    """kind: waits, passes or ends; says: the first of the cards it may say."""
    cards = (state.says,) if isinstance(state.says, str) else (*state.cards, *declared(state.does)["cards"])
    says = next(iter(cards), None)
    return {
        "name": state.name,
        "kind": "waits" if state.waits else "ends" if state.ends else "passes",
        "says": says,
        "words": _words(catalogue.cards[says]) if says else None,
    }


def _words(card: Card) -> str | None:
    """As a text, or as speech where it is only spoken."""
    return card.sms.get(LANGUAGE) or card.voice.get(LANGUAGE)


def _ways(state: State | None, one: Arrow) -> Iterator[dict[str, Any]]:
    """One way an ending: a fork is two, each named by its test. `again`: asked once more without moving."""
    label = _label(state, one)
    for name, conditions, again in draw.ends(one.target):
        way = {
            "to": name,
            "on": ", ".join(part for part in (label, *conditions) if part),
            "again": again,
        }
        if state is not None:
            yield {"from": state.name, **way, "to": state.name if name == STAY else name}
        elif name != STAY:
            yield way


def _label(state: State | None, one: Arrow) -> str:
    """In the words of `hotline flows draw`; of a silence whose length is a policy or the run's own, only that it is."""
    if one.kind != "quiet":
        return draw.cause(one)
    assert state is not None
    assert state.quiet is not None
    wait = state.quiet[0]
    return f"silent {draw.span(wait)}" if isinstance(wait, timedelta) else "silent"
