"""Keeping and forgetting: words go when their time has come, here and at the carrier; counts and times stay."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from hotline import erasure, retention
from hotline.models import cases, codes, deliveries, forgotten, log, people, rides, runs, texts
from hotline.resealing import sealed_columns
from workers import rounds

both = pytest.mark.both


def a_talk_that_ended(ana, bo) -> None:
    """Ana asks for help, Bo talks with her, and it is done."""
    ana.texts("i want help my name is Ana").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").replies("1").hears("you are on with")
    bo.texts("hi Ana, where are you")
    ana.texts("at the red house")
    bo.texts("NOTE drinks a lot")
    bo.texts("DONE").replies("1").replies("2")
    ana.sleeps(), bo.sleeps()


def words_kept(house) -> dict[str, int]:
    counted = {}
    with house.engine.connect() as connection:
        for name, column in {
            "texts": texts.c.words, "deliveries": deliveries.c.words, "blanks": deliveries.c.blanks,
            "runs": runs.c.known, "cases": cases.c.known, "notes": log.c.data,
        }.items():  # fmt: skip
            counted[name] = connection.scalar(select(func.count(column)))
    return counted


def bodies(line) -> list[str]:
    """Whatever the carrier still has of anybody's words."""
    line.simulator.switchboard.idle(5)
    carrier = line.simulator.switchboard.carrier
    with carrier.lock:
        return [message.body for message in carrier.messages.values() if message.body and message.by != "carrier"]


def all_at_the_carrier(house) -> None:
    while retention.forget_at_carrier(house).blanked:
        pass


@both
def test_words_go_thirty_days_after_the_case_closed_and_not_before(line, ana, bo, clock):
    a_talk_that_ended(ana, bo)
    clock.forward(days=29)
    retention.forget(line.house)
    before = words_kept(line.house)
    assert before["texts"]
    assert before["notes"]
    clock.forward(days=2)
    gone = retention.forget(line.house)
    assert gone["texts"] == before["texts"]
    kept = words_kept(line.house)
    assert {name for name, count in kept.items() if count} <= {"cases", "runs"}
    all_at_the_carrier(line.house)
    assert bodies(line) == []


def test_what_the_case_knew_goes_once_nothing_of_it_is_open(line, ana, bo, clock):
    """A coordinator may still say HOME for 120 days."""
    a_talk_that_ended(ana, bo)
    clock.forward(days=155)
    retention.forget(line.house)
    assert not any(words_kept(line.house).values())


def test_counts_and_times_stay(line, ana, bo, clock):
    a_talk_that_ended(ana, bo)
    tables = (texts, deliveries, runs, cases, log, people)

    def counted() -> list:
        with line.house.engine.connect() as connection:
            rows = [connection.scalar(select(func.count()).select_from(table)) for table in tables]
            return [*rows, connection.execute(select(cases.c.opened_at, cases.c.closed_at, cases.c.outcome)).one()]

    before = counted()
    clock.forward(days=31)
    retention.forget(line.house)
    assert counted() == before


def test_an_open_case_keeps_its_words_however_old(line, ana, bo, clock):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").replies("1").hears("you are on with")
    ana.sleeps(), bo.sleeps()
    with line.house.engine.begin() as connection:
        for table, column in ((texts, "received_at"), (deliveries, "created_at"), (cases, "opened_at")):
            connection.execute(update(table).values({column: clock.now - timedelta(days=90)}))
    retention.forget(line.house)
    assert words_kept(line.house)["texts"] == 3
    assert words_kept(line.house)["cases"] == 1


def test_what_was_written_long_after_the_case_closed_is_kept_its_own_time(line, ana, bo, clock):
    a_talk_that_ended(ana, bo)
    clock.forward(days=20)
    ana.wakes()
    ana.texts("thanks")  # opens nothing
    ana.sleeps()
    clock.forward(days=11)
    retention.forget(line.house)
    with line.house.engine.connect() as connection:
        kept = [line.house.vault.open(row) for row in connection.scalars(select(texts.c.words)) if row is not None]
    assert kept == ["thanks"]


