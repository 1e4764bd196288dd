"""From what somebody typed to plain words: no accents, no apostrophes, no typos, one spelling each.

Every plain word remembers the letters it came from, so that a person can be shown what was seen as it was written.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

# Words (with the masks people use: su*cide, k!ll is left to the typo rules), emoji and signs one by one, line ends.
PIECE = re.compile(r"[oO]\.\s?[dD]\b\.?|[^\W_]+(?:['’‘`´*@$_]+[^\W_]+)*['’]?|[^\w\s]+|\n")
DIGITS_THEN_LETTERS = re.compile(r"(\d+)([a-z]+)")
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
VOWELS = frozenset("aeiou")
LONGEST_TYPO = 16     # longer than any word we know by enough: such letters are words run together
LONGEST_RUN = 400     # letters without a space we still try to part: two texts' worth
SHORT_PIECES = frozenset("i a y e o u n".split())


class Word(NamedTuple):
    """One plain word, where it stood, and how it is cut off from the word before: '' (not), ',' or '.'."""

    text: str
    start: int
    end: int
    cut: str = ""


@dataclass(frozen=True)
class Spelling:
    """What is needed to bring any spelling back to a word we know. Built once by `spelling`."""

    known: frozenset[str]               # every word that any rule names, and the plain words that no typo rule may touch
    same: Mapping[str, tuple[str, ...]]  # one spelling -> the plain words it stands for: "hes" -> he is
    emoji: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]]  # a word less one or two letters -> the danger words it may be
    bones: Mapping[str, str]            # a word less its vowels -> the word
    longest: int


def spelling(rules: Iterable[str], heads: Iterable[str], plain: Iterable[str], same: Mapping[str, str],
             emoji: Mapping[str, str]) -> Spelling:
    known = frozenset(rules) | frozenset(plain) | frozenset(same)
    near: dict[str, set[str]] = {}
    bones: dict[str, str] = {}
    for head in sorted(heads):
        if len(head) >= 4:
            for less in _less(head, _slips(head)):
                near.setdefault(less, set()).add(head)
        bone = "".join(letter for letter in head if letter not in VOWELS)
        if len(bone) >= 3 and bone != head and bone not in known:
            bones.setdefault(bone, head)
    return Spelling(
        known=known,
        same={spelt: tuple(stands.split()) for spelt, stands in same.items()},
        emoji={sign: tuple(stands.split()) for sign, stands in emoji.items()},
        near={less: tuple(sorted(words)) for less, words in near.items()},
        bones=bones,
        longest=max((len(word) for word in known), default=1),
    )


def words(text: str, spelling: Spelling) -> list[Word]:
    """The plain words of a text, in order."""
    found: list[Word] = []
    cut = ""
    for piece in PIECE.finditer(text):
        chunk, start, end = piece.group(), piece.start(), piece.end()
        if chunk[0].isalnum():
            for plain in _plain(chunk, spelling):
                found.append(Word(plain, start, end, cut))
                cut = ""
            _mend(found, spelling)
            continue
        for sign in chunk:
            for plain in spelling.emoji.get(sign, ()):
                found.append(Word(plain, start, end, cut or ","))
                cut = ","
        cut = _cut(chunk, cut)
    return found


def _cut(chunk: str, before: str) -> str:
    """How hard these signs part what is said: '...' and a comma less than a full stop."""
    if chunk.strip(".…") == "" and chunk != ".":
        return before or ","
    if any(sign in ".!?;\n" for sign in chunk):
        return "."
    return before or ("," if any(sign in ",:()-/…—–" for sign in chunk) else "")


def fold(chunk: str) -> str:
    """Lower case, no accents, one kind of apostrophe."""
    low = chunk.lower()
    if low.isascii():
        return low.replace("`", "'")
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", low) if not unicodedata.combining(letter))
    return re.sub("[’‘`´]", "'", bare)


def _plain(chunk: str, spelling: Spelling) -> tuple[str, ...]:
    """One typed word as the plain words it stands for."""
    low = fold(chunk)
    if low in spelling.same:                       # before the apostrophe goes: od'd is not odd
        return spelling.same[low]
    bare = low.replace("'", "").replace("_", "").replace(".", "").replace(" ", "")
    if bare in spelling.same:
        return spelling.same[bare]
    if bare in spelling.known or bare.isdigit() or not bare:
        return (bare,) if bare else ()
    glued = DIGITS_THEN_LETTERS.fullmatch(bare)    # 30pills, 800mg, 10min
    if glued and glued[2] in spelling.known:
        return (glued[1], *spelling.same.get(glued[2], (glued[2],)))
    right = _corrected(bare, spelling)
    if right:
        return spelling.same.get(right, (right,))
    return _parted(bare, spelling) or (bare,)


def _corrected(word: str, spelling: Spelling) -> str:
    """The known word that was meant, or ''. The mildest slip is tried first."""
    for less in _calmer(word):
        if less in spelling.known:
            return less
    if not word.isalpha():
        clear = word.translate(LEET)
        for try_ in ((clear.replace("*", vowel) for vowel in "aeiou") if "*" in clear else (clear,)):
            if try_ in spelling.known:
                return try_
        word = clear.replace("*", "")
    if word in spelling.bones:
        return spelling.bones[word]
    if 4 <= len(word) <= LONGEST_TYPO:
        return _nearest(word, spelling)
    return ""


def _calmer(word: str) -> Iterable[str]:
    """heeeelp, helpp, brreathing: letters said once too often."""
    squeezed = re.sub(r"(.)\1{2,}", r"\1\1", word)
    yield squeezed
    yield re.sub(r"(.)\1+", r"\1", word)
    for at in range(1, len(squeezed)):
        if squeezed[at] == squeezed[at - 1]:
            yield squeezed[:at] + squeezed[at + 1:]


def _nearest(word: str, spelling: Spelling) -> str:
    best, best_slips = "", 9
    for less in _less(word, 2 if len(word) >= 7 else 1):
        for head in spelling.near.get(less, ()):
            slips = distance(word, head)
            allowed = _slips(head)
            if slips > allowed or slips >= best_slips:
                continue
            if len(head) == 4 and sorted(head) != sorted(word):
                continue                           # in a short word only two letters that changed places
            best, best_slips = head, slips
    return best


def _slips(word: str) -> int:
    return 2 if len(word) >= 8 else 1


def _less(word: str, depth: int) -> set[str]:
    """The word, and the word less one letter, or two."""
    less = {word}
    once = {word[:at] + word[at + 1:] for at in range(len(word))}
    less |= once
    if depth > 1:
        for short in once:
            less.update(short[:at] + short[at + 1:] for at in range(len(short)))
    return less


def distance(one: str, other: str) -> int:
    """Letters added, dropped, changed, or two that changed places; words are short, so a small table."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _parted(run: str, spelling: Spelling) -> tuple[str, ...]:
    """Words written without spaces: hesnotbreathing. Fewest words win; a short run must come out whole."""
    size = len(run)
    if not 5 <= size <= LONGEST_RUN:
        return ()
    known, longest = spelling.known, spelling.longest
    cost = [0.0] + [1e9] * size
    back = [0] * (size + 1)
    for end in range(1, size + 1):
        cost[end], back[end] = cost[end - 1] + 4, end - 1          # one letter that belongs to no word
        for start in range(max(0, end - longest), end):
            if cost[start] + 1 < cost[end]:
                part = run[start:end]
                if part in known and (end - start > 1 or part in SHORT_PIECES):
                    price = cost[start] + (1 if end - start > 2 else 1.6)
                    if price < cost[end]:
                        cost[end], back[end] = price, start
    return _pieces(run, back, spelling, whole=size < 15)


