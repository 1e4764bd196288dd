"""What is ahead: each run's next moment in plain words, and who would be asked next, found by rehearsing it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows import FLOWS
from flows.effects import OPENED, OPENER, Effect, Open, Tell
from flows.events import Event, Quiet, Told
from flows.machine import Run, step
from hotline.onlooker import sentences
from hotline.onlooker.rungs import offer_ends
from hotline.onlooker.seen import Seen
from hotline.onlooker.sentences import Names

TOLD = 6  # of what is coming


def names(seen: Seen, run: Run) -> Names:
    """What stands in the blanks of this run's sentences."""

    def name(blank: str) -> str:
        if (run.id, blank) not in seen.blanks:
            seen.blanks[run.id, blank] = _name(seen, run, blank)
        return seen.blanks[run.id, blank]

    return name


def _name(seen: Seen, run: Run, blank: str) -> str:
    if blank == "next":
        return _next(seen, run)
    if blank == "role":
        return str(run.known.get("role", "coordinator"))
    return seen.party(run, FLOWS[run.flow].party if blank == "who" else blank)


def coming(seen: Seen) -> list[dict[str, Any]]:
    """The next few things that somebody would notice, soonest first; what is said twice of a case is told once."""
    found: dict[tuple[Any, str], dict[str, Any]] = {}
    for one in sorted([*_silences(seen), *_texts(seen)], key=lambda one: one["at"]):
        found.setdefault((one["code"], one["what"]), one)
    return [one | {"at": one["at"].isoformat()} for one in list(found.values())[:TOLD]]


def _silences(seen: Seen) -> Iterator[dict[str, Any]]:
    for run in seen.runs:
        own = names(seen, run)
        if run.due is not None and (what := sentences.then(run.flow, run.state, own)):
            yield _told(seen, run.due, what, run.known.get("code") or seen.code(run.case), run.flow, run.state)
        if (run.flow, run.state) == ("offer", "waits") and (ends := offer_ends(run)):  # what comes after the ring
            yield _told(seen, ends, sentences.then("offer", "asked", own), seen.code(run.case), "offer", "asked")


def _texts(seen: Seen) -> Iterator[dict[str, Any]]:
    for text in seen.texts:
        who = seen.first_name(text.person_id) or seen.participant(text.case_id)
        what = sentences.then("text", "due", {"who": who}.__getitem__)
        yield _told(seen, text.due, what, seen.code(text.case_id), None, None)


def _told(seen: Seen, at: datetime, what: str, code: str | None, flow: str | None, state: str | None) -> dict[str, Any]:
    in_s = max(round((at - seen.now).total_seconds()), 0)
    return {"at": at, "in_s": in_s, "what": what, "code": code, "flow": flow, "state": state}


def _next(seen: Seen, run: Run) -> str:
    """What the page does when this run's time is up: flows are values, so it is tried, and nothing is written."""
    page = run if run.flow == "paging" else seen.by_id.get(run.opener or 0)
    if page is None or run.due is None:
        return sentences.asked_next("nothing", names(seen, run))
    event: Event = Quiet() if page is run else Told("lapsed", {"member": run.known["member"]})
    role = page.known.get("role", "coordinator")
    facts = {
        "rota": seen.rota(role),
        "open": frozenset(other.flow for other in seen.of_case(page.case)),
        "live": seen.live(page),
    }
    effects = step(FLOWS[page.flow], page, event, run.due, facts)[1]
    asked = [name for effect in effects if (name := _asked(seen, effect))]
    if asked:
        which = "one" if len(asked) == 1 else "several"
        return sentences.asked_next(which, {"names": " and ".join(asked)}.__getitem__)
    which = next((found for effect in effects if (found := _nobody_left(effect))), "nothing")
    return sentences.asked_next(which, names(seen, run))


def _asked(seen: Seen, effect: Effect) -> str | None:
    match effect:
        case Open("offer", data):
            return seen.first_name(data["member"])
        case Tell(to, "again", data) if to == OPENED:
            return seen.first_name(data["member"])
    return None


def _nobody_left(effect: Effect) -> str | None:
    match effect:
        case Open("alarm") | Tell("alarm", "alarm"):
            return "managers"
        case Tell(to, "nobody") if to == OPENER:
            return "nobody"
    return None
