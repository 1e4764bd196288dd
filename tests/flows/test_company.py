"""Company: the truth at 2, 5, 10, 20 and 30 minutes, until somebody takes the case."""

import pytest


@pytest.fixture
def waiting(house):
    for words in ("hi", "no", "skip", "skip"):
        house.text("ana", words)
    house.heard("ana")
    return house


def test_the_truth_at_2_5_10_20_and_30_minutes(waiting):
    told = []
    for minute in range(1, 32):
        waiting.forward(minutes=1, seconds=1 if minute == 1 else 0)
        told += [(minute, card) for card in waiting.heard("ana")]
    assert told == [
        (2, "company.wait_2"),
        (5, "company.wait_5"),
        (10, "company.wait_10"),
        (20, "company.wait_20"),
        (30, "company.wait_30_no_time"),
    ]


def test_the_time_a_manager_named_is_told(waiting):
    waiting.forward(minutes=16)
    waiting.text("di", "1")
    waiting.text("di", "13:00")
    waiting.forward(minutes=15)
    assert waiting.heard("ana")[-1] == "company.wait_30"


def test_a_time_named_after_half_an_hour_is_told_at_once(waiting):
    waiting.forward(minutes=31)
    waiting.heard("ana")
    waiting.text("di", "1")
    waiting.text("di", "13:00")
    assert waiting.heard("ana") == ["company.wait_30"]


def test_it_ends_when_somebody_takes_the_case(waiting):
    waiting.text("bo", "1")
    waiting.heard("ana")
    waiting.text("bo", "hello")
    waiting.forward(hours=1)
    assert waiting.heard("ana") == ["> hello"]


def test_words_are_kept_when_the_case_was_given_back(waiting):
    waiting.text("bo", "1")
    waiting.text("bo", "PASS")
    waiting.heard("ana")
    waiting.text("ana", "are you there")
    assert waiting.heard("ana") == ["intake.kept"]
    waiting.text("cy", "1")
    assert "> are you there" in waiting.heard("cy")
