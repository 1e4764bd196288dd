"""What the line tells whoever holds its simulated phones: who is asked, what comes next and why, and nobody's words."""

from __future__ import annotations

import ast
import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from flows import FLOWS
from flows.declared import declared
from flows.ride_told import OVERDUE
from flows.walk import leads_to
from hotline.models import calls, cases, people
from hotline.onlooker import sentences
from hotline.web import create_web

ROOT = Path(__file__).parents[2]
NOTES = {"Note": "", "note": "", "end": "ride_", "_ended": "placement_"}  # what writes into the log, and how it begins


@pytest.fixture
def state(line):
    """What the line says of itself."""

    def ask(query=""):
        line.opens()
        told = line.web.test_client().get(f"/simulated/state{query}")
        assert told.status_code == 200, told.json
        return told.json

    return ask


def case(told):
    return told["cases"][0]


def rungs(told):
    return [(one["member"], one["state"]) for one in case(told)["pages"][0]["rungs"]]


def whats(told):
    return [(one["who"], one["what"]) for one in case(told)["history"]]


def does(told, flow):
    return next(run["does"] for run in case(told)["runs"] if run["flow"] == flow)


def asks_for_help(ana):
    ana.texts("I want help").hears("danger")
    ana.replies("no").hears("town")


# --- where ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["state", "flows"])
def test_in_real_time_nothing_is_told(line, what):
    line.opens()
    settings = dataclasses.replace(line.house.settings, simulated_time=False)
    real = create_web(dataclasses.replace(line.house, settings=settings))
    assert real.test_client().get(f"/simulated/{what}").status_code == 404


def test_of_a_program_by_its_name(bo, line, state):
    line.second_town()
    assert state()["program"]["name"] == "Milford"
    assert state("?program=Dixon")["program"]["numbers"] == ["+13095550200"]
    assert line.web.test_client().get("/simulated/state?program=Nowhere").status_code == 404


def test_a_line_without_a_program(line):
    line.is_open = True  # and nothing was loaded
    assert line.web.test_client().get("/simulated/state").status_code == 404


# --- what is told -----------------------------------------------------------------------------------------------------


def test_nothing_happens_yet(bo, max, state):
    told = state()
    assert told["cases"] == []
    assert told["coming"] == []
    assert told["next"] is None
    assert told["busy"] is False
    assert told["program"] == {
        "name": "Milford", "town": "Milford", "timezone": "America/Chicago", "numbers": ["+13095550100"],
        "desk": "+13095550111",
    }  # fmt: skip
    assert told["team"][0] == {
        "name": "Bo", "phone": bo.number, "roles": ["coordinator"], "languages": ["en"], "on": True, "off_until": None,
        "hours": "always",
    }  # fmt: skip


def test_somebody_is_asked(ana, bo, pat, max, state):
    asks_for_help(ana)
    told = state()
    one = case(told)
    assert (one["state"], one["level"], one["frozen"], one["phone"]) == ("open", "none", False, ana.number)
    assert (one["calls"], one["rides"], one["checkins"]) == ([], [], [])
    assert rungs(told) == [("Bo", "asked")]
    rung = one["pages"][0]["rungs"][0]
    waits = datetime.fromisoformat(rung["until"]) - datetime.fromisoformat(rung["asked_at"])
    assert timedelta(minutes=5) <= waits < timedelta(minutes=5, seconds=5)
    assert told["next"] == told["coming"][0]
    assert (told["next"]["what"], told["next"]["code"]) == ("Bo's phone rings", one["code"])
    assert (told["next"]["flow"], told["next"]["state"]) == ("offer", "waits")
    assert 85 <= told["next"]["in_s"] <= 90
    offer = next(run for run in one["runs"] if run["flow"] == "offer")
    assert offer["parties"] == {"member": "Bo"}
    assert offer["does"] == "Bo has been texted, and can take it or pass; when its time is up, Bo's phone rings."
    bo.skips()
    ana.skips()


def test_who_comes_next_is_named(ana, bo, pat, max, clock, state):
    asks_for_help(ana)
    coming = [one["what"] for one in state()["coming"]]
    assert coming.index("Bo's phone rings") < coming.index("Pat is asked next") < coming.index("the managers are rung")
    clock.forward(minutes=2)
    assert "Pat is asked next" in does(state(), "offer")
    for phone in (ana, bo, pat, max):
        phone.skips()


def test_nobody_is_left(ana, bo, max, line, clock, state):
    line.keeps("[paging.coordinator]\nrounds = 1")
    asks_for_help(ana)
    clock.forward(minutes=2)
    assert "the managers are rung: everybody has been asked" in does(state(), "offer")
    clock.forward(minutes=4)
    told = state()
    assert case(told)["pages"][0]["state"] == "unanswered"
    assert case(told)["pages"][0]["alarm_at"]
    for phone in (ana, bo, max):
        phone.skips()


