"""Somebody with open cases leaves the roster: whose they are from then on, and who is told."""

import pytest

from hotline.files import load_roster
from hotline.handover import pass_on
from tests.stories.checkins import in_talk


def leaves(line, name, heir):
    line.towns[line.number].roster.pop(name)
    house, town = line.house, line.towns[line.number]
    with house.engine.begin() as connection:
        load_roster(connection, house.vault, house.clock, town.csv, "roster.csv", program=town.name, handover=heir)
        nudges = pass_on(house, connection)
    for nudge in nudges:
        house.nudge(*nudge)
    line.settle()


@pytest.mark.both
def test_the_talk_goes_on_with_the_heir(ana, bo, pat, line):
    code = in_talk(ana, bo, "Ana")
    leaves(line, "Bo", heir="Pat")
    bo.hears(f"Pat has {code} now")
    pat.hears("You are on with", code).hears(f"{code}: call them Ana")
    pat.hears_all(f"{code}: ")
    ana.hears("Pat is here now").texts("where is Bo")
    pat.hears(f"{code}: where is Bo").replies("Bo is off, I am Pat")
    ana.hears("I am Pat")
    bo.hears_nothing()


def test_nobody_who_stays_is_told_anything(ana, bo, pat, cy, line):
    in_talk(ana, bo, "Ana")
    leaves(line, "Cy", heir="Pat")
    for phone in (ana, bo, pat, cy):
        phone.hears_nothing()


@pytest.mark.both
def test_who_waits_on_the_line_is_put_through_to_the_heir(ana, bo, pat, line):
    in_talk(ana, bo, "Ana")
    ana.calls().is_told("passed out").presses("2").is_told("stay on the line").waits_on_the_line()
    bo.rings("press 1")
    leaves(line, "Bo", heir="Pat")
    pat.rings("press 1").answers().presses("1").is_connected_with(ana)
    for phone in (ana, bo, pat):
        phone.skips()


def test_a_call_they_asked_for_themselves_rings_nobody_else(ana, bo, pat, line):
    code = in_talk(ana, bo, "Ana")
    bo.texts("CALL").rings("press 1")
    leaves(line, "Bo", heir="Pat")
    bo.hears(f"Pat has {code} now")
    pat.hears("You are on with", code).hears(f"{code}: call them Ana").hears_all(f"{code}: ").hears_nothing()
    ana.hears("Pat is here now")
