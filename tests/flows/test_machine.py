"""The machine: what an event does to a run, and what it never does."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.effects import OPENER, Know, Open, Say, Tell, WakeAt
from flows.events import Failed, Heard, Opened, Quiet, Told
from flows.machine import (
    OVER,
    STAY,
    Again,
    Do,
    Flow,
    Misfit,
    Run,
    State,
    Until,
    When,
    emits,
    minutes,
    reads,
    step,
)  # fmt: skip

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def likes_tea(moment):
    return moment.facts["drinks"] == "tea"


DOOR = Flow(
    "door",
    told={"fire": "open"},
    failed={"participant": "open"},
    states=(
        State(
            "shut",
            says="door.who",
            hears=("friend", "stranger"),
            goes={"friend": "open", "stranger": When(likes_tea, "hall", STAY)},
            unclear=Again("door.again", "open"),
            quiet=(minutes(2), "bolted"),
        ),
        State("hall", needs=("drinks",), says="door.tea", then="open"),
        State("bolted", quiet=(Until("night", minutes(5)), "open")),
        State("open"),
    ),
)


def begun(**known):
    run = Run(1, "door", "shut", parties={"participant": 7}, known=known)
    return step(DOOR, run, Opened(), NOW, {})


def test_it_begins_in_the_first_state_and_waits():
    run, effects = begun()
    assert (run.state, run.turn, run.due) == ("shut", 1, NOW + minutes(2))
    assert effects == [Say("door.who", "participant")]


def test_what_it_is_opened_with_is_known():
    run, _ = step(DOOR, Run(1, "door", "shut"), Opened({"night": "x"}), NOW, {})
    assert run.known == {"night": "x"}


def test_a_meaning_moves_it_and_an_end_closes_it():
    run, _ = begun()
    run, effects = step(DOOR, run, Heard("participant", "friend"), NOW, {})
    assert (run.state, run.open, run.due, effects) == ("open", False, None, [])


def test_a_fork_reads_the_facts_and_a_passing_state_passes_on():
    run, _ = begun()
    run, effects = step(DOOR, run, Heard("participant", "stranger"), NOW, {"drinks": "tea"})
    assert (run.state, effects) == ("open", [Say("door.tea", "participant")])


def test_to_stay_moves_neither_turn_nor_clock():
    run, _ = begun()
    after, effects = step(DOOR, run, Heard("participant", "stranger"), NOW + minutes(1), {"drinks": "gin"})
    assert after == run
    assert effects == []


@pytest.mark.parametrize(
    "event", [Told("rain"), Heard("neighbour", "friend"), Failed("neighbour", None, "unreachable", 1, 1)]
)
def test_without_an_arrow_nothing_changes(event):
    run, _ = begun()
    assert step(DOOR, run, event, NOW, {}) == (run, [])


def test_nothing_reaches_a_run_that_has_ended():
    run, _ = begun()
    run, _ = step(DOOR, run, Heard("participant", "friend"), NOW, {})
    assert step(DOOR, run, Quiet(), NOW, {}) == (run, [])


def test_what_was_not_understood_is_asked_once_more_and_then_goes_on():
    run, _ = begun()
    again, effects = step(DOOR, run, Heard("participant", None), NOW + minutes(1), {})
    assert effects == [Say("door.again", "participant")]
    assert (again.turn, again.due, again.tries) == (run.turn, run.due, 1)
    last, effects = step(DOOR, again, Heard("participant", None), NOW + minutes(1), {})
    assert (last.state, effects) == ("open", [])


def test_silence_is_an_answer():
    run, _ = begun(night=(NOW + minutes(30)).isoformat())
    run, _ = step(DOOR, run, Quiet(), NOW + minutes(2), {})
    assert (run.state, run.due) == ("bolted", NOW + minutes(35))


def test_an_instant_that_has_passed_is_due_at_once_and_never_before_now():
    run, _ = begun(night=(NOW - minutes(90)).isoformat())
    run, _ = step(DOOR, run, Quiet(), NOW + minutes(2), {})
    assert run.due == NOW + minutes(2)


def test_every_waiting_state_hears_what_the_flow_hears():
    for event in (Told("fire"), Failed("participant", "door.who", "unreachable", 1, 1)):
        run, _ = begun()
        assert step(DOOR, run, event, NOW, {})[0].state == "open"


def test_the_end_of_the_case_ends_a_run_that_says_nothing_about_it():
    run, _ = begun()
    run, effects = step(DOOR, run, Told("closed"), NOW, {})
    assert (run.state, run.open, run.due, effects) == (OVER, False, None, [])


def test_it_tells_beforehand_which_facts_it_may_look_at():
    run, _ = begun()
    assert reads(DOOR, run, Heard("participant", "stranger")) == {"drinks"}
    assert reads(DOOR, run, Heard("participant", "friend")) == frozenset()
    assert reads(DOOR, run, Quiet()) == frozenset()


def lone(*, does=(), says=None, quiet=None, cards=()):
    return Flow("lone", states=(State("only", does=does, says=says, quiet=quiet, cards=cards),))


def opened(flow):
    return step(flow, Run(1, "lone", "only"), Opened(), NOW, {})


def test_it_remembers_what_it_is_told_to_know_and_forgets_what_is_none():
    run, _ = opened(lone(does=(Know({"a": 1, "b": 2, "at": NOW}), Know({"a": None}))))
    assert run.known == {"b": 2, "at": NOW.isoformat()}


def test_it_can_be_woken_at_an_instant():
    run, _ = opened(lone(does=(WakeAt(NOW + minutes(9)),), quiet=(minutes(2), "only")))
    assert run.due == NOW + minutes(9)


@pytest.mark.parametrize("effect", [Say("a.b", "participant"), Tell(OPENER, "boo"), Open("other")])
def test_a_function_that_does_what_it_did_not_declare_is_refused(effect):
    with pytest.raises(Misfit):
        opened(lone(does=lambda m: [effect]))


def test_a_function_may_do_what_it_declared():
    @emits(cards=("a.b",), tells=("boo",), opens=("other",))
    def does(moment):
        return [Say("a.b", "participant"), Tell(OPENER, "boo"), Open("other")]

    assert len(opened(lone(does=does))[1]) == 3


def test_a_chosen_card_must_be_listed():
    with pytest.raises(Misfit):
        opened(lone(says=lambda m: "a.b", cards=("a.c",)))


def test_a_wait_of_nothing_is_refused():
    with pytest.raises(Misfit, match="a wait of nothing"):
        opened(lone(quiet=(timedelta(), "only")))


def test_a_circle_without_a_wait_is_refused():
    flow = Flow("lone", states=(State("only", then="next"), State("next", then="only")))
    with pytest.raises(Misfit, match="turns in a circle"):
        opened(flow)


def test_a_state_nobody_knows_is_refused():
    with pytest.raises(Misfit, match="has no state"):
        step(DOOR, Run(1, "door", "cellar"), Quiet(), NOW, {})


def test_a_deed_on_the_way_is_done_before_going_on():
    flow = Flow(
        "lone",
        states=(
            State(
                "only",
                hears=("yes",),
                goes={"yes": Do((Know({"said": True}),), "next")},
                unclear=STAY,
                quiet=(minutes(1), "next"),
            ),
            State("next"),
        ),
    )
    run, _ = opened(flow)
    run, _ = step(flow, run, Heard("participant", "yes"), NOW, {})
    assert (run.state, run.known) == ("next", {"said": True})
