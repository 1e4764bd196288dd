"""The days after: a guide, a yes to check-ins, DONE, HOME, and the first two check-ins of the year."""

import re

from hotline.cli.cast import Cast
from hotline.cli.scenes import done

ASKS = ("checkin.ask", "checkin.milestone")


def a_guide(cast: Cast) -> None:
    night, june, bo, case = cast.night, cast.june, cast.taker, cast.case
    night.scene("GUIDE: somebody who keeps in touch. June is asked first, and nothing goes out before her yes.")
    bo.texts(f"{case} GUIDE")
    bo.hears("guide.confirm", case=case)
    bo.texts(f"{case} 1")
    bo.hears("guide.asked", case=case)
    guide = cast.guide = night.any_hears(cast.team["guide"], "offer.guide", case=case)
    guide.texts(f"{case} 1")
    guide.hears("guide.yours", case=case)
    bo.hears("guide.found", case=case)
    june.hears("care.ask")
    june.texts("1")
    june.hears("care.thanks")
    for phone, card in ((bo, "care.agreed"), (guide, "care.agreed_guide")):
        phone.hears(card, case=case)
    done(cast, bo, case)


def home(cast: Cast) -> None:
    night, bo, case = cast.night, cast.taker, cast.case
    night.scene(f"Three days later June is home. The case is closed, and {bo.name} says so by its code.")
    night.until("10:00", days=3)
    bo.never_heard("placement.arrived")  # the drive has told it
    bo.texts(f"{case} HOME")
    bo.hears("after.home_confirm", case=case)
    bo.texts(f"{case} 1")
    bo.hears("after.home", case=case)


def a_check_in(cast: Cast) -> None:
    night, june, guide = cast.night, cast.june, cast.keeper
    days = cast.checkin("days")
    night.scene(f"{guide.name} says OK to the day's list, and then June is asked how she is.")
    number = _prompted(cast, days[0])
    if number:
        guide.texts(f"{number} OK")
        guide.hears("care.will_send")
    night.until(cast.checkin("at"))
    if guide.name not in june.hears(*ASKS):
        night.missed(f"June was not asked in the name of {guide.name}")
    june.texts("1")
    june.hears("checkin.good")
    guide.hears("checkin.told_good", case=cast.case)


def somebody_needs_to_talk(cast: Cast) -> None:
    night, june, guide = cast.night, cast.june, cast.keeper
    days = cast.checkin("days")
    night.scene(f"The next one: {guide.name} says nothing, and it goes out as written. June needs to talk.")
    _prompted(cast, days[1] - days[0])
    night.until(cast.checkin("at"))
    june.hears(*ASKS)
    june.texts("3")
    june.hears("checkin.talk")
    cast.taker.hears("checkin.told_talk", case=cast.case)
    case = cast.case_of(june)
    guide.hears("offer.support", case=case)
    guide.texts(f"{case} 1")
    guide.hears("assist.you_have", case=case)
    guide.hears("marks.checkin", case=case)
    june.hears("assist.accepted")
    cast.says(guide, "I have the afternoon for you. Coffee at two?", case)
    june.hears(words="Coffee at two?")
    june.texts("yes please")
    guide.hears(words="yes please", case=case)
    done(cast, guide, case)


def enough(cast: Cast) -> None:
    night, june, guide = cast.night, cast.june, cast.keeper
    night.scene("A word of June's is enough to end it, and both who looked after her are told.")
    night.forward("2h")
    june.texts("no more texts please")
    june.hears("checkin.left")
    for phone in {guide.number: guide, cast.taker.number: cast.taker}.values():
        phone.hears("care.left", case=cast.case)


def _prompted(cast: Cast, days: int) -> str:
    """The guide's list of the day, before the texts go out. June's number in it; empty where the program sends none."""
    night, guide = cast.night, cast.keeper
    if not cast.checkin("guide_first"):
        night.until("00:01", days=days)
        return ""
    night.until(cast.prompted_at(), days=days)
    today = re.findall(rf"\b(\d+) {cast.june.name}\b", guide.hears("prompts.today"))
    if not today:
        night.missed(f"June was not on {guide.name}'s list")
    return max(today, key=int)  # an earlier June, if the demo was once broken off, has a lower one


SCENES = (a_guide, home, a_check_in, somebody_needs_to_talk, enough)
