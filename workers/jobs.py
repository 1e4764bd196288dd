"""The jobs: what a nudge asks for, by name. Each takes one id, looks at the row, and is safe to run twice."""

from workers import here, sweep


def send(delivery_id: int) -> None:
    """Look at this delivery. With eight under way it waits for a free hand."""
    here.hands().give(delivery_id)


def due(run_id: int) -> None:
    """Look at this run: if its clock has run out, it hears the silence."""
    sweep.hear_quiet(here.house(), run_id)
