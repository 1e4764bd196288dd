"""What a card's words may not be: too long, hard to read, indiscreet, dangerous, or different in another language.

The words these rules look for stand at the end of each language's file, under [rules].
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from messages import Card, Catalogue, blanks_of, gsm
from messages.answers import fold, phrase
from messages.reading import grade
from messages.speech import speech_faults

HIGHEST_GRADE = 5.0
TEXTS = ("sms", "plain")
CHANNELS = (*TEXTS, "voice")

#: The carrier keeps these to itself, or is told to: nobody who answers with one may be lost.
RESERVED = (
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "OPTOUT",
    "END",
    "QUIT",
    "CANCEL",
    "REVOKE",
    "HELP",
    "INFO",
    "START",
    "UNSTOP",
)

#: Asked of somebody who may be dying; by text answered in words only, since a digit may answer something else.
DANGER_QUESTIONS = frozenset(
    "intake." + name for name in ("danger", "danger_both", "picture", "sure", "withdrawal", "down")
) | {"emergency.thoughts_ask"}
#: The first words to somebody in danger.
FIRST_WORDS = frozenset(
    "emergency." + name
    for name in ("other", "medical", "self", "child", "pregnancy", "violence", "far", "plain", "suicide", "yes")
) | {"intake.down_danger"}
#: The first words of a call, and of every call in which something is wrong with the line itself.
FIRST_SPOKEN = FIRST_WORDS | {
    *("voice.first", "voice.first_other"),
    *("intake.static", "intake.static_alone", "intake.static_member"),
}
#: Naloxone only where an overdose of another person was seen: not for chest pain, a bare yes, or a wish to die.
NALOXONE_IN = frozenset(
    "emergency." + name
    for name in (
        "other",
        "steps_other",
        "steps_child",
        "law",
        "voice_step_1",
        "voice_step_2",
        "voice_step_3",
        "voice_step_4",
    )
)
#: "Stay with them" only where nobody hides and somebody is there.
STAY_IN = frozenset({"emergency.other", "emergency.child", "emergency.law"})
#: To members who have not taken it, or who see no words: nothing about the person.
BLIND_FLOWS = frozenset({"offer", "alarm", "roster"})
PRIVATE_BLANKS = frozenset({"name", "first", "words", "marks", "place", "address", "phone", "number"})

NUMBER = re.compile(r"\d+(?:[-:]\d+)*")
LONE_DIGIT = re.compile(r"(?<![\d:-])\d(?![\d:-])")
SPOKEN = re.compile(r"\b(9) (1) (1)\b|\b(9) (8) (8)\b")

Where = Callable[[str, str], str]  # a language and a card, as the reader finds them


def card_faults(
    catalogue: Catalogue, card: Card, codes: tuple[str, ...], where: Where, names: tuple[str, ...] = ()
) -> Iterator[str]:
    """What is wrong with a card's words in these languages. `names`: further words no unasked text may hold."""
    for code in codes:
        place, rules = where(code, card.key), catalogue.tables[code].get("rules", {})
        for channel, words in _wordings(card, code):
            here = f"{place}: {channel}"
            known = rules.get("typical", {})
            for blank in sorted(blanks_of(words) - known.keys()):
                yield f"{here}: {{{blank}}} cannot be measured; add it to [rules.typical] in messages/{code}.toml"
            filled = _filled(words, known)
            if channel in TEXTS:
                yield from _text_faults(here, words, filled, rules)
            else:
                yield from speech_faults(here, words, filled, rules)
            yield from _reading_faults(here, card, code, filled)
            yield from _discretion_faults(here, card, channel, filled, rules, names)
            yield from _danger_faults(here, card, channel, filled, catalogue, code)
            yield from _twin_faults(here, card, channel, words, rules)
        yield from _member_faults(place, card)
    yield from _language_gap_faults(catalogue, card, codes, where)


