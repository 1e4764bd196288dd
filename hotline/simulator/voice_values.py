"""What the attributes of voice TwiML may hold: each reader takes the text as written and gives its value.

Sources: the attribute tables of twilio.com/docs/voice/twiml. A reader raises ValueError saying what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

#: Takes the value as written and the address of the document it stands in.
Reader = Callable[[str, str], object]

KEYS = frozenset("0123456789*#")
EMERGENCY = frozenset({"911", "933", "112", "999", "000"})
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
#: E.164, and in North America ten digits whose area code and exchange start at 2.
CALLABLE = re.compile(r"\+(?:1[2-9]\d{2}[2-9]\d{6}|[2-9]\d{6,14})")
CRISIS = "988"


@dataclass(frozen=True)
class Attribute:
    """One attribute: how it is read, what it is when absent, and Twilio's code when it is wrong."""

    read: Reader
    default: object = None
    code: int = 12200


def words(*allowed: str) -> Reader:
    """One of these."""

    def read(value: str, base: str) -> object:
        if value not in allowed:
            raise ValueError(f"one of {', '.join(allowed)} is needed")
        return value

    return read


def several(*allowed: str) -> Reader:
    """Some of these, with spaces between."""

    def read(value: str, base: str) -> object:
        if not value.split() or set(value.split()) - set(allowed):
            raise ValueError(f"some of {', '.join(allowed)} are needed, with spaces between")
        return frozenset(value.split())

    return read


def whole(least: int, most: int | None = None, *also: str) -> Reader:
    """A whole number in this range, or one of these words (given back as they are)."""

    def read(value: str, base: str) -> object:
        if value in also:
            return value
        if not value.isdecimal() or int(value) < least or (most is not None and int(value) > most):
            limit = f"from {least} to {most}" if most is not None else f"from {least} on"
            raise ValueError(" or ".join([f"a whole number {limit}", *also]) + " is needed")
        return int(value)

    return read


def truth(value: str, base: str) -> object:
    """`true` or `false`."""
    if value not in {"true", "false"}:
        raise ValueError("true or false is needed")
    return value == "true"


def method(value: str, base: str) -> object:
    """`GET` or `POST`."""
    if value.upper() not in {"GET", "POST"}:
        raise ValueError("GET or POST is needed")
    return value.upper()


def address(value: str, base: str) -> object:
    """An absolute http or https address; relative ones start at the document's."""
    absolute = urljoin(base, value) if value else ""
    parts = urlsplit(absolute)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", absolute):
        raise ValueError("an address is needed")
    return absolute


def address_or_silence(value: str, base: str) -> object:
    """An address, or nothing at all for silence."""
    return address(value, base) if value else ""


def language(value: str, base: str) -> object:
    """A BCP 47 tag such as en-US."""
    if not LANGUAGE.fullmatch(value):
        raise ValueError("a language tag such as en-US is needed")
    return value


def voice(value: str, base: str) -> object:
    """A voice's name; whether Twilio has it is not checked."""
    if not re.fullmatch(r"man|woman|alice|(?:Polly|Google)\.[A-Za-z0-9-]+", value):
        raise ValueError("man, woman, alice, Polly.Name or Google.Name is needed")
    return value


def keys(value: str, base: str) -> object:
    """Keys that finish something; none for ''."""
    if set(value) - KEYS:
        raise ValueError("keys 0-9, * and # are needed")
    return value


def one_key(value: str, base: str) -> object:
    """One key, or none."""
    if len(value) > 1:
        raise ValueError("one key or none is needed")
    return keys(value, base)


def tones(value: str, base: str) -> object:
    """Keys to be played; w and W wait half a second and a second."""
    if not re.fullmatch(r"[0-9*#wW]{1,32}", value):
        raise ValueError("up to 32 of 0-9, *, #, w are needed")
    return value


def hints(value: str, base: str) -> object:
    """Up to 500 phrases of up to 100 characters, with commas between."""
    phrases = value.split(",")
    if len(phrases) > 500 or any(len(phrase.strip()) > 100 for phrase in phrases):
        raise ValueError("at most 500 phrases of at most 100 characters are allowed")
    return value


def anything(value: str, base: str) -> object:
    """Text that is not empty."""
    if not value.strip():
        raise ValueError("something is needed")
    return value


def unsimulated(value: str, base: str) -> object:
    """Documented by Twilio, and not had here: refused rather than ignored."""
    raise ValueError("this is not simulated")


def nothing_but(*allowed: str) -> Reader:
    """As `unsimulated`, but for the values that ask for nothing."""

    def read(value: str, base: str) -> object:
        return value if value in allowed else unsimulated(value, base)

    return read


def number(text: str) -> str:
    """A number that can be dialled, as E.164 or 988; Twilio also takes US numbers as people write them.

    Raises ValueError. An emergency number never passes: Twilio connects none of these (error 13224).
    """
    plain = re.sub(r"[\s().-]", "", text)
    if is_emergency(plain):
        raise ValueError(f"{text} is an emergency number, which cannot be called from here")
    if plain == CRISIS:
        return plain
    if re.fullmatch(r"1?[2-9]\d{2}[2-9]\d{6}", plain):
        plain = "+1" + plain[-10:]
    if not CALLABLE.fullmatch(plain):
        raise ValueError(f"{text!r} is not a number that can be called")
    return plain


def is_emergency(text: str) -> bool:
    """Whether it is a number of emergency services, also with a country code before it."""
    digits = re.sub(r"\D", "", text)
    return digits in EMERGENCY or (len(digits) == 4 and digits[0] == "1" and digits[1:] in EMERGENCY)
