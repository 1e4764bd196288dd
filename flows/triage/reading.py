"""How a text is read: fold -> words -> clauses -> families, less idioms, denials and the past -> a level.

Nothing here lowers a level that words gave: a rule that clears (idiom, denial, past) clears its own words only.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.triage.folding import Word, words
from flows.triage.lexicon import Lexicon, Phrase, Together
from flows.triage.matching import Hit

LEVELS = ("none", "unclear", "suicidal", "emergency")   # rising
SAME_WORD = 3        # "help help help help": the fourth says nothing new
DENIAL_REACH = 6     # words a "not" can reach over, all of them from the list `reach`
PAST_REACH = 8       # words between what happened and its date


@dataclass(frozen=True)
class Seen:
    """A sign, and the words that showed it, as the person wrote them."""

    category: str
    words: str


@dataclass(frozen=True)
class Danger:
    """What a text says about danger."""

    level: str                       # one of LEVELS
    seen: tuple[Seen, ...] = ()
    who: str = "unknown"             # self, other, far (other, and the writer is not with them), unknown

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(seen.category for seen in self.seen)


@dataclass(frozen=True)
class Said:
    """A text as plain words, and which clause each belongs to."""

    text: str
    words: tuple[Word, ...]
    clause: tuple[int, ...]

    def like(self, hit: Hit) -> str:
        """The words of a hit as they were written."""
        return self.text[self.words[hit.first].start:self.words[hit.last].end].strip()


@dataclass(frozen=True)
class Sign:
    """A phrase that stands: found, and neither idiom, denied nor past."""

    phrase: Phrase
    hit: Hit
    level: str
    category: str


def read(text: str, lexicon: Lexicon, context: str = "opening") -> Danger:
    """How dangerous a text is, and what in it says so. Context: opening, question (the danger question), checkin."""
    context = "question" if context == "emergency_question" else context
    said = _said(text, lexicon)
    hits = lexicon.finder.find([word.text for word in said.words], [word.cut for word in said.words])
    signs, denied = _standing(hits, said, lexicon, context)
    signs += _together(signs, said, lexicon)
    level = max((sign.level for sign in signs if sign.level in LEVELS), key=LEVELS.index, default="none")
    seen = [sign for sign in signs if sign.level in LEVELS]
    if level in ("none", "unclear"):
        level, answer = _answer(level, signs, said, lexicon, context, denied)
        seen += answer
    marks = [sign for sign in signs if sign.category in FLOW_MARKS]
    if level == "none":
        seen = []
    return Danger(level, _seen(seen + marks, said), _who(seen, signs, said, lexicon) if seen else "unknown")


#: Marks that change no level, but what the flows say next.
FLOW_MARKS = ("cops", "help_here", "cannot_call", "pregnancy", "child", "withdrawal", "opioid_withdrawal")


# Words and clauses ---------------------------------------------------------------------------------------------------

def _said(text: str, lexicon: Lexicon) -> Said:
    plain: list[Word] = []
    for word in words(text, lexicon.spelling):
        if len(plain) >= SAME_WORD and all(before.text == word.text for before in plain[-SAME_WORD:]):
            continue
        plain.append(word)
    return Said(text, tuple(plain), tuple(_clauses(plain, lexicon)))


def _clauses(plain: Sequence[Word], lexicon: Lexicon) -> Iterable[int]:
    """A clause ends at a sign, at but/pero, and at and/so/because when somebody new begins to act."""
    always, before_subject = lexicon.lists["parts_always"], lexicon.lists["parts_before_subject"]
    subjects, clause = lexicon.lists["subjects"], 0
    for at, word in enumerate(plain):
        following = plain[at + 1].text if at + 1 < len(plain) else ""
        starts = word.text in before_subject and (following in subjects or following in before_subject)
        if at and (word.cut or word.text in always or starts):
            clause += 1
        yield clause


# What stands ---------------------------------------------------------------------------------------------------------

def _standing(hits: Sequence[Hit], said: Said, lexicon: Lexicon, context: str) -> tuple[list[Sign], bool]:
    phrases = lexicon.phrases
    idioms = [hit for hit in hits if phrases[hit.phrase].category == "idiom"]
    instead = [hit for hit in hits if phrases[hit.phrase].instead and not _is_idiom(hit, idioms, phrases)]
    kept = [hit for hit in hits if not _is_idiom(hit, idioms, phrases) and not _is_inside(hit, instead, phrases)]
    dates = [hit for hit in kept if phrases[hit.phrase].category == "past"]
    now = [hit for hit in kept if phrases[hit.phrase].category == "now"]
    recent = [hit for hit in kept if phrases[hit.phrase].category == "earlier"]
    quiet = _mask(idioms)
    signs: list[Sign] = []
    denied: list[Hit] = []
    for hit in kept:
        phrase = phrases[hit.phrase]
        if phrase.contexts and context not in phrase.contexts:
            continue
        if phrase.level != "mark" or phrase.category in FLOW_MARKS:
            if phrase.deniable and _is_denied(hit, said, lexicon, quiet, denied):
                denied.append(hit)
                continue
            if phrase.tense != "now" and _is_past(hit, phrase, said, lexicon, dates, now):
                continue
            if phrase.recent and recent:
                signs.append(Sign(phrase, hit, "unclear", "recent"))
                continue
        signs.append(Sign(phrase, hit, phrase.level, phrase.category))
    return signs, bool(denied)


def _mask(hits: Iterable[Hit]) -> int:
    mask = 0
    for hit in hits:
        mask |= hit.mask
    return mask


def _is_idiom(hit: Hit, idioms: Sequence[Hit], phrases: Sequence[Phrase]) -> bool:
    """An idiom clears its own words: a sign goes if it needs one of them; marks stay."""
    if phrases[hit.phrase].level == "mark" and phrases[hit.phrase].category not in FLOW_MARKS:
        return False
    return any(hit.mask & idiom.mask for idiom in idioms)


def _is_inside(hit: Hit, instead: Sequence[Hit], phrases: Sequence[Phrase]) -> bool:
    """ "Doesn't wake up" inside "hope he doesn't wake up": the longer one says what is meant."""
    if phrases[hit.phrase].level == "mark":
        return False
    return any(hit.mask | other.mask == other.mask != hit.mask and phrases[hit.phrase].category != phrases[other.phrase].category
               for other in instead)


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


def _is_past(hit: Hit, phrase: Phrase, said: Said, lexicon: Lexicon, dates: Sequence[Hit], now: Sequence[Hit]) -> bool:
    """Long over: its own clause gives a date more than a day ago, and nothing in that clause says it goes on."""
    clause = said.clause[hit.first]
    if any(said.clause[mark.first] == clause and mark.first > hit.first - 3 for mark in now):
        return False
    if phrase.tense == "was" and not any(word.text in lexicon.lists["was_verbs"]
                                         for word, own in zip(said.words, said.clause) if own == clause):
        return False
    return any(_dates(date, hit, said, lexicon) for date in dates)


def _dates(date: Hit, hit: Hit, said: Said, lexicon: Lexicon) -> bool:
    if said.clause[date.first] != said.clause[hit.first]:
        return False
    before = said.words[date.first - 1].text if date.first else ""
    if before in lexicon.lists["since"]:
        return False
    if date.first > hit.first:
        return date.first - hit.last <= PAST_REACH
    opens = all(said.clause[at] != said.clause[date.first] or said.words[at].text in lexicon.lists["fillers"]
                for at in range(max(0, date.first - 3), date.first))
    return opens or hit.first - date.last <= 3


def _together(signs: Sequence[Sign], said: Said, lexicon: Lexicon) -> list[Sign]:
    """Signs that are danger only side by side."""
    found: list[Sign] = []
    present = frozenset(sign.category for sign in signs)
    for rule in lexicon.together:
        if not all(need & present for need in rule.needs):
            continue
        found += _side_by_side(rule, signs, said)
    return found


def _side_by_side(rule: Together, signs: Sequence[Sign], said: Said) -> list[Sign]:
    clauses: list[int | None] = [*dict.fromkeys(said.clause)] if rule.near else [None]
    for clause in clauses:
        group = [sign for sign in signs if clause is None or said.clause[sign.hit.first] == clause]
        chosen = [next((sign for sign in group if sign.category in need), None) for need in rule.needs]
        if all(chosen):
            return [Sign(sign.phrase, sign.hit, rule.level, rule.category) for sign in chosen if sign]
    return []


# The answer to a question --------------------------------------------------------------------------------------------

def _answer(level: str, signs: Sequence[Sign], said: Said, lexicon: Lexicon, context: str,
            denied: bool) -> tuple[str, list[Sign]]:
    """What a text with no danger in it says to the question it answers."""
    lead = _lead(signs, said, lexicon)
    kinds = {sign.category for sign in signs}
    if context == "question":
        return _to_the_danger_question(level, lead, kinds, signs, said, denied)
    if context == "checkin":
        if level == "none" and lead and lead.category in ("no", "unsure") and not kinds & {"fine", "closing", "logistics"}:
            return "unclear", [Sign(lead.phrase, lead.hit, "unclear", "unsure")]
        return level, []
    bare = [sign for sign in signs if sign.category == "bare_help"]
    if level == "none" and bare and _nothing_else(said, signs, lexicon, ("bare_help", "closing", "greeting")):
        return "unclear", [Sign(bare[0].phrase, bare[0].hit, "unclear", "distress")]
    return level, []


def _to_the_danger_question(level: str, lead: Sign | None, kinds: set[str], signs: Sequence[Sign], said: Said,
                            denied: bool) -> tuple[str, list[Sign]]:
    """Yes is danger unless it says yes to something else; no must be clear; all else is asked again."""
    hedged = [sign for sign in signs if sign.category == "unsure"]
    if lead and lead.category == "yes" and not hedged:
        if kinds & {"fine", "want", "closing_only"} or denied:
            return "unclear", [Sign(lead.phrase, lead.hit, "unclear", "unsure")]
        return "emergency", [Sign(lead.phrase, lead.hit, "emergency", "yes")]
    if hedged:
        return "unclear", [Sign(hedged[0].phrase, hedged[0].hit, "unclear", "unsure")]
    if level == "unclear":
        return level, []
    if denied or kinds & {"no", "fine", "only_want", "wrong_number"}:
        return "none", []
    return "unclear", []


def _lead(signs: Sequence[Sign], said: Said, lexicon: Lexicon) -> Sign | None:
    """The yes, no or unsure a text begins with, past "um" and "hi"; the longest one: "no se" before "no"."""
    start = 0
    while start < len(said.words) and said.words[start].text in lexicon.lists["fillers"]:
        start += 1
    leads = [sign for sign in signs if sign.hit.first <= start and sign.category in ("yes", "no", "unsure")]
    return max(leads, key=lambda sign: (sign.hit.last, sign.category == "unsure"), default=None)


def _nothing_else(said: Said, signs: Sequence[Sign], lexicon: Lexicon, kinds: Sequence[str]) -> bool:
    covered = _mask(sign.hit for sign in signs if sign.category in kinds)
    return all(covered >> at & 1 or word.text in lexicon.lists["fillers"] for at, word in enumerate(said.words))


# Who, and what was seen ----------------------------------------------------------------------------------------------

def _who(seen: Sequence[Sign], signs: Sequence[Sign], said: Said, lexicon: Lexicon) -> str:
    """Whose danger: the nearest person named before the worst sign, else the first in the text."""
    worst = max(seen, key=lambda sign: (LEVELS.index(sign.level), -sign.hit.first))
    clause = said.clause[worst.hit.first]
    around = [at for at in range(worst.hit.last, -1, -1) if said.clause[at] == clause]
    rest = range(len(said.words))
    own, others = lexicon.lists["self"], lexicon.lists["other"]
    for at in (*around, *rest):
        word = said.words[at].text
        if word in others or word in own:
            other = word in others or (at + 1 < len(said.words) and word in ("my", "mi") and said.words[at + 1].text in others)
            far = any(sign.category == "far" for sign in signs)
            return ("far" if far else "other") if other else "self"
    return "unknown"


def _seen(signs: Sequence[Sign], said: Said) -> tuple[Seen, ...]:
    """Worst first, each once; of several wordings of one sign the longest."""
    ranked = sorted(signs, key=lambda sign: (-LEVELS.index(sign.level) if sign.level in LEVELS else 1, sign.hit.first,
                                             -sign.hit.last))
    seen: dict[str, list[int]] = {}
    shown: list[Seen] = []
    for sign in ranked:
        spans = seen.setdefault(sign.category, [])
        if not any(sign.hit.mask & mask for mask in spans):
            spans.append(sign.hit.mask)
            shown.append(Seen(sign.category, said.like(sign.hit)))
    return tuple(shown)
