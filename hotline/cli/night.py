"""A night on the running line: phones to hold, a clock to move, and everything that happens printed as it happens.

What is expected is named by its card, so that a program manager's new wording does not break the night.
"""

import math
import re
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flows.times import wall_time
from hotline import simulated_time
from hotline.cli.away import Gone, Line, ask, insist
from hotline.cli.ear import Ear
from hotline.cli.turns import Turns, Unwatched
from messages import BLANK, Catalogue, gsm

PATIENCE_S = 30.0  # real seconds for one expectation: a killed worker's lease, its restart, and the carrier's own pace
LOOK_S = 2.0
HURRY_S = 0.2
SLOWEST_S = 90.0  # for everything that a long move of the clock makes due
WIDTH = 78
SECOND = timedelta(seconds=1)
T = TypeVar("T")
LONG = timedelta(seconds=5)  # a move that somebody who watches has a turn in
AWHILE = timedelta(seconds=30)  # what somebody on a call hears next comes sooner than that
QUEUE = timedelta(seconds=3)  # what the carrier plans for later than that is no text in its queue


class Missed(Exception):
    """Something that should have happened did not: one line that names it."""


@dataclass
class Phone:
    """Somebody's phone. What reached it and was not expected yet waits in `unread`."""

    night: "Night" = field(repr=False)
    name: str
    number: str = field(repr=False)
    unread: list[str] = field(default_factory=list, repr=False)

    def texts(self, words: str) -> None:
        """Type it and send it."""
        self.night.send(self, words)

    def calls(self) -> None:
        """Call the line."""
        self.night.on_call(self, "call")

    def answers(self) -> None:
        """Pick up: it rings."""
        self.night.on_call(self, "answer")

    def voicemail_answers(self) -> None:
        """It rings, and nobody is near: the phone's own voicemail picks up."""
        self.night.on_call(self, "voicemail")

    def presses(self, keys: str) -> None:
        """Keys of the call this phone is in."""
        self.night.on_call(self, "keys", digits=keys)

    def speaks(self, words: str) -> None:
        """Words spoken into it."""
        self.night.on_call(self, "speech", words=words)

    def hangs_up(self) -> None:
        self.night.on_call(self, "hangup")

    def rings(self) -> None:
        """This phone rings, or has rung."""
        self.night.any_rings([self])

    def talks_with(self, other: "Phone") -> None:
        """The line has put the two through to each other."""
        self.night.bridged(self, other)

    def hears(self, *cards: str, case: str | None = None, words: str | None = None) -> str:
        """One of these cards reaches this phone (about this case), or these words do."""
        return self.night.expect([self], cards, case=case, words=words)[1]

    def never_heard(self, *cards: str, words: str | None = None) -> None:
        """By now everything due has arrived, and this was not among it."""
        self.night.settle()
        for text in self.unread:
            if self.night.fits(text, cards, None, words):
                self.night.missed(f"{self.name} was told what should not have reached them: {words or cards[0]}")