def test_a_pass_and_no_answer_and_a_yes(ana, bo, pat, kim, max, clock, state):
    asks_for_help(ana)
    code = case(state())["code"]
    bo.hears("1").replies(f"{code} 2").hears("asking the next")
    told = state()
    assert rungs(told) == [("Bo", "passed"), ("Pat", "asked")]
    assert ("Bo", "passed") in whats(told)
    clock.forward(minutes=5, seconds=10)
    told = state()
    assert rungs(told) == [("Bo", "passed"), ("Pat", "silent"), ("Kim", "asked")]
    assert ("Pat", "no answer in 5 min") in whats(told)
    kim.replies("1")
    told = state()
    assert rungs(told) == [("Bo", "passed"), ("Pat", "silent"), ("Kim", "taken")]
    assert case(told)["coordinator"] == case(told)["pages"][0]["covered_by"] == "Kim"
    assert does(told, "assist").startswith("Kim has the case and has not written yet; when its time is up, Kim is")
    assert told["next"]["what"] == "Kim is reminded, by text and by ring"
    for phone in (ana, bo, pat, kim, max):
        phone.skips()


def test_asked_again_is_another_rung(ana, bo, pat, max, clock, state):
    asks_for_help(ana)
    clock.forward(minutes=10, seconds=10)
    assert rungs(state()) == [("Bo", "silent"), ("Pat", "silent"), ("Bo", "asked")]
    for phone in (ana, bo, pat, max):
        phone.skips()


def test_a_text_that_does_not_arrive(ana, bo, pat, max, state):
    bo.is_(state="landline")
    asks_for_help(ana)
    told = state()
    assert rungs(told) == [("Bo", "undelivered"), ("Pat", "asked")]
    assert ("Bo", "the text could not be delivered") in whats(told)
    for phone in (ana, pat, max):
        phone.skips()


def test_two_at_once_and_one_is_covered(ana, bo, pat, max, state):
    ana.texts("my brother isn't breathing")
    told = state()
    assert rungs(told) == [("Bo", "asked"), ("Pat", "asked")]
    assert (case(told)["level"], case(told)["frozen"]) == ("emergency", True)
    assert "has been told to call 911" in does(told, "emergency")
    bo.replies("1")
    assert rungs(state()) == [("Bo", "taken"), ("Pat", "covered")]
    for phone in (ana, bo, pat, max):
        phone.skips()


def test_a_ride_and_its_legs(ana, bo, cy, max, state):
    asks_for_help(ana)
    bo.accepts()
    for words in ("RIDE", "1", "Main St library", "Lakeside House", "now", "30", "skip", "1"):
        bo.texts(words)
    told = state()
    assert [(page["role"], page["rungs"][0]["member"]) for page in case(told)["pages"]][-1] == ("driver", "Cy")
    cy.replies("1").replies("blue Ford").replies("OTW")
    ride = case(state())["rides"][0]
    assert ride["driver"] == "Cy"
    assert {leg["name"]: leg["at"] is not None for leg in ride["legs"]} == {
        "asked": True, "covered": True, "on the way": True, "here": False, "in the car": False, "arrived": False,
    }  # fmt: skip
    assert ride["due"] is not None
    for phone in (ana, bo, cy):
        phone.skips()


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "with the line"),
        ({"queued": True}, "waits"),
        ({"joined_to": 2}, "connected"),
        ({"ended_at": datetime(2027, 3, 10, tzinfo=UTC)}, None),
    ],
)
def test_who_is_on_the_phone(ana, bo, max, line, state, about, said):
    asks_for_help(ana)
    now = line.house.clock.now()
    with line.house.engine.begin() as connection:
        one = connection.execute(select(cases)).one()
        connection.execute(update(people).where(people.c.id == one.person_id).values(on_call=1))
        connection.execute(
            insert(calls).values(
                id=1,
                program_id=one.program_id,
                person_id=one.person_id,
                case_id=one.id,
                sid="CA1",
                inbound=True,
                line=line.number,
                created_at=now,
                heard_at=now,
                **about,
            )  # fmt: skip
        )
    assert case(state())["calls"] == ([{"sid": "CA1", "who": "participant", "state": said}] if said else [])
    for phone in (ana, bo):
        phone.skips()


def test_a_closed_case_stays(ana, bo, max, state):
    asks_for_help(ana)
    bo.accepts()
    for words in ("DONE", "1", "1"):
        bo.texts(words)
    one = case(state())
    assert (one["state"], one["outcome"]) == ("closed", "placed")
    assert one["closed_at"] is not None
    for phone in (ana, bo):
        phone.skips()


