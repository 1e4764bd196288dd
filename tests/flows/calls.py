"""Calls in the pure house: whose phone rings, who is on the line, and who talks with whom.

It keeps what `hotline/calling.py` keeps: a member's call is about one run, a participant's about whatever is asked of
them; whoever hangs up, and whoever is left by the other, is told so; and a call on which nothing is asked ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows import effects as ask
from flows import routing, spoken
from flows.events import Missed
from flows.first_aid import HUSHED
from flows.machine import Run

if TYPE_CHECKING:
    from tests.flows.house import House

RUNG = timedelta(seconds=25)  # then a voicemail picks up, or nobody
PICKS_UP = timedelta(seconds=5)
QUEUES = ("call", "company")  # flows in which whoever is held waits on the line, and nowhere else


@dataclass
class Call:
    """One phone on the line with us, or ringing. `run`: what a member's call is about. `joined`: whom they talk to."""

    person: int
    inbound: bool
    at: datetime
    run: int | None = None
    card: str | None = None
    answered: bool = False
    pressed: bool = False
    misses: int = 0
    joined: Call | None = None

    @property
    def key(self) -> tuple[datetime, int]:
        return self.at, self.person


class Calls:
    """All calls of one house. `rung`: every ring there was, by person and card."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ringing: list[Call] = []
        self.on_line: dict[int, Call] = {}
        self.rung: list[tuple[int, str]] = []
        self.began: list[list[str]] = []  # what each caller heard first

    # --- what somebody with a phone does ------------------------------------------------------------------------------

    def arrives(self, person: int, withheld: bool = False) -> None:
        """They call the line."""
        house = self.house
        if person in self.on_line:
            return
        call = self.on_line[person] = Call(person, True, house.now, answered=True)
        one = house.people[person]
        case = house.case_of(one)
        listeners = house.listeners(one)
        said = len(house.sent)
        if one.roles:
            turns = spoken.member_arrives(listeners, person, case.id if case else None)
        else:
            past = house.past(one)
            turns = spoken.arrives(listeners, case.id if case else None, past.last_coordinator, True, withheld)
        self._take(call, turns)
        self.began.append([x.card or ">" for x in house.sent[said:] if x.to == person])
        assert self.began[-1][:1] == ["voice.first"], f"a caller hears {self.began[-1]}"

    def presses(self, person: int, keys: str) -> None:
        """A key, or where a number is asked for all of them."""
        call = self.on_line.get(person)
        if call is None or call.joined:
            return
        call.pressed, call.misses = True, 0
        phone = f"+1{keys}" if len(keys) == 10 else None
        self._take(call, spoken.pressed(keys, phone, self._listeners(call), self._about(call)))

    def is_silent(self, person: int) -> None:
        """Nothing is pressed or said after the question."""
        call = self.on_line.get(person)
        if call is None or call.joined:
            return
        call.misses += 1
        if not call.inbound and not call.pressed:
            self.hangs_up(person)
            return
        self._take(call, spoken.silent(self._listeners(call), self._about(call), call.misses - 1))

    def records(self, person: int) -> None:
        """They speak after the tone, if there is one."""
        call = self.on_line.get(person)
        if call is not None and not call.joined:
            self._take(call, spoken.recorded(self._listeners(call), self._about(call)))

    def hangs_up(self, person: int) -> None:
        """At any moment; whoever they talked with is told that they parted."""
        call = self.on_line.pop(person, None)
        if call is None:
            return
        house = self.house
        if call.inbound or call.pressed:
            self._tell(spoken.hangs_up(self._listeners(call), call.run))
        if not call.inbound and not call.pressed:
            self._missed(call, "unheard")
        other, call.joined = call.joined, None
        if other is not None:
            other.joined = None
            self._tell(spoken.parted(self._listeners(other), joined=True))
        house.run_all()
        self.settle()

    def _tell(self, turns: list) -> None:
        for turn in turns:
            self.house.hear(turn.run, turn.event)

    def offered(self, person: int) -> list[str]:
        """The keys that mean something to them now."""
        call = self.on_line.get(person)
        asked = spoken.asking(self._listeners(call), self._about(call)) if call and not call.joined else None
        number = ["3095550150"] if asked and asked.state.wants == "number" else []
        return [*number, *sorted(spoken.keys(asked))] if asked else []

    # --- ringing ------------------------------------------------------------------------------------------------------

    def rings(self, run: Run, effect: ask.Ring) -> None:
        """A phone rings; what becomes of it is its owner's way with calls."""
        person = run.parties[effect.to]
        self._must_be_safe(run, effect)
        self.rung.append((person, effect.card))
        at = self.house.now + (RUNG if self.house.people[person].takes is None else PICKS_UP)
        self.ringing.append(Call(person, False, at, run.id, effect.card))

    def _must_be_safe(self, run: Run, effect: ask.Ring) -> None:
        """Where violence was seen, or somebody hides, their phone is not rung."""
        if effect.to == "participant":
            same = [x for x in self.house.runs.values() if x.flow == "emergency" and x.open and x.case == run.case]
            kinds = {kind for x in same for kind in x.known.get("kinds", ())}
            assert not kinds & HUSHED, f"{effect.card} rings somebody in {kinds & HUSHED}"

    def stops(self, run: Run, role: str) -> None:
        """The line stops ringing them for this run."""
        mine = [x for x in self.ringing if x.run == run.id and x.person == run.parties[role]]
        for call in mine:
            self.ringing.remove(call)
            self._missed(call, "canceled")

    def due(self) -> Call | None:
        """The ring that ends next, one way or the other."""
        return min(self.ringing, key=lambda call: call.key, default=None)

    def is_over(self, call: Call) -> None:
        """It rang out, or they picked up and press what they always press."""
        self.ringing.remove(call)
        takes = self.house.people[call.person].takes
        if takes is None or takes == "busy" or call.person in self.on_line:
            self._missed(call, "busy" if takes == "busy" else "no_answer")
            self.house.run_all()
            self.settle()
            return
        call.answered = True
        self.on_line[call.person] = call
        self.settle()
        for key in takes:
            self.presses(call.person, key)
        if not takes:
            self.is_silent(call.person)

    def _missed(self, call: Call, why: str) -> None:
        run = self.house.runs[call.run or 0]
        role = next((role for role, party in run.parties.items() if party == call.person), None)
        if role is not None and run.open:
            self.house.hear(run.id, Missed(role, call.card, why))

    # --- what flows ask for -------------------------------------------------------------------------------------------

    def connects(self, run: Run, effect: ask.Connect) -> None:
        """Two who are on the line talk."""
        one, other = (self.on_line.get(run.parties[role]) for role in (effect.who, effect.to))
        if one and other and not one.joined and not other.joined:
            one.joined, other.joined = other, one

    def is_about(self, run: Run, role: str) -> None:
        """From now on their call is about this run."""
        if run.parties[role] in self.on_line:
            self.on_line[run.parties[role]].run = run.id

    def live(self, run: Run) -> frozenset[str]:
        """Who is on the line now and talks to nobody; a member only where the line rang them."""
        on = {role: self.on_line.get(party) for role, party in run.parties.items()}
        return frozenset(
            role for role, x in on.items() if x and not x.joined and (role == "participant" or not x.inbound)
        )

    def settle(self) -> None:
        """A call on which nothing is asked, and nobody waits, ends."""
        for person, call in list(self.on_line.items()):
            if not call.joined and spoken.asking(self._listeners(call), self._about(call)) is None:
                self.hangs_up(person)
        self._nobody_is_held_in_the_air()

    def _nobody_is_held_in_the_air(self) -> None:
        """Whoever a flow believes to be waiting in its queue is on the line."""
        for run in self.house.runs.values():
            state = self.house.flow(run)[run.state] if run.open else None
            if state is None or run.flow != "company" or "participant" not in state.holds:
                continue
            assert run.parties["participant"] in self.on_line, f"nobody is there whom {run.flow}.{run.state} holds"

    # --- reading ------------------------------------------------------------------------------------------------------

    def _take(self, call: Call, turns: list) -> None:
        house = self.house
        person = house.people[call.person]
        house.speaker = person
        for turn in turns:
            match turn:
                case spoken.Repeat() | spoken.OtherLanguage():
                    continue
                case spoken.CrisisLine():
                    house.turns(person, spoken.returns(self._listeners(call), _id(house.case_of(person))))
                case _:
                    house.turns(person, [turn])
        house.run_all()
        house.speaker = None
        self.settle()

    def _listeners(self, call: Call) -> list[routing.Listener]:
        return self.house.listeners(self.house.people[call.person])

    def _about(self, call: Call) -> int | None:
        is_member = bool(self.house.people[call.person].roles)
        return spoken.about(self._listeners(call), call.run, call.inbound, is_member)


def _id(case: object) -> int | None:
    return getattr(case, "id", None)
