"""What is heard on the night's phones: calls at the carrier, line by line as their transcripts grow."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hotline.cli.away import Gone, ask, insist

WAIT_S = 15  # real seconds for what a key, or a call, brings
UNTOLD = ("ringing", "waiting in")  # sounds that say nothing to who reads

Show = Callable[[str, str, str, str], None]  # the phone's number, when, "<" ">" or "rings", what is shown


@dataclass
class Leg:
    """One phone in one call. `lines` of its transcript have been told."""

    sid: str
    phone: str = field(repr=False)
    status: str = "queued"
    by: str = "line"
    lines: int = 0
    has_rung: bool = False
    with_: tuple[str, ...] = ()
    verb: str | None = None

    @property
    def goes_on(self) -> bool:
        return self.status in ("queued", "ringing", "in-progress")


class Ear:
    """Every call of the phones that are held. `said`: what a phone hears, `show`: what whoever reads is shown."""

    def __init__(self, carrier: str, show: Show, said: Callable[[str, str], None]) -> None:
        self._carrier, self._show, self._said = carrier, show, said
        self._cursor = int(ask(f"{carrier}/calls")["cursor"])
        self._legs: dict[str, Leg] = {}
        self._rings: list[Leg] = []  # that nobody has expected yet

    @property
    def count(self) -> int:
        """Calls that were placed, from a phone or to one."""
        return len(self._legs)

    def look(self) -> None:
        """What has happened since."""
        told = insist(lambda: ask(f"{self._carrier}/calls?since={self._cursor}"))
        self._cursor = max(self._cursor, int(told["cursor"]))
        for call in told["calls"]:
            self._take(call)

    def is_on(self) -> bool:
        """Whether anybody is on a call, or called, just now."""
        return any(leg.goes_on for leg in self._legs.values())

    def forget_rings(self) -> None:
        self._rings = [leg for leg in self._rings if leg.goes_on]

    def ring_at(self, numbers: set[str]) -> str | None:
        """Whose of these phones has rung and was not expected yet."""
        leg = next((leg for leg in self._rings if leg.phone in numbers), None)
        if leg is None:
            return None
        self._rings.remove(leg)
        return leg.phone

    def leg(self, number: str) -> Leg | None:
        """The call this phone is in, or that rings there."""
        return next((leg for leg in reversed(self._legs.values()) if leg.phone == number and leg.goes_on), None)

    def are_with(self, one: str, other: str) -> bool:
        """Whether they can hear each other."""
        first, second = self.leg(one), self.leg(other)
        return bool(first and second and second.sid in first.with_ and first.sid in second.with_)

    # --- what people do -------------------------------------------------------------------------------------------

    def calls(self, number: str) -> None:
        self._take(ask(f"{self._carrier}/phones/{quote(number)}/calls?wait={WAIT_S}", {}, "POST", 2 * WAIT_S))

    def does(self, number: str, what: str, given: dict[str, Any] | None = None) -> None:
        """answer, decline, voicemail, hangup, keys or speech. Gone where this phone is in no such call."""
        leg = self.leg(number)
        if leg is None:
            raise Gone("no call is at this phone")
        self._take(ask(f"{self._carrier}/calls/{leg.sid}/{what}?wait={WAIT_S}", given or {}, "POST", 2 * WAIT_S))

    # --- how ------------------------------------------------------------------------------------------------------

    def _take(self, call: dict[str, Any]) -> None:
        leg = self._legs.get(call["sid"])
        if leg is None:
            leg = self._legs[call["sid"]] = Leg(call["sid"], call["phone"], by=call["by"])
            if leg.by == "phone":
                self._show(leg.phone, call["created"], ">", "(calls)")
        leg.status, leg.with_, leg.verb = call["status"], tuple(call["with"]), call["doing"]["verb"]
        if leg.by == "line" and not leg.has_rung and call["status"] != "queued":
            leg.has_rung = True
            self._rings.append(leg)
            self._show(leg.phone, call["created"], "rings", "")
        new, leg.lines = call["transcript"][leg.lines :], max(leg.lines, len(call["transcript"]))
        for line in new:
            self._tell(leg, line)

    def _tell(self, leg: Leg, line: dict[str, Any]) -> None:
        text, at = line["text"], line["at"]
        match line["kind"]:
            case "said" | "heard":
                self._show(leg.phone, at, "<", f'"{text}"')
                self._said(leg.phone, text)
            case "played":
                self._show(leg.phone, at, "<", "(a recorded message)")
                self._said(leg.phone, "(a recorded message)")
            case "pressed":
                self._show(leg.phone, at, ">", f"(presses {text})")
            case "spoke":
                self._show(leg.phone, at, ">", f'"{text}"')
            case _ if text == "hung up":
                self._show(leg.phone, at, ">", "(hangs up)")
            case _ if not text.startswith(UNTOLD):
                self._show(leg.phone, at, "<", f"({text})")
                self._said(leg.phone, f"({text})")
