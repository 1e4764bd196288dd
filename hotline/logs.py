"""Logs: JSON lines on stdout, and Sentry where it is wanted, without numbers or words of anybody.

Nobody can tell words from anything else once they are in a log, so they are kept out at the source: of libraries only
the template is written, never what they fill it with; of an exception its kind and where it was raised, never its
message (a database's names the values, a carrier's the number).
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import sentry_sdk

from hotline.privacy import redact

#: Whose log calls are written by us, with ids and codes and nothing else.
OURS = ("hotline", "workers", "flows", "messages")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One record, one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if _is_ours(record.name):
            line["message"] = redact(_message(record))
            line |= {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        else:
            line["message"] = redact(str(record.msg))
        if record.exc_info and record.exc_info[1]:
            line["exception"] = described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def set_up(level: str = "INFO", sentry_dsn: str = "", stream: TextIO | None = None) -> None:
    """Make every logger of this process write our lines, and every crash one of them."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # twilio and urllib3 tell at INFO and DEBUG whom we text, and what
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # it would print the arguments of a log call that failed
    sys.excepthook = _crashed
    if sentry_dsn:
        sentry_sdk.init(**sentry_options(sentry_dsn))


def sentry_options(dsn: str) -> dict[str, Any]:
    """Sentry without anything personal: nothing of requests, no local variables, no breadcrumbs, no messages."""
    return {
        "dsn": dsn,
        "include_local_variables": False,
        "include_source_context": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,
        "traces_sample_rate": None,
        "auto_session_tracking": False,
        "server_name": "",
        "before_send": _stripped,
        "before_breadcrumb": lambda crumb, hint: None,
        "before_send_transaction": lambda event, hint: None,
    }


def described(exc: BaseException) -> str:
    """What went wrong and where, of the exception and of what caused it; never what it says."""
    parts = []
    seen: set[int] = set()
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        frames = traceback.extract_tb(exc.__traceback__)[-6:]
        where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        parts.append(f"{type(exc).__name__} at {where}" if where else type(exc).__name__)
        exc = exc.__cause__ or exc.__context__  # type: ignore[assignment]
    return " because of ".join(parts)


def _is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in OURS


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _plain(value: Any) -> Any:
    return redact(value) if isinstance(value, str) else value


def _crashed(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, exc, trace)
        return
    logging.getLogger("hotline").critical("crashed", exc_info=(kind, exc, trace))


def _stripped(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Only what is listed here leaves the house: whatever Sentry learns to collect next stays in it."""
    kept: dict[str, Any] = {
        key: event[key] for key in ("event_id", "timestamp", "level", "logger", "platform", "release") if key in event
    }
    template = (event.get("logentry") or {}).get("message")
    if template:
        kept["logentry"] = {"message": redact(template)}
    values = (event.get("exception") or {}).get("values") or []
    if values:
        kept["exception"] = {"values": [_stripped_exception(value) for value in values]}
    return kept


def _stripped_exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    known = ("filename", "abs_path", "module", "function", "lineno", "in_app")
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {"frames": [{key: frame[key] for key in known if key in frame} for frame in frames]},
    }
