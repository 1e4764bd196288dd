"""What the line says, and what people's answers mean: a file per language; no logic in wording, no wording in code."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from messages import gsm
from messages.answers import Answers

__all__ = ["FEATURES", "PROGRAM_BLANKS", "Card", "Catalogue", "MessageFault", "blanks_of", "from_tables", "load"]

FOLDER = Path(__file__).parent

#: What a program may have; a card that speaks of one has a plain twin for programs that have it not.
FEATURES = ("text_to_911", "law", "crisis_line")
#: Blanks that are the program's own numbers: whoever renders may always give them, whether the card holds them or not.
PROGRAM_BLANKS = frozenset({"number", "poison", "crisis"})
#: Tables of a language's file that hold no cards.
NOT_CARDS = frozenset(
    {"language", "answers", "anywhere", "unless", "reactions", "reaction_words", "automatic", "rules"}
)

Overrides = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]  # language, flow, card, wording


class MessageFault(Exception):
    """Something about the wording is wrong; the text says what, where, and what to do."""


@dataclass(frozen=True)
class Card:
    """One thing we say, in every language: as a text, as its plain twin, and as speech."""

    key: str
    asked: bool  #: said only in answer to a text of theirs within 15 minutes
    blanks: frozenset[str]
    sms: Mapping[str, str]
    plain: Mapping[str, str]
    voice: Mapping[str, str]
    about: str | None = None  #: the feature without which the plain twin is said
    both: bool = False  #: holds every language at once, and is the same in every file

    def wording(self, language: str, channel: str, has: Iterable[str]) -> str | None:
        """The words for this channel, before the blanks are filled."""
        if channel == "voice":
            return self.voice.get(language)
        if self.about and self.about not in has:
            return self.plain.get(language)
        return self.sms.get(language)


@dataclass(frozen=True)
class Catalogue:
    """Every card and every answer, in every language. Read once; nothing in it changes."""

    languages: tuple[str, ...]
    cards: Mapping[str, Card]
    answers: Mapping[str, Answers]
    tables: Mapping[str, Mapping[str, Any]] = field(repr=False)  #: the files as read: what `check` looks at

    def render(
        self,
        card: str,
        language: str,
        channel: str = "sms",
        blanks: Mapping[str, object] = MappingProxyType({}),
        overrides: Overrides = MappingProxyType({}),
        has: frozenset[str] = frozenset(),
    ) -> str:
        """The card's words, blanks filled. `has`: which of FEATURES the program has. A text comes out in GSM-7."""
        found = self.cards.get(card)
        if found is None:
            raise MessageFault(f"there is no card {card!r}; the cards are in messages/*.toml")
        words = _overridden(found, language, channel, overrides, has) or found.wording(language, channel, has)
        if words is None:
            raise MessageFault(f"{card} has no {channel} wording in {language!r}; add it to messages/{language}.toml")
        unknown = blanks.keys() - found.blanks - PROGRAM_BLANKS
        if unknown:
            raise MessageFault(f"{card} has no blank {_braced(unknown)}; it has {_braced(found.blanks) or 'none'}")
        return _fill(card, words, blanks, fold=channel != "voice")

    def names_code(self, card: str) -> bool:
        """Whether the card speaks of a case by its code."""
        return "code" in self.cards[card].blanks

    def meaning(self, text: str, language: str | None, among: Iterable[str]) -> str | None:
        """Which of these meanings the text has, read in the person's language first; None when unclear or a tie."""
        wanted = tuple(among)
        for answers in self._in_order(language):
            found = answers.meanings(text, wanted)
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def opening(self, text: str, language: str | None, among: Iterable[str]) -> tuple[str, str] | None:
        """What the first word or words mean, and what follows as written: "OFF 2H" is ("off", "2H")."""
        wanted = tuple(among)
        for answers in self._in_order(language):
            found = answers.opening(text, wanted)
            if found:
                return found
        return None

    def language(self, text: str) -> str | None:
        """The language most of the words are in; None when that cannot be told."""
        scores = sorted(((answers.score(text), code) for code, answers in self.answers.items()), reverse=True)
        best = scores[0]
        tied = len(scores) > 1 and scores[1][0] == best[0]
        return None if tied or not best[0] else best[1]

    def reaction(self, text: str) -> tuple[str, str] | None:
        """A phone's "Liked “…”": its sign ("" when taken back) and what it quotes."""
        return next((found for a in self.answers.values() if (found := a.reaction(text))), None)

    def automatic(self, text: str) -> bool:
        """Whether a phone wrote this by itself, such as "I'm driving"."""
        return any(answers.automatic(text) for answers in self.answers.values())

    def _in_order(self, language: str | None) -> Iterable[Answers]:
        own = self.answers.get(language or "")
        if own:
            yield own
        yield from (answers for code, answers in self.answers.items() if code != language)


