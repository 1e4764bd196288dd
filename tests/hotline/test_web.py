"""What Twilio, monitors and the simulator find on our doorstep."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import delete, func, insert, select

from hotline import signatures
from hotline.models import cases, deliveries, people
from tests.line import TOKEN
from tests.stories.signed import post


def form(line, phone, body="help", sid="SM" + "1" * 32, **more):
    return {"MessageSid": sid, "From": phone.number, "To": line.number, "Body": body, "NumMedia": "0", **more}


def texts(answer):
    return ElementTree.fromstring(answer.text).findall("Message")


@pytest.mark.both
def test_a_text_is_answered_in_twiml_with_a_status_callback(ana, bo, line):
    line.opens()
    answer = post(line, "/twilio/sms", form(line, ana))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert "danger" in texts(answer)[0].text
    assert texts(answer)[0].get("action").startswith(line.url + "/twilio/status")


@pytest.mark.parametrize("missing", ["Body", "NumMedia", "From", "To", "MessageSid"])
def test_whatever_is_missing_it_is_no_5xx(ana, bo, line, missing):
    line.opens()
    incomplete = {name: value for name, value in form(line, ana).items() if name != missing}
    assert post(line, "/twilio/sms", incomplete).status_code == 200


@pytest.mark.parametrize("number", ["x", "-1", "1e9", "²", "", "9" * 5000])
def test_odd_counts_of_pictures_are_none(ana, bo, line, number):
    line.opens()
    assert post(line, "/twilio/sms", form(line, ana, NumMedia=number)).status_code == 200


@pytest.mark.both
@pytest.mark.parametrize("sid", ["", "SM" + "a" * 100, "SM\0", "SM é"])
def test_texts_without_a_sid_are_two(ana, ben, bo, line, sid):
    line.opens()
    assert "danger" in texts(post(line, "/twilio/sms", form(line, ana, sid=sid)))[0].text
    answer = post(line, "/twilio/sms", form(line, ben, "my brother is not breathing", sid=sid))
    assert texts(answer)[0].text.startswith("CALL 911 NOW")
    line.settle()
    bo.hears("possible emergency").rings()


@pytest.mark.both
@pytest.mark.parametrize("code", ["9" * 5000, "9" * 30, "x"])
def test_odd_error_codes_are_no_5xx(ana, bo, line, code):
    line.opens()
    told = {"MessageSid": "SM" + "9" * 32, "MessageStatus": "failed", "ErrorCode": code}
    assert post(line, "/twilio/status?d=" + "9" * 30, told).status_code == 204


def test_a_fault_of_ours_is_answered_with_whom_to_call(ana, bo, line, monkeypatch):
    line.troubles_expected = True
    line.opens()

    def breaks(*_):
        raise RuntimeError("nobody may read this")

    monkeypatch.setattr("hotline.web.sms.take_text", breaks)
    answer = post(line, "/twilio/sms", form(line, ana))
    assert answer.status_code == 200
    assert "911" in texts(answer)[0].text
    assert "309-555-0111" in texts(answer)[0].text
    assert "nobody may read" not in answer.text


def test_the_second_token_signs_while_one_is_being_replaced(ana, bo, line):
    url = line.url + "/twilio/sms"
    signed = signatures.valid(url, form(line, ana), "x", ("old", TOKEN))
    assert signed is False
    assert post(line, "/twilio/sms", form(line, ana)).status_code == 200


def test_the_host_header_decides_nothing(ana, bo, line):
    client = line.web.test_client()
    line.opens()
    assert client.post("/twilio/sms", data=form(line, ana), headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post(line, method):
    assert getattr(line.web.test_client(), method)("/twilio/sms").status_code == 405


def test_a_status_of_nobodys_text_is_taken_and_forgotten(ana, bo, line):
    line.opens()
    told = {"MessageSid": "SM" + "9" * 32, "MessageStatus": "delivered"}
    assert post(line, "/twilio/status", told).status_code == 204
    assert post(line, "/twilio/status", {"MessageStatus": "delivered"}).status_code == 204
    assert post(line, "/twilio/status", {**told, "MessageStatus": "nonsense"}).status_code == 204
    with line.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(deliveries)) == 0


@pytest.mark.both
def test_health(bo, line):
    client = line.web.test_client()
    line.opens()
    assert client.get("/health/live").json["state"] == "up"
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json["database"]["state"] == "ok"
    assert ready.json["redis"]["state"] == "none"
    assert {"urgent", "routine", "clock", "oldest_unsent_page"} <= ready.json.keys()
    assert ready.json["oldest_unplaced_ring"] == {"state": "ok", "seconds": 0.0}
    assert ready.json["calls"] == {"state": "ok", "going_on": 0}


@pytest.mark.both
def test_health_and_metrics_tell_of_calls_and_of_rings_that_wait(ana, bo, line):
    client = line.web.test_client()
    ana.calls().sleeps()
    assert client.get("/health/ready").json["calls"] == {"state": "ok", "going_on": 1}
    assert 'hotline_calls_going_on{from="caller"} 1.0' in client.get("/metrics").get_data(as_text=True)
    bo.skips()
    ring = Waiting(line)
    assert client.get("/health/ready").json["oldest_unplaced_ring"] == {"state": "late", "seconds": 60.0}
    told = client.get("/metrics").get_data(as_text=True)
    assert "hotline_oldest_ring_seconds 60.0" in told
    assert bo.number[2:] not in told
    ring.goes()
    ana.hangs_up()
    bo.skips()


class Waiting:
    """A phone that should have been rung a minute ago."""

    def __init__(self, line) -> None:
        self.line = line
        with line.house.engine.begin() as connection:
            person = connection.execute(select(people).where(people.c.roles == "coordinator")).one()
            row = {"program_id": person.program_id, "person_id": person.id, "lane": "urgent", "state": "due"}
            due = line.clock.now - timedelta(seconds=60)
            row |= {"id": 1, "channel": "call", "card": "offer.ring", "language": "en", "due": due, "created_at": due}
            connection.execute(insert(deliveries).values(row))

    def goes(self) -> None:
        with self.line.house.engine.begin() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.id == 1))


def test_metrics_count_and_name_nobody(ana, bo, line):
    ana.texts("I am Annie and i need help").hears("danger").replies("no").hears("town")
    bo.hears("someone asks")
    told = line.web.test_client().get("/metrics").get_data(as_text=True)
    assert "hotline_open_cases" in told
    assert "Annie" not in told
    assert ana.number[2:] not in told


def test_simulated_time_is_told_and_moved(ana, bo, line):
    client = line.web.test_client()
    ana.texts("help").hears("danger")
    state = client.get("/simulated-time").json
    assert {"now", "next", "busy"} == state.keys()
    assert "intake" in state["next"]["what"]
    assert client.post("/simulated-time", data={"forward": "a while"}).status_code == 400
    moved = client.post("/simulated-time", data={"forward": "90s"})
    assert moved.status_code == 200
    assert moved.json["now"] > state["now"]


def test_a_body_without_an_end_is_refused(line):
    assert line.web.test_client().post("/twilio/sms", data={"Body": "a" * 2_000_000}).status_code in (403, 413)
    with line.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(cases)) == 0
