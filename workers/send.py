"""Sending: one delivery, handed to the carrier once. Safe to run twice: whoever does not get the claim does nothing."""

import logging
from datetime import timedelta

from hotline import dispatch
from hotline.carrier import CarrierFault
from hotline.house import House
from hotline.models.engine import retriable
from workers import outbox

log = logging.getLogger(__name__)

RUNG_S = 25  # seconds a phone rings: its voicemail picks up after about so long
EXPIRED = 30036  # the carrier's own code for a text that was not worth sending any more
LONGEST_S = {"urgent": 30.0, "routine": 300.0}
PATIENCE = 40  # refusals, then the run is told: a quarter of an hour of an urgent text, hours of a routine one
LONGEST_RETRY_AFTER_S = 900.0


def hand_over(house: House, delivery_id: int) -> None:
    """Claim it, word it, hand it to the carrier, note what came of it."""
    try:
        claimed = _take(house, delivery_id)
    except Exception as exc:
        _poisoned(house, delivery_id, exc)
        return
    if claimed is None:
        return
    row = claimed.row
    try:
        sid = _handed(house, claimed)
    except CarrierFault as fault:
        refused(house, claimed, fault)
    else:
        dispatch.sent(house, row.id, sid)
        log.info("sent", extra={"delivery": row.id, "lane": row.lane})


def _handed(house: House, claimed: outbox.Claimed) -> str:
    """A text, or a phone that is rung."""
    row, base = claimed.row, house.settings.public_url
    if row.channel == "call":
        ring = min(RUNG_S, claimed.expires_s or RUNG_S)
        address, status = f"{base}/twilio/voice/{row.id}/answered/0", f"{base}/twilio/status?c={row.id}"
        return house.carrier.start_call(claimed.to, claimed.from_, address, status, ring, claimed.detect)
    return house.carrier.send_text(
        claimed.to, claimed.from_, claimed.words, f"{base}/twilio/status?d={row.id}", claimed.expires_s
    )


#: It does not take us for who we are: whoever was asked instead would be refused as well, until somebody mends it.
UNKNOWN_TO_IT = (401, 403)


def _take(house: House, delivery_id: int) -> outbox.Claimed | None:
    row, now = outbox.read(house, delivery_id), house.clock.now()
    if row is None or row.state != "due" or row.due is None or row.due > now:
        return None
    if row.expires is not None and outbox.expiry(row) <= now:
        dispatch.take_fate(house, delivery_id, "failed", EXPIRED)
        return None
    claimed = outbox.prepared(house, row, now)
    return claimed if outbox.claim(house, claimed, now) else None


def refused(house: House, claimed: outbox.Claimed, fault: CarrierFault) -> None:
    """What the carrier's refusal means for this delivery (facts 3.6)."""
    row = claimed.row
    told = {"delivery": row.id, "kind": fault.kind, "code": fault.code, "status": fault.status}
    if fault.kind == "unknown":
        log.warning("nobody knows whether the carrier has it", extra=told)
        outbox.leave(house, row.id)
    elif (fault.kind == "transient" or fault.status in UNKNOWN_TO_IT) and (row.refusals or 0) < PATIENCE:
        log.log(logging.WARNING if fault.kind == "transient" else logging.ERROR, "later", extra=told)
        outbox.postpone(house, row, house.clock.now() + back_off(house, row.refusals or 0, row.lane, fault.retry_after))
    else:
        log.error("not sent", extra=told)
        dispatch.take_fate(house, row.id, "failed", fault.code)


def back_off(house: House, refusals: int, lane: str, retry_after: float | None) -> timedelta:
    """1 s, then twice as long each time, a quarter more or less, and never sooner than the carrier asked for."""
    seconds = min(2.0 ** min(refusals, 10), LONGEST_S[lane]) * house.clock.choice(range(75, 126)) / 100
    return timedelta(seconds=max(seconds, min(retry_after or 0.0, LONGEST_RETRY_AFTER_S)))


def _poisoned(house: House, delivery_id: int, exc: Exception) -> None:
    """A row that cannot even be read or worded: out of the others' way, and in the end its run is told."""
    if retriable(exc):
        log.warning("the database would not", extra={"delivery": delivery_id, "fault": type(exc).__name__})
        return
    log.error("a delivery is poison", exc_info=exc, extra={"delivery": delivery_id})
    row = outbox.read(house, delivery_id)
    if row is None:
        return
    outbox.push_away(house, row)
    if (row.refusals or 0) >= 2:
        dispatch.take_fate(house, delivery_id, "failed", None)
