"""Any text at all: never an error, and never slow. Work is counted, not timed: a busy machine must not fail a test."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import triage
from tests.flows.triage_rows import FILES, read, ready, rows

CONTEXTS = st.sampled_from(["opening", "question", "checkin", "emergency_question", "anything"])
KNOWN = sorted(ready().spelling.known)
MOST_STEPS = 60  # looks a word, however the words are chosen; an ordinary text takes about ten
LONGEST = 1600


@settings(deadline=None, max_examples=400)
@given(st.text(max_size=LONGEST), CONTEXTS)
def test_any_text_is_read(text: str, context: str) -> None:
    danger = read(text, context)
    assert danger.level in triage.LEVELS
    assert danger.who in ("self", "other", "far", "unknown")
    assert all(seen.words in text for seen in danger.seen)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*KNOWN, ".", ",", "...", "💊", "30", "2019", "'", "*"]), max_size=60), CONTEXTS)
def test_any_words_of_ours_are_read(words: list[str], context: str) -> None:
    assert read(" ".join(words), context).level in triage.LEVELS


def _worst_texts(dice: random.Random) -> list[str]:
    few = dice.sample(["no", "not", "i", "he", "is", "want", "to", "die", "took", "all", "my", "pills", "can", "it"], 4)
    short = [word for word in KNOWN if len(word) <= 3]
    every = [row["text"] for name in FILES for row in rows(name)]
    word = dice.choice(KNOWN)
    return [
        " ".join(dice.choice(few) for _ in range(800)),
        " ".join(dice.choice(short) for _ in range(800)),
        " ".join(dice.choice(KNOWN) for _ in range(400)),
        " ".join(dice.choice(every) for _ in range(60)),
        " ".join(word[:at] + "x" + word[at:] for at in range(len(word)) for _ in range(60)),
        "".join(dice.choice(string.ascii_lowercase + " ") for _ in range(LONGEST)),
        "".join(dice.choice(KNOWN) for _ in range(400)),
        "".join(dice.choice("🔫💊😭🩸a ") for _ in range(LONGEST)),
        "".join(dice.choice("a.,!? '") for _ in range(LONGEST)),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_work_grows_with_the_length_and_no_faster(seed: int) -> None:
    for text in _worst_texts(random.Random(seed)):
        read(text[:LONGEST])
        assert ready().finder.steps <= MOST_STEPS * LONGEST // 2
