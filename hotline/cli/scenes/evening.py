"""The first night: a request, a pass, a phone nobody answers, a hand-off, an emergency, a night with nobody on."""

from datetime import timedelta

from hotline.cli.cast import Cast
from hotline.cli.night import Phone
from hotline.cli.scenes import done


def on_duty(cast: Cast) -> None:
    cast.night.scene("Evening. The coordinators come on.")
    for phone in cast.coordinators:
        phone.texts("ON")
        phone.hears("roster.on")


def a_request_and_a_pass(cast: Cast) -> None:
    night, ana = cast.night, cast.ana
    night.scene("Ana asks for help. She is asked about danger, and as soon as she says no somebody is asked to come.")
    ana.texts("I want help")
    ana.hears("intake.danger")
    ana.texts("no")
    ana.hears("intake.town")
    cast.case = cast.case_of(ana)
    cast.first = night.any_hears(cast.coordinators, "offer.coordinator", case=cast.case)
    ana.texts("Milford")
    ana.hears("intake.name")
    night.scene(f"{cast.first.name} passes: the next is asked at once.")
    cast.first.texts(f"{cast.case} 2")
    cast.first.hears("offer.passed", case=cast.case)


def an_expiry_and_a_yes(cast: Cast) -> None:
    night, ana, case = cast.night, cast.ana, cast.case
    silent = night.any_hears(cast.others(cast.first), "offer.coordinator", case=case)
    night.scene(f"{silent.name} does not answer. The phone rings; then the next is asked. Ana hears the truth.")
    night.forward(f"{cast.policy('call_after') + 10}s")
    silent.rings()
    night.forward(f"{cast.policy('offer') - cast.policy('call_after')}s")
    ana.hears("company.wait_2")
    taker = night.any_hears(cast.others(silent), "offer.coordinator", case=case)
    night.scene(f"{taker.name} takes it.")
    taker.texts(f"{case} 1")
    taker.hears("assist.you_have", case=case)
    taker.hears(words="Milford", case=case)
    silent.hears("offer.covered", case=case)
    ana.hears("assist.accepted")
    cast.last = taker


def words_both_ways(cast: Cast) -> None:
    night, ana, taker = cast.night, cast.ana, cast.last
    assert taker is not None
    night.scene(f"Ana and {taker.name} text each other through the line. A NOTE stays with the team.")
    cast.says(taker, f"Hi, this is {taker.name}. Do you have a warm place tonight?", cast.case)
    ana.hears(words="warm place tonight")
    ana.texts("My sister's couch till morning. I want to get clean")
    taker.hears(words="sister's couch", case=cast.case)
    taker.texts(f"{cast.case} NOTE wants a bed, has Medicaid")
    taker.hears("assist.note_saved", case=cast.case)
    ana.never_heard(words="Medicaid")


def a_hand_off(cast: Cast) -> None:
    night, ana, giver, case = cast.night, cast.ana, cast.last, cast.case
    assert giver is not None
    night.scene(f"{giver.name} has to go and hands Ana on.")
    giver.texts(f"{case} HANDOFF")
    giver.hears("assist.handoff_confirm", case=case)
    giver.texts(f"{case} 1")
    giver.hears("assist.handoff_asked", case=case)
    taker = night.any_hears(cast.others(giver), "offer.coordinator", case=case)
    taker.texts(f"{case} 1")
    taker.hears("assist.you_have", case=case)
    taker.hears(words="sister's couch", case=case)
    giver.hears("assist.handed", case=case)
    ana.hears("assist.accepted")
    cast.says(taker, "I am with you now. There is a bed at ten in the morning", case)
    ana.hears(words="bed at ten")
    night.scene(f"It is done. {taker.name} says how it went.")
    done(cast, taker, case)


