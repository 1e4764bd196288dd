"""What a thumb, a keyboard or a frightened person does to a text must not lower how dangerous it is read."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.triage_rows import rank, read, read_as_danger, rows

CURLY = {
    "hes": "he's",
    "shes": "she’s",
    "im": "I'm",
    "cant": "can't",
    "wont": "won’t",
    "isnt": "isn't",
    "dont": "don't",
}

#: Never lower, on any row.
HARMLESS_CHANGES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "Title": str.title,
    "hi": lambda text: "hi " + text,
    "Hola,": lambda text: "Hola, " + text,
    "accents": lambda text: text.replace("a", "á").replace("e", "é"),
    "apostrophes": lambda text: re.sub(r"\b(" + "|".join(CURLY) + r")\b", lambda found: CURLY[found[0]], text),
    "por favor": lambda text: text + " por favor",
    "praying hands": lambda text: "🙏 " + text,
    "new line": lambda text: text + "\n",
    "exclamation": lambda text: text + "!!!",
}
#: An answer ("him", "yes he is") may become another one with more words ("yes I want to get clean"); all else holds.
MORE_SAID: dict[str, Callable[[str], str]] = {
    "pls hurry": lambda text: text + " pls hurry",
    "crying": lambda text: text + " 😭",
    "dots": lambda text: text.replace(" ", "... ") + "...",
    "a request after": lambda text: text + ". i need a ride to detox",
    "a request before": lambda text: "thanks for the info. " + text,
    "a request joined": lambda text: text + " and i want to get clean",
}


def _swap(word: str, at: int, _letter: str) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if at + 1 < len(word) else word


def _drop(word: str, at: int, _letter: str) -> str:
    return word[:at] + word[at + 1 :]


def _double(word: str, at: int, _letter: str) -> str:
    return word[:at] + word[at] + word[at:]


def _change(word: str, at: int, letter: str) -> str:
    return word[:at] + letter + word[at + 1 :]


def _no_vowels(word: str, _at: int, _letter: str) -> str:
    return word[0] + re.sub("[aeiou]", "", word[1:])


SLIPS = (_swap, _drop, _double, _change, _no_vowels)


def _slipped(text: str, slip: Callable[[str, int, str], str], dice: random.Random) -> str:
    """One word of five letters or more, mistyped."""
    long = [found for found in re.finditer(r"[^\W\d_]{5,}", text)]
    if not long:
        return text
    word = dice.choice(long)
    wrong = slip(word[0], dice.randrange(1, len(word[0])), dice.choice("eratinosl"))
    return text[: word.start()] + wrong + text[word.end() :]


@pytest.mark.parametrize("change", HARMLESS_CHANGES)
def test_nothing_said_means_no_lower_level(change: str) -> None:
    lower = [
        text
        for text, context, level in read_as_danger()
        if rank(read(HARMLESS_CHANGES[change](text), context).level) < rank(level)
    ]
    assert lower == []


@pytest.mark.parametrize("change", MORE_SAID)
def test_more_said_leaves_danger_danger(change: str) -> None:
    lower = [
        text
        for text, context, level in read_as_danger()
        if "yes" not in read(text, context).kinds and rank(read(MORE_SAID[change](text), context).level) < rank(level)
    ]
    assert len(lower) <= 2, lower


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_long_word_is_forgiven(slip: Callable[[str, int, str], str]) -> None:
    # One word in fifty may become another real word ("hear" for "heart"), or lose what made it known.
    dice = random.Random(911)
    every = read_as_danger()
    read_lower = [
        text for text, context, level in every if rank(read(_slipped(text, slip, dice), context).level) < rank(level)
    ]
    assert len(read_lower) <= len(every) // 40, read_lower


def test_spaces_lost_are_found_again() -> None:
    every = [row for row in read_as_danger() if 2 <= len(row[0].split()) <= 6 and row[0].isascii()]
    lost = [text for text, context, level in every if read(text.replace(" ", ""), context).level == "none"]
    assert len(lost) <= len(every) // 40, lost


DANGER = [row for row in rows("emergency_dev.csv") if row["label"] == "emergency" and row["context"] == "opening"]
ORDINARY = [row["text"] for row in rows("emergency_dev.csv") if row["label"] == "not_emergency"]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(DANGER), st.sampled_from(ORDINARY), st.booleans())
def test_danger_beside_an_ordinary_sentence_is_danger(row: dict[str, str], other: str, first: bool) -> None:
    both = f"{row['text']}. {other}" if first else f"{other}. {row['text']}"
    assert read(both).level == "emergency"
