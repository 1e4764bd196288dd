"""The line without a server: flows, a clock, and people with phones. Pure rows in memory; nothing else is pretended.

It keeps the promises the real shell keeps (design.md 4), and checks at every step what must always hold.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows import FLOWS, routing, spoken
from flows import effects as ask
from flows.events import Event, Failed, Heard, Opened, Quiet, Told
from flows.machine import Flow, Run, reads, step
from flows.rotation import Hours, Member, eligible, on_shift
from tests.flows.calls import Call, Calls
from tests.flows.reader import CATALOGUE, read

BEGIN = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)  # noon in Chicago, a Tuesday
POLICY = {"offer": 300, "call_after": 90, "rounds": 2, "alarm_after": 900, "limit": 3, "urgent_offer": 90}
ZONE = "America/Chicago"
QUIET = ["21:00", "08:00"]
CHECKINS = {
    "days": [1, 3, 7, 28], "at": "11:00", "guide_first": 7200, "nudge_after": 86400, "quiet": QUIET, "calls": [],
}  # fmt: skip
STAMPED = {"checkins": CHECKINS, "quiet": QUIET, "program": {"town": "Milford"}}
LEVELS = ("none", "unclear", "suicidal", "emergency")
BOUND = 500
NO_TEXTS = ("impossible", "no_phone")  # why nothing will ever reach them as a text
UNASKED = tuple(f"checkin.{card}" for card in ("ask", "ask_plain", "milestone", "door", "retry", "retry_plain"))


@dataclass
class Person:
    """Somebody with a phone. `fate`: why no text reaches it, if none does.

    takes: what they press when it rings; "" nothing, "busy" they decline; None: they let it ring.
    """

    id: int
    name: str
    roles: frozenset[str] = frozenset()
    hours: str = "always"
    languages: tuple[str, ...] = ("en",)
    off_until: datetime | None = None
    opted_out: bool = False
    fate: str | None = None  # "no_phone": they have none
    phone: str | None = None  # as an officer would text it
    accepted: dict[str, datetime] = field(default_factory=dict)
    focus: tuple[int, datetime] | None = None
    wants_none: bool = False
    muted_until: datetime | None = None
    thanked: bool = False
    last_case: int | None = None
    language: str | None = "en"
    takes: str | None = None


@dataclass
class Case:
    id: int
    code: str
    person: int
    open: bool = True
    level: str = "none"
    frozen: bool = False
    coordinator: int | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    known: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)


@dataclass
class Sent:
    """One thing said: a card, or somebody's own words."""

    id: int
    to: int
    at: datetime
    run: int | None
    case: int | None
    card: str | None = None
    words: str | None = None
    tries: int = 1


