"""At the desk: an officer's WALKIN and REFER, and the person they stand beside.

The officer is asked one question at a time, and from then on sees times and who comes, never a word. The case is
another person's: it is opened by a due row of its own (`admit`), under that person's lock. Somebody without a phone
has a case like everybody else; what would be texted to them is refused, and the coordinator is told to ring the desk.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.effects import Admit, Effect, Know, Learn, Note, Open, OpenCase, Say, Tell
from flows.events import Failed
from flows.machine import STAY, Again, Do, Flow, Moment, State, Target, When, emits, fills, hours, minutes
from flows.paging import open_page
from flows.times import clock_time

PATIENCE = minutes(20)  # an officer is busy at the desk; after that what was said is enough to begin with
TOLD = ("verb", "name", "town", "phone")  # what an officer may tell of somebody


def _walks_in(m: Moment) -> bool:
    return m.known["verb"] == "walkin"


def _keep(name: str) -> Any:
    def keep(m: Moment) -> Iterable[Effect]:
        yield Know({name: m.words.strip()[:60]})

    return keep


def _is_number(m: Moment) -> bool:
    return bool(m.data.get("phone"))


def _knows(name: str) -> Any:
    return lambda m: bool(m.known.get(name))


def _keep_phone(m: Moment) -> Iterable[Effect]:
    yield Know({"phone": m.data["phone"]})


def _same_verb(m: Moment) -> bool:
    return m.data.get("verb") == m.known["verb"]


def _told(m: Moment) -> dict[str, Any]:
    return {key: m.known[key] for key in TOLD if m.known.get(key)}


def _admit(m: Moment) -> Iterable[Effect]:
    """Their case, with what the officer said of them."""
    yield Note("walkin" if _walks_in(m) else "referred", role="member")
    yield Admit("admit", m.known.get("phone"), "member", _told(m))


#: Somebody else came in, or the officer begins anew: who was told of is asked for with what is known of them.
ENOUGH: Target = When(_walks_in, "admits", When(_knows("phone"), "admits", "over"))
NO_PHONE: Target = When(_walks_in, "town", "needs_phone")


def _question(name: str, says: str | Any, goes: dict[str, Target], words: Target, then: Target, **more: Any) -> State:
    """One question, which an ambulance goes before: danger in an officer's words is never a name or a town."""
    return State(
        name,
        says=says,
        asks="question",
        hears=(*goes, "danger"),
        keys={},
        goes={**goes, "danger": "ambulance"},
        words={"member": words},
        quiet=(PATIENCE, then),
        **more,
    )


WALKIN = Flow(
    "walkin",
    party="member",
    told={"superseded": ENOUGH},
    states=(
        State("opens", then=When(_walks_in, "medical", "name")),
        State(
            "medical",
            says="desk.medical",
            asks="question",
            hears=("yes", "no", "danger"),
            keys={"1": "yes", "2": "no"},
            goes={"yes": "ambulance", "no": "name", "danger": "ambulance"},
            unclear=Again("desk.medical", "ambulance"),
            told={"superseded": When(_same_verb, "over", "admits")},  # the same word again: asked anew
            quiet=(minutes(5), "name"),  # nobody said that there is a need: the person waits at the desk
        ),
        State(
            "ambulance",  # the ambulance first: the case waits until medics have seen them
            says="desk.ambulance",
            asks="confirmation",  # it takes as long as medics take
            hears=("wants", "gone", "danger"),
            keys={"1": "wants", "2": "gone"},
            goes={
                "wants": When(_knows("name"), When(_knows("phone"), "town", "phone"), "name"),
                "gone": "ends",
                "danger": Do((Say("desk.ambulance", "member"),), STAY),
            },
            unclear=Do((Say("desk.ambulance", "member"),), STAY),
            told={"superseded": "set_aside"},
            quiet=(hours(1), When(_knows("asked"), "name", "asks_again")),
        ),
        State("asks_again", does=(Know({"asked": True}), Note("ambulance_asked", role="member")), then="ambulance"),
        State("set_aside", told={"superseded": STAY}, quiet=(hours(1), "asks_again")),  # one question at a time
        _question("name", "desk.name", {"skip": "phone"}, Do(_keep("name"), "phone"), ENOUGH),
        _question(
            "phone",
            lambda m: "desk.phone" if _walks_in(m) else "desk.phone_refer",
            dict.fromkeys(("skip", "no"), NO_PHONE),
            When(_is_number, Do(_keep_phone, "town"), "phone_again"),
            When(_walks_in, "admits", "needs_phone"),
            cards=("desk.phone", "desk.phone_refer"),
        ),
        _question(
            "phone_again",
            "desk.phone_again",
            dict.fromkeys(("skip", "no"), NO_PHONE),
            When(_is_number, Do(_keep_phone, "town"), NO_PHONE),
            When(_walks_in, "admits", "needs_phone"),
        ),
        _question("town", "desk.town", {"skip": "admits"}, Do(_keep("town"), "admits"), "admits"),
        State("needs_phone", says="desk.needs_phone", then="over"),
        State("ends", says="desk.ambulance_thanks", does=(Note("walkin_medical", role="member"),), then="over"),
        State("admits", says="desk.asking", does=_admit, then="over"),
        State("over"),
    ),
)


