"""Messages people leave: fetched from the carrier, sealed here, gone there; played only on a call the line made."""

import hashlib
import hmac
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, literal_column, select, update

from hotline import retention, voice
from hotline.carrier import CarrierFault
from hotline.dispatch import take_told
from hotline.house import House
from hotline.models import calls, forgotten, voicemails
from hotline.models.engine import reader
from hotline.statements import insert_or
from hotline.work import Work

log = logging.getLogger(__name__)

SOON = timedelta(seconds=5)  # until a message that is not ready is asked for again, then twice as long each time
LONGEST_WAIT = timedelta(hours=1)
LEASE = timedelta(minutes=1)  # whoever fetches it has it for so long: three minutes of speech are 3 MB
PATIENCE = timedelta(days=1)  # then it is lost, and the coordinator hears so
AT_ONCE = 10  # a round

_waits = voicemails.c.state == literal_column("'waiting'")  # its partial index, in its own words


# --- what was recorded ------------------------------------------------------------------------------------------------


def keep(work: Work, sid: str, seconds: int) -> None:
    """Note what was recorded: a worker fetches it."""
    if work.call is None or (case := work.open_case_of(work.person.id) or work.call["case_id"]) is None:
        return
    row = _row(work.house, work.call, case, sid, seconds)
    work.connection.execute(insert_or(work.connection, voicemails).values(row).on_conflict_do_nothing())


def told(house: House, call_id: int, sid: str, status: str, seconds: int) -> None:
    """The carrier says that a recording is ready, or that there is none in it."""
    with house.engine.begin() as connection:
        call = connection.execute(select(calls).where(calls.c.id == call_id)).first()
        if call is None or not sid or status not in ("completed", "absent"):
            return
        if call.case_id is not None and status == "completed":  # whose own webhook may not have reached us
            row = _row(house, call._mapping, call.case_id, sid, seconds)
            connection.execute(insert_or(connection, voicemails).values(row).on_conflict_do_nothing())
        mine = update(voicemails).where(voicemails.c.sid == sid, voicemails.c.call_id == call_id, _waits)
        id = connection.scalar(mine.values(due=house.clock.now()).returning(voicemails.c.id))
    if id is None:
        return
    if status == "absent":
        _lost(house, id)
    else:
        house.nudge("message", id, "urgent")


def _row(house: House, call: Any, case: int, sid: str, seconds: int) -> dict[str, Any]:
    now = house.clock.now()
    return {
        "id": house.clock.id(), "program_id": call["program_id"], "case_id": case, "person_id": call["person_id"],
        "call_id": call["id"], "sid": sid, "state": "waiting", "seconds": seconds, "received_at": now, "due": now,
    }  # fmt: skip


# --- fetching ---------------------------------------------------------------------------------------------------------


def fetch_due(house: House) -> int:
    """Fetch what may be ready by now; how many were asked for."""
    with reader(house.engine).connect() as connection:
        waiting = select(voicemails.c.id).where(_waits, voicemails.c.due <= house.clock.now())
        found: Sequence[int] = connection.scalars(waiting.order_by(voicemails.c.due).limit(AT_ONCE)).all()
    for id in found:
        fetch(house, id)
    return len(found)


def fetch(house: House, id: int) -> None:
    """One message, if nobody else is at it: sealed here, then gone at the carrier. Safe to run twice."""
    row = _claimed(house, id)
    if row is None:
        return
    try:
        audio = house.carrier.recording(row.sid)
        if not audio:
            raise CarrierFault("transient")
    except CarrierFault as fault:
        log.info("a message is not ready", extra={"voicemail": id, "kind": fault.kind, "status": fault.status})
        if house.clock.now() - row.received_at >= PATIENCE:
            _lost(house, id)
        else:
            _change(house, id, due=house.clock.now() + min(SOON * 2 ** min(row.tries, 12), LONGEST_WAIT))
        return
    if _change(house, id, state="kept", audio=house.vault.seal(audio), due=None, forget=row.sid):
        take_told(house, row.case_id, "voicemail", "message_kept")
        retention.forget_at_carrier(house, limit=1, sid=row.sid)


def _claimed(house: House, id: int) -> Row[Any] | None:
    """Compare-and-set on the time it is due: of several workers one fetches."""
    now = house.clock.now()
    with house.engine.begin() as connection:
        row = connection.execute(select(voicemails).where(voicemails.c.id == id, _waits)).first()
        if row is None or row.due is None or row.due > now:
            return None
        mine = update(voicemails).where(voicemails.c.id == id, _waits, voicemails.c.due == row.due)
        taken = connection.execute(mine.values(due=now + LEASE, tries=row.tries + 1)).rowcount == 1
    return row if taken else None


def _lost(house: House, id: int) -> None:
    """It never came: whoever has the case asks them what they said."""
    with reader(house.engine).connect() as connection:
        row = connection.execute(select(voicemails.c.sid, voicemails.c.case_id).where(voicemails.c.id == id)).one()
    if _change(house, id, state="lost", due=None, forget=row.sid):
        log.warning("a message is lost", extra={"voicemail": id})
        take_told(house, row.case_id, "voicemail", "message_lost")


def _change(house: House, id: int, forget: str | None = None, **values: Any) -> bool:
    """`forget`: with it, that the carrier has still to forget this recording."""
    with house.engine.begin() as connection:
        mine = update(voicemails).where(voicemails.c.id == id, _waits)
        if connection.execute(mine.values(**values)).rowcount != 1:
            return False
        if forget:
            note = insert_or(connection, forgotten).values(sid=forget, due=house.clock.now(), tries=0)
            connection.execute(note.on_conflict_do_nothing())
    return True


# --- playing ----------------------------------------------------------------------------------------------------------


def playing(work: Work, at: str) -> list[voice.Said]:
    """The messages of the case this call is about, as addresses only the carrier is given. None on a call to us:
    whose phone that is, is only what a caller id says."""
    assert work.call is not None
    run = work.runs.get(work.call["run_id"] or 0)
    if run is None or run.case is None or work.call["inbound"]:
        return []
    mine = select(voicemails.c.id).where(voicemails.c.case_id == run.case, voicemails.c.audio.is_not(None))
    language = work.language(work.person) or work.program.languages[0]
    found = work.connection.scalars(mine.order_by(voicemails.c.id))
    return [voice.Said(language, play=f"{at}/message/{id}/{token(work.house, work.call['id'], id)}") for id in found]


def token(house: House, call: int, voicemail: int) -> str:
    """Known only to whoever was given this call's document."""
    key = house.vault.index(f"message {call} {voicemail}")
    return hmac.digest(key, b"play", hashlib.sha256).hex()[:32]


def audio(house: House, call: int, voicemail: int, given: str) -> bytes | None:
    """A message as WAV, for the call it is played on, while that goes on."""
    if not hmac.compare_digest(given.encode(), token(house, call, voicemail).encode()):
        return None
    going_on = select(calls.c.id).where(calls.c.id == call, calls.c.ended_at.is_(None), ~calls.c.inbound)
    with reader(house.engine).connect() as connection:
        if connection.scalar(going_on) is None:
            return None
        sealed = connection.scalar(select(voicemails.c.audio).where(voicemails.c.id == voicemail))
    return house.vault.open_bytes(sealed) if sealed else None