def _text_faults(here: str, words: str, filled: str, rules: Mapping[str, Any]) -> Iterator[str]:
    outside = gsm.outside(words)
    if outside:
        like = ", ".join(f"{letter} ({gsm.fold(letter) or 'nothing'})" for letter in outside)
        yield f"{here}: {like} is not GSM-7 and makes the text cost double; write what stands in brackets"
    filled = gsm.fold(filled)
    if gsm.segments(filled) > 1:
        length = gsm.units(filled)
        yield f"{here}: {length} letters with typical blanks, over one segment; cut {length - gsm.GSM7_ALONE}"
    for word in _asked_for(filled, rules):
        yield f"{here}: asks for {word}, which the carrier keeps to itself; ask for another word"
    for word in _held(filled, rules.get("lost", ())):
        yield f"{here}: {word!r} loses its meaning without its accent; say it with ha or another tense"


def _asked_for(filled: str, rules: Mapping[str, Any]) -> list[str]:
    capitals = [word for word in RESERVED if re.search(rf"\b{word}\b", filled)]
    asking = "|".join(phrase(word) for word in rules.get("asking", ())) or r"(?!)"
    asked = re.findall(rf"(?:{asking})\s+({'|'.join(RESERVED).lower()})\b", fold(filled))
    return list(dict.fromkeys([*capitals, *(word.upper() for word in asked)]))


def _reading_faults(here: str, card: Card, code: str, filled: str) -> Iterator[str]:
    if code != "en":
        return
    english = filled.split(" / ")[0] if card.both else filled
    level = grade(english)
    if level > HIGHEST_GRADE:
        yield f"{here}: reads at grade {level:.1f}, over {HIGHEST_GRADE:.0f}; use shorter words and shorter sentences"


def _discretion_faults(
    here: str, card: Card, channel: str, filled: str, rules: Mapping[str, Any], names: tuple[str, ...]
) -> Iterator[str]:
    for word in _held(filled, rules.get("never", ())):
        yield f"{here}: {word!r} is never said: a promise we cannot keep, or a word that hurts; say what is true"
    if not card.asked or card.key.split(".")[0] in ("offer", "alarm"):
        where = "a text nobody asked for gives them away on a locked screen"
        where = where if channel in TEXTS else "a call nobody asked for gives them away to whoever picks up"
        for word in _held(filled, (*rules.get("discreet", ()), *names)):
            yield f"{here}: {word!r} in {where}; leave it out"


LINK = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|gov|edu|io|me|info|us)\b", re.IGNORECASE)


def indiscretions(catalogue: Catalogue, words: str, names: tuple[str, ...] = ()) -> list[str]:
    """What in somebody's own words may not light up a locked screen, in any language they may be written in."""
    found = LINK.findall(words)
    for code in catalogue.languages:
        rules = catalogue.tables[code].get("rules", {})
        found += _held(words, (*rules.get("discreet", ()), *rules.get("never", ()), *names))
    return list(dict.fromkeys(word.rstrip("*") for word in found))


def _danger_faults(here: str, card: Card, channel: str, filled: str, catalogue: Catalogue, code: str) -> Iterator[str]:
    steps = catalogue.tables[code].get("rules", {}).get("steps", {})
    asks_or_warns = card.key.split(".")[0] in ("intake", "emergency")
    if asks_or_warns and card.key not in NALOXONE_IN and _held(filled, steps.get("naloxone", ())):
        yield f"{here}: Narcan where no overdose of another person was seen; leave it out"
    if card.key not in STAY_IN and _held(filled, steps.get("stay", ())):
        yield f"{here}: tells them to stay, which may not be safe here; leave it out"
    opening = re.split(r"[.?!]", _numerals(filled))[0]
    if channel in TEXTS:
        opening = " ".join(opening.split()[:3])  # LLAME AL 911
    if card.key in (FIRST_WORDS if channel in TEXTS else FIRST_SPOKEN) and "911" not in opening:
        as_in = "CALL 911 NOW" if channel in TEXTS else "hang up and dial 9 1 1"
        yield f"{here}: does not begin with 911; begin with it, as in {as_in}"
    if card.key in DANGER_QUESTIONS and channel in TEXTS:
        if LONE_DIGIT.search(filled):
            yield f"{here}: offers a digit, and by text digits do not say whether there is danger; ask for YES or NO"
        said = {fold(word) for word in re.findall(r"[^\W\d_]{2,}", filled) if word.isupper()}
        answers = catalogue.answers[code].whole
        if not (said & answers.get("yes", set()) and said & answers.get("no", set())):
            yield f"{here}: does not say how to answer; end with YES or NO in capitals"


