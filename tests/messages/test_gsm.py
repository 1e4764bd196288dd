"""What fits into a text: folding to GSM-7, and the parts the carrier makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import gsm


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("María", "Maria"),
        ("José Ñandú", "José Ñandu"),
        ("François", "Francois"),
        ("it’s “fine” – really…", 'it\'s "fine" - really...'),
        ("a\u00a0b\u200bc", "a bc"),
        ("Łódź", "Lódź".replace("ó", "o").replace("ź", "z")),
        ("Maria 🙂", "Maria "),
        ("李", "?"),
        ("e\u0301", "é"),
        ("½", "1/2"),
        ("{K7}", "{K7}"),
    ],
)
def test_what_has_a_look_alike_keeps_its_look(written: str, sent: str) -> None:
    assert gsm.fold(written) == sent


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # each is an escape and a letter
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # 306 units, but the euro may not be torn in two
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("🙂" * 35, 1),  # two units each
        ("🙂" * 36, 2),
        ("á" * 66 + "🙂" + "á" * 66, 3),
    ],
)
def test_parts_are_counted_as_the_carrier_does(text: str, parts: int) -> None:
    assert gsm.segments(text) == parts


@given(st.text(max_size=400))
def test_folded_text_is_always_gsm7_and_folding_twice_changes_nothing(text: str) -> None:
    folded = gsm.fold(text)
    assert gsm.is_gsm7(folded)
    assert gsm.fold(folded) == folded


@given(st.text(alphabet=sorted(gsm.BASIC | gsm.EXTENSION), max_size=400))
def test_what_is_gsm7_already_is_left_alone(text: str) -> None:
    assert gsm.fold(text) == text
    assert gsm.outside(text) == ""


@given(st.text(max_size=400), st.text(max_size=20))
def test_more_text_never_makes_fewer_parts_of_the_same_alphabet(text: str, more: str) -> None:
    if gsm.is_gsm7(text) == gsm.is_gsm7(text + more):
        assert gsm.segments(text) <= gsm.segments(text + more)


@given(st.text(min_size=1, max_size=600))
def test_every_part_holds_what_the_carrier_allows(text: str) -> None:
    joined = 153 if gsm.is_gsm7(text) else 67
    assert (gsm.segments(text) == 1) == (gsm.units(text) <= (160 if gsm.is_gsm7(text) else 70))
    if gsm.segments(text) > 1:
        assert gsm.units(text) <= gsm.segments(text) * joined
        assert gsm.units(text) > (gsm.segments(text) - 1) * (joined - 1)


@pytest.mark.parametrize(
    ("written", "kept"), [("José…?", True), ("ok", True), ("", True), ("ok 👍", False), ("李", False)]
)
def test_folding_says_whether_anything_would_be_lost(written, kept):
    assert gsm.folds(written) is kept
