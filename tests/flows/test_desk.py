"""At the desk: what an officer is asked, what they are told, and what they never see."""

import pytest

from flows import FLOWS
from tests.flows.house import House

PHONE = "309-555-0150"


@pytest.fixture
def house():
    house = House()
    house.person("ana", phone=PHONE)
    house.person("bo", "coordinator")
    house.person("cy", "coordinator")
    house.person("di", "manager")
    house.person("oz", "officer")
    return house


def says(house, *texts, who="oz"):
    """What they hear, text after text."""
    found = []
    for words in texts:
        house.text(who, words)
        found += house.heard(who)
    return found


def walked_in(house, phone=PHONE):
    says(house, "WALKIN", "2", "Ana", phone, "Milford")
    return house


def flows_of(house, name):
    person = house.named(name)
    return {run.flow for run in house.runs.values() if person.id in run.parties.values()}


def test_one_question_at_a_time(house):
    assert says(house, "WALKIN", "2", "Ana", PHONE, "Milford") == [
        "desk.medical", "desk.name", "desk.phone", "desk.town", "desk.asking",
    ]  # fmt: skip
    assert house.heard("ana") == ["desk.hello"]
    assert house.heard("bo") == ["offer.desk"]
    known = house.case_of("ana").known
    assert (known["name"], known["town"], known["marks"]) == ("Ana", "Milford", ["desk"])


def test_refer_asks_for_a_number_and_texts_nobody(house):
    assert says(house, "REFER", "Ana", PHONE, "skip") == ["desk.name", "desk.phone_refer", "desk.town", "desk.asking"]
    assert house.heard("bo") == ["offer.refer"]
    house.forward(hours=1)
    assert house.heard("ana") == []
    house.text("cy", "1")
    assert house.heard("ana") == []
    house.text("cy", "Hi, this is Cy")
    assert house.heard("ana") == ["> Hi, this is Cy"]


@pytest.mark.parametrize("verb", ["WALKIN", "REFER"])
@pytest.mark.parametrize("word", ["skip", "none", "no"])
def test_no_phone(house, verb, word):
    asked = says(house, verb, *(["2"] if verb == "WALKIN" else []), "skip", word)
    assert asked[-1] == ("desk.town" if verb == "WALKIN" else "desk.needs_phone")
    assert bool(house.cases) is False


def test_the_medics_first(house):
    assert says(house, "WALKIN", "1", "hm", "2") == [
        "desk.medical", "desk.ambulance", "desk.ambulance", "desk.ambulance_thanks",
    ]  # fmt: skip
    house.forward(hours=9)
    assert not house.cases


@pytest.mark.parametrize("said", [("2",), ("2", "Ana"), ("2", "Ana", PHONE), ("2", "Ana", "555")])
def test_danger_at_any_question_is_an_ambulance(house, said):
    assert says(house, "WALKIN", *said, "he is not breathing")[-1] == "desk.ambulance"
    assert not house.cases  # no emergency of the officer's own


@pytest.mark.parametrize("said", [(), ("1",), ("2",), ("2", "Ana"), ("2", "Ana", "555"), ("2", "Ana", PHONE)])
def test_silence_at_any_question_ends_with_somebody_asked(house, said):
    says(house, "WALKIN", *said)
    house.forward(hours=3)
    assert len(house.cases) == 1
    assert "offer.desk" in house.heard("bo")


def test_who_comes_and_when(house):
    walked_in(house)
    house.text("bo", "1")
    assert house.heard("oz") == []
    house.text("bo", "18:00")
    assert house.heard("oz") == ["desk.taken"]
    assert house.heard("ana") == ["desk.hello", "assist.accepted"]


@pytest.mark.parametrize("words", ["skip", None])
def test_who_comes_when_they_do_not_say_when(house, words):
    walked_in(house)
    house.text("bo", "1")
    if words:
        house.text("bo", words)
    house.forward(minutes=4)
    assert house.heard("oz") == ["desk.taken_no_time"]
    house.text("bo", "18:00")
    assert house.heard("oz") == ["desk.taken"]
    house.forward(minutes=20)
    house.text("bo", "19:00")  # long past: now it is for the one they talk with
    assert house.heard("ana")[-1] == "> 19:00"


def test_words_beside_the_question_are_for_the_one_at_the_desk(house):
    walked_in(house)
    house.text("bo", "1")
    house.text("bo", "hello Ana")
    assert house.heard("ana")[-1] == "> hello Ana"
    assert house.run("desk_time").state == "asks"


def test_nobody_yet(house):
    walked_in(house)
    house.forward(minutes=10, seconds=1)
    assert house.heard("oz") == ["desk.wait"]
    house.forward(minutes=30, seconds=1)
    assert house.heard("oz") == ["desk.wait"]


def test_whoever_takes_over_is_told_too(house):
    walked_in(house)
    house.text("bo", "1")
    house.text("bo", "now")
    house.forward(minutes=3)
    house.heard("oz")
    house.text("bo", "PASS")
    assert house.heard("oz") == ["desk.anew"]
    house.text("cy", "1")
    house.text("cy", "18:00")
    assert house.heard("oz") == ["desk.taken"]


