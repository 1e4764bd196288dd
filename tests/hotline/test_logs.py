"""Logs: JSON lines from which nobody can be read, whatever a library or an exception would say."""

import io
import json
import logging

import pytest
import sentry_sdk
from sqlalchemy.exc import IntegrityError

from hotline import logs


@pytest.fixture
def written():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up("DEBUG", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before
    logging.captureWarnings(False)
    logging.raiseExceptions = True


def test_a_line_is_json_with_our_ids_and_without_a_number(written):
    logging.getLogger("hotline.dispatch").info(
        "took a text from %s", "+13095550123", extra={"case": 908123456789012345}
    )
    (line,) = written()
    assert line["message"] == "took a text from …23"
    assert line["case"] == 908123456789012345
    assert line["level"] == "INFO"
    assert line["logger"] == "hotline.dispatch"
    assert line["at"].endswith("+00:00")


def test_of_libraries_only_the_template_is_written(written):
    logging.getLogger("urllib3.connectionpool").warning("Retrying %s", "/Messages.json?Body=my+name+is+Ana")
    logging.getLogger("twilio.http_client").info("Body: my name is Ana")
    (line,) = written()
    assert line["message"] == "Retrying %s"


def test_of_an_exception_only_its_kind_and_place(written):
    try:
        try:
            raise ValueError("Ana said no")
        except ValueError as exc:
            raise IntegrityError("INSERT", {"words": "Ana said no"}, exc) from exc
    except IntegrityError:
        logging.getLogger("workers.send").exception("could not note a delivery")
    (line,) = written()
    assert "IntegrityError at" in line["exception"]
    assert "because of ValueError at" in line["exception"]
    assert "Ana" not in json.dumps(line)


def test_a_log_call_that_is_wrong_is_written_all_the_same(written):
    logging.getLogger("hotline").warning("two %s %s", "one")
    assert written()[0]["message"] == "two %s %s"


def test_sentry_gets_the_place_and_nothing_of_anybody():
    events = []
    options = logs.sentry_options("https://key@sentry.example.org/1")

    class Transport(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope):
            events.extend(item.payload.json for item in envelope.items)

    client = sentry_sdk.Client(**options, transport=Transport)
    words = "Ana is at 12 Main St +13095550123"
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        scope.set_tag("who", words)
        scope.set_user({"id": words})
        scope.add_breadcrumb(message=words)
        try:
            raise RuntimeError(words)
        except RuntimeError:
            sentry_sdk.capture_exception()
            logging.getLogger("hotline").error("failed for %s", words)
        sentry_sdk.capture_message(words)
    client.flush()
    assert events
    assert "Ana" not in json.dumps(events)
    assert "5550123" not in json.dumps(events)
    assert any("RuntimeError" in json.dumps(event) and "test_logs" in json.dumps(event) for event in events)
