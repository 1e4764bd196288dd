"""The team: who would be asked for something now, read for people and not for a flow."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from flows.rotation import Hours, Member, eligible, off_shift_order, on_shift, order
from hotline.models import case_is_open, cases, people
from hotline.models.engine import reader
from hotline.privacy import Vault
from hotline.programs import Program

STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Gap:
    """Nobody's hours."""

    start: datetime
    end: datetime

    def said(self, zone: ZoneInfo) -> str:
        return f"{self.start.astimezone(zone):%a %m/%d %H:%M} to {self.end.astimezone(zone):%a %H:%M}"


def members(engine: Engine, vault: Vault, program: Program, role: str) -> tuple[Member, ...]:
    """Everybody on the roster now, as this role sees them."""
    taken = (
        select(people.c.phone_ix, func.count())
        .join(cases, cases.c.coordinator_id == people.c.id)
        .where(case_is_open)
        .group_by(people.c.phone_ix)
    )
    roster = select(people).where(people.c.program_id == program.id, people.c.roles.is_not(None), people.c.active)
    with reader(engine).connect() as connection:
        counts = Counter({index: count for index, count in connection.execute(taken)})
        rows = connection.execute(roster.order_by(people.c.position)).all()
    found = []
    for row in rows:
        accepted = json.loads(row.accepted or "{}").get(role)
        found.append(
            Member(
                id=row.id,
                name=vault.open(row.name),
                roles=frozenset(row.roles.split(";")),
                languages=tuple((row.languages or "").split(";")),
                hours=Hours.parse(row.hours or "always"),
                off_until=row.off_until,
                opted_out=row.opted_out,
                order=row.position or 0,
                open_cases=counts[row.phone_ix],
                accepted=datetime.fromisoformat(accepted) if accepted else None,
            )
        )
    return tuple(found)


def asked(team: Sequence[Member], program: Program, now: datetime) -> tuple[list[str], list[str]]:
    """The names of the coordinators who would be asked now: those on shift, then the others."""
    limit = program.config["paging"]["coordinator"]["limit"]
    first = order(team, "coordinator", None, now, program.zone, limit)
    later = off_shift_order(team, "coordinator", None, now, program.zone, limit)
    return [one.name for one in first], [one.name for one in later]


def gaps(team: Sequence[Member], zone: ZoneInfo, now: datetime, ahead: timedelta) -> Iterator[Gap]:
    """When no coordinator is on, from now on; what somebody said (OFF) counts as long as it lasts."""
    start, at = None, now
    while at < now + ahead:
        is_on = any(eligible(one, "coordinator", at) and on_shift(one.hours, zone, at) for one in team)
        if is_on and start is not None:
            yield Gap(start, at)
            start = None
        elif not is_on and start is None:
            start = at
        at += STEP
    if start is not None:
        yield Gap(start, now + ahead)