class Night:
    """The line, its carrier, and all phones."""

    def __init__(
        self,
        line: str,
        carrier: str,
        catalogue: Catalogue,
        overrides: Mapping[str, Any],
        zone: ZoneInfo,
        echo: Callable[[str], None],
        turns: Turns | None = None,
    ) -> None:
        self._line, self._carrier = Line(line), carrier + "/api"
        self._catalogue, self._overrides = catalogue, overrides
        self._zone, self._echo = zone, echo
        self._turns = turns or Unwatched()
        self._phones: dict[str, Phone] = {}
        self._shown: set[str] = set()
        self._scene = ""
        self._cursor = self._start = int(ask(f"{self._carrier}/messages")["cursor"])
        self._ear = Ear(self._carrier, self._show_call, self._hear)
        self._began = time.monotonic()

    # --- verbs ----------------------------------------------------------------------------------------------------

    def phone(self, name: str, number: str) -> Phone:
        """Hold this phone; somebody with two roles has one."""
        if number in self._phones:
            return self._phones[number]
        phone = self._phones[number] = Phone(self, name, number)
        ask(f"{self._carrier}/phones/{quote(number)}", {"name": name}, "PUT")
        return phone

    def scene(self, title: str) -> None:
        """What is left unread from before no longer counts."""
        self.settle()
        self._turns.scene(title)
        self._scene = title
        for phone in self._phones.values():
            phone.unread.clear()
        self._ear.forget_rings()
        self._echo(f"\n{title}")

    def forward(self, length: str) -> None:
        """Time goes by, and everything that becomes due on the way is done."""
        self._echo(f"  ... {length} later")
        self._go(self.now() + simulated_time.length(length))

    def until(self, at: str, days: int = 0) -> None:
        """So many days go by, until the clock on the wall says so; with none, until it says so next."""
        now = self.now()
        there = wall_time(now.date() + timedelta(days=days), at, self._zone.key)
        if there <= now:
            there = wall_time(now.date() + timedelta(days=1), at, self._zone.key)
        self._echo(f"  ... {there.astimezone(self._zone):%A %H:%M}")
        self._go(there)

    def settle(self) -> None:
        """Wait until nothing is due any more, neither at the line nor at the carrier, nor waits in its queue."""
        until = time.monotonic() + SLOWEST_S
        while True:
            busy = self._line.settle(SLOWEST_S)["busy"]
            idle = self._told("/idle?timeout=10")["idle"]
            until += self._turns.look()
            self._look(0)
            if idle and not busy and not self._line_time()["busy"] and not self._hurry():
                return
            if time.monotonic() > until:
                self.missed(f"the line did not finish what was due within {SLOWEST_S:.0f} seconds")

    def any_hears(self, phones: Iterable[Phone], *cards: str, case: str) -> Phone:
        """Whoever of them it is that a card reaches."""
        return self.expect(list(phones), cards, case=case, words=None)[0]

    def any_rings(self, phones: Iterable[Phone]) -> Phone:
        """Whoever of them it is whose phone rings."""
        among = {phone.number: phone for phone in phones}
        names = " or ".join(phone.name for phone in among.values())
        return among[self._until_so(lambda: self._ear.ring_at(set(among)), f"{names}'s phone did not ring")]

    def bridged(self, one: Phone, other: Phone) -> None:
        what = f"{one.name} and {other.name} were not connected"
        self._until_so(lambda: self._ear.are_with(one.number, other.number), what)

    def missed(self, what: str) -> NoReturn:
        raise Missed(f"{self._scene} But {what}.")

    def now(self) -> datetime:
        """The line's time, on the town's clock."""
        return datetime.fromisoformat(self._line_time()["now"]).astimezone(self._zone)

    @property
    def tally(self) -> str:
        return f"{len(self._shown)} texts, {self._ear.count} calls, {time.monotonic() - self._began:.0f} seconds"

    # --- how ------------------------------------------------------------------------------------------------------

    def _go(self, there: datetime) -> None:
        piece = self._turns.piece(there - self.now())
        while (left := there - self.now()) > timedelta():
            # To a second before each deadline, and over it: the carrier dates a text by the last time it heard of.
            ahead = self._line_time()["next"]
            far = min(left, piece, datetime.fromisoformat(ahead["at"]) - self.now() - SECOND if ahead else left)
            if self._ear.is_on():  # what is spoken, and how long it rings, happens at its own time too
                far = min(far, self._carriers_next() or far)
            if far > LONG:
                self._turns.act()
            self._move(max(math.floor(far / SECOND), 1))
            self.settle()

    def _hurry(self) -> bool:
        """A number sends one text a second: whatever only waits for its turn at the carrier has it now."""
        ahead = self._carriers_next()
        if ahead is None or ahead > QUEUE:
            return False
        self._move(1)
        return True

    def _carriers_next(self) -> timedelta | None:
        """How long until the carrier has something to do."""
        ahead = self._told("/idle?timeout=0")["next"]
        return datetime.fromisoformat(ahead) - self.now() if ahead else None

    def _listen(self) -> bool:
        """Speaking takes time: once all is quiet, somebody on a call hears what comes next."""
        if not self._ear.is_on() or self._line_time()["busy"] or not self._told("/idle?timeout=1")["idle"]:
            return False
        ahead = self._carriers_next()
        if ahead is None or ahead > AWHILE:
            return False
        self._move(max(math.ceil(ahead / SECOND), 1))
        return True

    def send(self, phone: Phone, words: str) -> None:
        self._turns.act()
        self._look(0)
        sent = ask(f"{self._carrier}/phones/{quote(phone.number)}/texts?wait=15", {"body": words}, "POST")
        self._show(phone, sent)
        refused = [call for call in sent["webhooks"] if call["problem"] or call["code"]]
        if refused or not sent["webhooks"]:
            self.missed(f"the line did not take {phone.name}'s text ({refused[0]['code'] if refused else 'no answer'})")

    def on_call(self, phone: Phone, what: str, **given: str) -> None:
        """Somebody does something with a phone in a call; what that brings is heard by whoever expects it."""
        self._turns.act()
        self._look(0)
        try:
            self._ear.calls(phone.number) if what == "call" else self._ear.does(phone.number, what, given)
        except Gone as exc:
            if not exc.said_no and exc.__cause__ is not None:
                raise
            self.missed(f"{phone.name} could not do this ({what}): {exc}")

    def expect(
        self, phones: list[Phone], cards: tuple[str, ...], *, case: str | None, words: str | None
    ) -> tuple[Phone, str]:
        def heard() -> tuple[Phone, str] | None:
            for phone in phones:
                for text in phone.unread:
                    if self.fits(text, cards, case, words):
                        phone.unread.remove(text)
                        return phone, text
            return None

        who = " or ".join(phone.name for phone in phones)
        what = f'"{words}"' if words else " or ".join(cards)
        return self._until_so(heard, f"{who} did not get {what}{f' about {case}' if case else ''}")

    def _until_so(self, found: Callable[[], T | None], what: str) -> T:
        """Look, and let time go by where only that is missing, until there it is."""
        until = time.monotonic() + PATIENCE_S
        while True:
            if there := found():
                return there
            until += self._turns.look()
            left = until - time.monotonic()
            if left <= 0:
                self.missed(f"{what} within {PATIENCE_S:.0f} seconds")
            is_soon = self._hurry() or self._ear.is_on()
            self._look(HURRY_S if is_soon else min(left, LOOK_S))
            if there := found():
                return there
            if self._listen():
                self._look(0)

    def is_card(self, text: str, card: str) -> bool:
        return self.fits(text, (card,), None, None)

    def fits(self, text: str, cards: tuple[str, ...], case: str | None, words: str | None) -> bool:
        if case is not None and not re.search(rf"\b{case}\b", text):
            return False
        if words is not None:
            return any(known.casefold() in text.casefold() for known in (words, gsm.fold(words)))
        return any(pattern.fullmatch(text) for card in cards for pattern in self._patterns(card))

    def _patterns(self, key: str) -> list[re.Pattern[str]]:
        """A card in any language it has, as a text and spoken, with anything in its blanks."""
        card = self._catalogue.cards[key]
        own = [entry for flows in self._overrides.values() for entry in [_dig(flows, key)] if entry]
        wordings = [*card.sms.values(), *card.plain.values(), *(words for entry in own for words in entry.values())]
        spoken = [*card.voice.values(), *(entry["voice"] for entry in own if "voice" in entry)]
        written = [re.compile(_open_blanks(gsm.fold(words)), re.DOTALL) for words in wordings]
        return [*written, *(re.compile(_open_blanks(words), re.DOTALL) for words in spoken)]

    def _look(self, wait: float) -> None:
        """Print what has arrived meanwhile, and give it to its phone."""
        told = self._told(f"/messages?since={self._cursor}&wait={wait}")
        self._cursor = max(self._cursor, int(told["cursor"]))
        for message in sorted(told["messages"], key=lambda one: one["arrival"] or 0):
            phone = self._phones.get(message["phone"])
            if phone is None or message["by"] == "phone" or message["sid"] in self._shown:
                continue
            if (message["arrival"] or 0) <= self._start:  # not yet; or long ago, and its words are forgotten just now
                continue
            self._show(phone, message)
            self._hear(phone.number, message["body"])
        self._ear.look()

    def _hear(self, number: str, words: str) -> None:
        """This phone has shown or spoken it."""
        if (phone := self._phones.get(number)) is not None:
            self._keep_secret(phone, words)
            phone.unread.append(words)

    def _keep_secret(self, reader: Phone, text: str) -> None:
        """Whatever happens, nobody is shown anybody's number."""
        digits = re.sub(r"\D", "", text)
        for number, phone in self._phones.items():
            if number[-10:] in digits:
                self.missed(f"{reader.name} was shown {phone.name}'s number")

    def _move(self, seconds: int) -> None:
        """The line may be away for a moment, and may have moved all the same: whoever asks looks at its clock again."""
        try:
            ask(f"{self._carrier}/time", {"forward": f"{seconds}s"}, "POST")
        except Gone:
            insist(self._line.time)

    def _line_time(self) -> dict[str, Any]:
        return insist(self._line.time)

    def _told(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = insist(lambda: ask(self._carrier + path))
        return told

    def _show(self, phone: Phone, message: dict[str, Any]) -> None:
        self._shown.add(message["sid"])
        way = ">" if message["by"] == "phone" else "<"
        self._print(phone, message["arrived"] or message["created"], way, message["body"])

    def _show_call(self, number: str, at: str, way: str, words: str) -> None:
        """What happens on a call; what is spoken stands in quotes."""
        phone = self._phones.get(number)
        if phone is not None and way == "rings":
            self._turns.shown()
            self._echo(f"  {datetime.fromisoformat(at).astimezone(self._zone):%H:%M:%S}  {phone.name}'s phone rings")
        elif phone is not None:
            self._print(phone, at, way, words)

    def _print(self, phone: Phone, iso: str, way: str, words: str) -> None:
        self._turns.shown()
        at = datetime.fromisoformat(iso).astimezone(self._zone)
        head = f"  {at:%H:%M:%S}  {phone.name:<8.8}  {way} "
        lines = textwrap.wrap(words, WIDTH) or [""]
        self._echo(head + lines[0])
        for line in lines[1:]:
            self._echo(" " * len(head) + line)


def _dig(flows: Any, key: str) -> dict[str, str] | None:
    flow, name = key.split(".", 1)
    return flows.get(flow, {}).get(name) if isinstance(flows, dict) else None


def _open_blanks(words: str) -> str:
    parts = BLANK.split(words)
    return "".join(".*?" if n % 2 else re.escape(part) for n, part in enumerate(parts)).strip()