def _open_case(m: Moment) -> Iterable[Effect]:
    """Under the person's own lock: their case, or the one they have already."""
    yield OpenCase("participant", "desk", _told(m), also={"officer": m.run.parties["officer"]})


ADMIT = Flow(
    "admit",
    states=(State("waits", quiet=(hours(1), "opens")), State("opens", does=_open_case)),
)


def _mark(m: Moment) -> str | None:
    """What whoever takes it should know first. Who had a case already was not brought to us by the police."""
    if not _walks_in(m):
        return None if m.facts["open"] else "refer"
    return "desk" if m.known.get("phone") else "desk_no_phone"


def _in_hands(m: Moment) -> bool:
    return "assist" in m.facts["open"]


def _learn(m: Moment) -> Effect:
    """What they said of themselves stands before what the officer says of them."""
    known = m.facts["case"]["known"]
    said = {key: m.known[key] for key in ("name", "town") if m.known.get(key) and not known.get(key)}
    return Learn(said, mark=_mark(m))


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"), cards={"desk.hello": ()})
def _page(m: Moment) -> Iterable[Effect]:
    """The coordinators' page: somebody waits at the desk, or is to be reached out to."""
    known, parties = m.known, m.run.parties
    yield _learn(m)
    barred = [*known.get("exclude", ()), *m.facts["case"]["known"].get("barred", ()), *parties.values()]
    how = {"desk": True} if _walks_in(m) else {"refer": True}
    yield from open_page(m, exclude=sorted(set(barred)), language=known.get("language"), **how)
    for flow in sorted({"paging", "alarm"} & m.facts["open"]):
        yield Tell(flow, "answered")  # somebody who never answered us is asked for in earnest now
    if _walks_in(m) and known.get("phone"):
        yield Say("desk.hello", "participant")


@emits(tells=("at_desk",))
def _tell_coordinator(m: Moment) -> Iterable[Effect]:
    """They have a coordinator already, who hears where they are."""
    yield _learn(m)
    yield Tell("assist", "at_desk", {"mark": _mark(m) or "referred"})


@emits(opens=("desk_time",))
def _ask_when(m: Moment) -> Iterable[Effect]:
    no_phone = {"no_phone": True} if not m.known.get("phone") else {}
    yield Know({"member": m.data["member"]})
    data = {"who": m.data["who"], **no_phone}
    yield Open("desk_time", data, {"coordinator": m.data["member"], "officer": m.run.parties["officer"]})


def _has_it(m: Moment) -> bool:
    return m.data["member"] == m.known.get("member")


@emits(tells=("answered",), cards=("intake.kept",))
def _keeps_words(m: Moment) -> Iterable[Effect]:
    """They wrote: kept for whoever comes, and they hear so."""
    yield Learn({"wrote": True})
    yield Tell("paging", "answered")
    yield Tell("alarm", "answered")
    yield Say("intake.kept", "participant")


