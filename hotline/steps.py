"""Steps: what routing decided happens, and runs are stepped until nobody has anything to tell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows import FLOWS, routing
from flows.events import Heard, Told
from flows.machine import Run, reads, step
from flows.members import ENDS, dropped
from hotline import outbox
from hotline.effects import EFFECTS
from hotline.facts import FACTS
from hotline.work import Work


class Facts(Mapping[str, Any]):
    """What the table says may be read, fetched when it is; anything else is a fault of the flow."""

    def __init__(self, work: Work, run: Run, names: frozenset[str]) -> None:
        self._work, self._run, self._names = work, run, names
        self._fetched: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._fetched:
            self._fetched[name] = FACTS[name](self._work, self._run)
        return self._fetched[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


BOUND = 1000  # events one happening may cause: more is two runs telling each other for ever


def turn(work: Work, turn: routing.Turn) -> None:
    """One thing routing decided."""
    match turn:
        case routing.Give(run, event):
            work.hear(run, event)
        case routing.Begin():
            _begin(work, turn)
        case routing.Answer(card, blanks, once, other):
            if once:
                work.note("thanked", person_id=work.person.id)
            language = other_language(work) if other else None
            outbox.deliver(work, work.person.id, card=card, blanks=dict(blanks), run=None, language=language)
        case routing.OptOut(out):
            outbox.opt_out(work, work.person, out)
        case routing.FocusOn(case):
            work.change(work.person.id, focus=json.dumps([case, work.now.isoformat()]))


def other_language(work: Work) -> str | None:
    """The program's language that is not theirs."""
    theirs = work.language(work.person) or work.program.languages[0]
    return next((language for language in work.program.languages if language != theirs), None)


def _begin(work: Work, turn: routing.Begin) -> None:
    case, data = turn.case, dict(turn.data)
    role_parties = dict(turn.parties)
    if turn.new_case:
        case = work.open_case(work.person)
        role_parties = {"participant": work.person.id}
    elif case is not None and not role_parties:
        role_parties = {"participant": work.cases[case]["person_id"]}
    if turn.flow in ENDS:
        _supersede(work, turn)
    if turn.new_case or turn.case is not None:
        data.setdefault("language", work.language(work.somebody(role_parties.get("participant", work.person.id))))
    data.setdefault("at", work.now.isoformat())
    if case is not None and work.text is not None and work.text["case_id"] is None:
        work.text["case_id"] = case
    lock = work.cases[case]["person_id"] if case is not None else work.person.id
    work.open_run(turn.flow, data, role_parties, case, lock, opener=None)


def _supersede(work: Work, turn: routing.Begin) -> None:
    for run in list(work.runs.values()):
        if run.open and run.flow in ENDS[turn.flow] and work.person.id in run.parties.values():
            work.hear(run.id, Told("superseded", {"verb": turn.data.get("verb")}))


def drop_which(work: Work, turns: Sequence[routing.Turn]) -> None:
    for id in dropped(work.listeners(work.person.id), turns):
        work.hear(id, Told("superseded"))


def run_all(work: Work) -> None:
    """Step until nobody has anything to tell; first come, first served, and bounded."""
    for _ in range(BOUND):
        if not work.waiting:
            return
        run_id, event = work.waiting.popleft()
        run = work.runs[run_id]
        if not run.open:
            continue
        flow, work.event = FLOWS[run.flow], event
        wanted = Facts(work, run, reads(flow, run, event))
        after, effects = step(flow, run, event, work.now, wanted)
        work.runs[run_id] = after
        if isinstance(event, Heard) and work.text is not None and work.text["case_id"] is None:
            work.text["case_id"] = run.case
        said_from = len(work.deliveries)
        for effect in effects:
            EFFECTS[type(effect)](work, work.runs[run_id], effect)
        outbox.arm(work, run, work.runs[run_id], said_from)
    raise RuntimeError("runs of one case keep telling each other the same; see the last flows changed")
