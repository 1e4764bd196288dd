"""The rules of the language files, made ready once: spelling, sets, phrases, and which word denies or parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.triage.folding import Spelling, spelling
from flows.triage.matching import Finder, Sets, items, plain_words

LONG_SPELLING = 5  # letters of a spelling that may itself be mistyped
RULE_LEVELS = ("emergency", "suicidal", "unclear", "part", "mark")
TENSES = ("any", "was", "now")


@dataclass(frozen=True)
class Phrase:
    """One line of a family, and what its family says about it."""

    words: str
    category: str
    level: str  # RULE_LEVELS; a part counts only together with others, a mark never
    contexts: frozenset[str]  # empty: everywhere
    deniable: bool  # "not" before it takes it back; a phrase with its own "not" is not taken back
    tense: str  # any: a past date clears it. was: only with a past verb too. now: nothing does
    instead: bool  # read in place of the shorter signs inside it
    recent: bool  # earlier today and over (revived, back home) is asked about, not told 911


@dataclass(frozen=True)
class Together:
    """Signs that are danger only side by side: pregnant and bleeding."""

    needs: tuple[frozenset[str], ...]
    category: str
    level: str
    near: bool  # in one clause, or anywhere in the text


@dataclass(frozen=True)
class Lexicon:
    spelling: Spelling
    finder: Finder
    phrases: tuple[Phrase, ...]
    together: tuple[Together, ...]
    lists: Mapping[str, frozenset[str]]


#: Lists of single words that the reading itself needs, each explained in the language files.
LISTS = (
    "negators",
    "answer_negators",
    "reach",
    "subjects",
    "parts_always",
    "parts_before_subject",
    "was_verbs",
    "light",
    "since",
    "self",
    "weak_self",
    "victims",
    "other",
    "fillers",
)


def compile(data: Mapping[str, Any]) -> Lexicon:  # noqa: A001  (the public name: triage.compile)
    """`data`: for each language the tables of its file. All languages are read at once: people mix them."""
    same = _same(data)
    sets = Sets(_joined(data, "words"), same)
    phrases = tuple(
        phrase
        for rules in data.values()
        for family in rules.get("family", ())
        for phrase in _phrases(family, _lists(data)["negators"], same)
    )
    finder = Finder((phrase.words for phrase in phrases), sets)
    return Lexicon(
        spelling=_spelling(data, same, sets),
        finder=finder,
        phrases=phrases,
        together=tuple(_together(rule) for rules in data.values() for rule in rules.get("together", ())),
        lists=_lists(data),
    )


def _merged(data: Mapping[str, Any], table: str) -> dict[str, str]:
    return {key: value for rules in data.values() for key, value in rules.get(table, {}).items()}


def _same(data: Mapping[str, Any]) -> dict[str, str]:
    """The spellings, each to the end: "idk" is "i dont know" is "i do not know"."""
    same = _merged(data, "same")
    return {spelt: " ".join(same.get(word, word) for word in stands.split()) for spelt, stands in same.items()}


def _joined(data: Mapping[str, Any], table: str) -> dict[str, list[str]]:
    joined: dict[str, list[str]] = {}
    for rules in data.values():
        for name, members in rules.get(table, {}).items():
            joined.setdefault(name, []).extend(members)
    return joined


def _lists(data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    joined = _joined(data, "lists")
    return {name: frozenset(joined.get(name, ())) for name in LISTS}


def _phrases(family: Mapping[str, Any], negators: frozenset[str], same: Mapping[str, str]) -> list[Phrase]:
    if family["level"] not in RULE_LEVELS or family.get("tense", "any") not in TENSES:
        raise ValueError(f"family {family.get('is', family['category'])!r}: level or tense is not one we know")
    found = []
    for said in (*family.get("words", "").split(), *family["phrases"]):
        parts = items(said)
        own = any(word in negators for part in parts for word in plain_words(part.strip("()?").replace("|", " "), same))
        found.append(
            Phrase(
                words=said,
                category=family["category"],
                level=family["level"],
                contexts=frozenset(family.get("contexts", ())),
                deniable=family.get("deniable", True) and not own and "{not}" not in parts and "{cannot}" not in parts,
                tense=family.get("tense", "any"),
                instead=family.get("instead", False),
                recent=family.get("recent", False),
            )
        )
    return found


def _together(rule: Mapping[str, Any]) -> Together:
    return Together(
        tuple(frozenset(need.split("|")) for need in rule["needs"]),
        rule["category"],
        rule["level"],
        rule.get("near", False),
    )


def _spelling(data: Mapping[str, Any], same: Mapping[str, str], sets: Sets) -> Spelling:
    """Any word of four letters or more in a phrase may be mistyped; the plain words are no slips."""
    named = {word for member in sets.symbols() for word in member if not word.startswith("{")}
    plain = {word for rules in data.values() for line in rules.get("plain", {}).values() for word in line.split()}
    named |= {word for members in _lists(data).values() for word in members}
    heads = {word for word in (*named, *same) if word.isalpha() and (word in named or len(word) >= LONG_SPELLING)}
    rules_words = named | {word for stands in same.values() for word in stands.split()}
    return spelling(rules_words, heads, plain, same, _merged(data, "emoji"))
