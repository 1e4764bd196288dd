"""<Gather> and <Record>: what the phone presses and says, for the line to know."""

from __future__ import annotations

from datetime import datetime

from .activity import Why
from .call_records import SPOKEN_A_SECOND, Recording
from .call_webhooks import after, post
from .fetch import Params
from .performing import Performance, VerbActivity, performs
from .records import new_sid
from .twiml_voice import Verb

SILENCE = 5  # seconds `timeout="auto"` waits here for speech to begin
CONFIDENCE = "0.93"  # of words that were typed


class Gathering(VerbActivity):
    """Prompts, then silence until keys or words come. Typed words are all that was said: no pause ends them."""

    verb = "gather"

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script, verb)
        self.digits = ""

    def about(self) -> dict[str, object]:
        """What it waits for."""
        told = {"numDigits": self.said["numDigits"], "finishOnKey": self.said["finishOnKey"], "pressed": self.digits}
        return {**told, "dtmf": "dtmf" in self.said.some("input"), "speech": "speech" in self.said.some("input")}

    def begin(self, at: datetime) -> None:
        """The prompts; then the silence counts."""
        prompts = Performance(self.board, self.call, self._wait, context="prompts")
        prompts.start(at)
        prompts.load(at, self.said.inside)

    def _wait(self, at: datetime) -> None:
        self.forget_timers()
        seconds = self.said.number("timeout", SILENCE)
        self.call.nominal += seconds
        self.after(at, seconds, self._silence)

    def _silence(self, at: datetime) -> None:
        """Time is up: what was pressed so far is the answer; nothing at all falls through, unless it is wanted."""
        if self.digits or self.said["actionOnEmptyResult"]:
            self._submit(at, [("Digits", self.digits)])
        else:
            self.finish(at)

    def key(self, digit: str, at: datetime) -> bool:
        """It cuts the prompts short, unless bargeIn="false"."""
        prompted = self.call.stack[-1] is not self
        if "dtmf" not in self.said.some("input") or (prompted and not self.said["bargeIn"]):
            return True
        self.clear_front(at, "replaced")
        if digit == self.said["finishOnKey"]:
            self._silence(at)
            return True
        self.digits += digit
        if len(self.digits) == self.said["numDigits"]:
            self._submit(at, [("Digits", self.digits)])
        else:
            self._wait(at)
        return True

    def words(self, words: str, at: datetime) -> bool:
        """As a key, if speech is wanted."""
        prompted = self.call.stack[-1] is not self
        if "speech" not in self.said.some("input") or (prompted and not self.said["bargeIn"]):
            return False
        self._submit(at, [("SpeechResult", words), ("Confidence", CONFIDENCE)])
        return True

    def _submit(self, at: datetime, answer: Params) -> None:
        if url := self.said.string("partialResultCallback"):
            partial = [("CallSid", self.call.sid), ("UnstableSpeechResult", dict(answer).get("SpeechResult", ""))]
            if partial[1][1]:
                method = self.said.string("partialResultCallbackMethod")
                post(self.board, ("partial", self.call.sid), self.call.sid, url, method, partial)
        self.script.fetch(at, self.said.string("action"), self.said.string("method"), answer)


@performs("Gather")
def gather(script: Performance, verb: Verb, at: datetime) -> None:
    """Keys or words."""
    Gathering(script, verb).start(at)


class Taping(VerbActivity):
    """After the beep, until silence, a key, the longest time, or a hang-up."""

    verb = "record"

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script, verb)
        self.spoken: list[str] = []
        self.recording = Recording(new_sid("RE"), self.call.sid, self.board.clock.reading())
        self.ends = self.recording.created

    def about(self) -> dict[str, object]:
        """Which keys end it."""
        return {"finishOnKey": self.said["finishOnKey"]}

    def begin(self, at: datetime) -> None:
        """Beep, and listen."""
        if self.said["playBeep"]:
            self.board.carrier.hears(self.call, at, "sound", "beep")
        self.recording.created, self.ends = at, after(at, self.said.number("maxLength"))
        self._callback("in-progress")
        self._wait(at)

    def _wait(self, at: datetime) -> None:
        self.forget_timers()
        left = (self.ends - at).total_seconds()
        self.call.nominal += 1
        self.after(at, min(self.said.number("timeout"), left), lambda due: self._over(due, ""))

    def key(self, digit: str, at: datetime) -> bool:
        """One that ends it, or nothing."""
        if digit in self.said.string("finishOnKey"):
            self._over(at, digit)
        return True

    def words(self, words: str, at: datetime) -> bool:
        """They become the recording."""
        self.spoken.append(words)
        self._wait(at)
        return True

    def _over(self, at: datetime, digits: str) -> None:
        """Nothing recorded falls through; else the action is asked, by default this very document."""
        if not self._kept():
            self.finish(at)
            return
        url = self.said.string("action") or self.script.url
        self.script.fetch(at, url, self.said.string("method"), self._answer(digits))

    def stop(self, at: datetime, why: Why) -> None:
        """A hang-up is an answer as well."""
        if self.recording.status == "in-progress" and self._kept() and why == "hangup":
            url = self.said.string("action") or self.script.url
            self.script.notify(url, self.said.string("method"), self._answer("hangup"))

    def _kept(self) -> bool:
        """Keep what was spoken, if anything, and tell of it."""
        it = self.recording
        it.words, it.status = " ".join(self.spoken), "completed" if self.spoken else "absent"
        it.seconds = max(1, round(len(it.words) / SPOKEN_A_SECOND)) if self.spoken else 0
        if self.spoken:
            self.board.carrier.recordings[it.sid] = it
            if self.said["transcribe"]:
                self._transcribed()
        self._callback(it.status)
        return bool(self.spoken)

    def _answer(self, digits: str) -> Params:
        it = self.recording
        about = [("RecordingUrl", self._url), ("RecordingSid", it.sid), ("RecordingDuration", str(it.seconds))]
        return [*about, ("Digits", digits)] if digits else about

    @property
    def _url(self) -> str:
        account = self.board.settings.account_sid
        return f"{self.board.address}/2010-04-01/Accounts/{account}/Recordings/{self.recording.sid}"

    def _callback(self, status: str) -> None:
        url = self.said.string("recordingStatusCallback")
        if not url or status not in self.said.some("recordingStatusCallbackEvent"):
            return
        it = self.recording
        told: Params = [("AccountSid", self.board.settings.account_sid), ("CallSid", it.call), ("RecordingSid", it.sid)]
        told += [("RecordingStatus", status), ("RecordingChannels", "1"), ("RecordingSource", "RecordVerb")]
        if status == "completed":
            told += [("RecordingUrl", self._url), ("RecordingDuration", str(it.seconds))]
        post(self.board, ("recording", it.sid), it.call, url, self.said.string("recordingStatusCallbackMethod"), told)

    def _transcribed(self) -> None:
        """The transcription is what was typed."""
        if url := self.said.string("transcribeCallback"):
            told = [("CallSid", self.call.sid), ("RecordingSid", self.recording.sid), ("RecordingUrl", self._url)]
            told += [("TranscriptionSid", new_sid("TR")), ("TranscriptionStatus", "completed")]
            told.append(("TranscriptionText", self.recording.words))
            post(self.board, ("recording", self.recording.sid), self.call.sid, url, "POST", told)


@performs("Record")
def record(script: Performance, verb: Verb, at: datetime) -> None:
    """Words for later."""
    Taping(script, verb).start(at)
