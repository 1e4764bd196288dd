"""Every wait ends, a member's too; and whoever waits hears the truth."""

from tests.stories.openings import asks, everybody_sleeps, takes, talk


def test_who_writes_on_after_thoughts_of_suicide_hears_the_truth(ana, bo, clock):
    ana.texts("i dont want to be alive anymore").hears("988")
    clock.forward(seconds=15)
    ana.hears("hurt yourself").replies("no").hears("keep your words")
    bo.sleeps()
    clock.forward(minutes=2, seconds=5)
    ana.hears("still asking")
    clock.forward(minutes=3)
    ana.hears("988")


def test_a_check_nobody_answers_lapses(ana, bo, clock):
    talk(ana, bo)
    bo.texts("is he not breathing?")
    ana.hears("not breathing")
    bo.hears("danger now?")
    clock.forward(minutes=12)
    bo.texts("how is he?")
    ana.hears("how is he?")


def test_a_note_nobody_confirms_lapses_and_says_so(ana, bo, clock):
    talk(ana, bo)
    bo.texts("Nite he has a dog").hears("Did you mean NOTE?")
    clock.forward(minutes=11)
    bo.hears("Not sent to anyone")
    ana.hears_nothing()


def test_silence_to_whose_danger_it_is_is_read_as_theirs(ana, bo, pat, clock):
    talk(ana, bo)
    bo.texts("i want to kill myself").hears("Not sent yet")
    clock.forward(minutes=2, seconds=5)
    bo.hears("988")
    pat.hears("possible emergency").rings()
    ana.hears_nothing()
    everybody_sleeps(bo, pat)


def test_a_quiet_day_is_asked_about(ana, bo, clock):
    code = talk(ana, bo)
    clock.forward(hours=24, minutes=1)
    bo.hears(code, "quiet for a day").replies("1")
    clock.forward(minutes=5)
    bo.texts("how was your day?")
    ana.hears("how was your day?")


def test_an_alarm_whose_time_is_never_named(ana, bo, max, clock):
    asks(ana)
    everybody_sleeps(bo, ana)
    clock.forward(minutes=15, seconds=30)
    max.hears("ALARM").replies("1").hears("By what time").replies("soon").hears("time")
    clock.forward(hours=2)
    max.hears("ALARM")  # and never silence for good
    max.sleeps()


def test_the_time_a_manager_named_is_answered_for(ana, bo, max, clock):
    asks(ana)
    everybody_sleeps(bo, ana)
    clock.forward(minutes=15, seconds=30)
    max.hears("ALARM").replies("1").hears("By what time").replies("in 40 min").hears("12:55")
    clock.forward(minutes=39)
    max.skips()
    clock.forward(minutes=2)
    max.reads_quietly("ALARM", "12:55")
    max.sleeps()


def test_a_dropped_which_answers_no_later_question(ana, bo, clock):
    asks(ana)
    code = takes(bo, ana)
    bo.texts("OFF").hears("how long").replies("1").hears("Which?")
    bo.texts("hello Ana")
    ana.hears("hello Ana")
    clock.forward(minutes=3)
    bo.texts("DONE").hears("1 yes")
    bo.replies("1").hears("Which?", "OFF", code).replies("2").hears("How did it go?")


def test_who_is_barred_is_told_to_nobody(bo, pat, cy):
    cy.texts("hello").hears("your own number").replies("1").hears("off duty").hears("danger").replies("no")
    cy.hears("should not ask").replies("Bo").hears("town")
    bo.hears("someone asks").hears("no longer needed")
    pat.hears("someone asks").accepts()
    cy.hears("Pat")
    assert not any("Bo" in words for words in pat.inbox)


def test_call_after_zero_rings_at_once_and_never_never(ana, bo, pat, line, clock):
    line.keeps('[paging.coordinator]\ncall_after = "0s"\noffer = "2m"')
    asks(ana)
    bo.hears("someone asks").rings()
    line.keeps('alarm_after = "20m"')
    ana.sleeps()
    clock.forward(minutes=2, seconds=10)
    pat.hears("someone asks").rings()  # the policy is the one of when the page was opened
