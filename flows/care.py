"""Keeping in touch: the year after care. Agreed to first, by the participant; one run a person, with the one clock.

It outlives its case. The clock starts with HOME and stops with INSIDE. Each check-in is a run of its own (`checkin`),
and so is the guide's list (`prompts`). What a guide does not answer goes out as written; of a guide who is OFF the
coordinator hears, and one who is gone is replaced.
"""

from typing import Any

from flows import by_call, consent
from flows import keeping as k
from flows.effects import OPENED, Know, Note, Say, Tell
from flows.machine import STAY, Again, Do, Flow, State, Target, Until, When, hours, minutes

ORDERS = ("ok", "skip", "later", "pause", "call", "pass")  # what a guide says of one person
NOT_YET = Do((Say("care.not_yet", "guide"),), STAY)
ON_HOLD = Do((Say("care.on_hold", "guide"),), STAY)
CALL: Target = Do(
    (),
    When(k.is_busy, Do(k.refuse_busy), When(k.lost_them, ON_HOLD, When(k.too_late, Do(k.refuse_night), Do(k.call)))),
    needs=("touch", "open"),
)

WORDS: Target = Do(
    (),
    When(
        k.is_busy,
        Do(k.refuse_busy),
        When(
            k.too_late,
            Do(k.refuse_night),
            When(
                k.too_long,
                Do(k.refuse_long),
                When(k.indiscreet, Do(k.refuse), When(k.is_straight, Do(k.pass_on), Do(k.show_back))),
            ),
        ),
    ),
    needs=("indiscreet", "touch"),
)
OWN: Target = Do((), When(k.is_busy, Do(k.refuse_busy), Do(k.say_own)), needs=("touch",))
OWN_TODAY: Target = Do(
    (), When(k.is_busy, Do(k.refuse_busy), When(k.is_soon, "sends_own", Do(k.say_own))), needs=("touch",)
)


FAILED: Target = When(
    k.is_opted_out, "unreachable", When(k.given_up, Do(k.tells_both("care.not_reached"), STAY), Do(k.try_again))
)
PREFERS_CALLS: Target = Do((Know({"calls": True}),), "agreed")
ANSWERS: dict[str, Target] = {
    "yes": "agreed",
    "asks_call": PREFERS_CALLS,
    "no": "declined",
    "leave": "declined",
    "wrong_number": "mistaken",
    "pass": "replaces",
}


def _asking(name: str, card: str, then: str) -> State:
    """The one question before any check-in: may they be texted? A phone no text reaches is rung instead."""
    return State(
        name,
        says=card,
        fill=k.by_guide,
        hears={"participant": ("yes", "no", "asks_call", "leave", "wrong_number"), "guide": ("pass",)},
        keys={"1": "yes", "2": "no", "3": "asks_call"},
        press={},
        goes=ANSWERS,
        words={"guide": NOT_YET},
        unclear=Again("care.again", STAY),
        failed={"participant": When(by_call.is_impossible, "may_ask", FAILED)},
        quiet=(hours(24 if name == "asks" else 48), then),
    )


def _kept(name: str, quiet: tuple[Any, Target], goes: dict[str, Target], **more: Any) -> State:
    """A state in which the guide may speak of this person, or to them."""
    orders: dict[str, Target] = {
        "ok": Do(k.tell_when, STAY) if name == "rests" else STAY,
        "skip": STAY,
        "later": STAY,
        "pause": "pauses",
        "call": CALL,
        "pass": "replaces",
    }
    return State(
        name,
        hears={"guide": ORDERS},
        keys={},
        goes={**orders, **goes},
        words={"guide": WORDS, "participant": Do(k.tell_help)},  # routing gives it nothing else of theirs
        quiet=quiet,
        **more,
    )


