"""<Enqueue> and <Dial><Queue>: callers wait in order, hear the wait document again and again, and are taken out."""

from __future__ import annotations

from datetime import datetime

from .activity import Why
from .call_records import Call, Queue, Waiting
from .dialing import DIALS, Dialed
from .fetch import Params
from .legs import connect, disconnect
from .performing import Performance, VerbActivity, performs
from .records import new_sid
from .twiml_voice import Verb


def queue_named(activity: VerbActivity, name: str, at: datetime) -> Queue:
    """The queue of that name, made if need be."""
    queues = activity.board.carrier.queues
    if name not in queues:
        queues[name] = Queue(new_sid("QU"), name, at)
    return queues[name]


class Queued(VerbActivity):
    """A call in a queue, then connected with whoever took it out; `over` ends it once."""

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script, verb)
        self.queue = queue_named(self, verb.text, self.board.clock.reading())
        self.since = self.board.clock.reading()
        self.waited = 0.0
        self.dialer: DialingQueue | None = None
        self.is_bridged = False
        self.is_over = False

    @property
    def verb(self) -> str | None:  # type: ignore[override]
        """Nothing once it talks."""
        return None if self.is_bridged else "queue"

    def about(self) -> dict[str, object]:
        """Which queue."""
        return {"queue": self.queue.name}

    def begin(self, at: datetime) -> None:
        """Take a place, and go straight to whoever already waits for a caller."""
        if len(self.queue.members) >= min(self.said.number("maxQueueSize"), self.queue.size):
            self.over(at, "queue-full")
            return
        self.since = at
        self.queue.members.append(Waiting(self.call, at, self))
        self.board.carrier.hears(self.call, at, "sound", f"waiting in {self.queue.name}")
        if self.queue.dialers:
            dialer = self.queue.dialers[0]
            assert isinstance(dialer, DialingQueue)
            dialer.take(at)
            return
        if url := self.said.string("waitUrl"):
            home = (url, self.said.string("waitUrlMethod"))
            told, failed = self._place, lambda due: self.over(due, "error")
            wait = Performance(self.board, self.call, lambda due: None, "wait", home, failed, told)
            wait.start(at)
            wait.fetch(at, *home)
        elif self.said["waitUrl"] is None:
            self.board.carrier.hears(self.call, at, "played", "hold music")

    def _place(self, at: datetime) -> Params:
        """What each request of a wait document tells."""
        sids = [waiting.call.sid for waiting in self.queue.members]
        return [
            ("QueueSid", self.queue.sid),
            ("QueuePosition", str(sids.index(self.call.sid) + 1)),
            ("QueueTime", str(int((at - self.since).total_seconds()))),
            ("AvgQueueTime", str(self.queue.average)),
            ("CurrentQueueSize", str(len(sids))),
            ("MaxQueueSize", str(self.queue.size)),
        ]

    def _out(self, at: datetime) -> None:
        """Off the queue, if it is in it."""
        before = len(self.queue.members)
        self.queue.members = [waiting for waiting in self.queue.members if waiting.activity is not self]
        if len(self.queue.members) < before:
            self.waited = (at - self.since).total_seconds()
            self.queue.times.append(self.waited)

    def dequeued(self, at: datetime, dialer: DialingQueue) -> None:
        """Its turn: what the dialer wants it to hear first, then they talk."""
        self._out(at)
        self.dialer = dialer
        self.clear_front(at, "dequeued")
        noun = dialer.noun
        if not noun.string("url"):
            self._connect(at)
            return
        told = [("QueueSid", self.queue.sid), ("QueueTime", str(int(self.waited)))]
        told.append(("DequeingCallSid", dialer.call.sid))
        whisper = Performance(self.board, self.call, self._connect, "queue", failed=self._unfit, more=lambda due: told)
        whisper.start(at)
        whisper.fetch(at, noun.string("url"), noun.string("method"))

    def _unfit(self, at: datetime) -> None:
        self.over(at, "error")

    def _connect(self, at: datetime) -> None:
        if self.dialer is None:
            return
        self.is_bridged = True
        connect(self.board, self.call, self.dialer.call, at)
        self.dialer.bridged(at)

    def let_go(self, at: datetime) -> None:
        """The dialer went away: a talk is over; before any talk, something went wrong."""
        self.dialer = None
        disconnect(self.board, self.call)
        self.over(at, "bridged" if self.is_bridged else "system-error")

    def over(self, at: datetime, result: str) -> None:
        """Out of the queue for good: the action is asked, or the next verb done."""
        if self.is_over:
            return
        told = self._release(at, result)
        if url := self.said.string("action"):
            self.script.fetch(at, url, self.said.string("method"), told)
        else:
            self.finish(at)

    def stop(self, at: datetime, why: Why) -> None:
        """Hung up or redirected: the action is told, and its answer not acted on."""
        if self.is_over:
            return
        disconnect(self.board, self.call)
        if why == "redirected":
            result = "redirected-from-bridged" if self.is_bridged else "redirected"
        else:
            result = "bridged" if self.is_bridged else "hangup"
        told = self._release(at, result)
        if url := self.said.string("action"):
            self.script.notify(url, self.said.string("method"), told)

    def _release(self, at: datetime, result: str) -> Params:
        self.is_over = True
        queued = result != "queue-full"
        self._out(at)
        dialer, self.dialer = self.dialer, None
        if dialer:
            dialer.left_by(at, self.call)
        told = [("QueueResult", result)]
        return [*told, ("QueueSid", self.queue.sid), ("QueueTime", str(int(self.waited)))] if queued else told


