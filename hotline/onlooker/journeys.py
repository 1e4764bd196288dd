"""Rides and check-ins of a case, leg by leg and day by day: states and times. No address, no place, no words."""

from typing import Any

from hotline.onlooker.seen import Seen

LEGS = {
    "asked": "asked_at",
    "covered": "covered_at",
    "on the way": "otw_at",
    "here": "here_at",
    "in the car": "in_at",
    "arrived": "arrived_at",
}


def rides(seen: Seen, case_id: int) -> list[dict[str, Any]]:
    """due: when the line next looks whether the driver is where they should be."""
    found = []
    for row in seen.rides:
        if row.case_id == case_id:
            clocks = [run.due for run in seen.of_case(case_id) if run.due and row.id in (run.id, run.opener)]
            legs = [{"name": name, "at": iso(getattr(row, column))} for name, column in LEGS.items()]
            state = row.outcome or row.state
            found.append(
                {
                    "code": row.code,
                    "state": state.replace("_", " "),
                    "driver": seen.name(row.driver_id),
                    "legs": legs,
                    "due": iso(min(clocks, default=None)),
                }
            )
    return found


def checkins(seen: Seen, case_id: int) -> list[dict[str, Any]]:
    """Those that went out, and the next one, which is `planned`."""
    sent = [
        {
            "day": row.day,
            "due": iso(row.due),
            "sent_at": iso(row.sent_at),
            "answered_at": iso(row.answered_at),
            "state": row.state,
            "grade": row.grade,
        }
        for row in seen.checkins
        if row.case_id == case_id
    ]
    planned = [
        {
            "day": run.known.get("day"),
            "due": iso(run.due),
            "sent_at": None,
            "answered_at": None,
            "state": "planned",
            "grade": None,
        }
        for run in seen.of_case(case_id)
        if (run.flow, run.state) in (("care", "rests"), ("care", "held"))
    ]
    return sent + planned


def iso(at: Any) -> str | None:
    return at.isoformat() if at is not None else None
