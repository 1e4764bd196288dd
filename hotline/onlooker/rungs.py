"""The rungs of a page: who was asked, when, and what became of it."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from flows.machine import Run
from flows.offer import offer_time
from hotline.onlooker.seen import Seen

BECAME = {"accepted": "taken", "passed": "passed", "offer_failed": "undelivered", "offer_lapsed": "silent"}


def rungs(seen: Seen, covered: frozenset[int]) -> dict[int, list[dict[str, Any]]]:
    """By page, in the order they were asked; whoever is asked again is another rung. `covered`: the pages that are.

    state: asked passed silent taken undelivered covered, or withdrawn: nobody is asked for any more.
    until: when the offer's time is up, while it is asked.
    """
    askings: dict[int, list[tuple[datetime, str | None]]] = defaultdict(list)  # when, and what became of it
    for row in seen.history:
        if row.run_id in seen.asked and row.what == "offer":
            askings[row.run_id].append((row.at, None))
        elif row.run_id in seen.asked and row.what in BECAME:
            askings[row.run_id][-1] = (askings[row.run_id][-1][0], BECAME[row.what])
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for id, told in askings.items():
        offer = seen.asked[id]
        for n, (at, became) in enumerate(told, start=1):
            is_last = n == len(told)
            state = became or (_state(offer, offer.opener in covered) if is_last else "silent")
            until = offer_ends(offer) if is_last and state == "asked" else None
            found[offer.opener or 0].append(
                {
                    "member": seen.name(offer.parties["member"]),
                    "state": state,
                    "asked_at": at.isoformat(),
                    "until": until.isoformat() if until else None,
                }
            )
    return {page: sorted(ones, key=lambda one: one["asked_at"]) for page, ones in found.items()}


def offer_ends(offer: Run) -> datetime | None:
    """When its time is up. Before the phone rings, the run's own clock is the ring's."""
    if not offer.open or offer.due is None:
        return None
    if offer.state != "waits":
        return offer.due
    after_ring = offer_time(offer.policy, urgent=False, live=False) - offer.policy["call_after"]
    return offer.due + timedelta(seconds=after_ring)


def _state(offer: Run, is_covered: bool) -> str:
    if offer.open and offer.state in ("waits", "asked"):
        return "asked"
    return "covered" if is_covered else "withdrawn"
