"""Phones: which numbers are people, how a number is written, and which are never contacted.

What a library calls valid is not enough (facts 11): it takes an extension for nothing, letters for digits and
somebody's withheld caller id for a phone in Lesotho.
"""

import re
import unicodedata

import phonenumbers

# Withheld caller ids as the keypad spells them: ANONYMOUS, RESTRICTED (and a typo that is sent), UNAVAILABLE,
# UNKNOWN, BLOCKED, and what becomes of an invalid one.
SPELLED = frozenset({"+266696687", "+7378742833", "+7378742883", "+86282452253", "+8656696", "+2562533", "+464"})

# RESTRICTED behind a +1 is also a real number in Austin: by voice withheld, by text somebody who is texting us.
AMBIGUOUS = "+17378742833"

WITHHELD_WORDS = frozenset({"anonymous", "restricted", "unavailable", "unknown", "private", "blocked", "withheld"})

# 933 is where emergency calling is tested: it answers with an address, not with help, and rings nobody's phone.
EMERGENCY = frozenset({"911", "112", "999", "000", "933"})

_WRITTEN = re.compile(r"\+?[0-9 ().\-]+", re.ASCII)
_ORDINARY = re.compile(r"\+1[2-9][0-9]{9}", re.ASCII)  # ten digits after the country: possible by every plan
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


class PhoneFault(ValueError):
    """What is wrong with a number, without the number."""


def e164(text: str, region: str = "US") -> str:
    """A number as people write it, as the carrier writes it."""
    written = _plain_digits(text).strip()
    if not written:
        raise PhoneFault("is empty")
    if not _WRITTEN.fullmatch(written):
        # parse() would drop an extension, a prefix such as tel: and turn letters into digits, all silently.
        raise PhoneFault("must be a phone number in digits, without letters, extension or prefix")
    if emergency(written, region):
        raise PhoneFault("is an emergency number, which the line never contacts")
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        raise PhoneFault("is not a phone number, write +1 and ten digits") from None
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if normal in SPELLED:
        raise PhoneFault("is what a withheld caller shows, not a phone number")
    if not phonenumbers.is_valid_number(number):
        raise PhoneFault("is not a phone number that exists, write +1 and ten digits")
    return normal


def is_person(from_: str) -> bool:
    """Whether a text from this sender is somebody's: not a short code, not a name, not a withheld id.

    Only possible, not valid: area codes are younger than any library, and a person must not be turned away by one.
    """
    sender = _plain_digits(from_ or "").strip()
    if not _E164.fullmatch(sender) or sender in SPELLED:
        return False
    if _ORDINARY.fullmatch(sender):
        return True  # nearly everybody, and the library takes longer than the rest of the reading
    try:
        number = phonenumbers.parse(sender, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def withheld(from_: str) -> bool:
    """Whether a caller's number is withheld, or nobody's own: they can be spoken to, never called or texted back.

    Nobody's own are short codes, what a payphone or a switchboard shows that is too short or too long to be called,
    and emergency services that call back: the line never calls those.
    """
    caller = _plain_digits(from_ or "").strip().lower()
    return caller in WITHHELD_WORDS or caller == AMBIGUOUS or not is_person(caller) or emergency(caller)


def emergency(number: str, region: str = "US") -> bool:
    """Whether dialling this would reach, or be taken for, an emergency service. People call those, we never do."""
    dialled = re.sub(r"[^0-9+]", "", _plain_digits(number))
    if dialled.lstrip("+") in EMERGENCY or dialled.removeprefix("+").removeprefix("1") in EMERGENCY:
        return True
    return phonenumbers.connects_to_emergency_number(dialled, region)


def contactable(to: str) -> str:
    """`to`, if it may be texted or called: the guard in front of everything that goes out."""
    if not _E164.fullmatch(to) or emergency(to) or not is_person(to):
        raise PhoneFault("is not a number the line may contact")
    return to


def _plain_digits(text: str) -> str:
    """Other scripts' digits as ours: a blocked number must not get by in Arabic-Indic ones (facts 11.8)."""
    return "".join(str(unicodedata.decimal(mark)) if mark.isdecimal() else mark for mark in text)
