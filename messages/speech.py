"""What is said aloud: numbers as they are spoken, short, and with the keys that can be pressed named (design.md 6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from messages import BLANK, Card, Catalogue
from messages.answers import phrase

CHARACTERS_S = 15  # spoken in a second: a calm voice, as the simulated carrier measures it too
LONGEST_S = 20  # what is longer is forgotten before a key is pressed
LONGEST_SENTENCE = 20  # words; who is frightened hears no more at once

RUN = re.compile(r"\d+(?:-\d+)+|\d{3,}")
APART = re.compile(r"\b\d(?: \d)+\b")  # 9 1 1
KEY = re.compile(r"(?<![\d:.-])\d(?![\d:-])")
SENTENCE = re.compile(r"[.?!]+(?:\s+|$)")

Keys = frozenset[str]
LISTED: Keys = frozenset("123456")  # {key}: one of a list, whose cards are said one after another
EVERYWHERE: Keys = frozenset("089")  # a person, the crisis line, the other language


class Asked(Protocol):
    """A state somebody on a call is asked in, and what is said there (flows/keyed.py)."""

    @property
    def where(self) -> str: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def answers(self) -> Keys: ...
    @property
    def says(self) -> tuple[tuple[str, Keys, Keys], ...]: ...
    @property
    def may_say(self) -> tuple[str, ...]: ...
    @property
    def on_calls(self) -> bool: ...


def seconds(filled: str) -> float:
    """How long it takes to say."""
    return len(filled) / CHARACTERS_S


def speech_faults(here: str, words: str, filled: str, rules: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one wording by itself."""
    for number in RUN.findall(BLANK.sub("", words)):
        apart = " ".join(re.sub(r"\D", "", number))
        yield f"{here}: {number} is not how it is spoken; write its digits apart, {apart}"
    took = seconds(filled)
    if took > LONGEST_S:
        yield f"{here}: takes {took:.0f} seconds to say, over {LONGEST_S}; cut it, or say the rest later"
    for sentence in SENTENCE.split(filled):
        count = len(re.findall(r"\w+(?:['-]\w+)*", APART.sub("number", sentence)))
        if count > LONGEST_SENTENCE:
            yield f"{here}: a sentence of {count} words, over {LONGEST_SENTENCE}; make it two"
    lower = filled.casefold()
    for word in rules.get("speech", ()):
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lower):
            yield f"{here}: {word!r} is spoken wrongly without its accent; write the accent"


def named(words: str, rules: Mapping[str, Any]) -> Keys:
    """The keys that these words tell to press: lone digits of sentences that speak of pressing."""
    pressing = re.compile("|".join(phrase(word) for word in rules.get("pressing", ())) or r"(?!)")
    found: set[str] = set(LISTED) if "{key}" in words else set()
    for sentence in SENTENCE.split(APART.sub("", BLANK.sub("", words))):
        if pressing.search(sentence.casefold()):
            found |= set(KEY.findall(sentence))
    return frozenset(found)


def key_faults(catalogue: Catalogue, asked: Sequence[Asked]) -> Iterator[str]:
    """A card that is spoken names the keys that may be pressed after it, and no others."""
    for code, table in catalogue.tables.items():
        rules = table.get("rules", {})
        told = {key: named(card.voice[code], rules) for key, card in catalogue.cards.items() if code in card.voice}
        for one in asked:
            yield from _said_faults(code, one, told)
            yield from _unnamed_faults(code, one, told)
        yield from _stray_faults(code, asked, told)


def _said_faults(code: str, one: Asked, told: Mapping[str, Keys]) -> Iterator[str]:
    for key, must, may in one.says:
        if key not in told:
            continue
        place = f"messages/{code}.toml: {key}: voice"
        for digit in sorted(must - told[key]):
            yield f"{place}: does not name key {digit}, which {one.where} waits for; say what it does"
        for digit in sorted(told[key] - may):
            yield f"{place}: names key {digit}, which means nothing in {one.where}; take it out"
    if one.says and one.on_calls and one.keys and not any(key in told for key, _, _ in one.says):
        yield f"messages/{code}.toml: {one.says[0][0]}: is asked on calls ({one.where}) and not spoken; add a voice"


def _unnamed_faults(code: str, one: Asked, told: Mapping[str, Keys]) -> Iterator[str]:
    """What a state does may say one card or another: each that names keys names yes and no, and between them all."""
    if any(key in told for key, _, _ in one.says):
        return
    maybe = {key: told[key] for key in one.may_say if key in told}
    for key, digits in maybe.items():
        for digit in sorted(one.answers - digits) if digits else ():
            yield f"messages/{code}.toml: {key}: voice: does not name key {digit}, which {one.where} waits for; say it"
    for digit in sorted(one.keys.difference(*maybe.values())) if maybe else ():
        place = f"messages/{code}.toml: {'/'.join(maybe)}: voice"
        yield f"{place}: does not name key {digit}, which {one.where} waits for; say it"


def _stray_faults(code: str, asked: Sequence[Asked], told: Mapping[str, Keys]) -> Iterator[str]:
    """A key that is named means something wherever else the card may be said."""
    for key, digits in told.items():
        keys = [one.keys | EVERYWHERE for one in asked if key in one.may_say and one.keys]
        if digits and any(key in one.may_say for one in asked) and not any(digits <= some for some in keys):
            yield f"messages/{code}.toml: {key}: voice: names keys that mean nothing where it is said; take them out"


def own_key_faults(card: Card, code: str, words: str, rules: Mapping[str, Any]) -> Iterator[str]:
    """A program's own wording names the keys that ours does."""
    ours = named(card.voice.get(code, ""), rules)
    for digit in sorted(ours ^ named(words, rules)):
        wrong = "is not named" if digit in ours else "means nothing there"
        yield f": voice: key {digit} {wrong}; name the keys that our wording names"
