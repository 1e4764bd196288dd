"""Nights nobody thought of: random texts, answers, silences, passes, failures and clock jumps through all flows.

What must hold at every step is checked by the house itself; here, what must hold at the end of any night.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.house import House

THEIRS = (
    "help", "hi", "i need detox", "yes", "no", "maybe", "Milford", "skip", "1", "2", "0", "call", "a person please",
    "thanks", "ambulance is here", "scared of the cops", "he is not breathing", "i want to die", "has a gun", "safe",
    "i took the whole bottle", "dope sick", "someone is really sick", "leave me alone", "END", "STOP", "START", "done",
    "wrong number", "", "👍", "espanol", "Liked “hello”", "cant call", "ok",
)  # fmt: skip
OURS = (
    "1", "2", "3", "0", "yes", "no", "pass", "PASS", "note he sounds tired", "mote he sounds tired", "DONE", "SAFE",
    "HANDOFF", "LIST", "ON", "OFF", "OFF 2H", "OFF ALL", "MENU", "WHO", "OPEN", "CALL", "hello there", "how are you",
    "18:00", "now", "he is not breathing", "i am bleeding", "K1", "K1 1", "K1 DONE", "K2 hello", "K1 SAFE", "help",
    "STOP", "START", "skip", "I'm driving", "thanks",
)  # fmt: skip
FATES = (None, None, "unreachable", "impossible", "opted_out", "filtered")
PEOPLE = ("ana", "ben", "bo", "cy", "di", "eve")

said_by_participant = st.tuples(st.just("text"), st.sampled_from(PEOPLE[:2]), st.sampled_from(THEIRS))
said_by_member = st.tuples(st.just("text"), st.sampled_from(PEOPLE[2:]), st.sampled_from(OURS))
time_goes_by = st.tuples(
    st.just("wait"), st.just(""), st.sampled_from((1, 11, 40, 95, 130, 310, 700, 1900, 8000, 90_000))
)
phone_breaks = st.tuples(st.just("fate"), st.sampled_from(PEOPLE), st.sampled_from(FATES))
nights = st.lists(said_by_participant | said_by_member | time_goes_by | phone_breaks, max_size=40)
policies = st.fixed_dictionaries(
    {
        "call_after": st.sampled_from((0, 90, 400, None)),
        "offer": st.sampled_from((60, 300)),
        "rounds": st.sampled_from((1, 2)),
        "limit": st.sampled_from((1, 3)),
    }
)


def a_house(policy):
    house = House(policy)
    house.person("ana")
    house.person("ben", language=None)
    house.person("bo", "coordinator")
    house.person("cy", "coordinator;manager", hours="Mon-Fri 08:00-17:00")
    house.person("di", "manager")
    house.person("eve", "coordinator", hours="Sat 22:00-06:00")
    return house


def play(house, night):
    for what, who, value in night:
        if what == "text":
            house.text(who, value)
        elif what == "wait":
            house.forward(seconds=value)
        else:
            house.named(who).fate = value


@settings(max_examples=220, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(policies, nights)
def test_whatever_happens_in_a_night_somebody_is_asked(policy, night):
    house = a_house(policy)
    play(house, night)
    for case in house.cases.values():
        house_keeps_its_promises(house, case)
    house.forward(hours=30)
    for case in house.cases.values():
        house_keeps_its_promises(house, case)
        is_cared_for(house, case)
    no_words_went_astray(house)


def house_keeps_its_promises(house, case):
    flows = {run.flow for run in house.runs.values() if run.open and run.case == case.id}
    if not case.open:
        over = {"intake", "emergency", "safety", "company", "paging", "offer", "alarm", "alert", "assist", "confirm"}
        if "guide" in flows:  # a guide is looked for whether the case is closed meanwhile or not
            over -= {"paging", "offer", "alarm", "alert"}
        assert not flows & over, f"{flows} go on in a closed case"
        return
    # Danger is asked first; until it is, and whatever is answered, somebody hears the next word.
    hearing = {"intake", "emergency", "assist", "company", "desk", "support"}
    assert flows & hearing, f"nobody would hear {case.code}: {flows}"


def is_cared_for(house, case):
    """After a long silence every request is over, somebody's, or has rung an alarm; none is only forgotten."""
    if not case.open:
        assert case.outcome is not None
        return
    rang = (case.id, "alarm") in house.history or any(
        x.case == case.id and x.flow == "alarm" for x in house.runs.values()
    )
    paged = any(x.case == case.id and x.flow == "paging" and x.open for x in house.runs.values())
    has_it = any(x.case == case.id and x.flow == "assist" and x.open for x in house.runs.values())
    assert has_it or (paged and rang), f"{case.code} waits for nobody"


def no_words_went_astray(house):
    for words, cases in house.member_words.items():
        typed = sum(1 for text in house.typed if text == words)
        assert len(cases) <= max(typed, 1), "a member's words went to more cases than they were sent"
