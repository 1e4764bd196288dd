"""What the hotline does: every conversation and process, as tables. Pure: values in, values out (design.md 3)."""

from flows.after import AFTER
from flows.alarm import ALARM, ALERT
from flows.anywhere import LEAVE
from flows.assist import ASSIST
from flows.call import CALL
from flows.caller import CALLER, NUMBER, VOICEMAIL
from flows.callin import CALLIN
from flows.care import CARE
from flows.checkin import CHECKIN
from flows.company import COMPANY
from flows.desk import ADMIT, DESK, DESK_TIME, WALKIN
from flows.desk_call import DESK_CALL
from flows.drive import DRIVE
from flows.driver_asks import CAR, COMPANION, DROP, GONE, KEEPS, WELL
from flows.emergency import EMERGENCY, FOLLOW_UP, SAFETY
from flows.guide import GUIDE
from flows.intake import INTAKE
from flows.machine import Flow
from flows.offer import OFFER
from flows.paging import PAGING
from flows.placement import PLACEMENT
from flows.prompts import DRAFT, PROMPTS
from flows.questions import ASK_AGAIN, CHECK, CONFIRM, NOTE_MEANT, OUTCOME, STILL, WHICH, WHOSE
from flows.ride import RIDE, RIDE_OFF
from flows.roster import ROSTER
from flows.support import SUPPORT

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        INTAKE, EMERGENCY, SAFETY, FOLLOW_UP, COMPANY, PAGING, OFFER, ALARM, ALERT, DESK_CALL, ASSIST,
        CALLER, CALL, CALLIN, NUMBER, VOICEMAIL,
        CONFIRM, OUTCOME, ASK_AGAIN, STILL, CHECK, WHOSE, NOTE_MEANT, WHICH, LEAVE, ROSTER,
        WALKIN, ADMIT, DESK, DESK_TIME, RIDE, RIDE_OFF, DRIVE, COMPANION, CAR, KEEPS, GONE, DROP, WELL, PLACEMENT,
        GUIDE, CARE, CHECKIN, AFTER, SUPPORT, PROMPTS, DRAFT,
    )
}  # fmt: skip