def _lost(m: Moment) -> Iterable[Effect]:
    assert isinstance(m.event, Failed)
    yield Learn(mark="opted_out" if m.event.why == "opted_out" else "unreachable")


NO_WORDS = Do((Say("desk.no_words", "officer"),), STAY)
KEPT: Target = Do(_keeps_words, STAY)


def _waiting(name: str, wait: Any) -> State:
    """Nobody has them yet. Their own questions (flow `intake`) and danger are heard before this."""
    return State(
        name,
        echo=True,
        hears={"participant": ("asks_call", "person", "wrong_number")},
        keys={},
        goes={
            "asks_call": Do((Learn({"wrote": True}, mark="call"), Say("intake.call", "participant")), STAY),
            "person": Do((Learn(mark="person"),), KEPT),
            # A number misheard at the desk: a stranger's. Nobody is told but whoever would write to it.
            "wrong_number": Do((Learn(mark="wrong_phone"), Say("intake.wrong_number", "participant")), STAY),
        },
        words={"participant": KEPT, "officer": NO_WORDS},
        quiet=(wait, "tells_truth"),
    )


DESK = Flow(
    "desk",
    party="officer",
    rank=6,
    told={"covered": "covered", "closed": "over"},
    failed={"participant": Do(_lost, STAY), "officer": STAY},
    states=(
        State("opens", needs=("open", "case"), then=When(_in_hands, "in_hands", "pages")),
        State("in_hands", does=_tell_coordinator, needs=("open", "case"), then="waits"),
        State("pages", does=_page, needs=("open", "case"), then="waits"),
        _waiting("waits", minutes(10)),
        State("tells_truth", says="desk.wait", then="waits_on"),
        _waiting("waits_on", minutes(30)),
        State("covered", does=_ask_when, then="taken"),
        State(
            "taken",  # the officer hears, too, when somebody else comes
            words={"officer": NO_WORDS},
            told={"covered": When(_has_it, STAY, "covered"), "given_back": "anew"},
            quiet=(hours(12), "over"),
        ),
        State("anew", says="desk.anew", does=(Know({"member": None}),), then="waits"),
        State("over"),
    ),
)


def _is_time(m: Moment) -> bool:
    return clock_time(m.words, m.now, m.policy["timezone"]) is not None


@emits(tells=("send",))
def _pass_on(m: Moment) -> Iterable[Effect]:
    """No time: it was meant for the person they have just taken."""
    yield Tell("assist", "send", {"words": m.words, "member": m.run.parties["coordinator"]})


def _keep_time(m: Moment) -> Iterable[Effect]:
    yield Know({"time": clock_time(m.words, m.now, m.policy["timezone"])})


@emits(tells=("coming",))
def _come(m: Moment) -> Iterable[Effect]:
    """Where no word can reach somebody, a time named is the answer they get."""
    if m.known.get("no_phone"):
        yield Tell("assist", "coming", {"member": m.run.parties["coordinator"]})


@fills("who", "time")
def _who_when(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["who"], "time": {"instant": m.known["time"]}}


@fills("who")
def _who(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["who"]}


def _asking_when(name: str, says: str | None, quiet: tuple[Any, Target]) -> State:
    return State(
        name,
        says=says,
        asks="question",
        wants="time",
        hears=("skip",),
        keys={},
        goes={"skip": "taken" if says else "over"},
        words={"coordinator": When(_is_time, Do(_keep_time, "taken_at"), Do(_pass_on, STAY))},
        quiet=quiet,
    )


DESK_TIME = Flow(
    "desk_time",  # the officer hears who comes, and when they say they will
    party="coordinator",
    stamps=("timezone",),
    told={"given_back": "over"},
    failed={"coordinator": STAY, "officer": STAY},
    states=(
        _asking_when("asks", "desk.when", (minutes(3), "taken")),
        State("taken", says="desk.taken_no_time", to="officer", fill=_who, then="asks_on"),
        _asking_when("asks_on", None, (minutes(7), "over")),  # they may still say when: ten minutes in all
        State("taken_at", says="desk.taken", to="officer", fill=_who_when, does=_come, then="thanks"),
        State("thanks", says="desk.told", then="over"),
        State("over"),
    ),
)
