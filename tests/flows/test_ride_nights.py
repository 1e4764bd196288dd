"""Rides nobody thought of: a case somebody has, and then random answers, verbs, silences, failures and clock jumps."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.house import House

BO = (
    "RIDE", "PLACED", "1", "2", "0", "skip", "the library", "now", "6pm", "tomorrow 8am", "30", "1 2", "DONE", "SAFE",
    "HANDOFF", "PASS", "W1 wait there", "W1 1", "K1 RIDE", "how are you", "he is not breathing",
)  # fmt: skip
EVE = (
    "1", "2", "3", "4", "0", "skip", "blue Ford", "OTW", "HERE", "IN", "ARRIVED", "CANT", "GONE", "DROP", "pass",
    "STOP", "START", "CALL", "W1 OTW", "late, sorry", "he is not breathing", "OFF", "ON",
)  # fmt: skip
ANA = ("ok", "where are you", "he is not breathing", "STOP", "START", "thanks", "1")

said = st.one_of(
    st.tuples(st.just("bo"), st.sampled_from(BO)),
    st.tuples(st.sampled_from(("eve", "eve", "fay")), st.sampled_from(EVE)),
    st.tuples(st.just("ana"), st.sampled_from(ANA)),
)
time_goes_by = st.tuples(st.just("wait"), st.sampled_from((1, 95, 200, 660, 1900, 8000, 40_000)))
phone_breaks = st.tuples(st.sampled_from(("bo!", "eve!", "ana!")), st.sampled_from((None, "unreachable", "opted_out")))
nights = st.lists(said | said | time_goes_by | phone_breaks, max_size=45)
ORDERED = ("RIDE", "1", "the library", "Lakeside", "now", "30", "skip", "1")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.booleans(), st.booleans(), nights)
def test_whatever_happens_on_a_ride_it_ends_and_nobody_is_left_in_a_car(ordered, companion, night):
    house = House({"companion": companion})
    for name, role in (
        ("ana", ""),
        ("bo", "coordinator"),
        ("cy", "coordinator"),
        ("di", "manager"),
        ("eve", "driver"),
        ("fay", "driver"),
    ):
        house.person(name, role)
    for who, words in (("ana", "hi"), ("ana", "no"), ("bo", "1"), ("bo", "hello")):
        house.text(who, words)
    house.forward(minutes=3)
    for words in ORDERED if ordered else ():
        house.text("bo", words)
    for who, value in night:
        if who == "wait":
            house.forward(seconds=value)
        elif who.endswith("!"):
            house.named(who[:-1]).fate = value
        else:
            house.text(who, value)
        one_driver_a_ride(house)
    house.forward(hours=80)
    left = {run.flow for run in house.runs.values() if run.open}
    assert not left & {"ride", "drive", "companion", "gone", "drop", "car", "keeps", "well"}, f"{left} never end"
    for (table, _), values in house.records.items():
        assert table != "rides" or values.get("outcome"), f"a ride without an end: {values}"


def one_driver_a_ride(house: House) -> None:
    for ride in (x for x in house.runs.values() if x.flow == "ride" and x.open):
        drives = [x for x in house.runs.values() if x.flow == "drive" and x.open and x.opener == ride.id]
        assert len(drives) <= 1, f"two drive one ride: {drives}"
        aboard = [x for x in drives if x.known.get("aboard")]
        asked = [x for x in house.runs.values() if x.flow == "paging" and x.open and x.opener == ride.id]
        assert not (aboard and asked), "somebody is asked to drive whom another has in the car"
