"""What a text says to the question it answers, when no danger was found in it: yes, no, or ask again."""

from __future__ import annotations

from collections.abc import Sequence, Set

from flows.triage.lexicon import Lexicon
from flows.triage.matching import Hit
from flows.triage.said import Said, Sign, mask

#: What a text must have something of, to be taken for harmless when no family of danger knows it.
KNOWN_HARMLESS = frozenset({"ordinary", "idiom", "fine", "only_want", "wrong_number", "past", "denied", "long_over"})
CLEAR_NO = frozenset({"no", "fine", "only_want", "wrong_number", "denied"})
ENOUGH_WORDS = 4  # a name, a town, an hour: shorter texts answer our other questions


def answer(level: str, signs: Sequence[Sign], said: Said, lexicon: Lexicon, context: str) -> tuple[str, list[Sign]]:
    """What a text with no danger in it says to the question it answers."""
    lead = _lead(signs, said, lexicon)
    if context == "question":
        return _to_the_danger_question(level, lead, signs, said, lexicon)
    if level == "none" and _is_strange(signs, said, lexicon):
        return "unclear", [_whole(said)]
    if context == "checkin":
        if (
            level == "none"
            and lead
            and lead.category in ("no", "unsure")
            and _nothing_else(said, [lead], lexicon, (lead.category,))
        ):
            return "unclear", [Sign(lead.hit, "unclear", "unsure")]
        return level, []
    bare = [sign for sign in signs if sign.category == "bare_help"]
    if level == "none" and bare and _nothing_else(said, signs, lexicon, ("bare_help", "closing", "greeting")):
        return "unclear", [Sign(bare[0].hit, "unclear", "distress")]
    return level, []


def _no_im_fine(level: str, signs: Sequence[Sign], said: Said) -> str:
    """ "No estoy bien" to the danger question is "No, I'm fine": there the first no is the answer."""
    worries = [sign for sign in signs if sign.level == "unclear"]
    fine = any(sign.category == "fine" and sign.hit.first == 1 for sign in signs)
    return "none" if fine and said.words[0].text == "no" and all(sign.hit.first == 0 for sign in worries) else level


def _to_the_danger_question(
    level: str, lead: Sign | None, signs: Sequence[Sign], said: Said, lexicon: Lexicon
) -> tuple[str, list[Sign]]:
    """Yes is danger unless it says yes to something else; no must be clear; all else is asked again."""
    kinds = {sign.category for sign in signs}
    hedged = [sign for sign in signs if sign.category == "unsure"]
    alone = [sign for sign in signs if sign.category == "yes_alone"]
    whole = _yes_sentence(signs, said)
    if whole:
        return "emergency", [Sign(whole.hit, "emergency", "yes")]
    if lead and lead.category == "yes" and not hedged:
        if _also_in_sentence(lead, {"fine", "want", "denied"}, signs, said):
            return "unclear", [Sign(lead.hit, "unclear", "unsure")]
        return "emergency", [Sign(lead.hit, "emergency", "yes")]
    if alone and not lead and _nothing_else(said, alone, lexicon, ("yes_alone",)):
        return "emergency", [Sign(alone[0].hit, "emergency", "yes")]
    if hedged:
        return "unclear", [Sign(hedged[0].hit, "unclear", "unsure")]
    if lead and lead.category == "no":
        level = _no_im_fine(level, signs, said)
    if level == "none" and (_is_strange(signs, said, lexicon) or not kinds & CLEAR_NO):
        return "unclear", [_whole(said)] if said.words else []
    return level, []


def _is_strange(signs: Sequence[Sign], said: Said, lexicon: Lexicon) -> bool:
    """Does it say something, in four words or more, that no family knows, harmless or not?

    A clause about oneself is known by what stands beside it; one about somebody else must be known by itself.
    """
    known = mask(sign.hit for sign in signs if sign.category in KNOWN_HARMLESS)
    answers = mask(sign.hit for sign in signs if sign.category in ("no", "yes", "closing"))
    ordinary = any(sign.category in ("ordinary", "long_over") for sign in signs)
    clauses: dict[int, list[int]] = {}
    for at, clause in enumerate(said.clause):
        if not answers >> at & 1:
            clauses.setdefault(clause, []).append(at)
    for places in clauses.values():
        others = any(said.words[at].text in lexicon.lists["other"] for at in places)
        if len(places) >= ENOUGH_WORDS and not any(known >> at & 1 for at in places) and (others or not ordinary):
            return True
    return False


def _whole(said: Said) -> Sign:
    """The whole text, seen as something we do not understand."""
    size = len(said.words)
    return Sign(Hit(-1, 0, size - 1, (1 << size) - 1), "unclear", "unknown")


def _lead(signs: Sequence[Sign], said: Said, lexicon: Lexicon) -> Sign | None:
    """The yes, no or unsure a text begins with, past "um" and "hi"; the longest one: "no se" before "no"."""
    start = 0
    while start < len(said.words) and said.words[start].text in lexicon.lists["fillers"]:
        start += 1
    answers = [sign for sign in signs if sign.category in ("yes", "no", "unsure")]
    leads = [sign for sign in answers if sign.hit.first <= start]
    if not leads:  # "Thanks. Yes hurry": the first sentence that begins with one
        opens = [sign.hit.first for sign in answers if said.words[sign.hit.first].cut == "."]
        leads = [sign for sign in answers if opens and sign.hit.first == min(opens)]
    return max(leads, key=lambda sign: (sign.hit.last, sign.category == "unsure"), default=None)


def _also_in_sentence(lead: Sign, kinds: Set[str], signs: Sequence[Sign], said: Said) -> bool:
    """Is one of these said in the same sentence? "Yes hurry. I need a bed": the yes is about danger."""
    ends = [at for at, word in enumerate(said.words) if word.cut == "." and at > lead.hit.last]
    end = ends[0] if ends else len(said.words)
    return any(sign.category in kinds and lead.hit.first <= sign.hit.first < end for sign in signs)


def _yes_sentence(signs: Sequence[Sign], said: Said) -> Sign | None:
    """A sentence that is nothing but yes: "Yes. I need a bed" answers, "yes I need a bed" asks for a bed."""
    begins = {at for at, word in enumerate(said.words) if at == 0 or word.cut == "."}
    for sign in signs:
        if sign.category == "yes" and sign.hit.first in begins and sign.hit.last + 1 in begins | {len(said.words)}:
            return sign
    return None


def _nothing_else(said: Said, signs: Sequence[Sign], lexicon: Lexicon, kinds: Sequence[str]) -> bool:
    covered = mask(sign.hit for sign in signs if sign.category in kinds)
    return all(covered >> at & 1 or word.text in lexicon.lists["fillers"] for at, word in enumerate(said.words))
