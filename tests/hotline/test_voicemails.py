"""Messages people speak: fetched, sealed, gone at the carrier; heard only on a call the line made; and their time."""

from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, update

from hotline import erasure, retention, voicemails
from hotline.carrier import CarrierFault
from hotline.models import calls, forgotten, people
from hotline.models import voicemails as table
from hotline.privacy import Vault
from hotline.resealing import reseal
from tests.line import KEY
from tests.stories.signed import post

both = pytest.mark.both


@pytest.fixture
def talk(ana, bo):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").accepts("1")
    code = bo.code
    ana.skips(), bo.skips()
    return code


def leaves_a_message(ana, bo, clock, words="please call me back"):
    """Nobody picks up, and Ana speaks."""
    ana.calls().is_told("passed out").presses("2").is_told("ringing them")
    bo.rings()
    clock.forward(seconds=40)
    bo.reads("no one pressed 1")
    ana.is_told("can't reach them").presses("1").is_told("after the tone").says(words).presses("5")
    ana.is_told("I keep your message")
    ana.skips()


def kept(line):
    with line.house.engine.connect() as connection:
        return connection.execute(select(table)).one()


def recordings(line):
    carrier = line.simulator.switchboard.carrier
    with carrier.lock:
        return [(one.sid, one.deleted) for one in carrier.recordings.values()]


@both
def test_it_is_sealed_here_and_gone_at_the_carrier_and_the_coordinator_hears_of_it(talk, line, ana, bo, clock):
    leaves_a_message(ana, bo, clock)
    row = kept(line)
    assert row.state == "kept"
    assert line.house.vault.open_bytes(row.audio).startswith(b"RIFF")
    assert recordings(line) == [(row.sid, True)]
    assert retention.waiting_at_carrier(line.house) == 0
    bo.reads(talk, "left a voice message")


def test_key_3_plays_it_and_asks_again(talk, line, ana, bo, clock):
    leaves_a_message(ana, bo, clock)
    bo.reads("left a voice message")
    bo.texts("CALL").rings("press 3 to hear").answers().presses("3")
    played = [thing.body for thing in bo.unheard() if "/message/" in thing.body]
    assert len(played) == 1
    heard = requests.get(played[0], timeout=5)
    assert heard.headers["Content-Type"] == "audio/wav"
    assert "no-store" in heard.headers["Cache-Control"]
    assert heard.content.startswith(b"RIFF")
    assert requests.get(played[0][:-1] + "x", timeout=5).status_code == 404
    bo.is_told("/message/").is_told("press 3 to hear")
    bo.presses("1").is_told("hold")
    ana.rings("the call you asked for").answers().presses("1").is_connected_with(bo)
    bo.hangs_up()
    assert requests.get(played[0], timeout=5).status_code == 404, "good only while that call goes on"


def test_whoever_takes_the_case_hears_that_there_is_one(line, ana, bo, clock):
    ana.calls().is_told("passed out").presses("2").sleeps()
    bo.sleeps()
    clock.forward(minutes=4, seconds=30)
    assert any("press 1 to leave a message" in words.casefold() for words in ana.spoken)
    ana.presses("1").says("it is me").presses("1").hangs_up()
    bo.wakes()
    bo.texts("1").hears("you are on with").hears("left a voice message")
    ana.skips(), bo.skips()


def test_a_message_kept_no_longer_is_not_played(talk, line, ana, bo, clock):
    leaves_a_message(ana, bo, clock)
    bo.reads("left a voice message")
    with line.house.engine.begin() as connection:
        connection.execute(update(table).values(audio=None))
    bo.texts("CALL").rings("press 3").answers().presses("3").is_told("not kept any more").is_told("press 1")
    bo.presses("2").is_told("ok")
    ana.hears_nothing()


class Recorder:
    """A carrier that has no recording yet, or will not let go of it."""

    def __init__(self, *answers: object, deletes: bool = True) -> None:
        self.answers, self.asked, self.deletes = list(answers), 0, deletes

    def recording(self, sid: str) -> bytes:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def blank(self, sid: str) -> None:
        if not self.deletes:
            raise CarrierFault("transient", status=503)


NOT_YET = CarrierFault("config", status=404)


@pytest.fixture
def waiting(talk, line, ana, bo, clock):
    """A message the carrier still has."""
    leaves_a_message(ana, bo, clock)
    bo.skips()
    with line.house.engine.begin() as connection:
        connection.execute(update(table).values(state="waiting", audio=None, due=clock.now, tries=0))
    return kept(line).id


def test_what_is_not_ready_is_asked_for_again_each_time_later(waiting, line, clock):
    carrier = Recorder(NOT_YET, NOT_YET, b"RIFF")
    house = replace(line.house, carrier=carrier)
    waits = []
    for _ in range(2):
        voicemails.fetch_due(house)
        assert voicemails.fetch_due(house) == 0
        waits.append(kept(line).due - clock.now)
        line.hop(kept(line).due)
    assert waits == sorted(waits)
    assert waits[0] < waits[1] < timedelta(minutes=1)
    voicemails.fetch_due(house)
    assert (kept(line).state, carrier.asked) == ("kept", 3)


def test_after_a_day_it_is_lost_and_nobody_asks_any_more(waiting, line, clock):
    house = replace(line.house, carrier=Recorder(NOT_YET))
    with line.house.engine.begin() as connection:
        connection.execute(update(table).values(received_at=clock.now - timedelta(days=1)))
    voicemails.fetch_due(house)
    assert (kept(line).state, kept(line).due) == ("lost", None)
    assert voicemails.fetch_due(house) == 0


