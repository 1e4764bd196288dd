"""What stands of the phrases found: not the sayings, not what a "not" takes back, not what is long over.

Whatever clears a sign clears its own words only, and nothing lowers what other words said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import accumulate
from typing import NamedTuple

from flows.triage.lexicon import Lexicon, Phrase
from flows.triage.matching import Hit
from flows.triage.said import Said, Sign, mask

DENIAL_REACH = 6  # words a "not" can reach over, all of them from the list `reach`
MANY_READINGS = 9  # of one word; more say the same
MANY_DATES = 9  # of one clause; nobody dates one thing more often
PAST_REACH = 8  # words between what happened and its date

#: Marks that change no level, but what the flows say next.
FLOW_MARKS = (
    "cops", "help_here", "cannot_call", "cannot_talk", "pregnancy", "child", "withdrawal", "opioid_withdrawal",
)  # fmt: skip


def standing(hits: Sequence[Hit], said: Said, lexicon: Lexicon, context: str) -> list[Sign]:
    phrases = lexicon.phrases
    guessed = sum(1 << at for at, word in enumerate(said.words) if word.others)  # a guess clears nothing
    idioms = mask(hit for hit in hits if phrases[hit.phrase].category == "idiom" and not hit.mask & guessed)
    light = _mask_of_light_words(said, lexicon)
    meant = [hit for hit in hits if not _is_idiom(hit, idioms, light, phrases)]
    instead = _by_word((hit for hit in meant if phrases[hit.phrase].instead), phrases)
    kept = [hit for hit in meant if not _is_inside(hit, instead, phrases)]
    times = _times(kept, said, lexicon)
    sentence = [*accumulate(word.cut == "." for word in said.words)]
    earlier = {sentence[hit.first] for hit in kept if phrases[hit.phrase].category == "earlier"}
    signs: list[Sign] = []
    denied: list[Hit] = []
    for hit in kept:
        phrase = phrases[hit.phrase]
        if phrase.contexts and context not in phrase.contexts:
            continue
        if phrase.level != "mark" or phrase.category in FLOW_MARKS:
            if phrase.deniable and _is_denied(hit, said, lexicon, idioms, denied):
                denied.append(hit)
                signs.append(Sign(hit, "mark", "denied"))
                continue
            if phrase.tense != "now" and _is_past(hit, phrase, said, lexicon, times):
                signs.append(Sign(hit, "mark", "long_over"))
                continue
            if phrase.recent and sentence[hit.first] in earlier:
                signs.append(Sign(hit, "unclear", "recent"))
                continue
        signs.append(Sign(hit, phrase.level, phrase.category))
    return signs


def _mask_of_light_words(said: Said, lexicon: Lexicon) -> int:
    """The words that carry no danger of their own: I, is, to, want, not."""
    light = lexicon.lists["light"] | lexicon.lists["reach"] | lexicon.lists["negators"]
    return sum(1 << at for at, word in enumerate(said.words) if word.text in light)


def _is_idiom(hit: Hit, idioms: int, light: int, phrases: Sequence[Phrase]) -> bool:
    """A saying clears its own words: a sign goes only if no word that matters is left of it."""
    if phrases[hit.phrase].level == "mark":
        return False
    return bool(hit.mask & idioms) and not hit.mask & ~idioms & ~light


def _by_word(hits: Iterable[Hit], phrases: Sequence[Phrase]) -> dict[int, set[tuple[int, str]]]:
    """For each word, the signs it is in: their words and category."""
    by_word: dict[int, set[tuple[int, str]]] = {}
    for hit in hits:
        for at in range(hit.first, hit.last + 1):
            if len(by_word.setdefault(at, set())) < MANY_READINGS:
                by_word[at].add((hit.mask, phrases[hit.phrase].category))
    return by_word


def _is_inside(hit: Hit, instead: Mapping[int, Set[tuple[int, str]]], phrases: Sequence[Phrase]) -> bool:
    """ "Doesn't wake up" inside "hope he doesn't wake up": the longer one says what is meant."""
    phrase = phrases[hit.phrase]
    if hit.last not in instead or phrase.level == "mark":
        return False
    return any(
        hit.mask | mask == mask != hit.mask and category != phrase.category for mask, category in instead[hit.last]
    )


def _is_denied(hit: Hit, said: Said, lexicon: Lexicon, quiet: int, denied: Sequence[Hit]) -> bool:
    """Is there a "not" before it that reaches it: over small words of the same clause only?

    A bare "no" answers the question; it does not reach over somebody new: "no he overdosed" is no denial.
    """
    negators, answers = lexicon.lists["negators"], lexicon.lists["answer_negators"]
    reach, subjects = lexicon.lists["reach"], lexicon.lists["subjects"]
    somebody = False
    for at in range(hit.first - 1, max(-1, hit.first - 1 - DENIAL_REACH), -1):
        word = said.words[at].text
        if said.clause[at] != said.clause[hit.first]:
            return False
        if word in negators and not quiet >> at & 1:
            return not (word in answers and somebody)
        if word in ("or", "nor", "ni", "o") and any(before.last == at - 1 for before in denied):
            return True
        if word not in reach:
            return False
        somebody = somebody or word in subjects
    return False


class Times(NamedTuple):
    """What each clause says about when: dates long gone, the last word for "now", and whether its verb is past."""

    dates: dict[int, list[Hit]]
    now: dict[int, int]
    was: frozenset[int]


def _times(hits: Sequence[Hit], said: Said, lexicon: Lexicon) -> Times:
    dates: dict[int, list[Hit]] = {}
    now: dict[int, int] = {}
    for hit in hits:
        category, clause = lexicon.phrases[hit.phrase].category, said.clause[hit.first]
        if category == "past":
            dates.setdefault(clause, []).append(hit)
        elif category == "now":
            now[clause] = max(hit.first, now.get(clause, 0))
    verbs = lexicon.lists["was_verbs"]
    return Times(dates, now, frozenset(said.clause[at] for at, word in enumerate(said.words) if word.text in verbs))


def _is_past(hit: Hit, phrase: Phrase, said: Said, lexicon: Lexicon, times: Times) -> bool:
    """Long over: its own clause gives a date more than a day ago, and nothing in that clause says it goes on."""
    clause = said.clause[hit.first]
    if clause not in times.dates or times.now.get(clause, -9) > hit.first - 3:
        return False
    if phrase.tense == "was" and clause not in times.was:
        return False
    return any(_dates(date, hit, said, lexicon) for date in times.dates[clause][:MANY_DATES])


def _dates(date: Hit, hit: Hit, said: Said, lexicon: Lexicon) -> bool:
    """Does this date belong to this sign? It follows soon, or the clause opens with it, or it stands right before."""
    before = said.words[date.first - 1].text if date.first else ""
    if before in lexicon.lists["since"]:
        return False
    if date.first > hit.first:
        return date.first - hit.last <= PAST_REACH
    opens = all(
        said.clause[at] != said.clause[date.first] or said.words[at].text in lexicon.lists["fillers"]
        for at in range(max(0, date.first - 3), date.first)
    )
    return opens or hit.first - date.last <= 3