def test_a_hand_off_is_told(house):
    walked_in(house)
    house.text("bo", "1")
    house.text("bo", "now")
    house.forward(minutes=3)
    house.heard("oz")
    house.text("bo", "HANDOFF")
    house.text("bo", "1")
    house.forward(minutes=3)
    house.text("cy", "1")
    house.forward(minutes=4)
    assert house.heard("oz") == ["desk.taken_no_time"]


def test_the_officer_is_in_nothing_that_carries_words(house):
    walked_in(house)
    house.text("ana", "my name is not Ana")
    house.text("bo", "1")
    house.text("bo", "18:00")
    house.text("ana", "he is not breathing")
    house.text("bo", "note she lies")
    house.forward(hours=2)
    assert flows_of(house, "oz") == {"walkin", "admit", "desk", "desk_time"}
    to_officer = [sent for sent in house.sent if sent.to == house.named("oz").id]
    assert all(sent.card and sent.card.startswith("desk.") and sent.words is None for sent in to_officer)
    relays = {name: flow for name, flow in FLOWS.items() if "officer" in {s.to for s in flow.states}}
    assert set(relays) <= {"desk_time"}


def test_what_they_write_before_anybody_came_is_kept(house):
    walked_in(house)
    house.heard("ana")
    assert says(house, "are you there", "call", "a person please", who="ana") == [
        "intake.kept", "intake.call", "intake.kept",
    ]  # fmt: skip
    house.heard("bo")
    house.text("bo", "1")
    heard = house.heard("bo")
    assert "> are you there" in heard
    assert {"marks.desk", "marks.call", "marks.person"} <= set(heard)


def test_a_strangers_number(house):
    walked_in(house)
    house.heard("ana")
    house.text("ana", "wrong number")
    house.text("bo", "1")
    assert house.heard("ana") == ["intake.wrong_number"]
    assert "marks.wrong_phone" in house.heard("bo")
    assert house.case_of("ana").open  # somebody still stands at the desk


def test_their_own_questions_come_before(house):
    house.text("ana", "hi")
    walked_in(house)
    house.heard("ana")
    house.text("ana", "no")
    assert house.heard("ana") == ["intake.town"]
    house.text("ana", "Dixon")
    assert house.heard("ana") == ["intake.name"]
    assert house.case_of("ana").known["town"] == "Dixon"  # what they say of themselves stands


def test_somebody_who_never_answered_is_asked_for_in_earnest(house):
    house.text("ana", "hm")
    house.forward(minutes=3)
    assert house.run("paging").known.get("kind") == "silent"
    walked_in(house)
    assert house.run("paging").known.get("kind") is None
    assert len([x for x in house.cases.values() if x.open]) == 1


def test_somebody_who_has_a_coordinator(house):
    house.text("ana", "hi")
    house.text("ana", "no")
    house.text("bo", "1")
    house.forward(minutes=3)
    for name in ("ana", "bo", "cy"):
        house.heard(name)
    walked_in(house)
    assert house.heard("bo") == ["marks.desk", "desk.when"]
    assert house.heard("cy") == []
    assert house.heard("ana") == []


def test_without_a_phone_words_are_refused_and_the_desk_is_rung(house):
    walked_in(house, "none")
    house.text("bo", "1")
    house.text("bo", "skip")
    house.forward(minutes=3)
    house.heard("bo")
    assert says(house, "hello?", "CALL", who="bo") == ["assist.no_phone", "assist.call_desk"]
    house.forward(minutes=30)
    assert "assist.silent" not in house.heard("bo")


def test_nobody_comes_to_somebody_without_a_phone(house):
    walked_in(house, "none")
    house.text("bo", "1")
    house.forward(minutes=6)
    assert "assist.silent" in house.heard("bo")
    house.forward(minutes=5)
    assert "offer.coordinator" in house.heard("cy")


def test_a_second_walkin_ends_the_first_ones_questions_and_not_its_request(house):
    says(house, "WALKIN", "2", "Ana")
    assert says(house, "WALKIN") == ["desk.asking", "desk.medical"]
    assert len(house.cases) == 1
    assert says(house, "WALKIN") == ["desk.medical"]  # the same word twice is one person
    assert says(house, "REFER") == ["desk.asking", "desk.name"]
    assert len(house.cases) == 2
    assert says(house, "WALKIN") == ["desk.medical"]  # nobody can be reached without a number
    assert len(house.cases) == 2


def test_who_waits_for_medics_is_asked_about_when_the_other_is_done(house):
    says(house, "WALKIN", "1")
    walked_in(house)
    house.heard("oz")
    house.forward(hours=1, minutes=1)
    assert "desk.ambulance" in house.heard("oz")


def test_an_officers_words_are_passed_to_nobody(house):
    walked_in(house)
    code = house.case_of("ana").code
    house.heard("bo")
    assert says(house, f"{code} he lies") == ["desk.no_words"]
    assert says(house, f"{code} 1") == ["which.unclear"]
    assert house.heard("bo") == []


def test_others_have_no_such_word(house):
    for who in ("bo", "di"):
        assert says(house, "WALKIN", "REFER", who=who) == ["roster.own", "roster.own"]
    assert says(house, "WALKIN", who="ana") == ["intake.danger"]
