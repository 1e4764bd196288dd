"""The bounds of issue 4, item 2, on every labelled file: what must hold on texts nobody wrote a rule for."""

import pytest

from flows import scoring
from tests.flows.triage_rows import FILES, ready, rows


@pytest.mark.parametrize("name", FILES)
def test_no_danger_is_read_as_none(name: str) -> None:
    missed = scoring.score(rows(name), ready()).missed
    assert not missed, [row.text for row in missed]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("figure", "bound"), [("delayed", 0.05), ("false_alarms", 0.05), ("asked_needlessly", 0.10)])
def test_the_bounds_hold(name: str, figure: str, bound: float) -> None:
    part, whole = getattr(scoring.score(rows(name), ready()), figure)
    assert part <= bound * whole, f"{name}: {figure} {part} of {whole}"


def test_at_least_six_hundred_rows_are_ours() -> None:
    own = [row for name in FILES if name != "emergency_dev.csv" for row in rows(name)]
    assert len({row["text"] for row in own}) >= 600
    assert all(row["source"] for row in own)


def test_also_ok_counts_as_right() -> None:
    assert scoring.also_ok("hedged; ALSO_OK:emergency") == {"emergency"}
    assert scoring.also_ok("ALSO_OK:suicidal,unclear") == {"suicidal", "unclear"}
    assert scoring.also_ok("direct") == frozenset()


def test_the_table_is_printed_by_language_and_context() -> None:
    printed = scoring.printed(scoring.score(rows("emergency_dev.csv"), ready()))
    assert "language es" in printed
    assert "context checkin" in printed
    assert "danger read as none: 0 of 66" in printed
