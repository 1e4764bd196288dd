"""What people's words mean in one language: whole texts, words anywhere in a text, reactions, and automatic replies."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›]")
UNSEEN = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")  # joiners, skin tones
WORD = re.compile(r"[^\W_]+")
RUN = re.compile(r"(.)\1+")
STRETCHED = ("yes", "no")  # the meanings that may be drawn out: "yesss", "nooo"


@lru_cache(maxsize=32)  # one text is read by several questions; no more of anybody's words is kept
def fold(text: str) -> str:
    """The text as answers are compared: no capitals, accents, quotes, spare spaces, or final . , ! )"""
    parts = unicodedata.normalize("NFKD", UNSEEN.sub("", QUOTES.sub("", text)).casefold())
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    bare = " ".join(plain.split()).lstrip("¡¿ ").rstrip(" .,!)")
    if " " in bare:
        return bare.rstrip("?. ,!)")  # a whole sentence may ask; "yes?" alone is unsure and stays so
    if bare and not any(letter.isalnum() for letter in bare):
        return RUN.sub(r"\1", bare)  # 👍👍
    return bare


class Answers:
    """The answer words of one language, folded once."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.whole: dict[str, set[str]] = {
            meaning: {fold(word) for word in words} for meaning, words in table.get("answers", {}).items()
        }
        self.stretched = {name: {_shrunk(word) for word in self.whole.get(name, ())} for name in STRETCHED}
        self.anywhere = {meaning: _pattern(words) for meaning, words in table.get("anywhere", {}).items()}
        self.unless = {meaning: _pattern(words) for meaning, words in table.get("unless", {}).items()}
        language = table.get("language", {})
        self.words = frozenset(language.get("words", ()))
        self.letters = frozenset(language.get("letters", ""))
        self.signs: dict[str, str] = dict(table.get("reactions", {}))
        self.reactions = _reactions(self.signs, table.get("reaction_words", {}))
        self.replies = [_wildcard(reply) for reply in table.get("automatic", {}).get("replies", ())]

    def meanings(self, text: str, among: Iterable[str]) -> list[str]:
        """Those of these meanings that the text has: as a whole, or else by words anywhere in it."""
        key = fold(text)
        found = [name for name in among if key in self.whole.get(name, ()) or self._is_stretched(name, key)]
        return found or [name for name in among if self._is_anywhere(name, key)]

    def opening(self, text: str, among: Iterable[str]) -> tuple[str, str] | None:
        """What the first words mean, the longest first, and the rest as it was written."""
        starts = [match.end() for match in re.finditer(r"\S+", text)][:3]
        for end in reversed(starts):
            key = fold(text[:end]).rstrip(":;-")
            found = [name for name in among if key in self.whole.get(name, ())]
            if len(found) == 1:
                return found[0], text[end:].strip()
        return None

    def score(self, text: str) -> int:
        """How much of the text is in this language: its common words, and the letters only it has."""
        lower = unicodedata.normalize("NFC", text).casefold()
        return sum(word in self.words for word in WORD.findall(fold(text))) + sum(c in self.letters for c in lower)

    def reaction(self, text: str) -> tuple[str, str] | None:
        """The sign and what it quotes, if a phone wrote this for somebody who pressed a heart."""
        line = " ".join(UNSEEN.sub("", text).split())
        for pattern in self.reactions:
            match = pattern.fullmatch(line)
            if match:
                parts = match.groupdict()
                sign = parts.get("sign") or self.signs.get(parts.get("opener") or "", "")
                return sign, parts["quoted"] or ""
        return None

    def automatic(self, text: str) -> bool:
        """Whether this is one of the replies phones send by themselves."""
        key = fold(text)
        return any(reply.fullmatch(key) for reply in self.replies)

    def _is_stretched(self, meaning: str, key: str) -> bool:
        return meaning in STRETCHED and key.isalpha() and _shrunk(key) in self.stretched[meaning]

    def _is_anywhere(self, meaning: str, key: str) -> bool:
        pattern, unless = self.anywhere.get(meaning), self.unless.get(meaning)
        return bool(pattern and pattern.search(key)) and not (unless and unless.search(key))


def _shrunk(word: str) -> str:
    """Every run of a letter as one: "yesss" and "yess" are "yes"."""
    return RUN.sub(r"\1", word)


def phrase(words: str) -> str:
    """A pattern for these words among others: whole words, any space between; a * at the end is any ending."""
    stem = fold(words.rstrip("*"))
    body = r"[\s,;:.!?]+".join(re.escape(word) for word in stem.split())
    return rf"(?<!\w){body}" + ("" if words.endswith("*") else r"(?!\w)")


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(phrase(word) for word in words) or r"(?!)")


def _wildcard(reply: str) -> re.Pattern[str]:
    """A reply in which "…" stands for any words. Quotes, capitals and ends are folded on both sides."""
    return re.compile(".*".join(re.escape(fold(part)) for part in reply.split("…")), re.DOTALL)


def _reactions(signs: Mapping[str, str], words: Mapping[str, list[str]]) -> list[re.Pattern[str]]:
    """How phones write reactions: "Liked “…”", "Reacted 😮 to “…”", "👍 to “…”", "Removed a 😮 from “…”"."""
    if not words:
        return []
    quoted = rf"(?:[\"“„«'‘](?P<quoted>.*)[\"”“»'’]|{_any(words.get('attachments', ()))})\s*"
    sign = r"(?P<sign>[^\w\s\"'“”]{1,12})"
    shapes = [
        rf"(?P<opener>{_any(signs)})\s*:?\s+{quoted}",
        rf"(?:{_any(words.get('reacted', ()))}\s+)?{sign}\s+{_any(words.get('to', ()))}\s+{quoted}",
        rf"(?:{_any(words.get('taken_back', ()))}\s+)?[^\w\s\"'“”]{{1,12}}\s+{_any(words.get('from', ()))}\s+{quoted}",
    ]
    return [re.compile(shape) for shape in shapes]


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
