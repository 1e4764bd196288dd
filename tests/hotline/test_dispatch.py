"""The one door: each happening is one transaction, told twice it happens once, and what comes late is nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hotline import dispatch
from hotline.dispatch import Inbound
from hotline.models import cases, deliveries, log, people, runs, texts

pytestmark = pytest.mark.both


def text(line, sid, body, phone, **more):
    return dispatch.take_text(line.house, Inbound(sid, line.number, phone.number, body, **more))


def rows(line, statement):
    with line.house.engine.connect() as connection:
        return connection.execute(statement).all()


def count(line, table, *where):
    return rows(line, select(func.count()).select_from(table).where(*where))[0][0]


def test_a_sid_seen_before_gets_its_reply_again_and_moves_nothing(ana, bo, line):
    line.opens()
    first = text(line, "SM1", "help", ana)
    before = rows(line, select(runs.c.id, runs.c.turn)), count(line, deliveries), count(line, log)
    assert text(line, "SM1", "help", ana) == first
    assert (rows(line, select(runs.c.id, runs.c.turn)), count(line, deliveries), count(line, log)) == before
    assert first.texts


def test_the_page_is_in_the_transaction_of_the_no(ana, bo, line):
    line.opens()
    text(line, "SM1", "help", ana)
    assert not rows(line, select(runs.c.id).where(runs.c.flow == "paging"))
    text(line, "SM2", "no", ana)
    assert rows(line, select(runs.c.id).where(runs.c.flow == "offer"))
    assert count(line, deliveries, deliveries.c.state == "due") == 1
    bo.sleeps()


def test_what_fails_in_the_middle_leaves_nothing_behind(ana, bo, line, monkeypatch):
    line.opens()

    def breaks(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("hotline.dispatch.ledger.write", breaks)
    with pytest.raises(ZeroDivisionError):
        text(line, "SM1", "help", ana)
    assert count(line, cases) == count(line, texts) == count(line, runs) == 0


def test_a_deadlock_is_tried_again_from_the_beginning(ana, bo, line, monkeypatch):
    line.opens()
    write, failed = dispatch.ledger.write, []

    def breaks_once(work):
        if not failed:
            failed.append(work)
            raise dispatch.rows.Moved
        write(work)

    monkeypatch.setattr("hotline.dispatch.ledger.write", breaks_once)
    assert text(line, "SM1", "help", ana).texts
    assert count(line, cases) == 1


def test_a_clock_that_has_not_run_out_is_nothing(ana, bo, line):
    line.opens()
    text(line, "SM1", "help", ana)
    before = rows(line, select(runs.c.id, runs.c.turn, runs.c.state))
    for run in before:
        dispatch.take_due(line.house, run.id)
    dispatch.take_due(line.house, 1)  # nor is a run that is not there
    assert rows(line, select(runs.c.id, runs.c.turn, runs.c.state)) == before


def test_silence_is_counted_from_when_the_text_went_out(ana, bo, line):
    line.opens()
    text(line, "SM1", "help", ana)
    text(line, "SM2", "no", ana)
    offer = rows(line, select(deliveries).where(deliveries.c.state == "due"))[0]
    kept = rows(line, select(runs.c.due).where(runs.c.id == offer.run_id))[0].due
    dispatch.sent(line.house, offer.id, "SM3")
    armed = rows(line, select(runs.c.due).where(runs.c.id == offer.run_id))[0].due
    assert kept - armed > timedelta(minutes=9)
    bo.sleeps()


def test_a_fate_is_taken_once(ana, bo, pat, line):
    line.opens()
    text(line, "SM1", "help", ana)
    text(line, "SM2", "no", ana)
    offer = rows(line, select(deliveries).where(deliveries.c.state == "due"))[0]
    dispatch.sent(line.house, offer.id, "SM3")
    dispatch.take_fate(line.house, offer.id, "undelivered", 30005)
    after = count(line, deliveries)
    dispatch.take_fate(line.house, offer.id, "undelivered", 30005)
    assert count(line, deliveries) == after
    pat.sleeps()


def test_a_number_that_is_no_program_and_a_sender_that_is_no_person(ana, bo, line):
    line.opens()
    assert dispatch.take_text(line.house, Inbound("SM1", "+13095550999", ana.number, "help")).texts == ()
    for sender in ("24273", "WALGREENS", line.number, "", "anonymous"):
        assert dispatch.take_text(line.house, Inbound("SM2", line.number, sender, "help")).texts == ()
    assert count(line, texts) == count(line, cases) == 0


def test_words_and_numbers_lie_sealed(ana, bo, line):
    line.opens()
    text(line, "SM1", "my secret is blue", ana)
    stored = b""
    for table in (texts, deliveries, people, runs, cases, log):
        for row in rows(line, select(table)):
            stored += b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert b"secret" not in stored
    assert ana.number.encode() not in stored
    assert ana.number[2:].encode() not in stored


def test_an_inbound_shows_nobodys_words_when_logged(ana):
    assert "blue" not in repr(Inbound("SM1", "+1", ana.number, "blue"))
    assert ana.number not in repr(Inbound("SM1", "+1", ana.number, "blue"))


@pytest.mark.parametrize(
    "body", ["\x00", "a" * 1600, "‮", "🙂" * 400, "{code}", "%s", "<Message>", "'; drop table cases"]
)
def test_any_bytes_are_a_text(ana, bo, line, body):
    line.opens()
    assert text(line, "SM1", body, ana).texts
    assert count(line, cases) == 1
