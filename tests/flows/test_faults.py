"""What is wrong with a flow is said in plain words; with ours, nothing."""

import pytest

import messages
from flows import FLOWS
from flows.draw import mermaid
from flows.effects import OPENER, Know, Open, Say, Tell
from flows.faults import _moved, faults, faults_all, spoken
from flows.machine import STAY, Again, Do, Flow, State, When, minutes


def never(moment):
    return False


SILENT = (minutes(1), "end")
END = State("end")

BROKEN = {
    "has no start": (),
    "two states named 'a'": (State("a", quiet=SILENT), State("a", quiet=SILENT), END),
    "leads to 'nowhere', which is no state": (State("a", quiet=(minutes(1), When(never, "end", "nowhere"))), END),
    "'lost', which is no state": (
        State("a", hears=("x",), goes={"x": "end"}, unclear=Again("c", "lost"), quiet=SILENT),
        END,
    ),
    "no arrow leads here": (State("a", quiet=SILENT), State("island", then="end"), END),
    "does not say what silence means": (State("a", words={"participant": STAY}), END),
    "does not understand": (State("a", hears=("x",), goes={"x": "end"}, quiet=SILENT), END),
    "asks (question) and hears nothing": (State("a", asks="question", quiet=SILENT), END),
    "hears 'y' and goes nowhere with it": (State("a", hears=("y",), unclear=STAY, quiet=SILENT), END),
    "goes somewhere with 'z', which it does not hear": (State("a", goes={"z": "end"}, quiet=SILENT), END),
    "key 1 means 'w'": (State("a", hears=("x",), goes={"x": "end"}, keys={"1": "w"}, unclear=STAY, quiet=SILENT), END),
    "stuck in a state that does not wait": (State("a", then=When(never, "end", Do((), STAY))), END),
    "its clock would ring for ever": (State("a", quiet=(minutes(1), When(never, "end", STAY))), END),
    "both waits and passes on": (State("a", quiet=SILENT, then="end"), END),
    "waits for the policy 'patience', which is not stamped": (State("a", quiet=("patience", "end")), END),
    "does not list its cards": (State("a", says=lambda m: "x.y", quiet=SILENT), END),
    "silence turns in a circle": (
        State("a", does=(Know({"n": 1}),), quiet=(minutes(1), "b")),
        State("b", quiet=(minutes(1), When(never, "end", "a"))),
        END,
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_it_says_what_is_wrong(fault):
    found = faults(Flow("broken", BROKEN[fault]))
    assert any(fault in one for one in found), found


def test_a_circle_in_which_somebody_is_told_is_no_fault():
    states = (State("a", quiet=(minutes(1), "b")), State("b", says="x.y", quiet=(minutes(1), "a")))
    assert faults(Flow("fine", states)) == []


def together(*flows, cards=None):
    return faults_all({flow.name: flow for flow in flows}, cards)


def test_what_is_told_must_be_heard():
    found = together(Flow("one", (State("a", does=(Tell(OPENER, "boo"),)),)))
    assert found == ["one: tells 'boo', which nobody hears"]


def test_what_is_heard_must_be_told():
    found = together(Flow("one", (State("a", told={"boo": "end"}, quiet=SILENT), END)))
    assert found == ["one: hears 'boo', which nobody tells"]


def test_what_is_opened_must_be_a_flow():
    assert together(Flow("one", (State("a", does=(Open("two"),)),))) == ["one: opens 'two', which is no flow"]


def test_what_is_said_must_be_in_every_language():
    flow = Flow("one", (State("a", says="x.y", then="b"), State("b", does=(Say("x.z", "participant"),))))
    assert together(flow, cards={"x.y": {"en"}, "w": {"es"}}) == [
        "one: says x.y, which has no wording in 'es'",
        "one: says x.z, which no catalogue has",
    ]


def test_a_card_has_the_same_blanks_wherever_it_is_said():
    one = Flow("one", (State("a", does=(Say("x.y", "participant"),)),))
    two = Flow("two", (State("a", does=(Say("x.y", "participant", {"who": "Bo"}),)),))
    assert together(one, two) == ["two: says x.y with other blanks than one: ['who']"]


def test_a_moved_state_must_have_somewhere_to_go():
    flows = {"one": Flow("one", (State("a"),))}
    assert _moved(flows, {("one", "old"): "a"}) == []
    assert _moved(flows, {("one", "old"): "b"}) == ["moved: one.old has moved to 'b', which is no state"]
    assert _moved(flows, {("one", "a"): "a"}) == ["moved: one.a has moved, and is still there"]
    assert _moved(flows, {("two", "old"): "a"}) == ["moved: 'two' is no flow"]


def test_our_flows_have_no_faults():
    cards = {key: {*card.sms, *card.voice} for key, card in messages.load().cards.items()}
    assert faults_all(FLOWS, cards) == []


def test_what_the_flows_say_is_known_with_its_blanks():
    said = spoken(FLOWS)
    assert said["intake.danger"] == ()
    assert said["assist.brief"] == ("name", "town")
    assert said["intake.thanks"] == ()


def test_every_blank_of_every_card_is_filled():
    own = {"code", "number", "poison", "crisis"}  # the shell fills these for every card
    cards = messages.load().cards
    for key, blanks in spoken(FLOWS).items():
        assert set(cards[key].blanks) - own == set(blanks) - own, key


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_can_be_drawn(name):
    lines = mermaid(FLOWS[name]).splitlines()
    assert lines[0] == "stateDiagram-v2"
    for line in lines[1:]:
        arrow, _, label = line.partition(": ")
        assert not set(label) & set(":;#{}<>[]"), line
        assert "-->" in arrow or label, line


def test_what_is_pressed_and_what_nobody_answers_is_drawn():
    asks = State(
        "a",
        hears=("yes", "no"),
        keys={},
        press={"1": "yes", "2": "no"},
        goes={"yes": "b", "no": "b"},
        unclear="b",
        missed={"member": "b"},
        quiet=(minutes(2), "b"),
    )
    drawn = mermaid(Flow("f", (asks, State("b")), party="member"))
    assert "    a --> b: yes (key 1)\n    a --> b: no (key 2)\n" in drawn
    assert "    a --> b: nobody answers the member's phone\n" in drawn


def test_a_fork_is_drawn_as_its_two_arrows():
    flow = Flow(
        "f",
        (
            State("a", hears=("x",), goes={"x": When(never, "b", STAY)}, unclear=STAY, quiet=(minutes(2), "b")),
            State("b"),
        ),
    )
    assert mermaid(flow) == (
        "stateDiagram-v2\n"
        "    [*] --> a\n"
        "    a --> b: x, never\n"
        "    a --> a: x, not never\n"
        "    a --> a: not understood\n"
        "    a --> b: silent for 2 min\n"
        "    b --> [*]\n"
    )
