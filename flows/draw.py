"""A flow as a picture: a Mermaid state diagram made from the table, so that it cannot say anything else."""

import re
from collections.abc import Iterator
from datetime import timedelta

from flows.machine import OVER, STAY, Again, Do, Flow, State, Target, Until, Wait, When
from flows.walk import Arrow, arrows, everywhere

EVERYWHERE = "anywhere"


def mermaid(flow: Flow) -> str:
    """The diagram's text, for a ```mermaid block."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.start}"]
    for state in flow.states:
        if state.says is not None:
            lines.append(f"    {state.name}: {_label(f'{state.name} ({_card(state)})')}")
    for state in flow.states:
        for one in arrows(state):
            lines += _lines(state.name, _on(flow, state, one), one.target)
        if state.ends and state.name != OVER:
            lines.append(f"    {state.name} --> [*]")
    common = [line for one in everywhere(flow) for line in _lines(EVERYWHERE, cause(one), one.target)]
    if common:
        lines.append(f"    {EVERYWHERE}: in every state that waits")
    lines += common
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _lines(source: str, label: str, target: Target) -> list[str]:
    """One line an ending: a fork is two arrows, each labelled by its test."""
    found = []
    for name, conditions, _ in ends(target):
        words = _label(", ".join(part for part in (label, *conditions) if part))
        if name == STAY:
            name = source
        found.append(f"    {source} --> {'[*]' if name == OVER else name}" + (f": {words}" if words else ""))
    return found


def ends(target: Target, conditions: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Where an arrow leads, under which conditions, and whether that is only to be asked once more: a fork is two."""
    match target:
        case When(test, then, otherwise):
            name = condition(test)
            yield from ends(then, (*conditions, name))
            yield from ends(otherwise, (*conditions, f"not {name}"))
        case Do(_, then):
            yield from ends(then, conditions)
        case Again(card, then):
            yield STAY, (*conditions, f"says {card} once more"), True
            yield from ends(then, (*conditions, "the second time"))
        case str(name):
            yield name, conditions, False


def _on(flow: Flow, state: State, one: Arrow) -> str:
    if one.kind == "quiet":
        assert state.quiet is not None
        return f"silent {_wait(state.quiet[0])}"
    keys = _keys(flow, state, one.on) if one.kind == "hears" else ""
    return f"{cause(one)} (key {keys})" if keys else cause(one)


def _keys(flow: Flow, state: State, meaning: str) -> str:
    """What is pressed for it on a call, where the table says that it is asked on calls."""
    pressed = [flow.presses(state, role) for role in flow.hears(state)] if state.press else []
    return " or ".join(sorted({key for keys in pressed for key, what in keys.items() if what == meaning}))


def cause(one: Arrow) -> str:
    """What makes it go this way, in plain words; of a silence and of what follows by itself, only the kind."""
    return {
        "words": f"any words of the {one.on}",
        "told": f"told {one.on}",
        "failed": f"no text reaches the {one.on}",
        "missed": f"nobody answers the {one.on}'s phone",
    }.get(one.kind, one.on)


def _wait(wait: Wait) -> str:
    match wait:
        case timedelta():
            return f"for {span(wait)}"
        case Until(key, later):
            return f"until {span(later)} after {_words(key)}" if later else f"until {_words(key)}"
        case str(policy):
            return f"for {_words(policy)}"
    return f"for {condition(wait)}"


def span(length: timedelta) -> str:
    """A length of time in the largest unit that fits: "2 h", "5 min", "45 s"."""
    total = int(length.total_seconds())
    for size, unit in ((3600, "h"), (60, "min")):
        if total and total % size == 0:
            return f"{total // size} {unit}"
    return f"{total} s"


def condition(test: object) -> str:
    """A fork's test by its name, as words."""
    name = getattr(test, "__name__", "")
    return "that holds" if name in ("", "<lambda>") else _words(name)


def _words(name: str) -> str:
    return name.strip("_").replace("_", " ")


def _card(state: State) -> str:
    return (
        state.says
        if isinstance(state.says, str)
        else " or ".join(state.cards[:1]) + (" ..." if state.cards[1:] else "")
    )


def _label(text: str) -> str:
    """What a Mermaid label may hold: no colons, semicolons or brackets that would end it."""
    return re.sub(r"[:;#{}<>\[\]]", " ", text).strip()
