"""What came to a phone: texts, ringing, and words spoken to it on a call, as the simulated carrier remembers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hotline.simulator.activity import Activity
from hotline.simulator.asking import Gathering
from hotline.simulator.call_records import Call
from hotline.simulator.carrier import Carrier
from hotline.simulator.performing import Lasting

#: A pause this short lies between two sentences, and is listened through.
BREATH = timedelta(seconds=2)


@dataclass(frozen=True)
class Came:
    """One thing that came. `order` is the carrier's, over all phones; `id` names it among all that ever came."""

    id: str | int
    way: Literal["text", "words", "ring"]
    body: str
    at: datetime
    order: int
    call: str = ""


def to(carrier: Carrier, number: str) -> list[Came]:
    """All that came to this phone, oldest first."""
    with carrier.lock:
        found = [
            Came(m.sid, "text", m.body, m.created, m.arrival)
            for m in carrier.messages.values()
            if m.arrival and m.direction != "inbound" and m.to == number
        ]
        for call in carrier.calls.values():
            if call.phone == number:
                found += _on(call)
    return sorted(found, key=lambda came: came.order)


def _on(call: Call) -> list[Came]:
    """Its ringing, and what was said on it, by the line or by whoever it was connected with."""
    found = []
    for line in call.transcript:
        if call.direction != "inbound" and line.kind == "sound" and line.text == "ringing":
            found.append(Came(call.sid, "ring", "(it rings)", line.at, line.seq, call.sid))
        elif line.kind in ("said", "heard", "played"):
            found.append(Came(line.seq, "words", line.text, line.at, line.seq, call.sid))
    return found


def breath_ends(carrier: Carrier) -> datetime | None:
    """When somebody on a call hears the next sentence of what is being said to them just now."""
    with carrier.lock:
        fronts = [call.stack[-1] for call in carrier.calls.values() if call.going_on and call.stack]
        return min((front.until for front in fronts if front.until and _is_breath(front)), default=None)


def _is_breath(front: Activity) -> bool:
    """A short pause with more to come, or a short wait for a key before they are put in the queue."""
    if isinstance(front, Gathering):
        return front.said.number("timeout") <= BREATH.total_seconds()
    return isinstance(front, Lasting) and (front.seconds or 0) <= BREATH.total_seconds() and _speaks(front)


def _speaks(front: Lasting) -> bool:
    ahead = front.script._verbs[front.script._place :]
    return any(verb.name in ("Say", "Play") for verb in ahead)


def told(carrier: Carrier, names: dict[str, str]) -> list[tuple[int, datetime, str]]:
    """Everything that happened between the phones and the line, in order, as a story tells it."""
    ways = {
        "said": "    {} is told: {}", "heard": "    {} hears said: {}", "played": "    {} is played: {}",
        "pressed": "{} presses {}", "spoke": "{} says: {}", "sound": "  ({}: {})",
    }  # fmt: skip
    found = []
    with carrier.lock:
        for m in carrier.messages.values():
            who = names.get(m.phone, m.phone)
            way = f"{who} texts" if m.direction == "inbound" else f"    {who} gets"
            fate = "" if m.direction == "inbound" or m.arrival else f" [{m.status} {m.error or ''}]"
            found.append((m.born, m.created, f"{way}: {m.body}{fate}"))
        for call in carrier.calls.values():
            who = names.get(call.phone, call.phone)
            if call.direction == "inbound":
                found.append((call.born, call.created, f"{who} calls"))
            found += [(x.seq, x.at, ways[x.kind].format(who, x.text)) for x in call.transcript]
    return sorted(found)
