"""Rides: from RIDE to the door, and everything that may go wrong on the way."""

import pytest

from tests.stories.openings import talk
from tests.stories.rides import (
    DEST,
    PLACE,
    asks_for_ride,
    is_aboard,
    is_driven,
    is_there,
    orders,
    picks_up,
    sets_out,
    takes_ride,
)


@pytest.mark.both
def test_a_ride_from_the_first_word_to_the_door(ana, bo, cy, clock):
    case = talk(ana, bo)
    code = orders(bo)
    assert code != case
    cy.hears(code, "a ride from", "30 min", without=(PLACE, DEST, "Ana")).replies("1")
    cy.hears(code, PLACE, DEST, "parked").hears("what car").replies("green Toyota").hears("keep")
    bo.hears(code, "Cy", "drives")
    ana.hears("Cy", PLACE, "green Toyota", "weapons", without=(DEST, "drug"))
    cy.texts("on my way").hears("until HERE")
    ana.hears("Cy", "has set out")
    bo.hears("has set out")
    cy.texts("HERE").hears("IN")
    ana.hears("Cy", "is at", "green Toyota")
    bo.hears("at the pick-up")
    picks_up(bo, cy)
    cy.texts("ARRIVED").hears("thank you")
    bo.hears(code, "arrived")
    clock.forward(hours=8)
    bo.sleeps()


def test_the_last_digit_may_say_it_was_a_word_for_them(ana, bo, cy):
    talk(ana, bo)
    asks_for_ride(bo)
    bo.replies("0")
    ana.hears("RIDE")
    cy.hears_nothing()


def test_free_words_answer_the_line_and_not_the_participant(ana, bo, cy):
    talk(ana, bo)
    bo.texts("RIDE").hears("18 or over").replies("1").hears("pick-up").replies("the gas station on 5th, by the pumps")
    bo.hears("where to")
    ana.hears_nothing()


def test_words_of_the_participant_in_between_make_the_line_ask(ana, bo, cy, clock):
    code = talk(ana, bo)
    bo.texts("RIDE").hears("18 or over").replies("1").hears("pick-up")
    clock.forward(seconds=5)
    ana.texts("can my sister come")
    bo.hears("can my sister come").replies("the corner store").hears("Which?", f"{code} RIDE").replies("1")
    bo.hears("where to")
    ana.hears_nothing()


@pytest.mark.both
def test_a_driver_drops_out_before_anybody_is_in_the_car(ana, bo, cy, di):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    cy.texts("CANT").hears("thank you")
    bo.hears(code, "Cy", "can't")
    ana.hears("Cy", "can't come", "somebody else")
    takes_ride(di, "red Honda")
    bo.hears(code, "Di", "drives")
    ana.hears("Di", PLACE, "red Honda")
    cy.texts("ok sorry").hears("your own number")  # nothing is open for Cy any more


@pytest.mark.both
def test_a_driver_who_cannot_go_on_with_somebody_in_the_car_is_never_replaced(ana, bo, cy, di, clock):
    talk(ana, bo)
    code = is_aboard(ana, bo, cy)
    cy.texts("CANT").hears("coordinator", "911")
    bo.hears("RING", code, "can't go on").replies(f"{code} I am calling you a tow truck, wait there")
    cy.hears("tow truck")
    di.hears_nothing()
    clock.forward(minutes=16)
    bo.hears("RING", code, "still waits")
    cy.texts("IN").hears("until ARRIVED")
    bo.hears("in the car")
    cy.texts("ARRIVED").hears("thank you")
    bo.hears("arrived")


def test_turned_away_at_the_door(ana, bo, cy, clock):
    talk(ana, bo)
    code = is_aboard(ana, bo, cy)
    cy.texts("GONE").hears("1 never came", "4", "911").replies("3").hears("coordinator", "wait")
    bo.hears("RING", code, "turned away").replies(f"{code} drive to the desk please, I meet you there")
    cy.hears("drive to the desk")
    cy.texts("ARRIVED").hears("thank you")
    bo.hears("arrived")


def test_nobody_was_there(ana, bo, cy):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    cy.texts("HERE").hears("IN")
    ana.hears("Cy", "is at")
    bo.hears("at the pick-up")
    cy.texts("GONE").hears("What happened?").replies("1").hears("You can go")
    bo.hears("RING", code, "never came")
    ana.hears("Cy", PLACE, "has left")


