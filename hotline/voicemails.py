"""Messages people leave: fetched from the carrier, sealed here, gone there; played only on a call the line made."""

import hashlib
import hmac

from sqlalchemy import select

from hotline import voice
from hotline.models import voicemails
from hotline.statements import insert_or
from hotline.work import Work

SHORTEST_S = 1


def keep(work: Work, sid: str, seconds: int) -> None:
    """Note what was recorded: a worker fetches it."""
    case = work.open_case_of(work.person.id)
    if case is None or work.call is None:
        return
    row = {
        "id": work.house.clock.id(), "program_id": work.program.id, "case_id": case, "person_id": work.person.id,
        "call_id": work.call["id"], "sid": sid, "state": "waiting", "seconds": seconds, "received_at": work.now,
        "due": work.now,
    }  # fmt: skip
    work.connection.execute(insert_or(work.connection, voicemails).values(row).on_conflict_do_nothing())


def playing(work: Work, at: str) -> list[voice.Said]:
    """The messages of the case this call is about, as addresses only the carrier is given."""
    assert work.call is not None
    run = work.runs.get(work.call["run_id"] or 0)
    if run is None or run.case is None:
        return []
    mine = select(voicemails.c.id).where(voicemails.c.case_id == run.case, voicemails.c.state == "kept")
    language = work.language(work.person) or work.program.languages[0]
    found = work.connection.scalars(mine.order_by(voicemails.c.id))
    return [voice.Said(language, play=f"{at}/message/{id}/{token(work, id)}") for id in found]


def token(work: Work, voicemail: int) -> str:
    """Known only to whoever was given this call's document."""
    assert work.call is not None
    key = work.house.vault.index(f"message {work.call['id']} {voicemail}")
    return hmac.digest(key, b"play", hashlib.sha256).hex()[:32]