class House:
    def __init__(self, policy: dict[str, Any] | None = None) -> None:
        self.now = BEGIN
        self.policy = POLICY | (policy or {})
        self.people: dict[int, Person] = {}
        self.cases: dict[int, Case] = {}
        self.runs: dict[int, Run] = {}
        self.sent: list[Sent] = []
        self.looked: dict[int, int] = {}
        self.history: list[tuple[int | None, str]] = []
        self.pages: dict[int, dict[str, Any]] = {}
        self.acceptances: dict[int, int] = {}
        self.changed: list[tuple[int, str, datetime]] = []
        self.reached: list[tuple[int, int, datetime]] = []
        self.typed: list[str] = []
        self.member_words: dict[str, set[int]] = {}
        self.later: list[tuple[datetime, Sent]] = []
        self.failing: list[tuple[Sent, str]] = []
        self.planted: list[int] = []
        self.waiting: deque[tuple[int, Event]] = deque()
        self.speaker: Person | None = None
        self.ids = iter(range(100, 10**9))
        self.phones = Calls(self)
        self.desk: int | None = None  # the police desk's phone, where there is one
        self.facilities: tuple[dict[str, Any], ...] = ()
        self.kept: dict[int, dict[str, Any]] = {}
        self.records: dict[tuple[str, int], dict[str, Any]] = {}

    # --- who is there -----------------------------------------------------------------------------------------------

    def person(self, name: str, roles: str = "", **more: Any) -> Person:
        found = Person(len(self.people) + 1, name, frozenset(roles.split(";")) - {""}, **more)
        self.people[found.id] = found
        return found

    def named(self, who: str | Person) -> Person:
        return who if isinstance(who, Person) else next(x for x in self.people.values() if x.name == who)

    # --- what happens -----------------------------------------------------------------------------------------------

    def text(self, who: str | Person, words: str, picture: bool = False) -> None:
        """Somebody texts the line."""
        person = self.named(who)
        self.typed.append(words)
        case = self.case_of(person)
        is_member = bool(person.roles)
        text = read(words, is_member, picture, next(self.ids))
        self.speaker = person
        if is_member and not (case and text.verb not in routing.ROSTER_VERBS and text.code is None):
            turns = routing.member(text, self.listeners(person), self.lately(person), self.now, person.roles, person.id)
        else:
            text = read(words, False, picture, text.id)
            if case:
                case.said.append(text.words)
            turns = routing.participant(
                text, self.listeners(person), case.id if case else None, self.past(person), self.now
            )
        for turn in turns:
            self.turn(person, text.words, turn)
        self.run_all()
        self.speaker = None
        self.phones.settle()
        self._look_at_planted()

    def call(self, who: str | Person, withheld: bool = False) -> None:
        """Somebody calls the line."""
        self.phones.arrives(self.named(who).id, withheld)
        self._look_at_planted()

    def press(self, who: str | Person, keys: str) -> None:
        """A key on the call they are on, or a whole number."""
        self.phones.presses(self.named(who).id, keys)
        self._look_at_planted()

    def say_nothing(self, who: str | Person) -> None:
        self.phones.is_silent(self.named(who).id)

    def record(self, who: str | Person) -> None:
        """They speak after the tone, if there was one."""
        self.phones.records(self.named(who).id)

    def hang_up(self, who: str | Person) -> None:
        self.phones.hangs_up(self.named(who).id)

    def forward(self, **span: float) -> None:
        """Time goes by; every clock that runs out on the way is heard at its own instant."""
        until = self.now + timedelta(**span)
        while (first := min(self._ahead(), key=lambda x: x[:2], default=None)) and first[0] < until:
            at, _, what = first
            self.now = max(self.now, at)
            match what:
                case Run():
                    self.hear(what.id, Quiet())
                case Call():
                    self.phones.is_over(what)
                case Sent():
                    self.later.remove((at, what))
                    again = replace(what, tries=what.tries + 1, at=self.now)
                    self.sent.append(again)
                    self._meet_fate(again)
            self.run_all()
            self.phones.settle()
        self.now = until

    def _ahead(self) -> Iterator[tuple[datetime, int, Any]]:
        """What happens by itself: a text is tried again, a run hears silence, a phone has rung long enough."""
        yield from ((at, 0, sent) for at, sent in self.later)
        yield from ((run.due, run.id, run) for run in self.runs.values() if run.open and run.due)
        if (call := self.phones.due()) is not None:
            yield call.at, 0, call

    # --- reading ----------------------------------------------------------------------------------------------------

    def heard(self, who: str | Person) -> list[str]:
        """What this phone has got since it was last looked at: cards, and words with a > before them."""
        person = self.named(who)
        mine = [x for x in self.sent if x.to == person.id]
        new = mine[self.looked.get(person.id, 0) :]
        self.looked[person.id] = len(mine)
        return [x.card if x.card is not None else f"> {x.words}" for x in new]

    def case_of(self, who: str | Person) -> Case | None:
        person = self.named(who)
        return next((x for x in self.cases.values() if x.person == person.id and x.open), None)

    def open_flows(self, who: str | Person) -> list[str]:
        case = self.case_of(who)
        return sorted(x.flow for x in self.runs.values() if x.open and case and x.case == case.id)

    def run(self, flow: str) -> Run:
        return [x for x in self.runs.values() if x.flow == flow][-1]

    def flow(self, run: Run) -> Flow:
        return FLOWS[run.flow]

    def listeners(self, person: Person) -> list[routing.Listener]:
        return [
            routing.Listener(run, FLOWS[run.flow], role, self.code(run))
            for run in self.runs.values()
            if run.open
            for role, party in run.parties.items()
            if party == person.id
        ]

    def code(self, run: Run) -> str | None:
        return run.known.get("code") or (self.cases[run.case].code if run.case else None)

    def lately(self, person: Person) -> routing.Lately:
        return routing.Lately(
            [(code, at) for id, code, at in self.changed if id == person.id],
            [(case, at) for id, case, at in self.reached if id == person.id],
            person.focus,
        )

    def past(self, person: Person) -> routing.Past:
        last = self.cases.get(person.last_case or 0)
        return routing.Past(
            closed_at=last.closed_at if last else None,
            thanked=person.thanked,
            muted_until=person.muted_until,
            last_coordinator=last.coordinator if last else None,
        )

    # --- one turn ---------------------------------------------------------------------------------------------------

    def turns(self, person: Person, turns: Iterable[routing.Turn]) -> None:
        """What was decided of a call: nobody's written words."""
        for turn in turns:
            self.turn(person, None, turn)

    def turn(self, person: Person, words: str | None, turn: routing.Turn) -> None:
        match turn:
            case routing.Give(run, event):
                self.hear(run, event)
            case routing.Answer(card, blanks, once):
                person.thanked = person.thanked or once
                self.say(None, person.id, card, dict(blanks))
            case routing.OptOut(out):
                person.opted_out, person.fate = out, "opted_out" if out else None
                for run_ in [x for x in self.runs.values() if x.open and out]:
                    for role, party in run_.parties.items():
                        if party == person.id:
                            self.hear(run_.id, Failed(role, None, "opted_out", 0, 1))
            case routing.FocusOn(case_id):
                person.focus = (case_id, self.now)
            case routing.Begin(flow, data, case_id, new_case, parties):
                if new_case:
                    case_id, parties = self.open_case(person).id, {"participant": person.id}
                    self.cases[case_id].said += [words] if words is not None else []
                elif case_id is not None and not parties:
                    parties = {"participant": self.cases[case_id].person}
                begun_anew = {"roster": ("roster", "which"), "walkin": ("walkin",)}.get(flow, ())
                for other in self.runs.values():
                    if other.open and other.flow in begun_anew and person.id in other.parties.values():
                        self.hear(other.id, Told("superseded", {"verb": data.get("verb")}))
                self.open_run(flow, {"language": person.language, **data}, dict(parties), case_id, None)

    def open_case(self, person: Person) -> Case:
        number = len(self.cases)
        case = Case(next(self.ids), f"{'KRDF'[number // 9]}{number % 9 + 1}", person.id)
        self.cases[case.id] = case
        person.last_case = case.id
        return case

    def open_run(
        self, flow: str, data: dict[str, Any], parties: dict[str, int], case: int | None, opener: int | None
    ) -> None:
        given = {k: v for k, v in data.items() if v is not None}
        if opener is not None and self.runs[opener].known.get("code"):
            given["code"] = self.runs[opener].known["code"]
        known = {"policy": self._stamped(flow), **given}  # known before it begins: what the first facts are fetched for
        run = Run(next(self.ids), flow, FLOWS[flow].start, case, opener=opener, parties=parties, known=known)
        self.runs[run.id] = run
        self.hear(run.id, Opened(given))
        self._item(run)

    def _stamped(self, flow: str) -> dict[str, Any]:
        """The policies a run begins with."""
        stamps = FLOWS[flow].stamps
        policy = dict(self.policy) if "paging" in stamps else {}
        zone = {"timezone": ZONE} if "timezone" in stamps else {}
        return policy | zone | {name: STAMPED[name] for name in stamps if name in STAMPED}

    def _look_at_planted(self) -> None:
        while self.planted:
            self.hear(self.planted.pop(0), Quiet())
            self.run_all()
            self.phones.settle()

    def hear(self, run: int, event: Event) -> None:
        self.waiting.append((run, event))

    def run_all(self) -> None:
        for _ in range(BOUND):
            if not self.waiting and not self.failing:
                return
            if not self.waiting:
                sent, why = self.failing.pop(0)
                run = self.runs[sent.run] if sent.run else None
                role = next((r for r, p in run.parties.items() if p == sent.to), None) if run else None
                if run and role:
                    self.hear(run.id, Failed(role, sent.card, why, sent.id, sent.tries))
                continue
            self._step(*self.waiting.popleft())
        raise AssertionError("runs keep telling each other the same")

    def _step(self, id: int, event: Event) -> None:
        run = self.runs[id]
        if not run.open:
            return
        flow = FLOWS[run.flow]
        facts = {name: getattr(self, f"_fact_{name}")(run) for name in reads(flow, run, event)}
        after, effects = step(flow, run, event, self.now, facts)
        assert not after.open or after.due is not None, f"{after.flow}.{after.state} waits without a clock"
        assert after.turn != run.turn or after.due == run.due, f"{after.flow}.{after.state} stays and its clock moved"
        self.runs[id] = after
        for effect in effects:
            getattr(self, f"_do_{type(effect).__name__.lower()}")(self.runs[id], effect)
        if not after.open:
            self._item(after)

    def _item(self, run: Run) -> None:
        if run.case is not None:
            own, code = run.known.get("code"), self.cases[run.case].code
            members = [x for x in run.parties.items() if x[0] not in ("participant", "officer")]
            self.changed += [(x, own if own and role != "coordinator" else code, self.now) for role, x in members]

    # --- facts ------------------------------------------------------------------------------------------------------

    def _fact_rota(self, run: Run) -> tuple[Member, ...]:
        role = run.known.get("role", "")
        return tuple(self.member(x, role) for x in self.people.values() if x.roles)

    def member(self, x: Person, role: str) -> Member:
        taken = sum(1 for case in self.cases.values() if case.open and case.coordinator == x.id)
        hours = Hours.parse(x.hours)
        return Member(
            x.id, x.name, x.roles, x.languages, hours, True, x.off_until, x.opted_out, x.id, taken, x.accepted.get(role)
        )

    def _fact_open(self, run: Run) -> frozenset[str]:
        others = [x for x in self.runs.values() if x.open and x.case == run.case and x.id != run.id]
        roles = {x.id: x.known.get("role", "coordinator") if x.flow == "paging" else "coordinator" for x in others}
        return frozenset(x.flow if roles[x.id] == "coordinator" else f"{x.flow}:{roles[x.id]}" for x in others)

    def _fact_live(self, run: Run) -> frozenset[str]:
        return self.phones.live(run)

    def _fact_desk(self, run: Run) -> int | None:
        return self.desk

    def _fact_rings(self, run: Run) -> tuple[dict[str, Any], ...]:
        return spoken.rings(self.listeners(self.people[run.parties["member"]]))

    def _fact_drive(self, run: Run) -> dict[str, Any] | None:
        found = next((x for x in self.runs.values() if x.open and x.flow == "drive" and x.case == run.case), None)
        return found and {"driver": found.parties["driver"], "state": found.state, "code": self.code(found)}

    def _fact_facilities(self, run: Run) -> tuple[dict[str, Any], ...]:
        return self.facilities

    def _fact_car(self, run: Run) -> str | None:
        return self.kept.get(run.parties["driver"], {}).get("car")

    def _fact_case(self, run: Run) -> dict[str, Any]:
        case = self.cases[run.case or 0]
        known = dict(case.known)
        return {
            "level": case.level, "frozen": case.frozen, "known": known,
            "coordinator": case.coordinator, "code": case.code,
        }  # fmt: skip

    def _fact_touch(self, run: Run) -> dict[str, Any]:
        person, guide = self.people[run.parties["participant"]], self.people.get(run.parties.get("guide", 0))
        theirs = {case.id for case in self.cases.values() if case.open and case.person == person.id}
        helping = any(x.open and x.case in theirs and x.flow in ("intake", "emergency") for x in self.runs.values())
        return {
            "busy": helping or any(self.cases[id].frozen for id in theirs), "heard_at": None,
            "wants_none": person.wants_none, "opted_out": person.opted_out, "no_texts": person.fate in NO_TEXTS,
            "guide": guide and {"active": True, "on": guide.off_until is None, "opted_out": guide.opted_out},
        }  # fmt: skip

    def _fact_guided(self, run: Run) -> str | None:
        mine = [x for x in self.runs.values() if x.open and x.flow == "care" and "guide" in x.parties]
        return next((x.known["guide"] for x in mine if x.parties["participant"] == run.parties["participant"]), None)

    def _fact_indiscreet(self, run: Run) -> dict[str, Any]:
        return {"words": [], "over": 0}

    def _fact_guide_on(self, run: Run) -> bool:
        guide = self.people[run.parties["guide"]]
        return guide.off_until is None and not guide.opted_out

    def _fact_people(self, run: Run) -> list[dict[str, Any]]:
        guide = run.parties["guide"]
        mine = [x for x in self.runs.values() if x.open and x.flow == "care" and x.parties.get("guide") == guide]
        sends = {x.id: x.known.get("send") for x in mine}
        return [
            {"run": x.id, "first": x.known.get("first") or "-",
             "send": datetime.fromisoformat(sends[x.id]) if sends[x.id] else None}
            for x in mine
        ]  # fmt: skip

    def _fact_said(self, run: Run) -> tuple[str, ...]:
        return tuple(self.cases[run.case or 0].said)

    def _fact_items(self, run: Run) -> str:
        mine = self.listeners(self.people[next(iter(run.parties.values()))])
        return ", ".join(sorted({x.code for x in mine if x.asks and x.code}))

    def _fact_verbs(self, run: Run) -> str:
        return "LIST, ON, OFF"

    def _fact_on_now(self, run: Run) -> str:
        members = [self.member(x, "coordinator") for x in self.people.values()]
        able = [x for x in members if eligible(x, "coordinator", self.now)]
        return ", ".join(x.name for x in able if on_shift(x.hours, ZoneInfo(ZONE), self.now))

    def _fact_open_now(self, run: Run) -> str:
        return ", ".join(case.code for case in self.cases.values() if case.open)

    # --- effects ----------------------------------------------------------------------------------------------------

    def say(self, run: Run | None, to: int, card: str, blanks: dict[str, Any], rings: bool = False) -> None:
        """A card: spoken to whoever is on the line or rung, else a text; what can only be spoken is else dropped."""
        case = run.case if run else None
        found = CATALOGUE.cards.get(card)
        aloud = rings or to in self.phones.on_line
        if found is not None and not found.sms and not aloud:
            return
        given = {name: "18:00" if isinstance(value, dict) else value for name, value in blanks.items()}
        if found is not None:
            code = {"code": self.cases[case].code} if case else {}
            known = {"number": "555", "poison": "555", "crisis": "555", **code, **given}
            wanted = {k: v for k, v in known.items() if k in found.blanks or k in given}
            CATALOGUE.render(card, "en", "voice" if found.voice and aloud else "sms", blanks=wanted)
        self._deliver(Sent(next(self.ids), to, self.now, run.id if run else None, case, card=card))

    def _deliver(self, sent: Sent) -> None:
        person = self.people[sent.to]
        if (
            person.wants_none
            and person is not self.speaker
            and sent.card
            and not FLOWS[self.runs[sent.run or 0].flow].urgent
        ):
            return
        self.sent.append(sent)
        if not (self.speaker and self.speaker.id == sent.to):
            self._meet_fate(sent)

    def _meet_fate(self, sent: Sent) -> None:
        fate = self.people[sent.to].fate
        if fate and sent.run:
            self.failing.append((sent, fate))

    def _do_say(self, run: Run, effect: ask.Say) -> None:
        assert effect.to in run.parties, f"{run.flow} speaks to its {effect.to}, whom it does not have"
        if effect.card in UNASKED:
            local = self.now.astimezone(ZoneInfo(ZONE))
            assert 8 <= local.hour < 21, f"{effect.card} at {local:%H:%M}"
            assert not self._fact_touch(run)["busy"], f"{effect.card} to somebody who asks for help"
        self.say(run, run.parties[effect.to], effect.card, dict(effect.blanks))

    def _do_ring(self, run: Run, effect: ask.Ring) -> None:
        """The text that goes with it, if there is one, stands for both."""
        assert effect.to in run.parties, f"{run.flow} rings its {effect.to}, whom it does not have"
        self.say(run, run.parties[effect.to], effect.card, dict(effect.blanks), rings=True)
        self.phones.rings(run, effect)

    def _do_unring(self, run: Run, effect: ask.Unring) -> None:
        self.phones.stops(run, effect.to)

    def _do_connect(self, run: Run, effect: ask.Connect) -> None:
        self.phones.connects(run, effect)

    def _do_answer(self, run: Run, effect: ask.Answer) -> None:
        self.phones.is_about(run, effect.role)

    def _do_relay(self, run: Run, effect: ask.Relay) -> None:
        assert run.case is not None
        case = self.cases[run.case]
        if effect.to == "participant":
            self.member_words.setdefault(effect.words, set()).add(run.case)
        else:
            drivers = run.flow in ("ride", "drive") and any(effect.words in words for words in self.typed)
            assert drivers or effect.words in case.said, "words of one case in another"
            self.reached.append((run.parties[effect.to], run.case, self.now))
        self._deliver(Sent(next(self.ids), run.parties[effect.to], self.now, run.id, run.case, words=effect.words))

    def _do_resend(self, run: Run, effect: ask.Resend) -> None:
        sent = [x for x in self.sent if x.id == effect.delivery][-1]
        self.later.append((self.now + effect.after, sent))

    def _do_tell(self, run: Run, effect: ask.Tell) -> None:
        told = Told(effect.word, effect.data)
        if effect.word == "covered" and run.flow == "paging":
            self.acceptances[run.id] = 1
        if effect.word == "accepted":
            assert run.opener not in self.acceptances, "two acceptances of one page"
        others = [x for x in self.runs.values() if x.open and x.id != run.id]
        if effect.to == ask.OPENER:
            opener = self.runs.get(run.opener or 0)
            if opener and opener.open:
                self.hear(opener.id, told)
            elif run.case and self.cases[run.case].open:
                self.open_run("alarm", {"why": "lost", "now": True}, dict(run.parties), run.case, run.id)
            return
        if effect.to == ask.PERSON:
            mine = {case.id for case in self.cases.values() if run.case and case.person == self.cases[run.case].person}
            hearing = [x for x in others if x.case in mine]
        elif effect.to == ask.OPENED:
            hearing = [x for x in others if x.opener == run.id]
        else:
            hearing = [x for x in others if run.case and x.case == run.case and effect.to in (ask.CASE, x.flow)]
        for other in hearing:
            self.hear(other.id, told)

    def _do_open(self, run: Run, effect: ask.Open) -> None:
        parties = run.parties if effect.parties is None else effect.parties
        self.open_run(effect.flow, dict(effect.data), dict(parties), run.case, run.id)

    def _do_opencase(self, run: Run, effect: ask.OpenCase) -> None:
        person = self.people[run.parties[effect.role]]
        case = self.case_of(person) or self.open_case(person)
        data = {"language": person.language, "exclude": [person.id], **effect.data}
        self.open_run(effect.flow, data, {"participant": person.id, **effect.also}, case.id, None)

    def _do_admit(self, run: Run, effect: ask.Admit) -> None:
        officer = run.parties[effect.role]
        known = [x for x in self.people.values() if effect.phone and x.phone == effect.phone and x.id != officer]
        fate = {} if effect.phone else {"fate": "no_phone"}
        person = known[0] if known else self.person(f"walked in {len(self.people)}", phone=effect.phone, **fate)
        self._plant(effect.flow, dict(effect.data), {"participant": person.id, "officer": officer})

    def _do_rouse(self, run: Run, effect: ask.Rouse) -> None:
        guide = run.parties.get(effect.role)
        has_one = any(x.open and x.flow == effect.flow and guide in x.parties.values() for x in self.runs.values())
        if guide is not None and not has_one:
            self._plant(effect.flow, {}, {effect.role: guide})

    def _plant(self, flow: str, data: dict[str, Any], parties: dict[str, int]) -> None:
        """A due row of somebody else's: it is looked at in a transaction of its own."""
        known = {**data, "policy": self._stamped(flow)}
        run = Run(next(self.ids), flow, FLOWS[flow].start, parties=parties, known=known, since=self.now, due=self.now)
        self.runs[run.id] = run
        self.planted.append(run.id)

    def _do_hand(self, run: Run, effect: ask.Hand) -> None:
        other, person = self.runs.get(effect.run), run.parties.get("member") or run.parties["coordinator"]
        if other is None or not other.open:
            self.say(run, person, "which.gone", {})
            return
        role = next(r for r, p in other.parties.items() if p == person and r != "participant")
        self.hear(other.id, Heard(role, effect.meaning, effect.words, effect.data))

    def _do_learn(self, run: Run, effect: ask.Learn) -> None:
        if run.case is None:
            return
        known = self.cases[run.case].known
        known |= effect.values
        if effect.mark and effect.mark not in known.get("marks", []):
            known["marks"] = [*known.get("marks", []), effect.mark]

    def _do_level(self, run: Run, effect: ask.Level) -> None:
        case = self.cases[run.case or 0]
        if effect.safe:
            assert run.flow == "assist", "only a coordinator's SAFE lowers a level"
            assert run.parties["coordinator"] != case.person
            case.level, case.frozen = effect.level, False
        elif LEVELS.index(effect.level) > LEVELS.index(case.level):
            case.level, case.frozen = effect.level, case.frozen or effect.level in routing.DANGEROUS

    def _do_own(self, run: Run, effect: ask.Own) -> None:
        case = self.cases[run.case or 0]
        case.coordinator = run.parties[effect.role] if effect.role else None

    def _do_page(self, run: Run, effect: ask.Page) -> None:
        assert run.flow == "paging"
        self.pages.setdefault(run.id, {}).update(effect.values)

    def _do_note(self, run: Run, effect: ask.Note) -> None:
        self.history.append((run.case, effect.what))

    def _do_accepted(self, run: Run, effect: ask.Accepted) -> None:
        self.people[run.parties[effect.role]].accepted[effect.to] = self.now

    def _do_away(self, run: Run, effect: ask.Away) -> None:
        self.people[run.parties[effect.role]].off_until = effect.until

    def _do_wake(self, run: Run, effect: ask.Wake) -> None:
        for other in [x for x in self.runs.values() if x.open and x.flow == "paging" and x.state == "unanswered"]:
            self.runs[other.id] = replace(other, due=min(other.due or self.now, self.now))

    def _do_focus(self, run: Run, effect: ask.Focus) -> None:
        self.people[run.parties[effect.role]].focus = (effect.case, self.now)

    def _do_quieten(self, run: Run, effect: ask.Quieten) -> None:
        person = self.people[run.parties[effect.role]]
        person.wants_none = effect.wants_none if effect.wants_none is not None else person.wants_none
        person.muted_until = self.now + effect.mute if effect.mute else person.muted_until

    def _do_close(self, run: Run, effect: ask.Close) -> None:
        case = self.cases[run.case or 0]
        by_participant = self.speaker is not None and self.speaker.id == case.person
        assert not (by_participant and effect.outcome == "done"), "a participant's done closed the case"
        case.open, case.closed_at, case.outcome = False, self.now, effect.outcome
        for other in [x for x in self.runs.values() if x.open and x.case == run.case and x.id != run.id]:
            self.hear(other.id, Told("closed"))

    def _do_outcome(self, run: Run, effect: ask.Outcome) -> None:
        self.cases[run.case or 0].outcome = effect.outcome

    # What is written for people to read, or begins somebody else's case, is not pretended here.

    def _unpretended(self, run: Run, effect: object) -> None:
        self.history.append((run.case, type(effect).__name__))

    _do_holdcode = _do_callback = _do_play = _unpretended

    def _do_record(self, run: Run, effect: ask.Record) -> None:
        self.records.setdefault((effect.table, run.id), {}).update(effect.values)

    def _do_takecode(self, run: Run, effect: ask.TakeCode) -> None:
        taken = sum(1 for x in self.runs.values() if x.known.get("took"))
        self.runs[run.id] = replace(run, known={**run.known, "code": f"W{taken + 1}", "took": True})

    def _do_keep(self, run: Run, effect: ask.Keep) -> None:
        self.kept.setdefault(run.parties[effect.role], {}).update(effect.values)
