"""A call acts on a document: one verb after another, until a verb leads to another document or there is no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from .activity import Activity, Then
from .call_records import SPOKEN_A_SECOND, Call, Fetched
from .call_webhooks import ask, complain
from .fetch import Params
from .legs import answered, application_error, end
from .switchboard import Switchboard
from .twiml_voice import Script, Verb

MOST_QUICK = 50  # documents with no time passing and nobody doing anything
MOST_EMPTY = 10  # documents in a wait that take no time at all
PLAYING = 10.0  # seconds a recording at some address is taken to last
HOT_LOOP = 12200
WAITS = frozenset({"wait", "conference"})
#: Verbs that do not answer the call by themselves (facts 2.6, twilio.com/docs/voice/twiml/pause).
UNANSWERING = frozenset({"Reject", "Redirect", "Pause"})


class Performance(Activity):
    """A document on the stack. Other documents take its place; what it was for (`context`) stays.

    `home` is asked again when there is no more verb: a wait. `failed` is told when no fit document can be had; without
    it the fallback is asked, and then the caller hears an application error. `more` are parameters for each request.
    """

    passing = True

    def __init__(
        self,
        board: Switchboard,
        call: Call,
        then: Then,
        context: str = "main",
        home: tuple[str, str] | None = None,
        failed: Then | None = None,
        more: Callable[[datetime], Params] = lambda at: [],
    ) -> None:
        super().__init__(board, call, then)
        self.context = context
        self.home = home
        self.failed = failed
        self.more = more
        self.url = ""
        self._verbs: tuple[Verb, ...] = ()
        self._place = 0
        self._version = 0
        self._falling_back = False
        self._ready = False
        self._looping = False
        self._now: datetime | None = None
        self._mark: float | None = None
        self._empty = 0
        self._round = call.nominal

    def fetch(self, at: datetime, url: str, method: str, more: Params | None = None) -> None:
        """Another document in place of this one."""
        self.clear_front(at, "replaced")
        self.forget_timers()
        self._verbs, self._version = (), self._version + 1
        self._falling_back = False
        if not self.alive:
            return
        if self._too_fast():
            self.refuse(at, HOT_LOOP, f"documents follow each other without any time passing: {url} is not asked")
        elif self._mark is not None and self.context in WAITS and self.call.quick:
            # Speaking takes no time, and a wait must not spin: it takes the time the words would have taken.
            self.after(at, self.call.nominal - self._mark, lambda due: self._ask(due, url, method, more or []))
        else:
            self._ask(at, url, method, more or [])

    def _too_fast(self) -> bool:
        if self.context in WAITS and self._mark is not None:
            self._empty = 0 if self.call.nominal > self._mark else self._empty + 1
        return self._empty > MOST_EMPTY or self.call.quick > MOST_QUICK

    def _ask(self, at: datetime, url: str, method: str, more: Params) -> None:
        version = self._version
        self.call.quick += 1
        self._mark = self.call.nominal

        def arrived(script: Script | None, document: Fetched, now: datetime) -> None:
            if not self.alive or version != self._version:
                return
            self.url = url
            if script is None:
                self._fail(now, document)
            else:
                self.load(now, script.verbs)

        ask(self.board, self.call, url, method, self.more(at) + more, self.context, arrived)

    def notify(self, url: str, method: str, more: Params) -> None:
        """Ask for a document nobody will act on: the call has ended or gone elsewhere."""
        ask(self.board, self.call, url, method, more, self.context, lambda script, document, now: None)

    def given(self, at: datetime, twiml: str, verbs: tuple[Verb, ...]) -> None:
        """Act on a document that came with a REST request; it is noted as one fetched from nowhere."""
        note = Fetched("Twiml", verbs=[verb.name for verb in verbs], content_type="text/xml", answer=twiml.encode())
        self.call.documents.append(note)
        self.load(at, verbs)

    def load(self, at: datetime, verbs: tuple[Verb, ...]) -> None:
        """Act on these verbs from the first."""
        self._verbs, self._place = verbs, 0
        self.next(at)

    def next(self, at: datetime) -> None:
        """The verb in front is done. Verbs that take no time do not pile up on Python's stack."""
        self._ready, self._now = True, at
        if self._looping:
            return
        self._looping = True
        try:
            while self._ready and self.alive:
                self._ready = False
                self._act(self._now)
        finally:
            self._looping = False

    def _act(self, at: datetime) -> None:
        if self._place >= len(self._verbs):
            self._over(at)
            return
        verb = self._verbs[self._place]
        self._place += 1
        if not (verb.name in UNANSWERING or (verb.name == "Dial" and verb["answerOnBridge"])):
            answered(self.board, self.call, at)
        VERBS[verb.name](self, verb, at)
        self.board.carrier.touch_call(self.call)

    def _over(self, at: datetime) -> None:
        if not self.home:
            self.finish(at)
            return
        if self.call.nominal <= self._round:
            self.refuse(at, HOT_LOOP, f"{self.home[0]} takes no time at all: it would be asked again for ever")
            return
        self._round = self.call.nominal
        self.fetch(at, *self.home)

    def refuse(self, at: datetime, code: int, problem: str) -> None:
        """What the document asks for cannot be."""
        document = self.call.documents[-1] if self.call.documents else Fetched(self.url)
        document.code, document.problem = code, problem
        complain(self.board, self.call.sid, document, at)
        self._fail(at, document)

    def _fail(self, at: datetime, document: Fetched) -> None:
        """No fit document: the fallback, once; or whoever wants to know; or the caller hears of it."""
        self.clear_front(at, "replaced")
        self._version += 1
        url, method = self.call.fallback
        if self.failed:
            self.leave()
            self.failed(at)
        elif self.context == "main" and url and not self._falling_back and self.call.going_on:
            self.call.quick = 0
            self._ask(at, url, method, [("ErrorCode", str(document.code)), ("ErrorUrl", document.url)])
            self._falling_back = True
        else:
            application_error(self.board, self.call, at)


