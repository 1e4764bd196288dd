"""Phones: who is a person, how a number is written, what is never contacted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.phones import SPELLED, PhoneFault, contactable, e164, emergency, is_person, withheld


@pytest.mark.parametrize(
    "written",
    ["+13095550123", "309-555-0123", "(309) 555-0123", "1 309.555.0123", " +1 309 555 0123 ", "３０９ 555 0123"],
)
def test_a_number_as_people_write_it(written):
    assert e164(written) == "+13095550123"


@pytest.mark.parametrize(
    "written",
    [
        "", "  ", "Ana", "1-800-FLOWERS", "+1 309 555 0123 x5", "309 555 0123 ext. 5", "tel:+13095550123", "5550123",
        "whatsapp:+13095550123", "sip:ana@example.org", "309 555 0123;ext=5", "309/555-0123", "911", "9-1-1", "988",
        "933", "12345", "+15550100", "+13095550123, +13095550124", "000", "+٢٦٦٦٩٦٦٨٧", *sorted(SPELLED),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_repeating_it(written):
    with pytest.raises(PhoneFault) as caught:
        e164(written)
    said = str(caught.value)
    assert said
    assert "\n" not in said
    assert len(written.strip()) < 4 or written.strip() not in said


@pytest.mark.parametrize("sender", ["+13095550123", "+17378742833", "+442079460000"])
def test_people(sender):
    assert is_person(sender)


@pytest.mark.parametrize(
    "sender",
    ["", "12345", "262966", "+12345", "911", "+1911", "TWILIO", "Chase Bank", "anonymous", "whatsapp:+13095550123",
     "client:ana", "13095550123", "+1309555", *sorted(SPELLED), "+٢٦٦٦٩٦٦٨٧"],
)  # fmt: skip
def test_short_codes_names_and_withheld_ids_are_nobody(sender):
    assert not is_person(sender)


def test_by_voice_restricted_is_withheld_and_by_text_it_is_a_number():
    assert withheld("+17378742833")
    assert is_person("+17378742833")
    assert not withheld("+13095550123")


@pytest.mark.parametrize(
    "caller",
    ["", "  ", "Anonymous", "RESTRICTED", "unknown", "sip:ana@example.org", "client:x", "+٢٦٦٦٩٦٦٨٧", "262966", "12345",
     "+12345", "+1309555", "911", "+1911", "112", "933", "3095550123", *sorted(SPELLED)],
)  # fmt: skip
def test_withheld_callers_and_numbers_that_are_nobodys_own(caller):
    assert withheld(caller)


@pytest.mark.parametrize("number", ["911", "9-1-1", "+1911", "1911", "112", "999", "000", "933", "9116666", "٩١١"])
def test_emergency_numbers_are_never_contacted(number):
    assert emergency(number)
    with pytest.raises(PhoneFault):
        contactable(number)


@pytest.mark.parametrize("number", ["+13095550123", "+17378742833"])
def test_people_are_contacted(number):
    assert contactable(number) == number
    assert not emergency(number)


@pytest.mark.parametrize("number", ["988", "+1988", "3095550123", "+1 309 555 0123", "+266696687", "", "12345"])
def test_nothing_else_is_contacted(number):
    with pytest.raises(PhoneFault):
        contactable(number)


@given(st.text(max_size=20))
def test_no_sender_and_no_text_raises_anything_else(text):
    is_person(text), withheld(text), emergency(text)
    try:
        assert e164(text).startswith("+")
    except PhoneFault:
        pass
