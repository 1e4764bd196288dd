"""Several programs on one installation: who is who is decided by the number that was texted."""

import pytest

from tests.line import DIXON
from tests.stories.openings import asks

pytestmark = pytest.mark.both


def test_a_coordinator_of_one_town_is_a_participant_in_another(bo, pat, line):
    line.second_town()
    line.hires("Pat", "coordinator", town=DIXON)
    bo.texts("i need help", to=DIXON).hears("danger", "YES or NO", without="your own number").replies("no", to=DIXON)
    bo.hears("town")
    pat.hears("someone asks").accepts(to=DIXON)
    bo.hears("Pat", "real person").texts("hello pat", to=DIXON)
    pat.hears("hello pat").replies("hello", to=DIXON)
    bo.hears("hello")


def test_a_case_of_one_town_is_nothing_to_the_other(ana, bo, line, kim):
    line.second_town()
    line.hires("Kim", "coordinator", town=DIXON)
    line.dismisses("Kim")
    asks(ana)
    bo.hears("someone asks")
    ana.texts("i want help", to=DIXON).hears("danger").replies("no", to=DIXON).hears("town")
    kim.hears("someone asks")
    bo.hears_nothing()


def test_open_cases_count_over_all_programs(ana, ben, bo, pat, line):
    line.keeps("[paging.coordinator]\nlimit = 1")
    line.second_town()
    line.keeps("[paging.coordinator]\nlimit = 1", town=DIXON)
    line.hires("Bo", "coordinator", town=DIXON)
    line.hires("Kim", "coordinator", town=DIXON)
    ana.texts("i want help", to=DIXON).hears("danger").replies("no", to=DIXON).hears("town").sleeps()
    bo.hears("someone asks").replies("1", to=DIXON).sleeps()
    asks(ben)
    pat.hears("someone asks")  # Bo has one already, in the other town


def test_texts_come_from_the_number_of_the_program(ana, bo, line):
    line.second_town()
    line.hires("Kim", "coordinator", town=DIXON)
    ana.texts("i want help", to=DIXON).hears("danger").replies("no", to=DIXON).hears("town")
    carrier = line.simulator.switchboard.carrier
    assert {m.sender for m in carrier.messages.values() if m.direction != "inbound"} == {DIXON}
    line.phone("Kim").hears("someone asks")


def test_a_number_nobody_serves_gets_no_answer(ana, bo, line):
    line.opens()
    ana.sends("hello", to=DIXON)
    assert not ana.inbox
