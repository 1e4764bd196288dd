"""The parts of the carrier, joined: its memory, its clock, its threads."""

from __future__ import annotations

import threading

from .carrier import Carrier
from .clock import LineClock
from .lanes import Lanes
from .settings import Settings
from .timetable import Timetable


class Switchboard:
    """What every part of the simulator is given. `start` begins its thread, `stop` ends all of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.address = ""  # where the carrier itself is reached, once it listens
        self.carrier = Carrier(settings)
        self.clock = LineClock(settings.line)
        self.lanes = Lanes(self.carrier.lock, self.carrier.changed)
        self.timetable = Timetable(self.clock, self.carrier.lock, self.carrier.changed)
        for number in settings.numbers:
            self.carrier.rent(number, self.clock.reading())

    @property
    def lock(self) -> threading.RLock:
        """The one lock of the simulator; `with board.lock` for whatever changes or compares several things."""
        return self.carrier.lock

    def start(self) -> None:
        """Begin doing what falls due."""
        self.timetable.start()

    def stop(self) -> None:
        """End the threads; requests that hang on purpose are let go."""
        self.timetable.stop()
        self.lanes.stop()
        self.carrier.released.set()

    def reset(self) -> None:
        """Everything as after start, but for numbers, their webhooks, and the line's time."""
        with self.lock:
            self.timetable.clear()
            self.lanes.clear()
            self.clock.restart()
            self.carrier.reset()

    @property
    def outstanding(self) -> int:
        """Deliveries due, webhooks and callbacks not done."""
        return self.timetable.outstanding + self.lanes.outstanding

    def idle(self, seconds: float) -> bool:
        """Wait, at most so many real seconds, until nothing is outstanding; whether that is so."""
        return self.carrier.wait_for(lambda: self.outstanding == 0, seconds)
