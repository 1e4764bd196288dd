"""A reader for the pure tests: the real catalogue's answers, and a danger reader small enough to see through."""

import re
from typing import Any

import messages
from flows.routing import Text
from flows.triage import Danger, Seen

CATALOGUE = messages.load()
VERBS = (
    "list", "on", "off", "menu", "who", "open", "note", "handoff", "safe", "done", "pass", "call", "guide", "home",
    "inside", "ride", "placed", "otw", "here", "in", "arrived", "cant", "gone", "drop", "walkin", "refer",
)  # fmt: skip
ORDERS = ("ok", "skip", "later", "pause", "call", "pass")
NUMBER = re.compile(r"(\d{1,2})\s+(\S.*)", re.DOTALL)
PHONE = re.compile(r"309-555-01\d\d")
CODE = re.compile(r"\s*([a-z][1-9]\d?)(?:[\s:]+(.*))?", re.DOTALL | re.IGNORECASE)
SIGNS = (  # words, level, kind, who
    ("not breathing", "emergency", "breathing", "other"),
    ("chest pain", "emergency", "chest_pain", "self"),
    ("i am bleeding", "emergency", "bleeding", "self"),
    ("seizure", "emergency", "seizure", "other"),
    ("has a gun", "emergency", "violence", "self"),
    ("took the whole bottle", "emergency", "means", "self"),
    ("want to die", "suicidal", "suicide", "self"),
    ("dope sick", "unclear", "opioid_withdrawal", "self"),
    ("really sick", "unclear", "distress", "unknown"),
    ("ambulance is here", "none", "help_here", "unknown"),
    ("scared of the cops", "none", "cops", "unknown"),
)
LEVELS = ("none", "unclear", "suicidal", "emergency")


def danger(words: str, context: str) -> Danger:
    found = [sign for sign in SIGNS if sign[0] in words.lower()]
    if found:
        level = max((sign[1] for sign in found), key=LEVELS.index)
        if context == "question" and level == "none":
            level = "unclear"
        return Danger(level, tuple(Seen(sign[2], sign[0]) for sign in found), found[0][3])
    if context != "question":
        return Danger("none")
    answer = CATALOGUE.meaning(words, "en", ("yes", "no"))
    if answer == "yes":
        return Danger("emergency", (Seen("yes", words),))
    return Danger("none" if answer == "no" else "unclear")


def read(words: str, member: bool = False, picture: bool = False, id: int = 0) -> Text:
    text = _plain(words, member, picture, id)
    if member and not text.ignored:
        text = Text(**{**vars(text), **_numbered(words, id)})
    coded = CODE.fullmatch(words) if member else None
    if coded:
        return Text(**{**vars(text), "code": coded[1].upper(), "rest": _plain(coded[2] or "", True, False, id)})
    return text


def _numbered(words: str, id: int) -> dict[str, Any]:
    """What a guide says of one of their people: `3 OK`, `3 words`, `CALL 3`; or `OK` to all of the day."""
    if CATALOGUE.meaning(words, "en", ("ok",)):
        return {"order": "ok"}
    if found := NUMBER.fullmatch(words):
        order = CATALOGUE.meaning(found[2], "en", ORDERS)
        return {"number": int(found[1]), "order": order, "numbered": _plain(found[2], True, False, id)}
    order, number = CATALOGUE.opening(words, "en", ORDERS) or (None, "")
    return {"number": int(number), "order": order, "numbered": _plain("", True, False, id)} if number.isdigit() else {}


def _plain(words: str, member: bool, picture: bool, id: int) -> Text:
    reaction = CATALOGUE.reaction(words)
    if reaction and not member:
        words = reaction[0]  # what it quotes was ours

    def understand(among: tuple[str, ...]) -> str | None:
        return CATALOGUE.meaning(words, "en", among)

    verb, argument = None, ""
    if member:
        verb = CATALOGUE.meaning(words, "en", VERBS)
        opening = CATALOGUE.opening(words, "en", ("note", "off")) if verb is None else None
        verb, argument = opening or (verb, "")
    digit = re.fullmatch(r"\s*(\d)[\s.!]*", words)
    near = re.match(r"(mote|noet|nte)\s+(.+)", words) if member else None
    return Text(
        words=words,
        read=lambda context: danger(words, context),
        understand=understand,
        verb=verb,
        argument=near[2] if near else argument,
        digit=digit[1] if digit else None,
        short=CATALOGUE.meaning(words, "en", ("yes", "no")) if member and len(words) <= 4 else None,
        ignored=reaction is not None or CATALOGUE.automatic(words),
        picture=picture,
        asks_help=understand(("asks_help", "help_word")) is not None,
        near_note=near is not None,
        phone=words.strip() if member and PHONE.fullmatch(words.strip()) else None,
        id=id,
    )
