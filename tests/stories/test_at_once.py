"""Many at the same time: nobody is lost, nothing happens twice, and nothing is an error."""

import threading

import pytest
from sqlalchemy import func, select

from hotline.dispatch import take_due
from hotline.models import cases, log, runs, texts
from tests import inline
from tests.line import DIXON
from tests.stories.openings import everybody_sleeps
from tests.stories.signed import post

pytestmark = pytest.mark.both


def at_once(*jobs):
    """All jobs in threads of their own, begun together."""
    start = threading.Barrier(len(jobs))

    def begin(job):
        start.wait()
        job()

    threads = [threading.Thread(target=begin, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_others_participant_and_member_texting_at_once(bo, pat, line, clock):
    line.second_town()
    line.hires("Pat", "coordinator", town=DIXON)
    line.dismisses("Pat")
    pat.texts("i need help").texts("no")  # Pat asks in Milford, where Bo works
    bo.texts("i need help", to=DIXON).texts("no", to=DIXON)  # and Bo asks in Dixon, where Pat works
    bo.texts("1")
    pat.texts("1", to=DIXON)
    clock.forward(minutes=3)
    for n in range(4):
        at_once(
            lambda n=n: bo.sends(f"bo to pat {n}"),
            lambda n=n: pat.sends(f"pat to bo {n}"),
            lambda n=n: bo.sends(f"bo asks pat {n}", to=DIXON),
            lambda n=n: pat.sends(f"pat answers bo {n}", to=DIXON),
        )
    line.settle()
    clock.forward(seconds=30)
    for n in range(4):
        assert f"bo to pat {n}" in pat.inbox
        assert f"pat answers bo {n}" in bo.inbox
        assert any(words.endswith(f"pat to bo {n}") for words in bo.inbox)
        assert any(words.endswith(f"bo asks pat {n}") for words in pat.inbox)
    everybody_sleeps(bo, pat)
    assert count(line, cases) == 2


def test_duplicate_webhooks_at_once(ana, bo, line):
    line.opens()
    form = {
        "MessageSid": "SM" + "7" * 32,
        "From": ana.number,
        "To": line.number,
        "Body": "i need help",
        "NumMedia": "0",
    }
    answers = []
    at_once(*[lambda: answers.append(post(line, "/twilio/sms", form))] * 6)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert count(line, cases) == count(line, texts) == 1


def test_two_texts_of_one_stranger_at_once(ana, bo, line):
    line.opens()
    forms = [
        {"MessageSid": f"SM{n}" + "7" * 31, "From": ana.number, "To": line.number, "Body": body, "NumMedia": "0"}
        for n, body in enumerate(["i need help", "please", "my friend is not breathing"])
    ]
    answers = []
    at_once(*[lambda form=form: answers.append(post(line, "/twilio/sms", form)) for form in forms])
    line.settle()
    assert {answer.status_code for answer in answers} == {200}
    assert count(line, cases) == 1
    assert count(line, texts) == 3
    assert any("911 NOW" in answer.text for answer in answers)
    bo.hears("possible emergency").rings()
    everybody_sleeps(bo, ana)


def test_twenty_strangers_at_once_and_three_coordinators(line, bo, pat, kim):
    line.opens()
    strangers = [f"+130955502{n:02}" for n in range(20)]
    answers = []

    def asks(number):
        for n, body in enumerate(("i need help", "no")):
            form = {
                "MessageSid": f"SM{number[1:]}{n}",
                "From": number,
                "To": line.number,
                "Body": body,
                "NumMedia": "0",
            }
            answers.append(post(line, "/twilio/sms", form))

    at_once(*[lambda number=number: asks(number) for number in strangers])
    line.settle()
    assert {answer.status_code for answer in answers} == {200}
    assert count(line, cases) == 20
    assert all("<Message" in answer.text and "fault" not in answer.text for answer in answers)
    offers = [words for phone in (bo, pat, kim) for words in phone.inbox if "someone asks" in words]
    assert len({words.split(":")[0] for words in offers}) == 20
    for phone in (bo, pat, kim):
        phone.sleeps()


def test_a_yes_and_the_end_of_its_time_at_once(ana, bo, pat, line, clock):
    ana.texts("i need help").texts("no").sleeps()
    everybody_sleeps(bo, pat)
    clock.forward(minutes=4, seconds=59)
    line.hop(inline.ahead(line.house))
    due = inline.due_runs(line.house)
    at_once(lambda: bo.sends("1"), *[lambda run=run: take_due(line.house, run) for run in due])
    line.settle()
    with line.house.engine.connect() as connection:
        talks = connection.scalar(select(func.count()).where(runs.c.flow == "assist", runs.c.open))
        accepted = connection.scalar(select(func.count()).where(log.c.what == "accepted"))
    assert talks == accepted == 1


def count(line, table):
    with line.house.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))
