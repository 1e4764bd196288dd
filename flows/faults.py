"""What is wrong with a flow, in plain words: a table that cannot leave anybody waiting for nothing (design.md 4-6)."""

from collections.abc import Iterator, Mapping

from flows import routing
from flows.loops import LAST
from flows.machine import ENDS, OVER, STAY, Again, Flow, State
from flows.moved import MOVED
from flows.spoken import CARDS as SPOKEN_CARDS
from flows.spoken import EVERYWHERE
from flows.walk import all_arrows, arrows, hears_told, is_seen, leads_to, opens, parts, said, tells
from flows.walk import spoken as walked

#: Told by the shell: it ended; the member began something else, or left the roster; a call began, ended, was put
#: through; a message came.
OUTSIDE = (*ENDS, "superseded", "passed_on", "called", "hung_up", "parted", "message_kept", "message_lost")
PAGING_POLICIES = ("offer", "call_after", "rounds", "alarm_after", "limit", "urgent_offer")


def faults(flow: Flow) -> list[str]:
    """All that is wrong within one flow."""
    if not flow.states:
        return [f"{flow.name}: has no start, since it has no states"]
    found = [*_names(flow), *_targets(flow)]
    if found:
        return found  # the rest follows arrows, and would stumble over these
    for state in flow.states:
        found += [f"{flow.name}.{state.name}: {what}" for what in _state(flow, state)]
    return [*found, *_unreachable(flow), *_silent_circles(flow)]


def faults_all(flows: Mapping[str, Flow], cards: Mapping[str, object] | None = None) -> list[str]:
    """All that is wrong with the flows together. `cards`: {card: the languages it has}."""
    found = [fault for flow in flows.values() for fault in faults(flow)]
    found += [f"{name}: is listed under another name, {flow.name}" for name, flow in flows.items() if name != flow.name]
    told = {word for flow in flows.values() for word in tells(flow)}
    heard = {word for flow in flows.values() for word in hears_told(flow)}
    for flow in flows.values():
        found += [f"{flow.name}: tells {word!r}, which nobody hears" for word in sorted(tells(flow) - heard)]
        unsaid = sorted(hears_told(flow) - told - {*OUTSIDE})
        found += [f"{flow.name}: hears {word!r}, which nobody tells" for word in unsaid]
        found += [f"{flow.name}: opens {name!r}, which is no flow" for name in sorted(opens(flow) - {*flows})]
    found += _blanks(flows)
    found += _cards(flows, cards) if cards is not None else []
    return found + _moved(flows)


def spoken(flows: Mapping[str, Flow]) -> dict[str, tuple[str, ...]]:
    """All cards that are said by flows, by routing and by the loop guard, with the blanks they are given."""
    return walked(flows, routing.CARDS, SPOKEN_CARDS, {LAST: ()})


# --- one flow -------------------------------------------------------------------------------------------------------


def _names(flow: Flow) -> Iterator[str]:
    names = [state.name for state in flow.states]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{flow.name}: has two states named {name!r}"


def _targets(flow: Flow) -> Iterator[str]:
    known = {state.name for state in flow.states} | {STAY, OVER}
    for state, one in all_arrows(flow):
        for name in leads_to(one.target):
            if name not in known:
                place = f"{flow.name}.{state.name}" if state else flow.name
                yield f"{place}: {one.on or one.kind} leads to {name!r}, which is no state"


def _state(flow: Flow, state: State) -> Iterator[str]:
    yield from _listening(flow, state)
    yield from _clock(flow, state)
    if callable(state.says) and not state.cards:
        yield "chooses what it says, and does not list its cards"
    for one in arrows(state):
        stuck = [name for name in leads_to(one.target) if name == STAY]
        asks_again = any(isinstance(part, Again) for part in parts(one.target))
        if one.kind == "then" and (stuck or asks_again):
            yield "passes on to where it is: the run would be stuck in a state that does not wait"
        if one.kind == "quiet" and (stuck or asks_again):
            yield "stays when silent: its clock would ring for ever"


