"""How a text is read: fold -> words -> clauses -> families, less idioms, denials and the past -> a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.triage.answering import answer
from flows.triage.clearing import FLOW_MARKS, standing
from flows.triage.lexicon import Lexicon, Together
from flows.triage.said import Said, Sign, said_in

LEVELS = ("none", "unclear", "suicidal", "emergency")  # rising

#: What somebody does: whoever is named before it does it. Of what happens to somebody, whoever is named in it.
DEEDS = frozenset({"ingestion", "overdose", "means", "suicide", "self_harm"})
#: Signs that say little beside a grave one.
SLIGHT = frozenset({"sign_other", "distress", "unknown"})


@dataclass(frozen=True)
class Seen:
    """A sign, and the words that showed it, as the person wrote them."""

    category: str
    words: str


@dataclass(frozen=True)
class Danger:
    """What a text says about danger."""

    level: str  # one of LEVELS
    seen: tuple[Seen, ...] = ()
    who: str = "unknown"  # self, other, far (other, and the writer is not with them), unknown

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(seen.category for seen in self.seen)


def read(text: str, lexicon: Lexicon, context: str = "opening") -> Danger:
    """How dangerous a text is, and what in it says so. Context: opening, question (the danger question), checkin."""
    context = "question" if context == "emergency_question" else context
    said = said_in(text, lexicon)
    others = {at: word.others for at, word in enumerate(said.words) if word.others}
    hits = lexicon.finder.find([word.text for word in said.words], [word.cut for word in said.words], others)
    signs = standing(hits, said, lexicon, context)
    signs += _together(signs, said, lexicon)
    level = max((sign.level for sign in signs if sign.level in LEVELS), key=LEVELS.index, default="none")
    seen = [sign for sign in signs if sign.level in LEVELS]
    if level in ("none", "unclear"):
        level, answered = answer(level, signs, said, lexicon, context)
        seen += answered
    marks = [sign for sign in signs if sign.category in FLOW_MARKS]
    if level == "none":
        seen = []
    if level in ("emergency", "suicidal"):
        seen = [sign for sign in seen if sign.category not in SLIGHT or sign.level == level]
    return Danger(level, _seen(seen + marks, said), _who(seen, signs, said, lexicon) if seen else "unknown")


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
            return [Sign(sign.hit, rule.level, rule.category) for sign in chosen if sign]
    return []


def _who(seen: Sequence[Sign], signs: Sequence[Sign], said: Said, lexicon: Lexicon) -> str:
    """Whose danger. "My" and "me" count only if nobody else is named: "my friend next to me"."""
    worst = max(seen, key=lambda sign: (LEVELS.index(sign.level), -sign.hit.first, sign.hit.last))
    if worst.category == "child":
        return _near_or_far(signs)
    clause = said.clause[worst.hit.first]
    before = [at for at in range(worst.hit.first - 1, -1, -1) if said.clause[at] == clause]
    inside = list(range(worst.hit.first, worst.hit.last + 1))
    order = before + inside if worst.category in DEEDS else inside + before
    if worst.category in ("violence", "hiding") and any(word.text in lexicon.lists["victims"] for word in said.words):
        return "self"
    for places in (order, list(range(len(said.words)))):
        for lists in (("self", "other"), ("weak_self",)):
            named = next((name for at in places for name in lists if said.words[at].text in lexicon.lists[name]), None)
            if named:
                return _near_or_far(signs) if named == "other" else "self"
    return "unknown"


def _near_or_far(signs: Sequence[Sign]) -> str:
    return "far" if any(sign.category == "far" for sign in signs) else "other"


def _seen(signs: Sequence[Sign], said: Said) -> tuple[Seen, ...]:
    """Worst first, each once; of several wordings of one sign the longest."""
    ranked = sorted(
        signs,
        key=lambda sign: (-LEVELS.index(sign.level) if sign.level in LEVELS else 1, sign.hit.first, -sign.hit.last),
    )
    told: dict[str, int] = {}
    shown: list[Seen] = []
    for sign in ranked:
        before = told.get(sign.category, 0)
        told[sign.category] = before | sign.hit.mask
        if not before & sign.hit.mask:
            shown.append(Seen(sign.category, said.like(sign.hit)))
    return tuple(shown)