def test_got_out_on_the_way(ana, bo, cy):
    talk(ana, bo)
    code = is_aboard(ana, bo, cy)
    cy.texts("GONE").hears("What happened?").replies("2").hears("You can go")
    bo.hears("RING", code, "got out")


def test_a_driver_who_does_not_feel_safe(ana, bo, cy, di, max, clock):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    cy.texts("GONE").hears("What happened?").replies("4").hears("911")
    bo.hears("RING", code, "does not feel safe")
    max.hears("ALARM", "driver")
    clock.forward(minutes=11)
    cy.hears("RING", "all right").replies("1").hears("Thank you")
    bo.hears("all is well")
    cy.texts("CANT").hears("thank you")
    bo.hears("can't do it")
    ana.hears("can't come")
    bo.hears("No driver for", code)  # nobody else is sent there before the coordinator says so
    di.hears_nothing()
    max.sleeps()
    bo.sleeps()


@pytest.mark.both
def test_nobody_takes_it(ana, bo, max, cy, clock):
    talk(ana, bo)
    code = orders(bo)
    cy.hears("a ride from").replies("2").hears("next person")
    bo.hears("No driver for", code, "1 ask again").replies("1")
    cy.hears("a ride from").ignores()
    clock.forward(minutes=9)
    cy.rings().hears("no longer needed")
    bo.hears("No driver for", code)
    clock.forward(minutes=16)
    max.hears("ALARM", code, "ride")
    bo.sleeps()
    max.sleeps()
    clock.forward(hours=14)


def test_a_driver_who_does_not_set_out(ana, bo, cy, di, clock):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    clock.forward(minutes=11)
    cy.hears("RING", "time to go")
    clock.forward(minutes=11)
    bo.hears(code, "Cy", "has not set out")
    di.hears("a ride from").replies("1").hears(PLACE).hears("what car").replies("skip")
    cy.hears("covered by Di")
    bo.hears(code, "Di", "drives")
    ana.hears("Di", PLACE, without="blue Ford")
    sets_out(ana, bo, di)
    clock.forward(minutes=1)


def test_a_late_otw_keeps_the_ride(ana, bo, cy, di, clock):
    talk(ana, bo)
    is_driven(ana, bo, cy)
    clock.forward(minutes=22)
    cy.hears("RING", "time to go")
    bo.hears("has not set out")
    di.hears("a ride from")
    sets_out(ana, bo, cy)
    di.hears("no longer needed")


def test_on_the_road_a_driver_is_texted_nothing_and_what_is_urgent_rings(ana, bo, cy, max, clock):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    bo.texts(f"{code} it is the side door").hears("Cy", "is driving")
    cy.hears_nothing()
    clock.forward(minutes=31)
    bo.hears("RING", code, "should be at the pick-up")
    cy.hears("RING", "all right", "1 all well 2 need help").replies("1").hears("good")
    bo.hears("all is well")
    is_there(ana, bo, cy)
    cy.hears("it is the side door")
    clock.forward(minutes=21)
    bo.hears("RING", "no one is in the car")
    picks_up(bo, cy)
    clock.forward(minutes=76)
    bo.hears("RING", "should have arrived")
    cy.hears("RING", "all right")
    clock.forward(minutes=6)
    bo.hears("RING", "does not answer")
    max.hears("ALARM", "driver")
    cy.texts("2").hears("911")
    bo.hears("RING", "needs help")
    max.hears("ALARM").sleeps()
    cy.texts("ARRIVED").hears("thank you")
    bo.hears("arrived")


@pytest.mark.both
def test_a_later_ride_is_offered_in_waking_hours_and_confirmed_an_hour_before(ana, bo, cy, di, clock):
    clock.starts("2027-03-10 22:30")
    talk(ana, bo)
    code = orders(bo, when="tomorrow 4pm")
    cy.hears_nothing()
    clock.until("2027-03-11 08:01")
    takes_ride(cy)
    bo.hears(code, "Cy", "drives")
    ana.hears("Cy", "16:00")
    clock.until("2027-03-11 15:01")
    cy.hears("16:00", "do you still drive", "1 yes 2 no").replies("2").hears("thank you")
    bo.hears("can't").sleeps()
    ana.hears("can't come")
    takes_ride(di, "red Honda")
    ana.hears("Di", "16:00", "red Honda")


