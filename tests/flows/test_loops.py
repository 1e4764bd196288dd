"""Nobody is a loop: after five replies in an hour without progress the line goes quiet."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.loops import verdict

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("replies", "expected"), [(0, "answer"), (3, "answer"), (4, "last"), (5, "silent"), (9, "silent")]
)
def test_the_fifth_reply_is_the_last(replies, expected):
    assert verdict([NOW - timedelta(minutes=n) for n in range(replies)], NOW) == expected


def test_an_hour_later_it_is_forgotten():
    assert verdict([NOW - timedelta(minutes=61)] * 9, NOW) == "answer"
