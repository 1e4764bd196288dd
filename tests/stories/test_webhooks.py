"""What the carrier does to us: the same webhook twice, statuses late and in any order, refusals, and silence."""

import pytest
import requests
from sqlalchemy import func, select

from hotline.models import cases, deliveries, texts
from hotline.simulator.carrier import Fault
from tests.stories.openings import asks, everybody_sleeps, talk

pytestmark = pytest.mark.both


def count(line, table):
    with line.house.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_the_same_webhook_again_gets_the_same_reply_and_moves_nothing(ana, bo, line):
    ana.texts("hi").hears("danger")
    message = ana.sends("no")
    line.settle()
    ana.hears("town")
    bo.hears("someone asks")
    before = count(line, deliveries), count(line, texts)
    ana.texts_again(message)
    ana.hears("town")  # the same words once more, as the carrier asked for them
    assert (count(line, deliveries), count(line, texts)) == before
    assert message.webhooks[0].answer == message.webhooks[1].answer


def test_every_webhook_twice_through_a_whole_conversation(ana, bo, line):
    ana.is_(inbound="doubled")
    bo.is_(inbound="doubled")
    ana.texts("i want help").texts("no").texts("Pekin").texts("Annie")
    bo.texts("1").texts("hello Annie")
    ana.texts("hello")
    assert count(line, cases) == 1
    assert bo.inbox.count(next(words for words in bo.inbox if words.endswith(": hello"))) == 1
    assert ana.inbox.count("hello Annie") == 1
    everybody_sleeps(ana, bo)


@pytest.mark.parametrize("callbacks", ["early", "late", "out_of_order", "duplicated", "never"])
def test_statuses_in_any_order(ana, bo, clock, callbacks):
    ana.is_(callbacks=callbacks)
    bo.is_(callbacks=callbacks)
    talk(ana, bo)
    ana.texts("one")
    bo.hears("one").replies("two")
    ana.hears("two")
    clock.forward(minutes=4)


@pytest.mark.parametrize("callbacks", ["early", "late", "out_of_order", "duplicated"])
def test_failures_in_any_order(ana, bo, pat, clock, callbacks):
    bo.is_(callbacks=callbacks, state="dead")
    asks(ana)
    clock.forward(seconds=45)
    pat.hears("someone asks")


@pytest.mark.parametrize("answer", [429, 500, 503])
def test_the_carrier_says_later(ana, bo, line, clock, answer):
    fault(line, answer, times=2, to=bo.number)
    asks(ana)
    clock.forward(seconds=10)
    bo.hears("someone asks")


@pytest.mark.parametrize("answer", ["hang", "drop", "drop_unsent"])
def test_the_carrier_says_nothing_at_all(ana, bo, line, clock, answer):
    line.house.carrier._http.timeout = 0.2
    fault(line, answer, to=bo.number)
    asks(ana)
    line.leases_run_out()
    bo.hears("someone asks").hears_nothing()  # never lost, and here not twice


def test_wrong_credentials_lose_nothing(ana, bo, line, clock):
    fault(line, 401, times=1, to=bo.number)
    asks(ana)
    ana.sleeps()
    clock.forward(minutes=7)
    bo.hears("ask")
    bo.sleeps()


def test_the_carrier_refuses_for_good(ana, bo, pat, line):
    fault(line, 21614, to=bo.number)
    asks(ana)
    pat.hears("someone asks")


def test_unsigned_and_wrongly_signed_requests_change_nothing(ana, bo, line):
    line.opens()
    form = {"MessageSid": "SM1", "From": ana.number, "To": line.number, "Body": "help"}
    for path in ("/twilio/sms", "/twilio/status"):
        for signature in ({}, {"X-Twilio-Signature": "AAAA"}, {"X-Twilio-Signature": "é".encode()}):
            assert requests.post(line.url + path, form, headers=signature, timeout=5).status_code == 403
    assert count(line, texts) == count(line, cases) == 0


def test_a_lost_webhook_and_then_another(ana, bo, line):
    ana.is_(inbound="lost")
    ana.sends("i need help")
    ana.is_(inbound="ok")
    ana.texts("hello?").hears("danger")


def fault(line, answer, times=1, to=None):
    with line.simulator.switchboard.lock:
        line.simulator.switchboard.carrier.faults.append(Fault(answer, times, to))