def _pieces(run: str, back: list[int], spelling: Spelling, whole: bool) -> tuple[str, ...]:
    parts: list[str] = []
    strange = 0
    end = len(run)
    while end > 0:
        part = run[back[end]:end]
        strange += part not in spelling.known
        parts.append(part)
        end = back[end]
    if strange and (whole or strange > len(run) // 3):
        return ()
    plain: list[str] = []
    for part in reversed(parts):
        plain.extend(spelling.same.get(part, (part,)))
    return tuple(plain)


ENDINGS = {"t": "n", "s": "", "m": "", "re": "", "ve": "", "ll": ""}   # he s, can t: an apostrophe lost to a space


def _mend(found: list[Word], spelling: Spelling) -> None:
    """Join what was one word: 'can t', 'i m', and letters spelt out one by one: k m s."""
    if len(found) < 2 or len(found[-1].text) > 2:
        return
    last, before = found[-1], found[-2]
    joined = before.text + last.text
    if last.text in ENDINGS and joined in spelling.same and not last.cut:
        stands = spelling.same[joined]
        found[-2:] = [Word(text, before.start, last.end, before.cut if at == 0 else "") for at, text in enumerate(stands)]
        return
    letters = 0
    while letters < len(found) and letters < 9 and len(found[-1 - letters].text) == 1:
        letters += 1
    for count in range(letters, 2, -1):
        spelt = "".join(word.text for word in found[-count:])
        if spelt in spelling.known:
            first = found[-count]
            stands = spelling.same.get(spelt, (spelt,))
            found[-count:] = [Word(text, first.start, last.end, first.cut if at == 0 else "")
                              for at, text in enumerate(stands)]
            return
