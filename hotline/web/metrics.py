"""GET /metrics, for Prometheus: counted in the database when asked, so that any number of processes tell the same."""

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from hotline.house import House
from hotline.models import calls, case_is_open, cases, deliveries, delivery_is_waiting, runs
from hotline.models import pages as page_rows
from hotline.models.engine import reader
from hotline.web.signed import house

pages = Blueprint("metrics", __name__)


@pages.get("/metrics")
def metrics() -> Response:
    registry = CollectorRegistry()
    registry.register(_Line(house()))
    return Response(generate_latest(registry), mimetype="text/plain")


class _Line(Collector):
    """Counts only: no number, name or word of anybody."""

    def __init__(self, here: House) -> None:
        self.here = here

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self.here.clock.now()
        open_cases = GaugeMetricFamily("hotline_open_cases", "Open cases by level", labels=["level"])
        waiting = GaugeMetricFamily(
            "hotline_waiting_deliveries", "Texts and calls not yet handed over, by lane", labels=["lane"]
        )
        oldest = GaugeMetricFamily("hotline_oldest_waiting_seconds", "Age of the oldest of them", labels=["lane"])
        asking = GaugeMetricFamily("hotline_open_pages", "Pages nobody has taken, by state", labels=["state"])
        overdue = GaugeMetricFamily("hotline_overdue_runs", "Runs whose clock has run out and who have not heard it")
        on_call = GaugeMetricFamily("hotline_calls_going_on", "Calls that have not ended", labels=["from"])
        ring = GaugeMetricFamily("hotline_oldest_ring_seconds", "Age of the oldest phone to be rung that is not yet")
        with reader(self.here.engine).connect() as connection:
            for level, count in connection.execute(
                select(cases.c.level, func.count()).where(case_is_open).group_by(cases.c.level)
            ):
                open_cases.add_metric([level], count)
            for lane, count, due in connection.execute(
                select(deliveries.c.lane, func.count(), func.min(deliveries.c.due))
                .where(delivery_is_waiting)
                .group_by(deliveries.c.lane)
            ):
                waiting.add_metric([lane], count)
                oldest.add_metric([lane], max(0.0, (now - due).total_seconds()) if due else 0.0)
            for state, count in connection.execute(
                select(page_rows.c.state, func.count())
                .where(page_rows.c.state.in_(("asking", "unanswered")))
                .group_by(page_rows.c.state)
            ):
                asking.add_metric([state], count)
            going_on = select(calls.c.inbound, func.count()).where(calls.c.ended_at.is_(None), calls.c.sid.is_not(None))
            for inbound, count in connection.execute(going_on.group_by(calls.c.inbound)):
                on_call.add_metric(["caller" if inbound else "line"], count)
            due = connection.scalar(
                select(func.min(deliveries.c.due)).where(delivery_is_waiting, deliveries.c.channel == "call")
            )
            ring.add_metric([], max(0.0, (now - due).total_seconds()) if due else 0.0)
            late = connection.scalar(select(func.count()).select_from(runs).where(runs.c.open, runs.c.due <= now))
            overdue.add_metric([], late or 0)
        yield from (open_cases, waiting, oldest, asking, on_call, ring, overdue)
