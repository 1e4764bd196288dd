"""What the hotline does: every conversation and process, as tables. Pure: values in, values out (design.md 3)."""

from flows.alarm import ALARM, ALERT
from flows.anywhere import LEAVE
from flows.assist import ASSIST
from flows.company import COMPANY
from flows.emergency import EMERGENCY, FOLLOW_UP, SAFETY
from flows.intake import INTAKE
from flows.machine import Flow
from flows.offer import OFFER
from flows.paging import PAGING
from flows.questions import ASK_AGAIN, CHECK, CONFIRM, NOTE_MEANT, OUTCOME, WHICH, WHOSE
from flows.roster import ROSTER

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        INTAKE, EMERGENCY, SAFETY, FOLLOW_UP, COMPANY, PAGING, OFFER, ALARM, ALERT, ASSIST,
        CONFIRM, OUTCOME, ASK_AGAIN, CHECK, WHOSE, NOTE_MEANT, WHICH, LEAVE, ROSTER,
    )
}  # fmt: skip
