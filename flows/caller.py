"""What a participant's call asks of them: danger first, a number to call back, a message. Each is a run of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.effects import Callback, Effect, Know, Learn, Note, Open, Tell
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, fills, minutes
from flows.paging import open_page

# --- somebody whose case is open calls -----------------------------------------------------------------------------


@emits(opens=("emergency",))
def _redirect(m: Moment) -> Iterable[Effect]:
    yield Open("emergency", {"level": "emergency", "kinds": ["yes"], "exclude": [m.run.parties["participant"]]})


@emits(opens=("call", "paging", "alarm", "company"), tells=("called", "called_safe", "urgent", "answered"))
def _through(m: Moment) -> Iterable[Effect]:
    """To whoever has the case; where nobody has it yet, to the queue of those who wait."""
    member = m.facts["case"]["coordinator"]
    participant = m.run.parties["participant"]
    yield Tell("intake", "called_safe")
    if member is not None:
        yield Open("call", {"why": "called"}, {"member": member, "participant": participant})
        return
    yield from open_page(m, answered=True, exclude=[participant])
    yield Tell("company", "called")


CALLER = Flow(
    "caller",
    rank=-1,
    urgent=True,
    told={"emergency": "over"},
    states=(
        State(
            "danger",
            says="intake.danger",
            hears=("yes", "no", "person"),
            press={"1": "yes", "2": "no"},
            keys={},
            goes={"yes": "redirect", "no": "through", "person": "through"},
            unclear="through",
            told={"called": "danger", "hung_up": "over"},
            context="question",
            quiet=(minutes(2), "over"),
        ),
        State("redirect", does=_redirect),
        State("through", does=_through, needs=("case", "open")),
        State("over"),
    ),
)

# --- a number to call back -----------------------------------------------------------------------------------------


def _phone(m: Moment) -> Iterable[Effect]:
    yield Know({"phone": m.data["phone"]})


def _is_phone(m: Moment) -> bool:
    return bool(m.data.get("phone"))


def _says_none(m: Moment) -> bool:
    return not m.words


@fills("digits")
def _digits(m: Moment) -> Mapping[str, Any]:
    """Digit by digit, in threes and four as numbers are said."""
    number = m.known["phone"].removeprefix("+1")
    groups = (number[:3], number[3:6], number[6:])
    return {"digits": ", ".join(" ".join(group) for group in groups)}


def _keep(m: Moment) -> Iterable[Effect]:
    yield Callback("participant", phone=m.known["phone"])
    yield Learn(mark="callback")


ENDED = {"hung_up": "over", "closed": "over", "emergency": "over"}

NUMBER = Flow(
    "number",
    rank=1,
    told=ENDED,
    states=(
        State(
            "asks",
            says="number.ask",
            wants="number",
            words={"participant": When(_is_phone, Do(_phone, "back"), When(_says_none, "over", "again"))},
            quiet=(minutes(1), "over"),
        ),
        State(
            "again",
            says="number.again",
            wants="number",
            words={"participant": When(_is_phone, Do(_phone, "back"), "over")},
            quiet=(minutes(1), "over"),
        ),
        State(
            "back",
            says="number.back",
            fill=_digits,
            hears=("yes", "no"),
            press={"1": "yes", "2": "no"},
            keys={},
            goes={"yes": "keeps", "no": "again"},
            unclear="keeps",  # better a number that may be wrong than none
            told={**ENDED, "hung_up": "keeps_quietly"},
            quiet=(minutes(1), "keeps_quietly"),
        ),
        State("keeps_quietly", does=_keep, then="over"),
        State("keeps", does=_keep, then="message"),
        State(
            "message",
            says="number.message",
            hears=("yes", "no"),
            press={"1": "yes", "2": "no"},
            keys={},
            goes={"yes": Do((Callback("participant", voicemail=True),), "thanks"), "no": "thanks"},
            unclear="thanks",
            quiet=(minutes(1), "over"),
        ),
        State("thanks", says="number.thanks", then="over"),
        State("over"),
    ),
)

# --- a message -----------------------------------------------------------------------------------------------------


def _unreached(m: Moment) -> bool:
    return m.known.get("why") == "unreached"


MESSAGE_ENDED: dict[str, Target] = {"closed": "over", "emergency": "over"}

VOICEMAIL = Flow(
    "voicemail",
    rank=1,
    told=MESSAGE_ENDED,
    states=(
        State(
            "offers",
            says=lambda m: "voicemail.unreached" if _unreached(m) else "voicemail.offer",
            cards=("voicemail.offer", "voicemail.unreached"),
            hears=("yes", "person"),
            press={"1": "yes"},
            keys={},
            goes={"yes": "records", "person": STAY},
            unclear=STAY,
            holds=("participant",),  # nobody is cut off for not wanting to leave one
            told={"hung_up": "over", "covered": "over"},
            quiet=(minutes(1), When(_unreached, "parts", "over")),
        ),
        State("parts", says="voicemail.parts", then="over"),
        State(
            "records",
            says="voicemail.speak",
            records=True,
            hears=("recorded",),
            keys={},
            goes={"recorded": "kept"},
            unclear="over",
            told={"hung_up": STAY},  # what was said until then is still to come
            quiet=(minutes(6), "over"),
        ),
        State(
            "kept",
            says="voicemail.kept",
            does=(Learn(mark="voicemail"), Note("voicemail", role="participant"), Tell("assist", "voicemail")),
            then="over",
        ),
        State("over"),
    ),
)