def test_a_later_ride_nobody_confirms_asks_the_next(ana, bo, cy, di, clock):
    talk(ana, bo)
    code = orders(bo, when="5pm")
    takes_ride(cy)
    bo.hears(code, "Cy")
    ana.hears("Cy", "17:00")
    clock.until("16:01")
    cy.hears("do you still drive")
    clock.forward(minutes=10)
    cy.hears("RING", "do you still drive")
    clock.forward(minutes=10)
    di.hears("a ride from")
    bo.sleeps()


@pytest.mark.both
def test_two_in_the_car_where_the_town_wants_it(ana, bo, cy, di, line, clock):
    line.keeps("[paging.driver]\ncompanion = true")
    talk(ana, bo)
    code = orders(bo)
    cy.hears("a ride from").replies("1").hears(PLACE).hears("what car")
    cy.hears("wait", "second person").replies("blue Ford").hears("keep")
    ana.hears_nothing()
    cy.texts("OTW").hears("wait", "second person")
    bo.hears(code, "Cy", "second person")
    di.hears("second person", "a ride from", without=(PLACE, "Ana")).replies("1").hears("Cy", PLACE, "CANT")
    cy.hears("Di", "comes along")
    bo.hears("Cy", "Di", "comes along")
    ana.hears("Cy", PLACE, "blue Ford").hears("Di", "comes along")
    sets_out(ana, bo, cy)


def test_somebody_under_18_needs_a_guardian_and_never_rides_with_a_lone_driver(ana, bo, cy, di):
    talk(ana, bo)
    bo.texts("RIDE").hears("18 or over").replies("2").hears("guardian").replies("2").hears("guardian first")
    orders(bo, adult="2")
    cy.hears("a ride from").replies("1").hears(PLACE).hears("what car").hears("second person")
    bo.hears("second person")
    ana.hears_nothing()
    di.hears("second person").replies("2").hears("next person")
    bo.hears("No second person", "2 I have one").replies("2")
    cy.hears("second person is found")
    ana.hears("Cy", PLACE)


def test_the_second_person_drops_out(ana, bo, cy, di, line):
    line.keeps("[paging.driver]\ncompanion = true")
    talk(ana, bo)
    orders(bo)
    cy.hears("a ride from").replies("1").hears(PLACE).hears("what car").hears("second").replies("skip")
    di.hears("second person").replies("1").hears("Cy")
    cy.hears("Di", "comes along")
    bo.sleeps()
    ana.sleeps()
    di.texts("CANT").hears("thank you")
    cy.hears("wait", "second person")


@pytest.mark.both
def test_danger_while_drivers_are_asked_takes_the_offer_back(ana, bo, cy, clock):
    code = talk(ana, bo)
    ride = orders(bo)
    cy.hears("a ride from")
    ana.texts("my friend is not breathing").hears("CALL 911")
    cy.hears(ride, "no longer needed")
    bo.hears("not breathing").hears("possible danger").hears("RING").replies(f"{code} SAFE").hears("1 yes").replies("1")
    bo.hears("marked safe").hears(ride, "Does the ride go on", "1 ask drivers").replies("1")
    cy.hears("a ride from")
    ana.sleeps()


def test_danger_with_the_driver_under_way_rings_the_driver(ana, bo, cy, max, clock):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    ana.texts("he has a gun").hears("911")
    bo.hears("he has a gun").hears("possible danger").hears("RING")
    cy.hears("RING", code, "possible danger at the pick-up", "1 all well")
    clock.forward(minutes=6)
    bo.hears("RING", "does not answer").sleeps()
    max.hears("ALARM").sleeps()
    ana.sleeps()


def test_danger_before_the_driver_has_left_holds_the_driver(ana, bo, cy, clock):
    code = talk(ana, bo)
    ride = is_driven(ana, bo, cy)
    ana.texts("he has a gun").hears("911")
    cy.hears(ride, "wait", "don't set out").replies("OTW").hears("wait")
    bo.hears("he has a gun").hears("possible danger").hears("RING").replies(f"{code} SAFE").hears("1 yes").replies("1")
    bo.hears("marked safe")
    cy.hears(ride, "on again")
    ana.sleeps().wakes()
    sets_out(ana, bo, cy)