def _listening(flow: Flow, state: State) -> Iterator[str]:
    heard = flow.hears(state)
    meanings = {meaning for among in heard.values() for meaning in among}
    for meaning in sorted(meanings - set(state.goes)):
        yield f"hears {meaning!r} and goes nowhere with it"
    for meaning in sorted(set(state.goes) - meanings):
        yield f"goes somewhere with {meaning!r}, which it does not hear"
    for digit, meaning in (state.keys or {}).items():
        if meaning not in meanings:
            yield f"key {digit} means {meaning!r}, which it does not hear"
    for key, meaning in (state.press or {}).items():
        if meaning not in meanings:
            yield f"key {key} of a call means {meaning!r}, which it does not hear"
        if key in EVERYWHERE and meaning != EVERYWHERE[key]:
            yield f"key {key} of a call means {EVERYWHERE[key]!r} everywhere, and not {meaning!r}"
    if state.records and "recorded" not in meanings:
        yield "records, and does not hear 'recorded'"
    for role in heard:
        if role not in state.words and state.unclear is None:
            yield f"hears the {role}, and does not say what happens when it does not understand"
    if state.asks and not heard and not state.words:
        yield f"asks ({state.asks}) and hears nothing"
    listens = heard or state.words or state.unclear or state.told or state.failed or state.missed
    if listens and not state.waits:
        yield "listens, and does not say what silence means"


def _clock(flow: Flow, state: State) -> Iterator[str]:
    if state.quiet and state.then is not None:
        yield "both waits and passes on"
    if state.quiet and isinstance(state.quiet[0], str):
        stamped = {*flow.stamps, *(PAGING_POLICIES if "paging" in flow.stamps else ())}
        if state.quiet[0] not in stamped:
            yield f"waits for the policy {state.quiet[0]!r}, which is not stamped into the run"


def _unreachable(flow: Flow) -> Iterator[str]:
    reached: set[str] = set()
    ahead = [flow.start]
    ahead += [name for state, one in all_arrows(flow) if state is None for name in leads_to(one.target)]
    while ahead:
        name = ahead.pop()
        if name in reached or name in (STAY, OVER) and name not in {s.name for s in flow.states}:
            continue
        reached.add(name)
        ahead += [target for one in arrows(flow[name]) for target in leads_to(one.target)]
    for state in flow.states:
        if state.name not in reached:
            yield f"{flow.name}.{state.name}: no arrow leads here"


def _silent_circles(flow: Flow) -> Iterator[str]:
    """Silence after silence must end, or be noticed by somebody each time round."""
    quiet = {state.name: _unseen_steps(state) for state in flow.states}

    def comes_back(start: str) -> bool:
        seen: set[str] = set()
        ahead = list(quiet[start])
        while ahead:
            name = ahead.pop()
            if name == start:
                return True
            if name in seen or name not in quiet:
                continue
            seen.add(name)
            ahead += quiet[name]
        return False

    for state in flow.states:
        if state.waits and comes_back(state.name):
            yield f"{flow.name}.{state.name}: silence turns in a circle in which nobody hears of it"


def _unseen_steps(state: State) -> list[str]:
    """Where silence leads from here, if nothing that anybody notices happens in this state or on its arrow."""
    if state.says is not None or is_seen(state.does):
        return []
    steps: list[str] = []
    for one in arrows(state):
        if one.kind in ("quiet", "then"):
            seen = any(is_seen(getattr(part, "does", ())) for part in parts(one.target))
            steps += [] if seen else leads_to(one.target)
    return steps


# --- all flows ------------------------------------------------------------------------------------------------------


def _blanks(flows: Mapping[str, Flow]) -> Iterator[str]:
    first: dict[str, tuple[str, frozenset[str]]] = {}
    for flow in flows.values():
        for card, blanks in said(flow):
            where, before = first.setdefault(card, (flow.name, frozenset(blanks)))
            if before != frozenset(blanks):
                yield f"{flow.name}: says {card} with other blanks than {where}: {sorted(before ^ {*blanks})}"


def _cards(flows: Mapping[str, Flow], cards: Mapping[str, object]) -> Iterator[str]:
    languages = sorted({language for has in cards.values() for language in has})  # type: ignore[attr-defined]
    for flow in flows.values():
        for card in sorted({card for card, _ in said(flow)}):
            if card not in cards:
                yield f"{flow.name}: says {card}, which no catalogue has"
            else:
                missing = [language for language in languages if language not in cards[card]]  # type: ignore[operator]
                yield from (f"{flow.name}: says {card}, which has no wording in {x!r}" for x in missing)


def _moved(flows: Mapping[str, Flow], moved: Mapping[tuple[str, str], str] | None = None) -> list[str]:
    found = []
    for (name, old), new in (MOVED if moved is None else moved).items():
        if name not in flows:
            found.append(f"moved: {name!r} is no flow")
            continue
        states = {state.name for state in flows[name].states}
        if new not in states:
            found.append(f"moved: {name}.{old} has moved to {new!r}, which is no state")
        if old in states:
            found.append(f"moved: {name}.{old} has moved, and is still there")
    return found