def test_nobodys_words(ana, bo, pat, max, state):
    asks_for_help(ana)
    ana.replies("Quimbyville").replies("Ana Bell")
    bo.accepts()
    bo.texts("have you eaten an artichoke")
    ana.texts("my landlord is Mr Rumpelstilz")
    bo.texts("NOTE she is afraid of geese")
    told = json.dumps(state())
    for word in ("Quimby", "Bell", "artichoke", "landlord", "Rumpelstilz", "geese"):
        assert word not in told
    assert "Ana and" not in told
    assert "Bo owes Ana an answer" in told  # what a guide's screen shows, too
    for phone in (ana, bo):
        phone.skips()


def test_ids_have_more_digits_than_a_browsers_numbers_hold(ana, bo, max, state):
    asks_for_help(ana)
    runs = {run["flow"]: run for run in case(state())["runs"]}
    assert int(runs["offer"]["id"]) > 2**53
    assert runs["offer"]["opener"] == runs["paging"]["id"]
    for phone in (ana, bo):
        phone.skips()


def test_a_state_without_its_sentence_is_told_by_its_name(ana, bo, max, state, monkeypatch):
    asks_for_help(ana)
    monkeypatch.delitem(sentences.PHRASES["offer"], "waits")
    assert does(state(), "offer") == "Offer: waits."
    for phone in (ana, bo):
        phone.skips()


def test_somebody_who_is_off(bo, pat, state):
    bo.texts("OFF 8H").hears("off")
    told = {one["name"]: one for one in state()["team"]}
    assert not told["Bo"]["on"]
    assert told["Bo"]["off_until"] > state()["now"]
    assert told["Pat"]["on"]


# --- the flows --------------------------------------------------------------------------------------------------------


def test_the_flows_are_their_tables(line):
    told = line.web.test_client().get("/simulated/flows").json["flows"]
    assert told.keys() == FLOWS.keys()
    for name, flow in told.items():
        states = {state["name"]: state for state in flow["states"]}
        assert list(states) == [state.name for state in FLOWS[name].states]
        for arrow in flow["arrows"]:
            assert arrow["from"] in states
            assert arrow["to"] in states
        assert {arrow["to"] for arrow in flow["anywhere"]} <= states.keys()
        for state in states.values():
            ways = [arrow for arrow in flow["arrows"] if arrow["from"] == state["name"]]
            assert (state["kind"] == "ends") == (ways == [] and not FLOWS[name][state["name"]].then)
            assert (state["says"] is None) == (state["words"] is None)
    intake = told["intake"]
    assert {"from": "danger", "to": "pages", "on": "no", "again": False} in intake["arrows"]
    assert {"from": "sure", "to": "unsure", "on": "silent 2 min", "again": False} in intake["arrows"]
    assert any(arrow["again"] and arrow["from"] == arrow["to"] == "waits" for arrow in told["offer"]["arrows"])
    assert next(state for state in told["offer"]["states"] if state["name"] == "asks")["says"] == "offer.coordinator"


# --- the sentences ----------------------------------------------------------------------------------------------------


def test_every_state_that_waits_has_its_sentence_and_no_other():
    waiting = {(flow.name, state.name) for flow in FLOWS.values() for state in flow.states if state.waits}
    told = {(flow, state) for flow, states in sentences.PHRASES.items() for state in states}
    assert told == waiting | {("text", "due")}


def test_what_nobody_notices_is_so():
    """An empty second phrase: the run ends, says nothing and asks nobody."""
    for flow in FLOWS.values():
        for state in flow.states:
            if not state.waits or sentences.PHRASES[flow.name][state.name][1]:
                continue
            if (flow.name, state.name) == ("paging", "asking"):
                continue  # it is its offers' clocks that move it on
            for name in leads_to(state.quiet[1]):
                end = flow[name]
                assert end.ends, (flow.name, state.name)
                assert not end.says, (flow.name, state.name)
                assert not declared(end.does)["cards"], (flow.name, state.name)
                assert not declared(end.does)["opens"], (flow.name, state.name)


def test_every_blank_is_known():
    roles = {"participant", "coordinator", "guide"}
    for flow, states in sentences.PHRASES.items():
        for name, phrases in states.items():
            assert len(phrases) == 2, (flow, name)
            allowed = {"who", *roles, *({"role", "next"} if flow in ("paging", "offer") else ())}
            assert set(sentences.BLANK.findall(" ".join(phrases))) <= allowed, (flow, name)


def test_everything_that_is_logged_has_its_words():
    files = [*(ROOT / "flows").rglob("*.py"), *(ROOT / "hotline").glob("*.py")]
    logged = {word for file in files for word in _notes(file)} - {"item"}
    assert {"passed", "offer_lapsed", "ride_arrived", "placement_unknown", "home"} <= logged
    assert logged | {f"overdue_{leg}" for leg in OVERDUE} <= sentences.HISTORY.keys()


def _notes(file):
    """The words that are given to `Note(...)` and `work.note(...)`, and those of how a ride or a placement ended."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in NOTES and not isinstance(node.args[-1 if called == "end" else 0], ast.JoinedStr):
                for one in ast.walk(node.args[-1 if called == "end" else 0]):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield NOTES[called] + one.value
