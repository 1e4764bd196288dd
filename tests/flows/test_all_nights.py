"""Nights and weeks with everybody in them: who asks for help, coordinators, a driver, a guide, an officer, a manager.

What must hold at every step the house checks by itself: no exception, no run without a clock, one acceptance a page, no
word of one case in another, nothing but SAFE lowers a level, no check-in at night or beside an emergency. Here: what
must hold after any night, whatever it began with.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.house import House
from tests.flows.test_nights import FATES, house_keeps_its_promises, is_cared_for, no_words_went_astray

THEIRS = (
    "hi", "yes", "no", "1", "2", "3", "skip", "not so good", "need to talk", "who is this", "wrong number", "call",
    "a person please", "leave me alone", "stop texting me", "STOP", "START", "he is not breathing", "i want to die",
    "dope sick", "thanks", "👍", "where are you", "i need help", "not coming", "",
)  # fmt: skip
BO = (
    "1", "2", "0", "RIDE", "PLACED", "GUIDE", "GUIDE Gus", "HOME", "INSIDE", "HANDOFF", "SAFE", "DONE", "PASS", "CALL",
    "now", "18:00", "skip", "the library", "30", "hello", "NOTE tired", "K1", "K1 1", "K1 HOME", "K1 DONE", "OFF", "ON",
    "he is not breathing", "i am bleeding", "LIST",
)  # fmt: skip
EVE = ("1", "2", "3", "OTW", "HERE", "IN", "ARRIVED", "CANT", "GONE", "blue Ford", "late", "STOP", "START", "OFF", "ON")
GUS = (
    "1", "2", "0", "OK", "1 OK", "1 SKIP", "1 LATER", "1 thinking of you", "2 hello", "CALL 1", "PAUSE 1", "PASS",
    "K1 PASS", "K1 hello", "hello", "1 i am bleeding", "OFF", "OFF 2H", "ON", "9 OK", "STOP", "START",
)  # fmt: skip
OZ = (
    "WALKIN", "REFER", "1", "2", "skip", "none", "309-555-0150", "309-555-0151", "309-555-0127", "555", "Ana",
    "Milford", "he is not breathing", "K1 he lies", "K1 1", "K1", "LIST", "OFF", "STOP", "START", "hello",
)  # fmt: skip
SAYS = {"ana": THEIRS, "ben": THEIRS, "bo": BO, "cy": BO, "eve": EVE, "gus": GUS, "oz": OZ, "di": ("1", "WHO", "18:00")}
PEOPLE = tuple(SAYS)

TALK = (("ana", "hi"), ("ana", "no"), ("bo", "1"), ("bo", "hello"), ("wait", 200))
RIDE = tuple(("bo", words) for words in ("RIDE", "1", "the library", "Lakeside", "now", "30", "skip", "1"))
GUIDE = (("bo", "GUIDE Gus"), ("bo", "1"), ("ana", "1"), ("wait", 200))
HOME = (("bo", "HOME"), ("bo", "1"), ("bo", "DONE"), ("bo", "1"), ("bo", "1"), ("wait", 76_000))
DESK = (("oz", "WALKIN"), ("oz", "2"), ("oz", "Ana"), ("oz", "309-555-0150"), ("oz", "Milford"))
NO_PHONE = (("oz", "WALKIN"), ("oz", "2"), ("oz", "skip"), ("oz", "none"), ("oz", "skip"), ("bo", "1"))
BEGINNINGS = (
    (), TALK, (*TALK, *RIDE, ("eve", "1")), (*TALK, *RIDE, ("eve", "1"), ("eve", "skip"), ("eve", "IN")),
    (*TALK, *GUIDE), (*TALK, *GUIDE, *HOME), (*TALK, *GUIDE, *HOME, ("ana", "need to talk")), DESK, NO_PHONE,
    (*DESK, ("bo", "1"), *RIDE), (*NO_PHONE, ("bo", "now"), *RIDE),
)  # fmt: skip

said = st.one_of([st.tuples(st.just(who), st.sampled_from(words)) for who, words in SAYS.items()])
time_goes_by = st.tuples(st.just("wait"), st.sampled_from((1, 40, 130, 310, 700, 1900, 8000, 30_000, 90_000, 400_000)))
phone_breaks = st.tuples(st.sampled_from(tuple(f"{who}!" for who in PEOPLE)), st.sampled_from(FATES))
nights = st.lists(said | said | said | time_goes_by | phone_breaks, max_size=35)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.sampled_from(BEGINNINGS), nights)
def test_whoever_takes_part_in_it_every_night_ends_well(beginning, night):
    house = House()
    for name, roles, more in (
        ("ana", "", {"phone": "309-555-0150"}),
        ("ben", "", {"phone": "309-555-0151", "language": None}),
        ("bo", "coordinator", {}),
        ("cy", "coordinator", {"hours": "Mon-Fri 08:00-17:00"}),
        ("eve", "driver", {}),
        ("gus", "guide", {}),
        ("oz", "officer", {"phone": "309-555-0127"}),
        ("di", "manager", {}),
    ):
        house.person(name, roles, **more)
    for who, what in (*beginning, *night):
        if who == "wait":
            house.forward(seconds=what)
        elif who.endswith("!"):
            house.named(who[:-1]).fate = what
        else:
            house.text(who, what)
    house.forward(hours=30)
    for case in house.cases.values():
        house_keeps_its_promises(house, case)
        is_cared_for(house, case)
    no_words_went_astray(house)
    the_officer_saw_no_word(house)
    nobody_is_left_between(house)


def the_officer_saw_no_word(house):
    officer = house.named("oz")
    own = {case.id for case in house.cases.values() if case.person == officer.id}
    seen = [sent for sent in house.sent if sent.to == officer.id and sent.case not in own and sent.case is not None]
    assert all(sent.card is not None and sent.card.startswith("desk.") for sent in seen), "the officer saw words"
    flows = {run.flow for run in house.runs.values() if officer.id in run.parties.values() and run.case not in own}
    assert flows <= {"walkin", "admit", "desk", "desk_time", "roster", "which", "whose"}, flows


def nobody_is_left_between(house):
    """A day after the last word no question of the line's own is still open, but those that stand for weeks."""
    asked = {"confirm", "outcome", "ask_again", "check", "note_meant", "which", "desk_time", "walkin", "admit", "draft"}
    left = {run.flow for run in house.runs.values() if run.open} & asked
    assert not left, f"{left} never end"
    cares = [run.parties["participant"] for run in house.runs.values() if run.open and run.flow == "care"]
    assert len(cares) == len(set(cares)), "two guides keep in touch with one person"