def _twin_faults(here: str, card: Card, channel: str, words: str, rules: Mapping[str, Any]) -> Iterator[str]:
    """Text-to-911, the law and a local crisis line: only where the program has them."""
    steps = rules.get("steps", {})
    speaks = {
        "text_to_911": bool(_held(words, steps.get("text_911", ()))),
        "law": bool(_held(words, steps.get("law", ()))),
        "crisis_line": "crisis" in blanks_of(words),
    }
    for feature, spoken in speaks.items():
        if spoken and (card.about != feature or channel == "plain"):
            cure = "leave it out of plain" if channel == "plain" else f'add about = "{feature}" and a plain wording'
            yield f"{here}: speaks of {feature}, which not every program has; {cure}"


def _member_faults(place: str, card: Card) -> Iterator[str]:
    flow = card.key.split(".")[0]
    if flow not in BLIND_FLOWS:
        return
    for blank in sorted(card.blanks & PRIVATE_BLANKS):
        yield f"{place}: {{{blank}}} is about the person, and this goes to members who may not see it; leave it out"
    if flow == "offer" and card.asked:
        yield f"{place}: an offer comes unasked; write asked = false"


def _language_gap_faults(catalogue: Catalogue, card: Card, codes: tuple[str, ...], where: Where) -> Iterator[str]:
    """Numbers and safety steps are the same in every language. `codes`: the languages somebody has just written."""
    first, *others = catalogue.languages
    for channel in CHANNELS:
        model = dict(_wordings(card, first)).get(channel)
        for code in others:
            own = dict(_wordings(card, code)).get(channel)
            if model is None or own is None or card.both:
                continue
            here = f"{where(code if code in codes else first, card.key)}: {channel}"
            for number in sorted(_numbers(catalogue, code, own) ^ _numbers(catalogue, first, model)):
                yield f"{here}: the number {number} is not in both {first} and {code}; say the same in each"
            for step in sorted(_steps(catalogue, code, own) ^ _steps(catalogue, first, model)):
                yield f"{here}: the step {step!r} is not in both {first} and {code}; see [rules.steps] and say the same"


# ---------------------------------------------------------------- small things


def _wordings(card: Card, code: str) -> Iterator[tuple[str, str]]:
    for channel, words in (("sms", card.sms), ("plain", card.plain), ("voice", card.voice)):
        if code in words:
            yield channel, words[code]


def _filled(words: str, typical: Mapping[str, str]) -> str:
    for blank in blanks_of(words):
        words = words.replace("{" + blank + "}", typical.get(blank, blank))
    return words


def _held(words: str, phrases: Iterable[str]) -> list[str]:
    """Those of the phrases that the words hold; "…" in one stands for other words of the same sentence."""
    plain, wanted = fold(words), tuple(phrases)
    if not _pattern(wanted).search(plain):
        return []
    return [looked_for for looked_for in wanted if _pattern((looked_for,)).search(plain)]


@cache
def _pattern(wanted: tuple[str, ...]) -> re.Pattern[str]:
    ways = (r"[^.?!]*".join(phrase(part) for part in looked_for.split("…")) for looked_for in wanted)
    return re.compile("|".join(ways) or r"(?!)")


def _numerals(words: str) -> str:
    """Spoken "9 1 1" as 911."""
    return SPOKEN.sub(lambda match: "".join(filter(None, match.groups())), words)


def _numbers(catalogue: Catalogue, code: str, words: str) -> set[str]:
    plain = _numerals(words).casefold()
    for own in catalogue.tables[code].get("rules", {}).get("own", ()):
        plain = plain.replace(own, "")
    return set(NUMBER.findall(plain))


def _steps(catalogue: Catalogue, code: str, words: str) -> set[str]:
    steps = catalogue.tables[code].get("rules", {}).get("steps", {})
    return {step for step, phrases in steps.items() if _held(words, phrases)}
