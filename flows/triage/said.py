"""A text as plain words in clauses, and the signs found in it: what the other files here speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.triage.folding import Word, words
from flows.triage.lexicon import Lexicon
from flows.triage.matching import Hit

SAME_WORD = 3  # "help help help help": the fourth says nothing new


@dataclass(frozen=True)
class Said:
    """A text as plain words, and which clause each belongs to."""

    text: str
    words: tuple[Word, ...]
    clause: tuple[int, ...]

    def like(self, hit: Hit) -> str:
        """The words of a hit as they were written."""
        return self.text[self.words[hit.first].start : self.words[hit.last].end].strip()


@dataclass(frozen=True)
class Sign:
    """A phrase that stands: found, and neither idiom, denied nor past."""

    hit: Hit
    level: str
    category: str


def said_in(text: str, lexicon: Lexicon) -> Said:
    plain: list[Word] = []
    for word in words(text, lexicon.spelling):
        if len(plain) >= SAME_WORD and all(before.text == word.text for before in plain[-SAME_WORD:]):
            continue
        plain.append(word)
    return Said(text, tuple(plain), tuple(_clauses(plain, lexicon)))


def _clauses(plain: Sequence[Word], lexicon: Lexicon) -> Iterable[int]:
    """A clause ends at a sign, at but/pero, and at and/so/because when somebody new begins to act."""
    always, before_subject = lexicon.lists["parts_always"], lexicon.lists["parts_before_subject"]
    subjects, clause = lexicon.lists["subjects"], 0
    for at, word in enumerate(plain):
        following = plain[at + 1].text if at + 1 < len(plain) else ""
        starts = word.text in before_subject and (following in subjects or following in before_subject)
        hardly = word.cut == "~" and word.text not in subjects and word.text not in before_subject
        if at and ((word.cut and not hardly) or word.text in always or starts):
            clause += 1
        yield clause


def mask(hits: Iterable[Hit]) -> int:
    mask = 0
    for hit in hits:
        mask |= hit.mask
    return mask