def test_a_town_that_keeps_words_for_an_hour(line, ana, bo, clock):
    line.keeps('[retention]\nwords = "1h"')
    a_talk_that_ended(ana, bo)
    clock.forward(hours=1, minutes=1)
    assert retention.forget(line.house)["texts"]
    assert words_kept(line.house)["texts"] == 0


def test_who_read_words_and_why_is_kept(line, ana, bo, clock):
    a_talk_that_ended(ana, bo)
    with line.house.engine.begin() as connection:
        case = connection.execute(select(cases.c.id, cases.c.program_id)).one()
        row = {"id": line.house.clock.id(), "at": clock.now, "program_id": case.program_id, "case_id": case.id}
        connection.execute(insert(log).values(what="words read", data=line.house.vault.seal("why"), **row))
    clock.forward(days=31)
    retention.forget(line.house)
    assert words_kept(line.house)["notes"] == 1


def test_what_the_carrier_does_not_take_is_tried_again_and_nothing_is_lost(line, ana, bo, clock):
    a_talk_that_ended(ana, bo)
    clock.forward(days=31)
    retention.forget(line.house)
    waiting = retention.waiting_at_carrier(line.house)
    assert waiting
    house = line.house

    class Away:
        calls = 0

        def blank(self, sid: str) -> None:
            Away.calls += 1
            raise retention.CarrierFault("transient", status=503)

    away = retention.forget_at_carrier(replace(house, carrier=Away()))
    assert (away.blanked, away.later, Away.calls) == (0, 1, 1)
    assert retention.waiting_at_carrier(house) == waiting
    clock.forward(minutes=2)
    all_at_the_carrier(house)
    assert retention.waiting_at_carrier(house) == 0
    assert bodies(line) == []


def test_a_text_the_carrier_no_longer_has_is_done(line, clock):
    line.opens()
    with line.house.engine.begin() as connection:
        connection.execute(insert(forgotten).values(sid="SM" + "f" * 32, due=clock.now))
    assert retention.forget_at_carrier(line.house).blanked == 1
    assert retention.waiting_at_carrier(line.house) == 0


def test_a_picture_is_forgotten_like_words(line, ana, clock):
    ana.texts(pictures=1).hears("can't see pictures")
    ana.sleeps()
    with line.house.engine.begin() as connection:
        connection.execute(update(texts).values(case_id=None))
    clock.forward(days=31)
    assert retention.forget(line.house)["texts"]
    all_at_the_carrier(line.house)
    assert retention.waiting_at_carrier(line.house) == 0


def test_the_clock_process_forgets_every_night_once(line, ana, bo, clock):
    line.keeps('[retention]\nwords = "1h"')
    a_talk_that_ended(ana, bo)
    night = rounds.forgetting(line.house)
    night.once()
    clock.forward(hours=5)
    night.once()
    assert words_kept(line.house)["texts"], "it is still day"
    clock.until("03:30")
    rounds.forgetting(line.house).once()
    assert words_kept(line.house)["texts"] == 0
    clock.forward(minutes=2)
    for _ in range(3):
        night.once()
        clock.forward(minutes=2)
    assert bodies(line) == []


def test_where_somebody_was_driven_goes_seven_days_after_the_ride(line, ana, clock):
    ana.texts("i want help").hears("in danger now")
    ana.sleeps()
    vault = line.house.vault
    with line.house.engine.begin() as connection:
        case = connection.execute(select(cases.c.id, cases.c.program_id)).one()
        row = {
            "case_id": case.id,
            "program_id": case.program_id,
            "state": "ended",
            "details": vault.seal("the red house"),
        }
        for days in (3, 8):
            ended = clock.now - timedelta(days=days)
            connection.execute(insert(rides).values(id=line.house.clock.id(), ended_at=ended, **row))
    assert retention.forget(line.house)["rides"] == 1
    with line.house.engine.connect() as connection:
        kept = connection.execute(select(rides.c.details, rides.c.ended_at).order_by(rides.c.id)).all()
    assert [one.details is None for one in kept] == [False, True]
    assert all(one.ended_at for one in kept)


