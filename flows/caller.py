"""What a participant's call asks of them: danger first, a number to call back, a message. Each is a run of its own.

While a ride is under way they choose: the coordinator, or the driver. A driver is texted nothing while the car moves,
but what is urgent rings (design.md 9): on the way to them the driver is the one they wait for, and may be rung. With
them in the car there is nobody to ring; one who did not feel safe, or who is not yet to set out, is left alone.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flows.drive import MOVES, REACHABLE
from flows.effects import Callback, Effect, Know, Learn, Note, Open, Tell
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, fills, hours, minutes
from flows.paging import open_page

# --- somebody whose case is open calls -----------------------------------------------------------------------------


@emits(opens=("emergency",), tells=("called_danger",))
def _redirect(m: Moment) -> Iterable[Effect]:
    """One emergency a case: what is going on hears that it goes on, by phone."""
    if "emergency" in m.facts["open"]:
        yield Tell("emergency", "called_danger")
        return
    kept = {"language": m.known["language"]} if m.known.get("language") else {}
    yield Open("emergency", {"level": "emergency", "kinds": ["yes"], "exclude": [m.run.parties["participant"]], **kept})


def _has_driver(m: Moment) -> bool:
    drive = m.facts["drive"]
    return drive is not None and drive["state"] in REACHABLE


def _coordinators(m: Moment) -> list[int]:
    """Whoever has the case, and then whoever has it too."""
    case = m.facts["case"]
    owner = [case["coordinator"]] if case["coordinator"] is not None else []
    return [*owner, *(x for x in case["known"].get("with", ()) if owner and x not in owner)]


@emits(opens=("call",), tells=("called_in",))
def _connect(m: Moment, members: list[int], **data: Any) -> Iterable[Effect]:
    """One after another, until somebody takes it. They may have called while the line was ringing them."""
    if "call" in m.facts["open"]:
        yield Tell("call", "called_in")
        return
    first, *rest = members
    parties = {"member": first, "participant": m.run.parties["participant"]}
    yield Open("call", {"why": "called", "then": rest, **data}, parties)


@emits(opens=("call",), tells=("called_in",))
def _through_driver(m: Moment) -> Iterable[Effect]:
    drive = m.facts["drive"]
    moving = drive["state"] in MOVES
    yield from _connect(m, [drive["driver"], *_coordinators(m)], code=drive["code"], moving=moving or None)


@emits(opens=("call", "paging", "alarm", "company"), tells=("called", "called_in", "called_safe", "urgent", "answered"))
def _through(m: Moment) -> Iterable[Effect]:
    """To whoever has the case; where nobody has it yet, to the queue of those who wait."""
    members = _coordinators(m)
    participant = m.run.parties["participant"]
    yield Tell("intake", "called_safe")
    if members:
        yield from _connect(m, members)
        return
    yield from open_page(m, answered=True, exclude=[participant])
    yield Tell("company", "called")
    if "paging" in m.facts["open"]:  # under way, at the pace of texts
        yield Tell("paging", "called")


LATELY = hours(1)  # so soon the same question is not texted again


def _asked_lately(m: Moment) -> bool:
    asked = m.facts["case"]["known"].get("danger_texted")
    return asked is not None and m.now - datetime.fromisoformat(asked) < LATELY


def _note_asked(m: Moment) -> Iterable[Effect]:
    yield Learn({"danger_texted": m.now.isoformat()})


RANG_OFF = Tell("assist", "rang_off")

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
            goes={"yes": "redirect", "no": "safe", "person": "safe"},
            unclear="safe",
            told={"called": "danger", "hung_up": "rang_off"},
            context="question",
            quiet=(minutes(2), "over"),
        ),
        State("rang_off", does=(RANG_OFF,), needs=("case",), then=When(_asked_lately, "over", "texts")),
        State(
            "texts",  # what was not answered on the line
            says="caller.texts",
            does=_note_asked,
            hears=("yes", "no"),
            press={},
            keys={},
            goes={"yes": "redirect", "no": "kept"},
            unclear="kept",
            told={"called": "danger"},
            context="question",
            quiet=(minutes(10), "over"),
        ),
        State("kept", says="intake.kept", then="over"),
        State("redirect", does=_redirect, needs=("open",)),
        State("safe", needs=("drive",), then=When(_has_driver, "which", "through")),
        State(
            "which",
            says="caller.which",
            hears=("to_coordinator", "to_driver", "person"),
            press={"1": "to_coordinator", "2": "to_driver"},
            keys={},
            goes={"to_coordinator": "through", "to_driver": "to_driver", "person": "through"},
            unclear="through",
            told={"called": "danger", "hung_up": "rings_off"},
            quiet=(minutes(1), "over"),
        ),
        State("rings_off", does=(RANG_OFF,), then="over"),
        State("to_driver", needs=("drive",), then=When(_has_driver, "through_driver", "through")),
        State("through_driver", does=_through_driver, needs=("case", "open", "drive")),
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


@emits(tells=("callback",))
def _keep(m: Moment) -> Iterable[Effect]:
    yield Callback("participant", phone=m.known["phone"])
    yield Learn(mark="callback")
    yield Tell("assist", "callback")


ENDED = {"hung_up": "over", "closed": "over", "emergency": "over"}

NUMBER = Flow(
    "number",
    rank=1,
    by_phone=True,
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
FETCHED: dict[str, Target] = {"message_kept": "kept", "message_lost": "lost"}  # told by the shell

VOICEMAIL = Flow(
    "voicemail",
    rank=1,
    by_phone=True,
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
            goes={"recorded": "thanks"},
            unclear="over",
            told={"hung_up": STAY, **FETCHED},  # what was said until then is still to come
            quiet=(minutes(6), "over"),
        ),
        State("thanks", says="voicemail.kept", then="arrives"),
        State(
            "arrives",  # from the carrier: seconds, as a rule
            told={"emergency": STAY, **FETCHED},
            quiet=(hours(25), "lost"),
        ),
        State(
            "kept",
            does=(Learn(mark="voicemail"), Note("voicemail", role="participant"), Tell("assist", "voicemail")),
            then="over",
        ),
        State(
            "lost",
            does=(
                Learn(mark="voicemail_lost"),
                Note("voicemail_lost", role="participant"),
                Tell("assist", "voicemail_lost"),
            ),
            then="over",
        ),
        State("over"),
    ),
)