@cache
def load(folder: Path = FOLDER) -> Catalogue:
    """Every language there is a file for. English first: where two languages say the same, it leads."""
    tables: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda path: (path.stem != "en", path.stem)):
        try:
            tables[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as fault:
            raise MessageFault(f"{path}: {fault}. Look for a missing quote or bracket on that line") from fault
    if not tables:
        raise MessageFault(f"{folder}: there is no language file, such as en.toml")
    return from_tables(tables)


def from_tables(tables: Mapping[str, Mapping[str, Any]]) -> Catalogue:
    """The catalogue these languages' tables make, faulty or not: `check` says what is wrong with it."""
    keys = dict.fromkeys(key for table in tables.values() for key in keys_of(table))
    return Catalogue(
        languages=tuple(tables),
        cards=MappingProxyType({key: card_from(key, tables) for key in keys}),
        answers=MappingProxyType({code: Answers(table) for code, table in tables.items()}),
        tables=MappingProxyType(dict(tables)),
    )


def keys_of(table: Mapping[str, Any]) -> list[str]:
    """The keys of the cards in one language's file, in its order."""
    flows = ((flow, cards) for flow, cards in table.items() if flow not in NOT_CARDS and isinstance(cards, dict))
    return [f"{flow}.{name}" for flow, cards in flows for name in cards]


def entry_of(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """What one language's file says about a card; empty when it says nothing."""
    flow, name = key.split(".", 1)
    entry = table.get(flow, {}).get(name, {})
    return entry if isinstance(entry, dict) else {}


def card_from(key: str, tables: Mapping[str, Mapping[str, Any]]) -> Card:
    """One card, gathered from every language's file."""
    entries = {code: entry_of(table, key) for code, table in tables.items()}
    first = next((entry for entry in entries.values() if entry), {})

    def words(channel: str) -> Mapping[str, str]:
        return MappingProxyType({c: str(e[channel]) for c, e in entries.items() if channel in e})

    sms, plain, voice = words("sms"), words("plain"), words("voice")
    wordings = [*sms.values(), *plain.values(), *voice.values()]
    return Card(
        key=key,
        asked=first.get("asked") is True,
        blanks=frozenset().union(*(blanks_of(wording) for wording in wordings)),
        sms=sms,
        plain=plain,
        voice=voice,
        about=first.get("about"),
        both=first.get("both") is True,
    )


BLANK = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def blanks_of(words: str) -> frozenset[str]:
    """The names of the blanks in these words."""
    return frozenset(BLANK.findall(words))


@lru_cache(maxsize=2048)
def _pieces(words: str) -> tuple[str, ...]:
    """Text and blank names by turns: "Hi {who}." is ("Hi ", "who", ".")."""
    return tuple(BLANK.split(words))


def _fill(card: str, words: str, blanks: Mapping[str, object], fold: bool) -> str:
    pieces = list(_pieces(words))
    missing = set(pieces[1::2]) - blanks.keys()
    if missing:
        raise MessageFault(f"{card} needs {_braced(missing)}, and nobody gave it")
    for at in range(1, len(pieces), 2):
        value = str(blanks[pieces[at]])
        pieces[at] = gsm.fold(value) if fold else value
    return "".join(pieces)


def _overridden(card: Card, language: str, channel: str, overrides: Overrides, has: frozenset[str]) -> str | None:
    """A program's own words for this card, if it has any."""
    if not overrides:
        return None
    flow, name = card.key.split(".", 1)
    own = overrides.get(language, {}).get(flow, {}).get(name)
    if not own:
        return None
    if channel == "sms" and card.about and card.about not in has:
        return own.get("plain")
    return own.get(channel)


def _braced(names: Iterable[str]) -> str:
    return ", ".join("{" + name + "}" for name in sorted(names))