Performer = Callable[[Performance, Verb, datetime], None]
#: What each verb does. The files of the longer ones add theirs.
VERBS: dict[str, Performer] = {}


def performs(name: str) -> Callable[[Performer], Performer]:
    """Says that this function does that verb."""

    def register(performer: Performer) -> Performer:
        VERBS[name] = performer
        return performer

    return register


class VerbActivity(Activity):
    """A verb that takes its time, in the document it stands in."""

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script.board, script.call, script.next)
        self.script = script
        self.said = verb


class Lasting(VerbActivity):
    """Something heard for a while; for ever when `seconds` is None."""

    passing = True

    def __init__(self, script: Performance, verb: Verb, seconds: float | None) -> None:
        super().__init__(script, verb)
        self.verb = "pause" if verb.name == "Pause" else "say"
        self.seconds = seconds

    def begin(self, at: datetime) -> None:
        """Last."""
        if self.seconds is not None:
            self.after(at, self.seconds, self.finish)


@performs("Say")
def say(script: Performance, verb: Verb, at: datetime) -> None:
    """Words, at the carrier's pace of speaking."""
    language = verb.string("language") or None
    script.board.carrier.hears(script.call, at, "said", verb.text, language)
    _last(script, verb, at, len(verb.text) / SPOKEN_A_SECOND, len(verb.text))


@performs("Play")
def play(script: Performance, verb: Verb, at: datetime) -> None:
    """A recording of unknown length, or tones."""
    tones = verb.string("digits")
    script.board.carrier.hears(script.call, at, "played", f"keys {tones}" if tones else verb.text)
    seconds = len(tones) / 2 if tones else PLAYING
    _last(script, verb, at, seconds, seconds * SPOKEN_A_SECOND)


def _last(script: Performance, verb: Verb, at: datetime, nominal: float, characters: float) -> None:
    speaking, loop = script.board.carrier.speaking, verb.number("loop", 1)
    script.call.nominal += nominal * (loop or 1)
    seconds = characters / speaking if speaking else 0.0
    Lasting(script, verb, seconds * loop if loop else None).start(at)


@performs("Pause")
def pause(script: Performance, verb: Verb, at: datetime) -> None:
    """Silence. A call not yet answered goes on ringing meanwhile."""
    script.call.nominal += verb.number("length")
    Lasting(script, verb, verb.number("length")).start(at)


@performs("Redirect")
def redirect(script: Performance, verb: Verb, at: datetime) -> None:
    """Another document in place of this."""
    script.fetch(at, verb.text, verb.string("method"))


@performs("Hangup")
def hang_up(script: Performance, verb: Verb, at: datetime) -> None:
    """The line ends the call."""
    end(script.board, script.call, at, "completed", "line")


@performs("Reject")
def reject(script: Performance, verb: Verb, at: datetime) -> None:
    """Not answered at all; after an answer it is a <Hangup>."""
    refused = "busy" if verb["reason"] == "busy" else "no-answer"
    end(script.board, script.call, at, "completed" if script.call.answered else refused, "line")


def main(board: Switchboard, call: Call, at: datetime) -> Performance:
    """What a call acts on by itself: when there is no more verb, the line has hung up."""
    script = Performance(board, call, lambda due: end(board, call, due, "completed", "line"))
    script.start(at)
    return script
