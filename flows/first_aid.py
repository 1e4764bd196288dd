"""Which 911 text fits what was said, and which steps: the medical director's page of the flows."""

OPIOID = frozenset({"overdose", "breathing", "unresponsive", "cyanosis"})
MEDICAL = frozenset({"chest_pain", "overheating", "seizure", "withdrawal_danger", "bleeding"})
ACT = frozenset({"suicide", "means", "self_harm"})
HUSHED = frozenset({"violence", "hiding", "cannot_talk"})  # a phone that rings, or a voice, may give them away


def first_card(kinds: frozenset[str], who: str) -> str:
    """The 911 text that fits: the most binding danger first, so that no step of it can harm."""
    if kinds & {"violence", "hiding"}:
        return "emergency.violence"
    if kinds == {"yes"}:
        return "emergency.yes"
    if who == "far":
        return "emergency.far"
    if "child" in kinds:
        return "emergency.child"
    if "pregnancy_danger" in kinds or ("pregnancy" in kinds and not (who == "other" and kinds & OPIOID)):
        return "emergency.pregnancy"
    if kinds & ACT and who != "other":
        return "emergency.suicide"
    if kinds & MEDICAL and not kinds & OPIOID:
        return "emergency.medical"
    return "emergency.self" if who == "self" else "emergency.other"


def steps_card(kinds: frozenset[str], who: str) -> str | None:
    """The steps that fit what was said; none for a bare yes, a wish to die, or what nobody described."""
    card = first_card(kinds, who)
    if card == "emergency.violence":
        return "emergency.steps_violence"
    if card == "emergency.child":
        return "emergency.steps_child" if kinds & OPIOID else "emergency.child_more"
    if card == "emergency.pregnancy":
        return "emergency.pregnancy_more"
    if card == "emergency.medical":
        if kinds & {"seizure", "withdrawal_danger"}:
            return "emergency.steps_seizure" if "seizure" in kinds else None
        return "emergency.steps_chest" if kinds & {"chest_pain", "overheating"} else None
    if card == "emergency.self":
        return "emergency.steps_self"
    if card == "emergency.other" and kinds & OPIOID:
        return "emergency.steps_other"
    return None


OVERDOSE_ALOUD = (
    "emergency.voice_step_1", "emergency.voice_step_2", "emergency.voice_step_3", "emergency.voice_step_4",
)  # fmt: skip


def spoken_steps(kinds: frozenset[str], who: str) -> tuple[str, ...]:
    """The steps as they are said on a call, with a pause after each.

    After a bare yes nobody can say by key what is wrong: what is said then is for somebody who won't wake.
    """
    if kinds == {"yes"}:
        return ("emergency.voice_wont_wake", *OVERDOSE_ALOUD)
    card = steps_card(kinds, who)
    if card == "emergency.steps_other":
        return OVERDOSE_ALOUD
    return (card,) if card in ALOUD else ()


FIRST = (
    "emergency.violence", "emergency.yes", "emergency.far", "emergency.child", "emergency.pregnancy",
    "emergency.suicide", "emergency.medical", "emergency.self", "emergency.other",
    "intake.down_danger",
)  # fmt: skip
STEPS = (
    "emergency.steps_violence", "emergency.steps_child", "emergency.child_more", "emergency.pregnancy_more",
    "emergency.steps_seizure", "emergency.steps_chest", "emergency.steps_self", "emergency.steps_other",
)  # fmt: skip
ALOUD = (
    "emergency.voice_wont_wake", *OVERDOSE_ALOUD, "emergency.steps_child", "emergency.child_more",
    "emergency.pregnancy_more", "emergency.steps_seizure", "emergency.steps_chest", "emergency.steps_self",
)  # fmt: skip