def emergency(cast: Cast) -> None:
    night = cast.night
    night.scene("Eve's brother is not breathing. 911 first, in the same breath; two coordinators at once.")
    eve = cast.stranger("Eve")
    eve.texts("my brother isn't breathing")
    first_words = eve.hears("emergency.other")
    if not first_words.startswith("CALL 911"):
        night.missed("the first answer to danger did not begin with 911")
    case = cast.case_of(eve)
    asked = [night.any_hears(cast.others(), "offer.urgent", case=case)]
    if len(cast.coordinators) > 1:
        asked.append(night.any_hears(cast.others(*asked), "offer.urgent", case=case))
    night.forward("15s")
    eve.hears("emergency.steps_other")
    taker = asked[0]
    taker.texts(f"{case} 1")
    taker.hears("assist.you_have", case=case)
    for other in asked[1:]:
        other.hears("offer.covered", case=case)
    eve.hears("assist.accepted")
    eve.texts("the paramedics are here")
    eve.hears("emergency.help_here")
    taker.hears(words="the paramedics are here", case=case)
    night.scene(f"The danger is over: only {taker.name} can say so.")
    safe(taker, case)
    cast.says(taker, "I am glad you called. I will text you tomorrow", case)
    eve.hears(words="text you tomorrow")
    done(cast, taker, case)


def safe(taker: Phone, case: str) -> None:
    taker.texts(f"{case} SAFE")
    taker.hears("assist.safe_confirm", case=case)
    taker.texts(f"{case} 1")
    taker.hears("assist.safe_done", case=case)


def nobody_on(cast: Cast) -> None:
    night = cast.night
    night.scene("Later. Every coordinator is off.")
    for phone in cast.coordinators:
        phone.texts("OFF 12H")
        phone.hears("roster.off_until")
    night.scene("Sam asks for help, and nobody is on: the managers' phones at once, and Sam hears the truth.")
    sam = cast.stranger("Sam")
    sam.texts("I want help please")
    sam.hears("intake.danger")
    sam.texts("no")
    sam.hears("intake.town")
    case = cast.case_of(sam)
    for manager in cast.managers:
        manager.hears("alarm.all_off", case=case)
    night.forward("2m")
    sam.hears("company.wait_2")
    manager = cast.managers[0]
    manager.texts(f"{case} 1")
    manager.hears("alarm.time", case=case)
    at = night.now() + timedelta(minutes=50)
    manager.texts(f"{case} {at:%H:%M}")
    manager.hears("alarm.named", case=case)
    for length, card in (("3m", "company.wait_5"), ("5m", "company.wait_10"), ("10m", "company.wait_20")):
        night.forward(length)
        sam.hears(card)
    night.forward("10m")
    if f"{at:%H:%M}" not in sam.hears("company.wait_30"):
        night.missed("Sam was not told the time the manager named")
    for phone in cast.coordinators:
        phone.never_heard("offer.coordinator", "offer.ring")
    back = cast.coordinators[0]
    night.scene(f"{back.name} comes on, and is asked at once.")
    back.texts("ON")
    back.hears("roster.on")
    back.hears("offer.coordinator", case=case)
    back.texts(f"{case} 1")
    back.hears("assist.you_have", case=case)
    sam.hears("assist.accepted")
    for one in cast.managers:
        one.hears("alarm.over", case=case)
    cast.says(back, "Sorry for the wait. I am here", case)
    sam.hears(words="Sorry for the wait")
    done(cast, back, case)
    for phone in cast.others(back):
        phone.texts("ON")
        phone.hears("roster.on")


def nobody_is_left_waiting(cast: Cast) -> None:
    """Days go by from here on. Whatever somebody left open on this line would be asked about all the while."""
    for code, holder, frozen in cast.open_cases():
        taker = holder or _asked(cast, code)
        if taker is None:
            continue
        cast.night.scene(f"{code} is still open from before. {taker.name} sees to it.")
        if holder is None:
            taker.texts(f"{code} 1")
            taker.hears("assist.you_have", case=code)
        if frozen:
            safe(taker, code)
        done(cast, taker, code)


def _asked(cast: Cast, code: str) -> Phone | None:
    """A coordinator who can take it. What nobody took is offered to all once more within half an hour; but for
    somebody who never answered the line nobody is asked again, and the case closes by itself."""
    if not cast.asked_for(code):
        cast.night.forward("31m")
    return next(iter(cast.asked_for(code)), None)


SCENES = (
    on_duty,
    a_request_and_a_pass,
    an_expiry_and_a_yes,
    words_both_ways,
    a_hand_off,
    emergency,
    nobody_on,
    nobody_is_left_waiting,
)
