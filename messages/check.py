"""What is wrong with the wording, in plain words: each fault names the file, the key and the cure.

Here: the files, what the line says and hears, and a program's own wording. What a card's words may be: rules.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from messages import FEATURES, NOT_CARDS, PROGRAM_BLANKS, Catalogue, blanks_of, card_from, entry_of, keys_of
from messages.answers import fold
from messages.rules import CHANNELS, card_faults
from messages.speech import Asked, key_faults, own_key_faults

FIELDS = frozenset({*CHANNELS, "asked", "about", "both"})
BAD_BRACE = re.compile(r"\{(?![a-z][a-z0-9_]*\})|(?<!\w)\}")
NAME = re.compile(r"[a-z][a-z0-9_]*")


def faults(
    catalogue: Catalogue,
    spoken: Mapping[str, Iterable[str]] | None = None,
    heard: Iterable[str] = (),
    asked: Iterable[Asked] = (),
) -> list[str]:
    """What is wrong with the catalogue.

    `spoken`: the cards that are said, with their blanks; `heard`: the meanings; `asked`: the keys of calls.
    """
    found = [*_language_faults(catalogue, heard)]
    for key in catalogue.cards:
        found += _shape_faults(catalogue, key)
        found += card_faults(catalogue, catalogue.cards[key], catalogue.languages, _in_file)
    if spoken is not None:
        found += _spoken_faults(catalogue, spoken)
    found += key_faults(catalogue, tuple(asked))
    return list(dict.fromkeys(found))


def override_faults(
    catalogue: Catalogue, overrides: Mapping[str, Any], where: str, names: Iterable[str] = ()
) -> list[str]:
    """What is wrong with a program's own wording. `names`: the program's names, which no unasked text may hold."""
    found: list[str] = []
    sound: dict[str, dict[str, Mapping[str, str]]] = {}  # card, language, wording
    for code, flow, name, entry in _own_entries(overrides):
        key = f"{flow}.{name}"
        wrong = list(_own_faults(catalogue, code, key, entry))
        found += [f"{_own_place(where, code, key)}{fault}" for fault in wrong]
        if not wrong:
            sound.setdefault(key, {})[code] = entry
    for key, entries in sound.items():
        flow, name = key.split(".", 1)
        tables = {
            code: {flow: {name: {**entry_of(table, key), **entries.get(code, {})}}}
            for code, table in catalogue.tables.items()
        }
        place = partial(_own_place, where)
        found += card_faults(catalogue, card_from(key, tables), tuple(sorted(entries)), place, tuple(names))
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------- a program's own wording


def _own_place(where: str, code: str, key: str) -> str:
    return f"{where}: messages.{code}.{key}".rstrip(".")


def _own_entries(overrides: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """Language, flow, card and wording; what is not a table where one belongs comes as the wording of nothing."""
    for code, flows in overrides.items():
        for flow, cards in flows.items() if isinstance(flows, Mapping) else [("", flows)]:
            for name, entry in cards.items() if isinstance(cards, Mapping) else [("", cards)]:
                yield code, flow, name, entry


def _own_faults(catalogue: Catalogue, code: str, key: str, entry: Any) -> Iterator[str]:
    if code not in catalogue.tables:
        yield f": there is no such language; write one of {', '.join(catalogue.languages)}"
    elif key not in catalogue.cards:
        yield ": there is no such card; `hotline messages show` lists them"
    elif not isinstance(entry, Mapping):
        yield ': must hold a wording; write sms = "..." below its own line in brackets'
    else:
        model = entry_of(catalogue.tables[code], key)
        for channel, words in entry.items():
            if channel not in CHANNELS or channel not in model:
                yield f": {channel} cannot be changed here; change {' or '.join(c for c in CHANNELS if c in model)}"
            elif not isinstance(words, str) or not words.strip():
                yield f": {channel} is empty; write the words in quotes, or take the line out"
            else:
                yield from _own_blank_faults(channel, words, blanks_of(str(model[channel])))
                if channel == "voice":
                    rules = catalogue.tables[code].get("rules", {})
                    yield from own_key_faults(catalogue.cards[key], code, words, rules)


def _own_blank_faults(channel: str, words: str, wanted: frozenset[str]) -> Iterator[str]:
    if BAD_BRACE.search(words):
        yield f": {channel}: a brace that is no blank; a blank is small letters in braces, such as {{who}}"
    for blank in sorted(blanks_of(words) - wanted):
        yield f": {channel}: nobody fills {{{blank}}}; take it out"
    for blank in sorted(wanted - blanks_of(words)):
        yield f": {channel}: the blank {{{blank}}} is missing; put it back"


# ---------------------------------------------------------------- the files


def _in_file(code: str, key: str) -> str:
    return f"messages/{code}.toml: {key}"


def _language_faults(catalogue: Catalogue, heard: Iterable[str]) -> Iterator[str]:
    """Each file has the same cards in the same order, the same meanings, and words for them."""
    first, *others = catalogue.languages
    order = keys_of(catalogue.tables[first])
    for code in others:
        own = keys_of(catalogue.tables[code])
        shared, theirs = [key for key in own if key in order], [key for key in order if key in own]
        moved = next((key for key, wanted in zip(shared, theirs, strict=True) if key != wanted), None)
        if moved:
            yield f"{_in_file(code, moved)}: stands elsewhere in {first}.toml; keep both files in the same order"
    for code, table in catalogue.tables.items():
        file = f"messages/{code}.toml"
        for wanted in ("language", "answers", "rules"):
            if wanted not in table:
                yield f"{file}: has no [{wanted}]; copy it from {first}.toml and translate it"
        for name, cards in table.items():
            if name not in NOT_CARDS and not isinstance(cards, dict):
                yield f"{file}: {name}: stands outside any card; move it below a line such as [intake.danger]"
        yield from _answer_faults(catalogue, code, heard)


def _answer_faults(catalogue: Catalogue, code: str, heard: Iterable[str]) -> Iterator[str]:
    file, table = f"messages/{code}.toml", catalogue.tables[code]
    answers, anywhere = table.get("answers", {}), table.get("anywhere", {})
    known = {
        name for other in catalogue.tables.values() for name in (*other.get("answers", ()), *other.get("anywhere", ()))
    }
    for name in sorted(known | set(heard)):
        if not answers.get(name) and not anywhere.get(name):
            yield f'{file}: answers.{name}: no words; write what people answer, such as {name} = ["..."]'
    for name, words in (*answers.items(), *anywhere.items()):
        if not isinstance(words, list) or not all(isinstance(word, str) and fold(word.rstrip("*")) for word in words):
            yield f"{file}: answers.{name}: must be words in quotes, with commas between, inside [ ]"
    own = catalogue.answers[code].whole
    for word in sorted(own.get("yes", set()) & own.get("no", set())):
        yield f"{file}: answers.yes: {word!r} is among no as well; take it out of one"
    for name in ("yes", "no"):
        for word in sorted(own.get(name, set())):
            if any(letter.isdigit() for letter in word):
                yield f"{file}: answers.{name}: {word!r} has a digit, and digits say nothing of danger; take it out"


def _shape_faults(catalogue: Catalogue, key: str) -> Iterator[str]:
    """The card is in every file, with the same parts, blanks and marks."""
    entries = {code: entry_of(table, key) for code, table in catalogue.tables.items()}
    code_with, model = next(((code, entry) for code, entry in entries.items() if entry), ("", {}))
    for code, entry in entries.items():
        place = _in_file(code, key)
        if not entry:
            yield f"{place}: missing; copy the card from {code_with or 'another'}.toml and translate it"
            continue
        if not all(NAME.fullmatch(part) for part in key.split(".")):
            yield f"{place}: a card's name is small letters, digits and _; rename it"
        for extra in sorted(entry.keys() - FIELDS):
            yield f"{place}: {extra} means nothing here; use sms, plain, voice, asked, about or both"
        if not isinstance(entry.get("asked"), bool):
            yield f"{place}: does not say whether it is asked; add asked = true (answers a text) or asked = false"
        if "sms" not in entry and "voice" not in entry:
            yield f'{place}: says nothing; add sms = "..."'
        yield from _twin_shape_faults(place, entry)
        for mark in ("asked", "about", "both"):
            if entry.get(mark) != model.get(mark):
                yield f"{place}: {mark} is not as in {code_with}.toml; make them the same"
        yield from _part_faults(place, entry, code_with, model)
        if entry.get("both") and any(entry.get(channel) != model.get(channel) for channel in CHANNELS):
            yield f"{place}: holds both languages, so it must be the same, letter for letter, as in {code_with}.toml"


def _part_faults(place: str, entry: Mapping[str, Any], code_with: str, model: Mapping[str, Any]) -> Iterator[str]:
    for channel in CHANNELS:
        words = entry.get(channel)
        if words is not None and (not isinstance(words, str) or not words.strip()):
            yield f"{place}: {channel} is empty; write the words in quotes"
        if (channel in model) != (channel in entry):
            lacks, has = ("it", f"{code_with}.toml") if channel in model else (f"{code_with}.toml", "it")
            yield f"{place}: {lacks} has no {channel}, while {has} has; add it there"
        elif channel in entry:
            own, wanted = blanks_of(str(words)), blanks_of(str(model[channel]))
            for blank in sorted(own ^ wanted):
                lacks = "this one" if blank in wanted else f"{code_with}.toml"
                yield f"{place}: {channel}: the blank {{{blank}}} is missing in {lacks}; use it in both or in neither"
        if isinstance(words, str) and BAD_BRACE.search(words):
            yield f"{place}: {channel}: a brace that is no blank; a blank is small letters in braces, such as {{who}}"


def _twin_shape_faults(place: str, entry: Mapping[str, Any]) -> Iterator[str]:
    about = entry.get("about")
    if about is not None and about not in FEATURES:
        yield f"{place}: about = {about!r} is unknown; use one of {', '.join(FEATURES)}"
    if about is not None and "plain" not in entry:
        yield f'{place}: about = {about!r}, but no plain wording for programs without it; add plain = "..."'
    if about is None and "plain" in entry:
        yield f"{place}: has a plain wording, but does not say when; add about = one of {', '.join(FEATURES)}"


def _spoken_faults(catalogue: Catalogue, spoken: Mapping[str, Iterable[str]]) -> Iterator[str]:
    first = catalogue.languages[0]
    for key, given in spoken.items():
        place, card = _in_file(first, key), catalogue.cards.get(key)
        if card is None:
            yield f"{place}: missing, and the line says it; add the card to every file"
            continue
        for blank in sorted(card.blanks - set(given) - PROGRAM_BLANKS):
            yield f"{place}: nobody fills {{{blank}}}; take it out, or have the flow give it"
        for blank in sorted(set(given) - card.blanks - PROGRAM_BLANKS):
            yield f"{place}: the line gives {{{blank}}}, and no wording uses it; use it, or have the flow not give it"
    for key in catalogue.cards:
        if key not in spoken:
            yield f"{_in_file(first, key)}: unused: nothing says it; take it out of every file"
