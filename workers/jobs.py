"""The jobs: what a nudge asks for, by name. Each takes one id, looks at the row, and is safe to run twice."""

from hotline import voicemails
from workers import here, sweep


def send(delivery_id: int) -> None:
    """Look at this delivery. With eight under way it waits for a free hand."""
    here.hands().give(delivery_id)


def due(run_id: int) -> None:
    """Look at this run: if its clock has run out, it hears the silence."""
    sweep.hear_quiet(here.house(), run_id)


def message(voicemail_id: int) -> None:
    """Look at this message: what somebody spoke may be ready at the carrier."""
    voicemails.fetch(here.house(), voicemail_id)
