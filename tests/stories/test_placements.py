"""A bed is found: noted when it is offered; whether they came to it is told by the drive, or asked."""

import pytest

from hotline.files.facilities import load_facilities
from tests.stories.openings import talk
from tests.stories.rides import asks_for_ride

LIST = """name,town,phone,care,coverage,gender,distance_miles,notes
Lakeside House,Dixon,+13095550140,detox;inpatient,medicaid;none,,20,
Riverside Clinic,Pekin,+13095550141,outpatient;mat,medicaid,,4,
"""


@pytest.fixture
def facilities(line):
    line.opens()
    with line.house.engine.begin() as connection:
        program = line.house.programs.at(line.number)
        load_facilities(connection, line.house.clock, LIST, "facilities.csv", program.id)


@pytest.mark.both
def test_placed_by_the_list_and_arrival_told_by_the_drive(ana, bo, cy, facilities, clock):
    code = talk(ana, bo)
    bo.texts("PLACED").hears("1) Lakeside House 2) Riverside Clinic").replies("1").hears("what time").replies("6pm")
    bo.hears(code, "Lakeside House", "18:00", "1 yes").replies("1").hears("noted")
    ana.hears_nothing()
    bo.texts("RIDE").hears("18 or over").replies("1").hears("pick-up").replies("the library")
    bo.hears("SKIP = Lakeside House").replies("skip").hears("when").replies("now").hears("wheelchair").replies("skip")
    bo.hears("the library", "Lakeside House").replies("1").hears("is the ride for")
    cy.hears("a ride from", "45 min").replies("1").hears("Lakeside House").hears("what car").replies("skip")
    bo.hears("Cy")
    ana.hears("Cy")
    cy.texts("IN").hears("ARRIVED").replies("ARRIVED").hears("thank you")
    bo.hears("in the car").hears("arrived")
    clock.until("23:59")
    bo.sleeps()


@pytest.mark.both
def test_arrival_never_told_is_asked_and_on_the_third_day_unknown(ana, bo, clock):
    code = talk(ana, bo)
    bo.texts("PLACED").hears("Text its name").replies("Lakeside House").hears("what time").replies("now")
    bo.hears("1 yes").replies("1").hears("noted")
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go").replies("1").hears("Noted")
    clock.forward(hours=3, minutes=1)
    bo.hears(code, "have they arrived", "1 yes 2 no", without="Lakeside").replies("3").hears("tomorrow")
    for _ in range(2):
        clock.forward(hours=24, minutes=1)
        bo.hears(code, "have they arrived")
    clock.forward(hours=24, minutes=1)
    bo.hears(code, "no one knows")
    clock.forward(days=4)


def test_zero_says_it_was_a_word_for_them(ana, bo):
    talk(ana, bo)
    bo.texts("placed").hears("Text its name").replies("0")
    ana.hears("placed")


def test_a_ride_asked_for_after_done_is_no_ride(ana, bo, cy):
    code = talk(ana, bo)
    asks_for_ride(bo)
    bo.texts("DONE").hears("1 yes").replies("1")
    bo.sleeps()
    bo.texts(f"{code} RIDE")
    cy.hears_nothing()
