"""Reading a text: raw words in, what routing may look at out. Nothing is decided here."""

import re
from typing import Any

from flows.routing import Text
from flows.times import off_until
from flows.triage import Danger
from flows.triage import read as read_danger
from hotline import phones
from hotline.house import House
from hotline.programs import Program

VERBS = (
    "list", "on", "off", "menu", "who", "open", "note", "handoff", "safe", "done", "pass", "call",
    "guide", "home", "inside", "ride", "placed", "otw", "here", "in", "arrived", "cant", "gone", "drop",
    "walkin", "refer",
)  # fmt: skip
ORDERS = ("ok", "skip", "later", "pause", "call", "pass")  # what a guide says of one of their people, by number
_NUMBER = re.compile(r"\s*(\d{1,3})[).:,\-]?\s+(\S.*)", re.DOTALL)
_CODE = re.compile(r"\s*([A-HJ-NP-Za-hj-np-z][1-9]\d?)(?:[\s:,.\-]+(.*))?", re.DOTALL)
_DIGIT = re.compile(r"[\s\"'(]*(\d)\ufe0f?\u20e3?[\s.,!)\"']*")
_FIRST = re.compile(r"\s*(\w+)[\s:,.\-]+(\S.*)", re.DOTALL)


def read(
    house: House, program: Program, body: str, media: int, language: str | None, member: bool, id: int = 0
) -> Text:
    """A text as read for a participant or a member. `media`: how many pictures came with it."""
    catalogue, words = house.catalogue, body.strip()
    reaction = catalogue.reaction(words)
    if reaction is not None and not member:
        words = reaction[0]  # what it quotes was ours, not theirs
    if member and reaction is None and (coded := _CODE.fullmatch(words)):
        rest = read(house, program, coded[2] or "", media, language, member, id)
        whole = _plain(house, program, words, language, member, id)
        return Text(**{**vars(whole), "code": coded[1].upper(), "rest": rest, "picture": bool(media) and not words})
    text = _plain(house, program, words, language, member, id)
    ignored = reaction is not None or catalogue.automatic(words)
    numbered = _numbered(house, program, words, language, id) if member and reaction is None else {}
    return Text(**{**vars(text), **numbered, "ignored": ignored, "picture": bool(media) and not words})


def _numbered(house: House, program: Program, words: str, language: str | None, id: int) -> dict[str, Any]:
    """What a guide says of one of their people: `3 OK`, `3 words`, `CALL 3`; or `OK` to all of the day."""
    meaning = house.catalogue.meaning
    if meaning(words, language, ("ok",)):
        return {"order": "ok"}
    if found := _NUMBER.fullmatch(words):
        number, rest = found[1], found[2].strip()
        order = meaning(rest, language, ("pass",)) or meaning(rest, language, ORDERS)  # "pass" also means skip
    else:
        order, number = house.catalogue.opening(words, language, ORDERS) or (None, "")
        rest = ""
        if order is None or not re.fullmatch(r"\d{1,3}", number.rstrip(".,! ")):
            return {}
    numbered = _plain(house, program, rest, language, True, id)
    return {"number": int(number.rstrip(".,! ")), "order": order, "numbered": numbered}


def _phone(house: House, program: Program, words: str) -> str | None:
    """The number somebody wrote, when that is all they wrote. No number of the line or the desk is somebody's own."""
    if sum(letter.isdigit() for letter in words) < 10:
        return None
    try:
        number = phones.e164(words)
    except phones.PhoneFault:
        return None
    return None if house.programs.is_ours(number) or number == program.desk else number


def language(house: House, program: Program, body: str) -> str | None:
    """The language somebody writes in, among the program's; None if it cannot be told."""
    if len(program.languages) == 1:
        return program.languages[0]
    named = house.catalogue.meaning(body, None, ("english", "espanol"))
    found = {"english": "en", "espanol": "es"}.get(named or "") or house.catalogue.language(body)
    return found if found in program.languages else None


def _plain(house: House, program: Program, words: str, language: str | None, member: bool, id: int) -> Text:
    catalogue = house.catalogue
    digit = _DIGIT.fullmatch(words)
    verb, argument = _verb(house, program, words, language) if member else (None, "")
    short = catalogue.meaning(words, language, ("yes", "no")) if member and len(words) <= 4 else None
    near = _FIRST.fullmatch(words) if member and verb is None else None

    def understand(among: tuple[str, ...]) -> str | None:
        return catalogue.meaning(words, language, among)

    seen: dict[str, Danger] = {}

    def danger(context: str) -> Danger:
        if context not in seen:
            seen[context] = read_danger(words, house.lexicon(), context)
        return seen[context]

    return Text(
        words=words,
        read=danger,
        understand=understand,
        verb=verb,
        argument=near[2] if near and _is_near(near[1]) else argument,
        digit=digit[1] if digit else None,
        short=short,
        asks_help=catalogue.meaning(words, language, ("asks_help", "help_word")) is not None,
        phone=_phone(house, program, words) if member else None,
        near_note=bool(near and _is_near(near[1])),
        id=id,
    )


def _verb(house: House, program: Program, words: str, language: str | None) -> tuple[str | None, str]:
    """A verb counts only if it, with its argument, is the whole text; NOTE alone is followed by words."""
    whole = house.catalogue.meaning(words, language, VERBS)
    if whole is not None:
        return whole, ""
    found = house.catalogue.opening(words, language, ("note", "off", "guide"))
    if found is None:
        return None, ""
    verb, rest = found
    if verb == "guide" and len(rest.split()) > 2:
        return None, ""  # a name is short; "guide" in a sentence is a word for whoever it is written to
    if verb == "off" and not _is_off_argument(house, program, rest):
        return None, ""
    return verb, rest


def _is_off_argument(house: House, program: Program, rest: str) -> bool:
    if rest.strip().casefold() in ("all", "todo", "todos"):
        return True
    return off_until(rest, house.clock.now(), program.timezone) is not None


def _is_near(word: str) -> bool:
    """One letter off NOTE or NOTA: one changed, missing, too many, or two swapped."""
    return any(_one_off(word.casefold(), verb) for verb in ("note", "nota"))


def _one_off(word: str, verb: str) -> bool:
    if word == verb or abs(len(word) - len(verb)) > 1:
        return False
    if len(word) == len(verb):
        wrong = [n for n, pair in enumerate(zip(word, verb, strict=True)) if pair[0] != pair[1]]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return word[wrong[0]] == verb[wrong[1]] and word[wrong[1]] == verb[wrong[0]]
        return len(wrong) == 1
    long, less = (word, verb) if len(word) > len(verb) else (verb, word)
    return any(long[:n] + long[n + 1 :] == less for n in range(len(long)))
