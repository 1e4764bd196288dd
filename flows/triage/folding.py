"""From what somebody typed to plain words: no accents, no apostrophes, no typos, one spelling each.

Every plain word remembers the letters it came from, so that a person can be shown what was seen as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

# Words (with the masks people use: su*cide, k!ll is left to the typo rules), emoji and signs one by one, line ends.
PIECE = re.compile(
    r"\b[^\W\d_](?:[ .\-][^\W\d_]){2,11}\b|[oO]\.\s?[dD]\b\.?|[^\W_]+(?:['’‘`´*@$_]+[^\W_]+)*['’]?|[^\w\s]+|\n"
)
SPELT = re.compile(r"[^\W\d_](?:[ .\-][^\W\d_])+")  # k m s, n.o.t
DIGITS_THEN_LETTERS = re.compile(r"(\d+)([a-z]+)")
TWICE, THRICE = re.compile(r"(.)\1+"), re.compile(r"(.)\1{2,}")
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
VOWELS = frozenset("aeiou")
TWO_SLIPS = 8  # letters a danger word has before two slips in it are forgiven
MOST_READINGS = 6  # of one misspelt word
MOST_SIGNS = 3  # of one emoji: said three times is said
LONGEST_TYPO = 16  # longer than any word we know by enough: such letters are words run together
LONGEST_RUN = 400  # letters without a space we still try to part: two texts' worth
SHORT_RUN = 15  # letters; a shorter run must come out whole
UNREACHED = 1e9
SHORT_PIECES = frozenset(["i", "a", "y"])


class Word(NamedTuple):
    """One plain word, where it stood, and how it is cut off from the word before: '' (not), '~' (...), ',' or '.'.

    A misspelt word may be several known ones: `others` are the rest, and a phrase may use any of them.
    """

    text: str
    start: int
    end: int
    cut: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spelling:
    """What is needed to bring any spelling back to a word we know. Built once by `spelling`."""

    known: frozenset[str]  # every word that any rule names, and the plain words that no typo rule may touch
    same: Mapping[str, tuple[str, ...]]  # one spelling -> the plain words it stands for: "hes" -> he is
    emoji: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]]  # a word less one letter -> the danger words it may be
    long: Mapping[str, tuple[tuple[str, int], ...]]  # first letter -> long danger words, each with its letters as bits
    bones: Mapping[str, str]  # words less their vowels -> the words, "a|b" if several
    longest: int


def spelling(
    rules: Iterable[str], heads: Iterable[str], plain: Iterable[str], same: Mapping[str, str], emoji: Mapping[str, str]
) -> Spelling:
    known = frozenset(rules) | frozenset(plain) | frozenset(same)
    near: dict[str, set[str]] = {}
    long: dict[str, list[tuple[str, int]]] = {}
    bones: dict[str, set[str]] = {}
    for head in sorted(heads):
        if len(head) >= 4:
            for less in _less(head):
                near.setdefault(less, set()).add(head)
        if len(head) >= TWO_SLIPS:
            long.setdefault(head[0], []).append((head, _letters(head)))
        for bone in {_bone(head), head[0] + _bone(head[1:])}:
            if len(bone) >= 3 and bone not in known:
                bones.setdefault(bone, set()).add(head)
    return Spelling(
        known=known,
        same={spelt: tuple(stands.split()) for spelt, stands in same.items()},
        emoji={sign: tuple(stands.split()) for sign, stands in emoji.items()},
        near={less: tuple(sorted(words)) for less, words in near.items()},
        long={letter: tuple(words) for letter, words in long.items()},
        bones={bone: "|".join(sorted(words)[:MOST_READINGS]) for bone, words in bones.items()},
        longest=max((len(word) for word in known), default=1),
    )


def _bone(word: str) -> str:
    return "".join(letter for letter in word if letter not in VOWELS)


def words(text: str, spelling: Spelling) -> list[Word]:
    """The plain words of a text, in order."""
    found: list[Word] = []
    signs: Counter[str] = Counter()
    plain_of: dict[str, tuple[str, ...]] = {}  # of this text only: nothing anybody wrote is kept
    cut = ""
    for piece in PIECE.finditer(text):
        chunk, start, end = piece.group(), piece.start(), piece.end()
        if chunk[0].isalnum():
            if chunk not in plain_of:
                plain_of[chunk] = _spelt_out(chunk, spelling) if SPELT.fullmatch(chunk) else _plain(chunk, spelling)
            for plain in plain_of[chunk]:
                text_, *others = plain.split("|")
                found.append(Word(text_, start, end, cut, tuple(others)))
                cut = ""
            _mend(found, spelling)
            continue
        for sign in chunk:
            signs[sign] += 1
            for plain in spelling.emoji.get(sign, ()) if signs[sign] <= MOST_SIGNS else ():
                found.append(Word(plain, start, end, cut or ","))
                cut = ","
        cut = _cut(chunk, cut, glued=text[end : end + 1].isalnum())
    return found


def _spelt_out(chunk: str, spelling: Spelling) -> tuple[str, ...]:
    """Letters written one by one: one word if it is one, else each by itself."""
    letters = re.split(r"[ .\-]", fold(chunk))
    run = "".join(letters)
    if run in spelling.known:
        return spelling.same.get(run, (run,))
    return _parted(run, spelling) or tuple(plain for letter in letters for plain in _plain(letter, spelling))


def _cut(chunk: str, before: str, glued: bool) -> str:
    """How hard these signs part what is said: '...' and a point between letters hardly, a comma less than a stop."""
    if chunk.strip(".…") == "" and (chunk != "." or glued):
        return before or "~"
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
    if low in spelling.same:  # before the apostrophe goes: od'd is not odd
        return spelling.same[low]
    bare = low.replace("'", "").replace("_", "").replace(".", "").replace(" ", "")
    if bare in spelling.same:
        return spelling.same[bare]
    if bare in spelling.known or bare.isdigit() or not bare:
        return (bare,) if bare else ()
    glued = DIGITS_THEN_LETTERS.fullmatch(bare)  # 30pills, 800mg, 10min
    if glued and glued[2] in spelling.known:
        return (glued[1], *spelling.same.get(glued[2], (glued[2],)))
    right = _mildly_wrong(bare, spelling)
    if right:
        return _standing_for(right, spelling)
    parted = _parted(bare, spelling) or (TWICE.search(bare) and _parted(TWICE.sub(r"\1", bare), spelling))
    if parted and (len(parted) == 2 or 3 * len(parted) <= len(bare)):
        return parted
    if bare.startswith("no") and (right := _wrong(bare[2:], spelling)):
        return ("no", *_standing_for(right, spelling))  # norespria: the "no" matters more than the slip
    right = _twice_off(bare, spelling)
    return _standing_for(right, spelling) if right else parted or (bare,)


def _wrong(word: str, spelling: Spelling) -> str:
    return _mildly_wrong(word, spelling) or _twice_off(word, spelling)


def _standing_for(right: str, spelling: Spelling) -> tuple[str, ...]:
    """The plain words of a corrected one; of several, those that are one word stay side by side: "a|b"."""
    choices = right.split("|")
    if len(choices) == 1:
        return spelling.same.get(right, (right,))
    single = [
        word
        for choice in choices
        for word in spelling.same.get(choice, (choice,))
        if len(spelling.same.get(choice, (choice,))) == 1
    ]
    return ("|".join(dict.fromkeys(single)),) if single else spelling.same[choices[0]]


def _mildly_wrong(word: str, spelling: Spelling) -> str:
    """The known word that was meant, or '': letters said twice, digits for letters, no vowels, one slip."""
    for less in _calmer(word):
        if less in spelling.known:
            return less
    if not word.isalpha():
        clear = word.translate(LEET)
        for try_ in (clear.replace("*", vowel) for vowel in "aeiou") if "*" in clear else (clear,):
            if try_ in spelling.known:
                return try_
        word = clear.replace("*", "")
    if word in spelling.bones:
        return spelling.bones[word]
    return _once_off(word, spelling) if 4 <= len(word) <= LONGEST_TYPO else ""


def _calmer(word: str) -> Iterable[str]:
    """heeeelp, helpp, brreathing: letters said once too often."""
    squeezed = THRICE.sub(r"\1\1", word)
    yield squeezed
    yield TWICE.sub(r"\1", word)
    for at in range(1, len(squeezed)):
        if squeezed[at] == squeezed[at - 1]:
            yield squeezed[:at] + squeezed[at + 1 :]


def _once_off(word: str, spelling: Spelling) -> str:
    heads = {head for less in _less(word) for head in spelling.near.get(less, ()) if _is_one_off(word, head)}
    return "|".join(sorted(heads)[:MOST_READINGS])


def _twice_off(word: str, spelling: Spelling) -> str:
    """Long words that begin the same may have two slips: needing is still not bleeding."""
    if not TWO_SLIPS - 1 <= len(word) <= LONGEST_TYPO:
        return ""
    mine = _letters(word)  # two slips change four letters at most
    heads = [
        head
        for head, letters in spelling.long.get(word[0], ())
        if (mine ^ letters).bit_count() <= 4 and abs(len(head) - len(word)) <= 2 and distance(word, head) == 2
    ]
    return "|".join(sorted(heads)[:MOST_READINGS])


def _is_one_off(word: str, head: str) -> bool:
    if len(head) == 4 and sorted(head) != sorted(word):
        return False  # in a short word only two letters that changed places
    return abs(len(word) - len(head)) < 2 and distance(word, head) == 1


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def _less(word: str) -> set[str]:
    """The word, and the word less one letter."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


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
    if not 4 <= size <= LONGEST_RUN:
        return ()
    known, longest, whole = spelling.known, spelling.longest, size < SHORT_RUN
    cost = [0.0] + [UNREACHED] * size
    back = [0] * (size + 1)
    for start in range(size):
        if cost[start] == UNREACHED:
            continue
        if not whole and cost[start] + 4 < cost[start + 1]:  # one letter that belongs to no word
            cost[start + 1], back[start + 1] = cost[start] + 4, start
        for end in range(start + 1, min(size, start + longest) + 1):
            part = run[start:end]
            if part in known and (end - start > 1 or part in SHORT_PIECES):
                price = cost[start] + (1 if end - start > 2 else 1.6)
                if price < cost[end]:
                    cost[end], back[end] = price, start
    return _pieces(run, back, spelling, whole) if cost[size] < UNREACHED else ()


def _pieces(run: str, back: list[int], spelling: Spelling, whole: bool) -> tuple[str, ...]:
    parts: list[str] = []
    strange = 0
    end = len(run)
    while end > 0:
        part = run[back[end] : end]
        strange += part not in spelling.known or (len(part) == 1 and part not in SHORT_PIECES)
        parts.append(part)
        end = back[end]
    if strange and (whole or strange > len(run) // 3):
        return ()
    plain: list[str] = []
    for part in reversed(parts):
        plain.extend(spelling.same.get(part, (part,)))
    return tuple(plain)


ENDINGS = {"t": "n", "s": "", "m": "", "re": "", "ve": "", "ll": ""}  # he s, can t: an apostrophe lost to a space


def _mend(found: list[Word], spelling: Spelling) -> None:
    """Join what was one word: 'can t', 'he s'."""
    if len(found) < 2 or len(found[-1].text) > 2:
        return
    last, before = found[-1], found[-2]
    joined = before.text + last.text
    if last.text in ENDINGS and joined in spelling.same and not last.cut:
        stands = spelling.same[joined]
        found[-2:] = [
            Word(text, before.start, last.end, before.cut if at == 0 else "") for at, text in enumerate(stands)
        ]
        return