CARE = Flow(
    "care",
    rank=3,
    stamps=("timezone", "checkins"),
    told={
        "closed": STAY,
        "erased": "erased",
        "home": Do(k.keep_home, STAY),
        "inside": Do(k.forget_home, STAY),
        "own": OWN,
        "lapsed": STAY,
        "left": "left",
        "wrong": "wrong",
        "answered": Do(k.answered, STAY),
    },
    failed={"participant": FAILED},
    states=(
        State("opens", does=k.begin, then="may_ask"),
        State(
            "may_ask",
            needs=("touch",),
            then=When(k.may_text, When(by_call.no_text_reaches, "rings", "asks"), "asks_later"),
        ),
        State("asks_later", does=(Note("consent_waits"),), quiet=(k.until_allowed, "may_ask")),
        _asking("asks", "care.ask", "asks_again"),
        _asking("asks_again", "care.ask_again", "not_agreed"),
        State(
            "rings",  # the same question by phone
            does=consent.ring_for_consent,
            hears={"participant": ("yes", "no", "leave", "wrong_number", "person"), "guide": ("pass",)},
            keys={"1": "yes", "2": "no"},
            press={"1": "yes", "2": "no", "4": "wrong_number"},
            goes={
                **{meaning: target for meaning, target in ANSWERS.items() if meaning != "asks_call"},
                "yes": Do((Know({"calls": True, "spoken": True}),), "agreed"),
                "person": "wants_person",
            },
            words={"guide": NOT_YET},
            unclear=Again("care.again_call", "puzzled"),
            missed={"participant": "rung"},
            told={"hung_up": "rung"},
            quiet=(minutes(30), "rung"),
        ),
        State("wants_person", says="checkin.talk", fill=k.by_guide, does=by_call.asks_for_person, then="rung"),
        State("puzzled", says="care.puzzled", then="rung"),
        State(
            "rung",
            hears={"participant": ("yes", "no"), "guide": ("pass",)},
            keys={"1": "yes", "2": "no"},
            press={},
            goes={"yes": "agreed", "no": "declined", "pass": "replaces"},
            words={"guide": NOT_YET, "participant": STAY},
            quiet=(hours(24), When(consent.rung_enough, "not_agreed", "may_ask")),
        ),
        State("not_agreed", does=k.tells_both("care.not_agreed"), then="unagreed"),
        State(
            "unagreed",  # no consent, no check-ins; a late yes is one, and HOME asks once more
            hears={"participant": ("yes", "no"), "guide": ("pass",)},
            keys={},
            goes={"yes": "agreed", "no": "declined", "pass": "replaces"},
            words={"guide": NOT_YET, "participant": STAY},
            told={"home": Do(k.keep_home, "may_ask")},
            quiet=(Until("began", k.DAYS_120), "never"),
        ),
        State("declined", says="care.declined", does=consent.withdraw, then="told_no"),
        State("mistaken", says="checkin.wrong", does=consent.withdraw, then="told_no"),
        State("told_no", does=k.tells_both("care.said_no"), then="over"),
        State("agreed", does=consent.agree, then=When(k.is_home, "starts", "away")),
        _kept(
            "away",  # in care, or not known to be home: the clock stands
            (hours(24 * 30), When(k.long_away, "never", "asks_home")),
            {},
            told={"home": Do(k.keep_home, "starts")},
        ),
        State("asks_home", does=(Say("care.home_ask", "coordinator"),), then="away"),
        State("never", does=k.tells_both("care.ended"), then="over"),
        State("starts", does=k.start, then="plans"),
        State("plans", does=k.plan, then=When(k.has_day, "rests", "last")),
        _kept(
            "rests",
            (Until("send"), "due"),
            {
                "skip": When(k.is_soon, "skips", Do(k.tell_when, STAY)),
                "later": When(k.is_soon, When(k.was_later, Do(k.tell_when, STAY), "puts_off"), Do(k.tell_when, STAY)),
            },
            told={
                "home": STAY,
                "inside": "stops",
                "own": OWN_TODAY,
                "answered": Do(k.answered, When(k.is_back, "plans", STAY)),
                "silent": Do(k.count_silent, When(k.is_third, "slows", STAY)),
            },
        ),
        State("skips", says="care.skipped", to="guide", fill=k.who, then="plans"),
        State("puts_off", does=k.put_off, then="later"),
        State("later", says="care.will_send", to="guide", fill=k.when, then="rests"),
        State(
            "due",
            does=k.look_at_guide,
            needs=("touch",),
            then=When(k.lost_them, "unreachable", When(k.guide_gone, "replaces", When(k.may_send, "sends", "held"))),
        ),
        _kept("held", (k.until_allowed, "due"), {}, does=(Note("checkin_waits"),), told={"inside": "stops"}),
        State("sends", does=k.send_as_written, needs=("touch",), then="plans"),
        State("sends_own", does=k.send_own, needs=("touch",), then="plans"),
        State("slows", does=k.slow_down, then="tells_slow"),
        State("tells_slow", does=k.tells_both("care.slows"), then="plans"),
        State("stops", does=k.forget_home, then="tells_inside"),
        State("tells_inside", does=(Say("care.inside", "guide"), Tell("checkin", "next")), then="away"),
        _kept("last", (hours(24 * 7), When(k.is_slow, "gives_up", "finishes")), {}, told={"inside": "stops"}),
        State("finishes", does=k.tells_both("care.finished"), then="over"),
        State("gives_up", does=k.tells_both("care.gave_up"), then="over"),
        State("pauses", says="care.paused", to="guide", fill=k.who, then="on_hold"),
        State("wrong", does=k.tells_both("care.wrong"), then="on_hold"),
        State(
            "on_hold",  # until the guide says OK or the coordinator HOME; nothing is texted to them meanwhile
            does=(Know({"send": None}),),
            hears={"guide": ORDERS},
            keys={},
            goes={
                "ok": When(k.is_home, "resumes", NOT_YET),
                "skip": STAY,
                "later": STAY,
                "pause": STAY,
                "call": ON_HOLD,
                "pass": "replaces",
            },
            words={"guide": ON_HOLD},
            told={"home": Do(k.keep_home, "starts"), "own": ON_HOLD, "answered": STAY},
            quiet=(hours(24 * 14), "never"),
        ),
        State("resumes", does=k.resume, then="resumed"),
        State("resumed", says="care.resumed", to="guide", fill=k.who, then="plans"),
        State("replaces", does=k.replace_guide, then="orphaned"),
        State(
            "orphaned",
            told={"guided": "guided", "own": STAY, "answered": Do(k.answered, STAY)},
            quiet=(hours(24 * 7), "replaces"),
        ),
        State("guided", does=k.new_guide, then=When(k.is_agreed, When(k.is_home, "resumes_new", "away"), "may_ask")),
        State("resumes_new", does=k.resume, then="plans"),
        State("left", does=consent.withdraw, then="tells_left"),
        State("tells_left", does=k.tells_both("care.left"), then="over"),
        State("unreachable", does=consent.withdraw, then="tells_unreachable"),
        State("tells_unreachable", does=k.tells_both("care.unreachable"), then="over"),
        State("erased", does=k.tell_end, then="over"),
        State("over", does=(Tell(OPENED, "withdrawn"),)),
    ),
)
