"""At the desk: an officer's WALKIN and REFER, and the person they stand beside.

The officer is asked one question at a time, and from then on sees times and who comes, never a word. The case is
another person's: it is opened by a due row of its own (`admit`), under that person's lock. Somebody without a phone has a case
like everybody else; what would be texted to them is refused, and the coordinator is told that the desk can be rung.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.effects import Admit, Effect, Know, Learn, Note, Open, OpenCase, Say, Tell
from flows.machine import STAY, Again, Do, Flow, Moment, State, Target, When, emits, fills, hours, minutes
from flows.paging import open_page
from flows.times import clock_time

PATIENCE = minutes(20)  # an officer is busy at the desk; after that what was said is enough to begin with


def _walks_in(m: Moment) -> bool:
    return m.known["verb"] == "walkin"


def _keep(name: str) -> Any:
    def keep(m: Moment) -> Iterable[Effect]:
        yield Know({name: m.words.strip()[:60]})

    return keep


def _is_number(m: Moment) -> bool:
    return bool(m.data.get("phone"))


def _keep_phone(m: Moment) -> Iterable[Effect]:
    yield Know({"phone": m.data["phone"]})


def _admit(m: Moment) -> Iterable[Effect]:
    """Their case, with what the officer said of them."""
    known = m.known
    kept = {k: known[k] for k in ("verb", "name", "town", "phone") if known.get(k)}
    yield Note("walkin" if _walks_in(m) else "referred", role="member")
    yield Admit("admit", known.get("phone"), "member", kept)


def _question(name: str, says: str, goes: dict[str, Target], words: Target, then: Target) -> State:
    return State(
        name,
        says=says,
        asks="question",
        hears=tuple(goes),
        keys={},
        goes=goes,
        words={"member": words},
        quiet=(PATIENCE, then),
    )


WALKIN = Flow(
    "walkin",
    party="member",
    told={"superseded": STAY},
    states=(
        State("opens", then=When(_walks_in, "medical", "name")),
        State(
            "medical",
            says="desk.medical",
            asks="question",
            hears=("yes", "no"),
            goes={"yes": "ambulance", "no": "name"},
            unclear=Again("desk.medical", "ambulance"),
            quiet=(minutes(5), "name"),  # nobody said that there is a need: the person waits at the desk
        ),
        State(
            "ambulance",  # the ambulance first: the case waits until medics have seen them
            says="desk.ambulance",
            asks="question",
            hears=("wants", "gone"),
            goes={"wants": "name", "gone": "ends"},
            unclear=Do((Say("desk.ambulance", "member"),), STAY),
            quiet=(hours(1), When(lambda m: bool(m.known.get("asked")), "name", "asks_again")),
        ),
        State("asks_again", does=(Know({"asked": True}),), then="ambulance"),
        _question("name", "desk.name", {"skip": "phone"}, Do(_keep("name"), "phone"), "admits"),
        State(
            "phone",
            says=lambda m: "desk.phone" if _walks_in(m) else "desk.phone_refer",
            cards=("desk.phone", "desk.phone_refer"),
            asks="question",
            hears=("skip", "no"),
            keys={},
            goes=dict.fromkeys(("skip", "no"), When(_walks_in, "town", "needs_phone")),
            words={"member": When(_is_number, Do(_keep_phone, "town"), "phone_again")},
            quiet=(PATIENCE, When(_walks_in, "admits", "needs_phone")),
        ),
        State(
            "phone_again",
            says="desk.phone_again",
            asks="question",
            hears=("skip", "no"),
            keys={},
            goes=dict.fromkeys(("skip", "no"), When(_walks_in, "town", "needs_phone")),
            words={"member": When(_is_number, Do(_keep_phone, "town"), When(_walks_in, "town", "needs_phone"))},
            quiet=(PATIENCE, When(_walks_in, "admits", "needs_phone")),
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
    kept = {k: m.known[k] for k in ("verb", "name", "town", "phone") if m.known.get(k)}
    yield OpenCase("participant", "desk", kept, also={"officer": m.run.parties["officer"]})


ADMIT = Flow(
    "admit",
    states=(State("waits", quiet=(hours(1), "opens")), State("opens", does=_open_case)),
)


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"), cards={"desk.hello": ()})
def _page(m: Moment) -> Iterable[Effect]:
    """The coordinators' page: somebody waits at the desk, or is to be reached out to."""
    known = m.known
    yield Learn({k: known[k] for k in ("name", "town") if known.get(k)}, mark=_mark(m))
    at_desk = known["verb"] == "walkin"
    how = {"desk": True} if at_desk else {"refer": True}
    yield from open_page(m, exclude=[m.run.parties["officer"]], language=known.get("language"), **how)
    if at_desk and known.get("phone"):
        yield Say("desk.hello", "participant")


def _mark(m: Moment) -> str:
    if m.known["verb"] != "walkin":
        return "refer"
    return "desk" if m.known.get("phone") else "desk_no_phone"


@emits(opens=("desk_time",))
def _ask_when(m: Moment) -> Iterable[Effect]:
    data = {"who": m.data["who"], "verb": m.known["verb"]}
    yield Open("desk_time", data, {"coordinator": m.data["member"], "officer": m.run.parties["officer"]})


DESK = Flow(
    "desk",
    party="officer",
    rank=3,
    told={"covered": "covered", "closed": "over"},
    failed={"participant": Do((Learn(mark="unreachable"),), STAY), "officer": STAY},
    states=(
        State("opens", does=_page, needs=("open",), then="waits"),
        State(
            "waits",
            words={"participant": Do((Say("intake.kept", "participant"),), STAY)},
            quiet=(minutes(10), "tells_truth"),
        ),
        State("tells_truth", says="desk.wait", then="waits_on"),
        State(
            "waits_on",
            words={"participant": Do((Say("intake.kept", "participant"),), STAY)},
            quiet=(minutes(30), "tells_truth"),
        ),
        State("covered", does=_ask_when),
        State("over"),
    ),
)


def _is_time(m: Moment) -> bool:
    return clock_time(m.words, m.now, m.policy["timezone"]) is not None


@emits(tells=("send",))
def _pass_on(m: Moment) -> Iterable[Effect]:
    """No time: it was meant for the person they have just taken."""
    yield Tell("assist", "send", {"words": m.words})


def _keep_time(m: Moment) -> Iterable[Effect]:
    yield Know({"time": clock_time(m.words, m.now, m.policy["timezone"])})


@fills("who", "time")
def _who_when(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["who"], "time": {"instant": m.known["time"]}}


@fills("who")
def _who(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["who"]}


DESK_TIME = Flow(
    "desk_time",  # the officer hears who comes, and when they say they will
    party="coordinator",
    stamps=("timezone",),
    states=(
        State(
            "asks",
            says="desk.when",
            asks="question",
            wants="time",
            hears=("skip",),
            keys={},
            goes={"skip": "taken"},
            words={"coordinator": When(_is_time, Do(_keep_time, "taken_at"), Do(_pass_on, STAY))},
            quiet=(minutes(3), "taken"),
        ),
        State("taken_at", says="desk.taken", to="officer", fill=_who_when, then="thanks"),
        State("thanks", says="desk.told", then="over"),
        State("taken", says="desk.taken_no_time", to="officer", fill=_who, then="over"),
        State("over"),
    ),
)

