"""Who is asked when an answer needs a person, and what becomes of it."""

from datetime import UTC, datetime

import pytest

from flows.events import Opened, Quiet, Told
from flows.machine import Run, step
from flows.paging import PAGING
from flows.rotation import Hours, Member
from flows.support import SUPPORT

NOON = datetime(2027, 3, 10, 18, 0, tzinfo=UTC)
NIGHT = datetime(2027, 3, 11, 5, 0, tzinfo=UTC)
MORNING = datetime(2027, 3, 11, 14, 0, tzinfo=UTC)
POLICY = {"offer": 900, "call_after": 180, "timezone": "America/Chicago", "quiet": ["21:00", "08:00"]}


def member(id, name, roles, hours="always", **more):
    return Member(id, name, frozenset(roles.split(";")), ("en",), Hours.parse(hours), order=id, **more)


GUS = member(7, "Gus", "guide", "Mon 08:00-09:00")
ZOE = member(8, "Zoe", "guide")
BO = member(2, "Bo", "coordinator")
PAT = member(3, "Pat", "coordinator", "Mon 08:00-09:00")
ROTA = (BO, PAT, GUS, ZOE)


def asked(rota, role="support", now=NOON, **known):
    """Everybody a page asks, one after another, when nobody answers."""
    facts = {"rota": rota, "open": frozenset()}
    run = Run(1, "paging", "opens", case=4, parties={"participant": 1}, known={"policy": POLICY})
    run, effects = step(PAGING, run, Opened({"role": role, "first": GUS.id, **known}), now, facts)
    found = []
    while run.open and len(found) < 9:
        found += [effect.data["who"] for effect in effects if getattr(effect, "flow", None) == "offer"]
        run, effects = step(PAGING, run, Quiet(), now, facts)
    return found


def test_the_guide_then_those_on_shift_then_the_others():
    assert asked(ROTA) == ["Gus", "Bo", "Pat"]


@pytest.mark.parametrize("gone", [{"off_until": MORNING}, {"active": False}, {"opted_out": True}])
def test_a_guide_who_cannot_be_asked_is_passed_over(gone):
    away = member(7, "Gus", "guide", **gone)
    assert asked((BO, PAT, away)) == ["Bo", "Pat"]


def test_a_guide_who_coordinates_is_asked_once():
    both = member(7, "Gus", "guide;coordinator")
    assert asked((BO, both)) == ["Gus", "Bo"]


def test_what_can_wait_asks_nobody_at_night():
    facts = {"rota": ROTA, "open": frozenset()}
    run = Run(1, "paging", "opens", case=4, parties={"participant": 1}, known={"policy": POLICY})
    run, _ = step(PAGING, run, Opened({"role": "guide", "waking": True}), NIGHT, facts)
    assert (run.state, run.due) == ("sleeps", MORNING)
    run, effects = step(PAGING, run, Quiet(), MORNING, facts)
    assert [effect.data["who"] for effect in effects if getattr(effect, "flow", None) == "offer"] == ["Zoe"]


def begun(opened=frozenset(), **data):
    run = Run(5, "support", "opens", case=4, parties={"participant": 1})
    data = {"guide": 7, "coordinator": 2, "name": "Ana", **data}
    return step(SUPPORT, run, Opened(data), NOON, {"open": opened, "rota": ROTA})


def test_a_coordinator_who_has_them_is_told_and_nobody_asked():
    run, effects = begun(frozenset({"assist"}))
    assert not run.open
    assert "asks_talk" in [effect.word for effect in effects if type(effect).__name__ == "Tell"]


@pytest.mark.parametrize("flow", ["support", "intake", "emergency"])
def test_what_is_asked_for_already_is_not_asked_for_twice(flow):
    run, effects = begun(frozenset({flow}))
    assert not run.open
    assert not [effect for effect in effects if type(effect).__name__ == "Open"]


@pytest.mark.parametrize(("coordinator", "opened"), [(2, "ask_again"), (99, "alarm")])
def test_nobody_took_it(coordinator, opened):
    run, _ = begun(coordinator=coordinator)
    run, effects = step(SUPPORT, run, Told("nobody"), NOON, {"open": frozenset(), "rota": ROTA})
    assert opened in [effect.flow for effect in effects if type(effect).__name__ == "Open"]
    again, effects = step(SUPPORT, run, Quiet(), NOON, {"open": frozenset(), "rota": ROTA})
    assert again.state == "paging"  # until somebody takes it


def test_whoever_takes_it_is_on_with_them():
    run, _ = begun()
    by = {"member": 7, "who": "Gus", "role": "support"}
    run, effects = step(SUPPORT, run, Told("covered", by), NOON, {"open": frozenset(), "rota": ROTA})
    talk = next(effect for effect in effects if type(effect).__name__ == "Open")
    assert (talk.flow, talk.parties["coordinator"]) == ("assist", 7)
    assert not run.open