def test_whatever_is_sealed_has_its_time():
    """A new table with words of people in it needs its line in KEPT; who people are is for `erase`."""
    known = {(kept.table.name, column) for kept in retention.KEPT for column in kept.columns}
    for table, columns in sealed_columns():
        for column in columns:
            assert table.name in ("people", "secrets") or (table.name, column.name) in known, (
                f"{table.name}.{column.name}"
            )


# --- erasing --------------------------------------------------------------------------------------------------------


@both
def test_everything_about_a_number_goes(line, ana, bo):
    a_talk_that_ended(ana, bo)
    done = erasure.erase(line.house, ana.number)
    assert done.gone["texts"]
    assert done.cases_closed == 0
    assert erasure.known(line.house, ana.number) == []
    all_at_the_carrier(line.house)
    assert not [body for body in bodies(line) if "red house" in body or "Ana" in body or "drinks" in body]
    assert not_readable_anywhere(line, "Ana", "red house", "drinks", ana.number)
    assert erasure.erase(line.house, ana.number).gone == {}


@both
def test_an_open_case_ends_and_its_coordinator_hears_only_that(line, ana, bo, max):
    ana.texts("i want help my name is Ana").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").replies("1").hears("you are on with")
    code = bo.code
    ana.hears("is here now")
    bo.wakes()
    assert erasure.erase(line.house, ana.number).cases_closed == 1
    line.settle()
    bo.hears(code, "has ended").hears_nothing()
    with line.house.engine.connect() as connection:
        row = connection.execute(select(cases)).one()
        assert (row.state, row.outcome, row.known) == ("closed", "erased", None)
        assert connection.scalar(select(func.count()).select_from(runs).where(runs.c.open)) == 0
        assert connection.scalar(select(codes.c.until)) is not None
    ana.texts("hello").hears("in danger now")


def test_an_erased_case_that_was_still_being_paged_asks_nobody_any_more(line, ana, bo, pat, clock):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk")
    erasure.erase(line.house, ana.number)
    line.settle()
    bo.sleeps()
    clock.forward(minutes=30)
    pat.hears_nothing()
    ana.hears_nothing()


def test_a_member_is_not_erased_while_on_the_roster(line, ana, bo):
    ana.texts("i want help").hears("in danger now")
    with pytest.raises(erasure.OnTheRoster):
        erasure.erase(line.house, bo.number)
    line.hires("Pat", "coordinator")
    line.dismisses("Bo")
    assert erasure.erase(line.house, bo.number).gone["numbers"] == 1
    with line.house.engine.connect() as connection:
        names = [line.house.vault.open(row) for row in connection.scalars(select(people.c.name)) if row]
    assert names == ["Pat"]


def test_nobody_elses_words_are_touched(line, ana, ben, bo):
    ben.texts("i want help too").hears("in danger now")
    ana.texts("i want help").hears("in danger now")
    erasure.erase(line.house, ana.number)
    with line.house.engine.connect() as connection:
        kept = [line.house.vault.open(row) for row in connection.scalars(select(texts.c.words)) if row is not None]
    assert kept == ["i want help too"]


def not_readable_anywhere(line, *secrets: str) -> bool:
    """Every sealed value is opened and looked into."""
    with line.house.engine.connect() as connection:
        for table, columns in sealed_columns():
            for column in columns:
                for sealed in connection.scalars(select(column).where(column.is_not(None))):
                    if table.name == "secrets":
                        continue
                    opened = line.house.vault.open(sealed)
                    if any(secret in opened for secret in secrets):
                        return False
    return True