@pytest.mark.both
def test_danger_in_a_drivers_words(ana, bo, cy, max):
    talk(ana, bo)
    code = is_aboard(ana, bo, cy)
    cy.texts("she passed out and is not breathing").hears("CALL 911")
    cy.hears("Narcan")
    bo.hears(code, "passed out").hears("RING", code, "possible danger")
    max.hears("ALARM", code, "driver")
    ana.hears_nothing()


def test_a_driver_who_opts_out_before_and_after(ana, bo, cy, di, max, line):
    line.troubles_expected = True  # a phone that refuses our texts is rung all the same
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    cy.texts("STOP").sleeps()
    bo.hears(code, "Cy", "can't")
    ana.hears("can't come")
    takes_ride(di, "red Honda")
    bo.hears("Di")
    ana.hears("Di", "red Honda")
    di.texts("IN").hears("until ARRIVED")
    bo.hears("in the car with Di")
    di.texts("STOP").sleeps()
    bo.hears("RING", code, "no text reaches Di")
    max.hears("ALARM", "driver")


def test_drop_is_never_guessed(ana, bo, cy):
    talk(ana, bo)
    is_aboard(ana, bo, cy)
    cy.texts("dropped").hears("which is it", "1", "2", "0").replies("2").hears("thank you")
    bo.hears("arrived")


def test_drop_before_anybody_is_in_the_car(ana, bo, cy, di):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    cy.texts("DROP").hears("which is it").replies("1").hears("thank you")
    bo.hears(code, "can't")
    ana.hears("can't come")
    di.hears("a ride from")


def test_a_drivers_words_go_to_the_coordinator_and_danger_words_to_nobody_else(ana, bo, cy):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    cy.texts("stuck behind a train, ten minutes late")
    bo.hears(code, "behind a train")
    ana.hears_nothing()


def test_the_case_changes_hands_during_a_ride(ana, bo, cy, pat, clock):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    bo.texts("HANDOFF").hears("1 yes").replies("1").hears("asking the team")
    pat.hears("asks to talk").replies("1").hears("You are on with").sleeps()
    ana.hears("Pat")
    bo.hears("Pat has")
    pat.wakes()
    cy.texts("OTW").hears("until HERE")
    ana.hears("has set out")
    pat.hears(code, "has set out")
    bo.hears_nothing()


def test_nobody_has_the_case_any_more(ana, bo, cy, pat, max, clock):
    talk(ana, bo)
    is_driven(ana, bo, cy)
    pat.sleeps()
    bo.texts("PASS").hears("asking the next")
    ana.texts("where is the car").hears("keep your words")
    max.hears("ALARM", "ride").sleeps()


def test_done_before_the_driver_has_left_calls_the_ride_off(ana, bo, cy):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go").replies("4").hears("Noted")
    cy.hears(code, "called off")
    ana.hears("Cy", "does not come")


def test_done_with_somebody_in_the_car_changes_nothing_for_the_driver(ana, bo, cy):
    talk(ana, bo)
    code = is_aboard(ana, bo, cy)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go").replies("1").hears("Noted")
    cy.hears_nothing()
    cy.texts("ARRIVED").hears("thank you")
    bo.hears(code, "arrived")


def test_ride_again_calls_it_off(ana, bo, cy):
    talk(ana, bo)
    code = is_driven(ana, bo, cy)
    bo.texts("RIDE").hears("1 call the ride off").replies("1").hears(code, "called off")
    cy.hears(code, "called off")
    ana.hears("Cy", "does not come")


def test_the_car_is_asked_once(ana, bo, cy, clock):
    talk(ana, bo)
    is_aboard(ana, bo, cy)
    cy.texts("ARRIVED").hears("thank you")
    bo.hears("arrived")
    clock.forward(minutes=5)
    orders(bo)
    cy.hears("a ride from").replies("1").hears(PLACE)
    bo.hears("Cy", "drives")
    ana.hears("Cy", "blue Ford")