@performs("Enqueue")
def enqueue(script: Performance, verb: Verb, at: datetime) -> None:
    """Wait in a queue."""
    Queued(script, verb).start(at)


@performs("Leave")
def leave(script: Performance, verb: Verb, at: datetime) -> None:
    """Out of the queue this wait document belongs to."""
    for activity in reversed(script.call.stack):
        if isinstance(activity, Queued):
            activity.over(at, "leave")
            return


class DialingQueue(Dialed):
    """Takes the first caller of a queue; an empty queue is waited at until `timeout` (twilio.com, <Queue>)."""

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script, verb)
        self.partner: Queued | None = None
        self.queue: Queue | None = self.board.carrier.queues.get(self.noun.text)

    def about(self) -> dict[str, object]:
        """Which queue."""
        return {"queue": self.noun.text}

    def begin(self, at: datetime) -> None:
        """No such queue is a failure."""
        if self.queue is None:
            self.over(at, "failed")
            return
        self.queue.dialers.append(self)
        self.after(at, self.said.number("timeout"), self._nobody)
        self.take(at)

    def take(self, at: datetime) -> None:
        """The first caller, if there is one."""
        if self.queue and self.queue.members:
            self._step_back()
            self.forget_timers()
            partner = self.queue.members[0].activity
            assert isinstance(partner, Queued)
            self.partner = partner
            partner.dequeued(at, self)

    def _step_back(self) -> None:
        if self.queue and self in self.queue.dialers:
            self.queue.dialers.remove(self)

    def _nobody(self, at: datetime) -> None:
        self._step_back()
        self.over(at, "no-answer")

    def left_by(self, at: datetime, partner: Call) -> None:
        """The caller hung up or was sent elsewhere."""
        self.partner = None
        disconnect(self.board, self.call)
        self.over(at, "completed" if self.bridged_at else "canceled", partner)

    def hang_up_other(self, at: datetime) -> None:
        """The talk is over; the caller goes on by itself."""
        partner, self.partner = self.partner, None
        disconnect(self.board, self.call)
        if partner:
            partner.let_go(at)
        self.over(at, "completed", partner.call if partner else None)

    def stop(self, at: datetime, why: Why) -> None:
        """The dialing call went away."""
        self._step_back()
        partner, self.partner = self.partner, None
        disconnect(self.board, self.call)
        if partner:
            partner.let_go(at)
        self.cut(at, why, "completed" if self.bridged_at else "canceled", partner.call if partner else None)


DIALS["Queue"] = DialingQueue
