"""Who waits on the line: the one test by which every flow forks between speaking and texting."""

from flows.machine import Moment


def they_wait(m: Moment) -> bool:
    """The participant is on the line, and not put through to anybody. Needs the fact "live"."""
    return "participant" in m.facts["live"]
