"""The call's table: whatever happens in whichever state, nobody who waits is forgotten, and a forger gets nothing."""

from datetime import UTC, datetime

import pytest

from flows import FLOWS, spoken
from flows.call import CALL
from flows.callin import CALLIN
from flows.effects import Connect, Hand, Open, OpenCase, Ring, Say, Tell, Unring
from flows.events import Heard, Missed, Quiet, Told
from flows.hearing import Listener
from flows.machine import Run, arrow, step

NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)
BO, PAT, ANA = 2, 3, 1
CASE = {"level": "none", "frozen": False, "known": {"with": [BO, PAT], "marks": []}, "coordinator": BO, "code": "K7"}
WAITING = [state.name for state in CALL.states if state.waits]
EVENTS = {
    "member hangs up": Told("hung_up", {"role": "member"}),
    "participant hangs up": Told("hung_up", {"role": "participant"}),
    "never joined": Told("parted", {"joined": False}),
    "they spoke": Told("parted", {"joined": True}),
    "member missed": Missed("member", None, "no_answer"),
    "participant missed": Missed("participant", None, "unheard"),
    "a message was left": Missed("participant", None, "message"),
    "member presses 1": Heard("member", "yes"),
    "member presses 2": Heard("member", "no"),
    "participant presses 1": Heard("participant", "yes"),
    "participant presses 2": Heard("participant", "no"),
    "called in": Told("called_in"),
    "silence": Quiet(),
}


def call(state: str, **known: object) -> Run:
    return Run(9, "call", state, case=5, since=NOW, due=NOW, parties={"member": BO, "participant": ANA}, known=known)


def stepped(run: Run, event: object, live: set[str] = frozenset(), case: dict = CASE):
    return step(CALL, run, event, NOW, {"live": frozenset(live), "case": case})


@pytest.mark.parametrize("waits", [0, 3])
@pytest.mark.parametrize("others", [[], [PAT]])
@pytest.mark.parametrize("what", EVENTS)
@pytest.mark.parametrize("state", WAITING)
def test_a_participant_who_waits_is_held_connected_or_offered_a_message(state, what, others, waits):
    event = EVENTS[what]
    if what == "participant hangs up" or arrow(CALL, call(state), event) is None:
        return
    after, effects = stepped(call(state, then=others, waits=waits, why="called"), event, {"participant"})
    if state in ("other_rung", "alone") and after.state in ("other_rung", "alone"):
        return  # it is their own phone that rings
    said = any(isinstance(x, Say) and x.to == "participant" for x in effects)
    if after.open:
        assert "participant" in CALL[after.state].holds
    else:
        offered = any(isinstance(x, Open) and x.flow == "voicemail" for x in effects)
        theirs = what in ("they spoke", "participant presses 2") or state in ("other_rung", "alone", "connected")
        assert offered or said or theirs, after.state


@pytest.mark.parametrize("what", EVENTS)
@pytest.mark.parametrize("state", WAITING)
def test_a_member_who_waits_is_held_asked_connected_or_told(state, what):
    event = EVENTS[what]
    if what == "member hangs up" or state == "parting" or arrow(CALL, call(state), event) is None:
        return
    after, effects = stepped(call(state), event, {"member"})
    told = any(isinstance(x, Say) and x.to in ("member", "rung") for x in effects)
    if after.open:
        assert "member" in CALL[after.state].holds or CALL.presses(CALL[after.state], "member")
    elif state in ("other_rung", "gone") and what != "participant hangs up":
        assert told or what in ("silence", "member presses 1", "member presses 2"), after.state


def test_the_others_phone_stops_when_nobody_waits_for_them():
    _, effects = stepped(call("other_rung"), EVENTS["member hangs up"])
    assert Unring("participant") in effects


def test_they_call_while_their_own_phone_is_rung():
    after, effects = stepped(call("other_rung"), EVENTS["called in"], {"member", "participant"})
    assert after.state == "connected"
    assert Unring("participant") in effects
    assert Connect("participant", "member") in effects


def test_the_next_is_rung_and_the_first_is_told():
    after, effects = stepped(call("rung", then=[PAT], why="called"), EVENTS["member missed"], {"participant"})
    assert after.parties["member"] == PAT
    assert after.parties["rung"] == BO
    assert Say("call.missed", "rung") in effects
    assert Ring("call.member", "member") in effects


def test_who_called_counts_as_waiting_for_an_answer():
    _, effects = stepped(call("rung", why="called"), EVENTS["member missed"], {"participant"})
    assert Tell("assist", "unreached") in effects
    _, effects = stepped(call("rung"), EVENTS["member missed"])
    assert Tell("assist", "unreached") not in effects


def test_a_driver_who_drives_is_texted_nothing():
    _, effects = stepped(call("rung", moving=True), EVENTS["member missed"])
    assert not any(isinstance(x, Say) for x in effects)


def test_a_phone_that_may_give_them_away_is_not_rung_back():
    case = {**CASE, "frozen": True, "known": {"hushed": True}}
    after, effects = stepped(call("rung"), EVENTS["member presses 1"], case=case)
    assert not any(isinstance(x, Ring) for x in effects)
    assert Say("call.not_rung", "member") in effects
    assert not after.open


# --- a member calls ---------------------------------------------------------------------------------------------------


def test_a_call_from_a_member_does_nothing_but_have_the_line_ring():
    """Whatever is pressed: who calls is only what a caller id says."""
    items = tuple({"run": n, "code": f"K{n}", "what": "offer", "meaning": "ring"} for n in range(1, 9))
    run = Run(9, "callin", "asks", parties={"member": BO}, since=NOW, due=NOW, known={"shown": items[:6], "first": 0})
    for meaning in CALLIN.hears(CALLIN["asks"])["member"]:
        _, effects = step(CALLIN, run, Heard("member", meaning), NOW, {"rings": items})
        if meaning == "person":
            assert any(isinstance(x, OpenCase) for x in effects)
            continue
        assert not any(isinstance(x, Connect | Open | Tell) for x in effects)
        assert all(x.meaning == "ring" for x in effects if isinstance(x, Hand))


@pytest.mark.parametrize("flow", [name for name in spoken.ITEMS if name != "ride_offer"])
def test_every_item_can_ring(flow):
    role = FLOWS[flow].party if flow != "care" else "guide"
    hears = {word for state in FLOWS[flow].states for word in FLOWS[flow].hears(state).get(role, ())}
    assert hears & {"ring", "call"}


def test_what_is_over_or_another_persons_is_no_item():
    offer = FLOWS["offer"]
    open_, echo = (Run(n, "offer", name, case=5, parties={"member": BO}) for n, name in ((1, "asked"), (2, "echoes")))
    listeners = [Listener(run, offer, "member", "K7") for run in (open_, echo)]
    listeners.append(Listener(Run(3, "assist", "fresh", case=5), FLOWS["assist"], "participant", "K7"))
    assert [one["run"] for one in spoken.rings(listeners)] == [1]
