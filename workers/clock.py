"""The clock process: both lanes' sweeps, the signs of life, and the moves of simulated time."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from hotline.house import House
from workers.beats import Heart
from workers.here import hands_for
from workers.move import Mover
from workers.rounds import forgetting, listening, phoning
from workers.sweep import Sweep

log = logging.getLogger(__name__)

EVERY_S = {"urgent": 0.25, "routine": 0.5}
MOVES_EVERY_S = 0.03
ROUNDS_EVERY_S = 1.5
PAUSE_S = 1.0  # after something unforeseen, such as the database being away


def run(house: House, stop: threading.Event) -> None:
    """Until told to stop; then what is in hand is finished."""
    own = replace(house, nudge=_only_urgent(house))
    hands = {lane: hands_for(own) for lane in EVERY_S}
    mover = Mover(replace(house, nudge=_nobody), hands["urgent"])
    heart = Heart(house.engine, "clock")
    heart.start()
    threads = [
        threading.Thread(target=_repeat, args=(_sweeping(Sweep(own, hands[lane], lane), mover), every, stop), name=lane)
        for lane, every in EVERY_S.items()
    ]
    for thread in threads:
        thread.start()
    for rounds in (listening(own), phoning(own), forgetting(own)):  # not waited for: one may be waiting for the carrier
        threading.Thread(target=_repeat, args=(rounds.once, ROUNDS_EVERY_S, stop), name="rounds", daemon=True).start()
    log.info("sweeping")
    if house.settings.simulated_time:
        _repeat(mover.once, MOVES_EVERY_S, stop)
    stop.wait()
    for thread in threads:
        thread.join()
    for each in hands.values():
        each.close()
    heart.stop()


def _sweeping(sweep: Sweep, mover: Mover) -> Callable[[], object]:
    def once() -> None:
        if not mover.moving.is_set():
            sweep.once()

    return once


def _repeat(job: Callable[[], object], every: float, stop: threading.Event) -> None:
    while not stop.is_set():
        pause = every
        try:
            job()
        except Exception as exc:
            log.error("a sweep failed", exc_info=exc)
            pause = PAUSE_S
        stop.wait(pause)


def _only_urgent(house: House) -> Callable[[str, int, str], None]:
    """Routine rows this process finds itself: a hundred thousand check-ins would only be rung for."""

    def nudge(kind: str, id: int, lane: str) -> None:
        if lane == "urgent":
            house.nudge(kind, id, lane)

    return nudge


def _nobody(kind: str, id: int, lane: str) -> None:
    """During a move everything due is done here and now."""
