"""Somebody calls: the first member's voicemail picks up, the second takes it; then nobody answers at all."""

from hotline.cli.cast import Cast
from hotline.cli.night import Phone
from hotline.cli.scenes import done

RUNGS = 4  # of ringing, with the caller on the line; after them they are offered to leave a message
MESSAGE = "It's Jo. I am at my aunt's, and I want to try again"


def somebody_calls(cast: Cast) -> None:
    night, ivy = cast.night, cast.stranger("Ivy")
    night.forward("1m")  # whatever rang before has stopped
    night.scene("Ivy calls. Danger first, before any menu; then phones ring while she waits on the line.")
    _calls(ivy)
    first = night.any_rings(cast.coordinators)
    case = cast.case_of(ivy)
    night.scene(f"{first.name}'s voicemail picks up. It cannot press 1, so nothing is lost: the next phone rings.")
    first.voicemail_answers()
    second = night.any_rings(cast.others(first))
    ivy.hears("company.hold_more")
    night.scene(f"{second.name} presses 1, hears whom it is about, and the two are put through to each other.")
    _takes(second)
    second.hears("call.connecting", case=case)
    ivy.talks_with(second)
    second.speaks(f"Hi, this is {second.name}. I am glad you called")
    ivy.hears(words="glad you called")
    ivy.speaks("I want to stop. Today")
    second.hears(words="I want to stop")
    night.scene("Ivy hangs up. The case stays, and how it went is said by text.")
    ivy.hangs_up()
    done(cast, second, case)
    first.never_heard("call.connecting")


def nobody_answers(cast: Cast) -> None:
    night, jo = cast.night, cast.stranger("Jo")
    night.forward("1m")
    night.scene("Jo calls, and nobody at all picks up. She hears so, and what she can press.")
    _calls(jo)
    case = cast.case_of(jo)
    for _ in range(RUNGS):
        night.any_rings(cast.coordinators)
    night.scene("Four minutes. She may leave a message, and the line goes on asking.")
    jo.hears("voicemail.offer")
    jo.presses("1")
    jo.hears("voicemail.speak")
    jo.hears(words="(beep)")
    jo.speaks(MESSAGE)
    jo.presses("1")
    jo.hears("voicemail.kept")
    jo.hangs_up()
    taker = _asked_by_text(cast, case)
    night.scene(f"{taker.name} sees it later, takes it by text, and texts CALL: the line rings both, and both press 1.")
    taker.texts(f"{case} 1")
    taker.hears("assist.you_have", case=case)
    taker.texts(f"{case} CALL")
    _hears_message(taker)
    jo.rings()
    night.forward("5s")  # until it is found in a coat
    jo.answers()
    jo.hears("call.other")
    jo.presses("1")
    jo.talks_with(taker)
    jo.speaks("You called back")
    taker.hears(words="You called back")
    taker.hangs_up()
    done(cast, taker, case)


def _calls(phone: Phone) -> None:
    phone.calls()
    phone.hears("voice.first")
    phone.hears("intake.danger")
    phone.presses("2")
    phone.hears("company.hold")


def _takes(phone: Phone) -> None:
    phone.answers()
    phone.hears("offer.ring")
    phone.presses("1")


def _asked_by_text(cast: Cast, case: str) -> Phone:
    cast.night.settle()
    asked = cast.asked_for(case)
    return asked[0] if asked else cast.night.missed(f"nobody can take {case} any more")


def _hears_message(taker: Phone) -> None:
    """The line rings the one who texted CALL first: by key they hear what was left, then they are connected."""
    taker.rings()
    taker.answers()
    taker.hears("call.member_message")
    taker.presses("3")
    taker.hears(words="(a recorded message)")
    taker.presses("1")
    taker.hears("call.ringing")


SCENES = (somebody_calls, nobody_answers)
