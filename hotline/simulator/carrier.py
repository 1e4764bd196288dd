"""The carrier's memory: numbers, phones, messages, calls, troubles, fates, in order of change. No network, no threads.

Every change gives a message, call or trouble a new `seq` and wakes whoever waits on `changed`; a reader that remembers
the last `seq` it saw asks for what came after. The browser's events are read off the same counter.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .call_records import Call, Conference, Heard, Kind, Queue, Recording
from .errors import CarrierError
from .optout import OptOut
from .records import FINAL, ORDINARY, Attempt, Fate, Message, Number, Phone, Trouble
from .settings import Settings

#: How a REST request goes wrong besides being refused; the unsent kinds do so before the message is accepted.
SILENCES = ("hang", "drop", "hang_unsent", "drop_unsent")

SPEAKING = 15.0  # characters spoken a second; 0: nothing takes time
CALLS_A_SECOND = 1.0  # REST calls begun a second, when paced; twilio.com/docs/api/errors/22005


@dataclass
class Fault:
    """The next `times` REST requests that fit are answered with this: an HTTP status, a Twilio code, or silence.

    `hang` accepts the message and never answers, `drop` accepts and cuts the connection; their `_unsent` kinds accept
    nothing. `to` limits it to creates for one phone; `on` is create, read (list and fetch) or any.
    """

    answer: int | str
    times: int = 1
    to: str | None = None
    on: Literal["create", "read", "any"] = "create"


class Carrier:
    """All that is remembered. Hold `lock` while reading several things or changing any; `changed` is on that lock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.numbers: dict[str, Number] = {}
        self.released = threading.Event()
        self.generation = 0
        self.seq = 0
        self._forget()

    def _forget(self) -> None:
        """The state of a carrier nobody has used."""
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}
        self.by_change: OrderedDict[str, Message] = OrderedDict()
        self.troubles: list[Trouble] = []
        self.fate = ORDINARY
        self.faults: list[Fault] = []
        self.free_at: dict[str, datetime] = {}
        self.held: dict[str, Message] = {}
        self.paced = self.settings.paced
        self.opt_out = OptOut(advanced=self.settings.advanced_opt_out)
        self.calls: dict[str, Call] = {}
        self.calls_by_change: OrderedDict[str, Call] = OrderedDict()
        self.recordings: dict[str, Recording] = {}
        self.queues: dict[str, Queue] = {}
        self.conferences: list[Conference] = []
        self.speaking = SPEAKING
        self.calls_a_second = CALLS_A_SECOND
        self.next_call_at: datetime | None = None

    def reset(self) -> None:
        """Forget messages, phones, fates and troubles; numbers and their webhooks stay."""
        with self.changed:
            self.clear_faults()
            self.generation += 1
            for call in self.calls.values():
                for activity in call.stack:
                    activity.alive = False
            self._forget()
            self.changed.notify_all()

    def clear_faults(self) -> None:
        """No more faults; requests that hang are let go."""
        with self.changed:
            self.faults = []
            self.released.set()
            self.released = threading.Event()

    def rent(self, number: str, now: datetime) -> Number:
        """Make a number ours; with a line behind us its webhooks are the line's."""
        with self.changed:
            if number in self.numbers:
                return self.numbers[number]
            config: dict[str, str] = {}
            if line := self.settings.line:
                config["sms_url"] = line + self.settings.sms_path
                config["voice_url"] = line + self.settings.voice_path
                config["status_callback"] = line + self.settings.status_path
            self.numbers[number] = Number(number, now, now, config)
            return self.numbers[number]

    def phone(self, number: str) -> Phone:
        """The phone of that number; every number in the world has one."""
        with self.changed:
            return self.phones.setdefault(number, Phone(number))

    def fate_of(self, number: str) -> Fate:
        """What becomes of this phone's texts: its own fate over the carrier's."""
        phone = self.phones.get(number)
        return phone.fate.over(self.fate) if phone else self.fate

    def keep(self, message: Message) -> None:
        """Remember a new message."""
        with self.changed:
            self.messages[message.sid] = message
            self.phone(message.phone)
            self.touch(message)
            message.born = message.seq

    def touch(self, message: Message) -> None:
        """This message has changed."""
        with self.changed:
            if message.sid not in self.messages:
                return  # deleted, or from before a reset
            self.seq += 1
            message.seq = self.seq
            if message.arrived and not message.arrival:
                message.arrival = self.seq
            self.by_change[message.sid] = message
            self.by_change.move_to_end(message.sid)
            self.changed.notify_all()

    def delete(self, sid: str) -> None:
        """Forget one message. Raises CarrierError 20009 while it is on its way, 20404 if there is none."""
        with self.changed:
            message = self.message(sid)
            if message.status not in FINAL:
                raise CarrierError(20009)
            del self.messages[sid], self.by_change[sid]
            self.changed.notify_all()

    def message(self, sid: str) -> Message:
        """The message of that sid. Raises CarrierError 20404."""
        if (message := self.messages.get(sid)) is None:
            raise CarrierError(20404, sid)
        return message

    def since(self, seq: int) -> list[Message]:
        """Messages changed after `seq`, in order of change."""
        with self.changed:
            changed: list[Message] = []
            for message in self._latest_first():
                if message.seq <= seq:
                    break
                changed.append(message)
            return changed[::-1]

    def _latest_first(self) -> Iterator[Message]:
        return reversed(self.by_change.values())

    def keep_call(self, call: Call) -> None:
        """Remember a new call."""
        with self.changed:
            self.calls[call.sid] = call
            self.phone(call.phone)
            self.touch_call(call)
            call.born = call.seq

    def touch_call(self, call: Call) -> None:
        """A call changed; one that was forgotten meanwhile stays forgotten."""
        with self.changed:
            if self.calls.get(call.sid) is not call:
                return
            self.seq += 1
            call.seq = self.seq
            self.calls_by_change[call.sid] = call
            self.calls_by_change.move_to_end(call.sid)
            self.changed.notify_all()

    def hears(self, call: Call, at: datetime, kind: Kind, text: str, language: str | None = None) -> None:
        """A line for the call's transcript."""
        with self.changed:
            self.touch_call(call)
            call.transcript.append(Heard(call.seq, at, kind, text, language))

    def call(self, sid: str) -> Call:
        """The call of that sid. Raises CarrierError 20404."""
        if (call := self.calls.get(sid)) is None:
            raise CarrierError(20404, sid)
        return call

    def calls_since(self, seq: int) -> list[Call]:
        """Calls changed after `seq`, in order of change."""
        with self.changed:
            changed: list[Call] = []
            for call in reversed(self.calls_by_change.values()):
                if call.seq <= seq:
                    break
                changed.append(call)
            return changed[::-1]

    def calls_of(self, number: str) -> list[Call]:
        """Calls of a phone that go on."""
        with self.changed:
            return [call for call in self.calls.values() if call.phone == number and call.going_on]

    def wait_for(self, truth: Callable[[], bool], seconds: float) -> bool:
        """Wait until it is true, at most so many real seconds; whether it is."""
        with self.changed:
            return self.changed.wait_for(truth, seconds)

    def trouble(self, level: Literal["error", "warning"], now: datetime, sid: str, attempt: Attempt) -> None:
        """Note what Twilio's debugger would show."""
        with self.changed:
            self.seq += 1
            code, answer = attempt.code or 11200, attempt.answer[:2000]
            trouble = Trouble(self.seq, now, level, code, attempt.problem, sid, attempt.url, attempt.status, answer)
            self.troubles.append(trouble)
            self.changed.notify_all()

    def blocked(self, sender: str | None, to: str) -> bool:
        """Whether this phone has left this number; through a Messaging Service, any of its numbers."""
        left = self.phones[to].left if to in self.phones else set()
        return bool(left) if sender is None else sender in left

    def block(self, number: str, sender: str) -> bool:
        """The phone leaves that number, under Advanced Opt-Out all of them; False if it had already."""
        with self.changed:
            left = self.phone(number).left
            leaving = set(self.numbers) if self.opt_out.advanced else {sender}
            fresh = not leaving <= left
            left |= leaving
            return fresh

    def unblock(self, number: str, sender: str) -> bool:
        """The phone comes back; False if it had not left."""
        with self.changed:
            left = self.phone(number).left
            back = left & (set(self.numbers) if self.opt_out.advanced else {sender})
            left -= back
            return bool(back)

    def next_fault(self, on: Literal["create", "read"], to: str | None) -> Fault | None:
        """The fault this REST request meets, if any; it is used up once."""
        with self.changed:
            for fault in self.faults:
                if fault.on in {on, "any"} and fault.to in {None, to}:
                    fault.times -= 1
                    self.faults = [waiting for waiting in self.faults if waiting.times > 0]
                    return fault
            return None
