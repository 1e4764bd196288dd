"""Files: the program and the roster as people keep them, checked whole before anything of them is written.

Every fault is `FILE:LINE: COLUMN: what`, and of a phone number never more than where it stands.
"""

from hotline.files.faults import Fault, FileFault, Report
from hotline.files.program import DURATIONS, duration, load_program, parse_program, seconds
from hotline.files.roster import HandoverNeeded, load_roster, parse_roster

__all__ = [
    "DURATIONS",
    "Fault",
    "FileFault",
    "HandoverNeeded",
    "Report",
    "duration",
    "load_program",
    "load_roster",
    "parse_program",
    "parse_roster",
    "seconds",
]