def test_the_coordinator_hears_that_it_is_lost(talk, line, ana, bo, clock):
    line.simulator.switchboard.carrier.wait_for(lambda: True, 1)
    object.__setattr__(line.house, "carrier", Missing(line.house.carrier))
    leaves_a_message(ana, bo, clock)
    bo.hears_nothing()
    clock.forward(hours=26)
    bo.reads("could not keep it")
    bo.skips(), ana.skips()


class Missing:
    """The carrier, without any recording."""

    def __init__(self, carrier: object) -> None:
        self._carrier = carrier

    def __getattr__(self, name: str) -> object:
        return getattr(self._carrier, name)

    def recording(self, sid: str) -> bytes:
        raise NOT_YET


def test_what_the_carrier_does_not_delete_is_tried_again(waiting, line, clock):
    voicemails.fetch_due(replace(line.house, carrier=Recorder(b"RIFF", deletes=False)))
    assert kept(line).state == "kept"
    assert retention.waiting_at_carrier(line.house) == 1
    clock.forward(minutes=2)
    retention.forget_at_carrier(replace(line.house, carrier=Recorder(b"")))
    assert retention.waiting_at_carrier(line.house) == 0


def test_two_workers_fetch_it_once(waiting, line):
    carrier = Recorder(b"RIFF")
    house = replace(line.house, carrier=carrier)
    voicemails.fetch(house, waiting)
    voicemails.fetch(house, waiting)
    assert carrier.asked == 1


def test_a_recording_whose_own_webhook_never_came_is_kept_too(talk, line, ana, bo, clock):
    ana.calls().is_told("passed out").presses("2").is_told("ringing them")
    bo.rings()
    clock.forward(seconds=40)
    ana.is_told("can't reach them").presses("1").is_told("after the tone")
    bo.skips()
    with line.house.engine.connect() as connection:
        call = connection.scalar(select(calls.c.id).where(calls.c.inbound))
    form = {"RecordingSid": "RE" + "1" * 32, "RecordingStatus": "completed", "RecordingDuration": "7"}
    assert post(line, f"/twilio/voice/{call}/kept", form).status_code == 204
    row = kept(line)
    assert (row.sid, row.seconds, row.state) == ("RE" + "1" * 32, 7, "waiting")
    assert post(line, f"/twilio/voice/{call}/kept", form | {"RecordingStatus": "absent"}).status_code == 204
    assert kept(line).state == "lost"
    line.settle()
    bo.reads("could not keep it")
    ana.hangs_up().skips()
    bo.skips()


@pytest.mark.parametrize("call", [0, 2**63, 10**30])
def test_odd_recordings_are_no_5xx(line, bo, call):
    line.opens()
    assert post(line, f"/twilio/voice/{call}/kept", {"RecordingStatus": "completed"}).status_code == 204
    assert requests.get(f"{line.url}/twilio/voice/{call}/message/{call}/é", timeout=5).status_code == 404


# --- its time ---------------------------------------------------------------------------------------------------------


def test_it_goes_after_seven_days_open_case_or_not(talk, line, ana, bo, clock):
    leaves_a_message(ana, bo, clock)
    bo.sleeps(), ana.sleeps()
    bo.texts("I have heard it")
    clock.forward(days=6)
    assert retention.forget(line.house)["voicemails"] == 0
    clock.forward(days=2)
    assert retention.forget(line.house)["voicemails"] == 1
    row = kept(line)
    assert row.audio is None
    assert row.received_at
    assert row.seconds is not None


def test_erased_with_whoever_left_it(waiting, line, ana, bo):
    erasure.erase(line.house, ana.number)
    row = kept(line)
    assert (row.state, row.audio) == ("lost", None)
    with line.house.engine.connect() as connection:
        assert row.sid in set(connection.scalars(select(forgotten.c.sid)))
        assert connection.scalar(select(people.c.callback).where(people.c.callback.is_not(None))) is None
    bo.sleeps()


def test_a_number_to_call_back_goes_with_the_words_of_its_case(talk, line, ana, bo, clock):
    bo.texts("DONE").replies("1").replies("2").sleeps()
    ana.sleeps()
    with line.house.engine.begin() as connection:
        mine = update(people).where(people.c.roles.is_(None))
        connection.execute(mine.values(callback=line.house.vault.seal("+13095550177"), leave_words=True))
    clock.forward(days=31)
    assert retention.forget(line.house)["callbacks"] == 0, "HOME may still be said"
    clock.forward(days=120)
    assert retention.forget(line.house)["callbacks"] == 1


def test_nothing_that_was_said_on_a_call_stays_after_it(talk, line, ana, bo, clock):
    ana.calls().is_told("passed out").hangs_up()
    with line.house.engine.connect() as connection:
        assert connection.execute(select(calls.c.said, calls.c.document)).all() == [(None, None)]
    bo.skips(), ana.skips()


def test_sealed_anew_with_everything_else(talk, line, ana, bo, clock):
    leaves_a_message(ana, bo, clock)
    bo.skips()
    vault = Vault.stored([bytes(reversed(range(32))), KEY], line.house.engine)
    vault.ready()
    reseal(line.house.engine, vault, lambda progress: None)
    assert vault.is_newest(kept(line).audio)
    assert vault.open_bytes(kept(line).audio).startswith(b"RIFF")
    object.__setattr__(line.house, "vault", vault)
