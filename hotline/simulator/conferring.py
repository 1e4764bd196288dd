"""<Dial><Conference>: rooms that begin when somebody with startConferenceOnEnter comes in."""

from __future__ import annotations

from datetime import datetime

from .activity import Why
from .call_records import Call, Callbacks, Conference
from .call_webhooks import tell_room
from .dialing import DIALS, Dialed
from .fetch import Params
from .legs import answered
from .performing import Performance
from .records import new_sid
from .twiml_voice import Verb

LAST_LEFT = "last-participant-left"
MODERATOR_LEFT = "participant-with-end-conference-on-exit-left"


class Conferring(Dialed):
    """A call in a conference: waiting for it to begin, or talking with all in it."""

    verb = "conference"

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script, verb)
        self.room = self._room()

    def _room(self) -> Conference:
        """The room of that name, if it is not over; else a new one. The first to come says who is told of it."""
        name, now, carrier = self.noun.text, self.board.clock.reading(), self.board.carrier
        for room in carrier.conferences:
            if room.name == name and room.status != "completed":
                return room
        noun = self.noun
        told = Callbacks(
            noun.string("statusCallback"), noun.string("statusCallbackMethod"), noun.some("statusCallbackEvent")
        )
        room = Conference(new_sid("CF"), name, now, now, callbacks=told)
        carrier.conferences.append(room)
        return room

    def about(self) -> dict[str, object]:
        """Which room, and whether it has begun."""
        return {"room": self.noun.text, "talking": self.bridged_at is not None}

    def begin(self, at: datetime) -> None:
        """Come in; a full room fails."""
        room = self.room
        if len(room.members) >= self.noun.number("maxParticipants"):
            self.over(at, "failed")
            return
        answered(self.board, self.call, at)
        self.after(at, self.said.number("timeLimit"), self.hang_up_other)
        if self.noun["beep"] in {"true", "onEnter"}:
            self._beep(at)
        room.members.append(self)
        starts = room.status == "init" and self.noun["startConferenceOnEnter"]
        if starts:
            room.status = "in-progress"
            self._tell("conference-start", at)
        self._tell("participant-join", at)
        if starts:
            for member in list(room.members):
                if isinstance(member, Conferring):
                    member.talk(at)
        elif room.status == "in-progress":
            self.talk(at)
        else:
            self._wait(at)

    def _wait(self, at: datetime) -> None:
        if self.noun["waitUrl"] is None:
            self.board.carrier.hears(self.call, at, "played", "hold music")
        if not self.noun.string("waitUrl"):
            return
        home = (self.noun.string("waitUrl"), self.noun.string("waitMethod"))
        told = [("ConferenceSid", self.room.sid), ("FriendlyName", self.room.name)]
        nothing = Performance(
            self.board, self.call, lambda due: None, "conference", home, lambda due: None, lambda due: told
        )
        nothing.start(at)
        nothing.fetch(at, *home)

    def talk(self, at: datetime) -> None:
        """The conference is on."""
        self.clear_front(at, "dequeued")
        self.bridged_at = at
        talk = self.room.room
        talk.members.append(self.call)
        if self.noun["muted"]:
            talk.mute.add(self.call.sid)
        self.call.room = talk
        self.board.carrier.hears(self.call, at, "sound", "connected")
        for other in talk.members:
            self.board.carrier.touch_call(other)

    def _beep(self, at: datetime) -> None:
        for member in self.room.room.members:
            self.board.carrier.hears(member, at, "sound", "beep")

    def result(self, at: datetime, status: str, other: Call | None) -> Params:
        """A conference is `answered`, and there is no other leg to tell of."""
        return [("DialCallStatus", "answered" if status == "completed" else status)]

    def hang_up_other(self, at: datetime) -> None:
        """Star, or the time limit: out of the room."""
        self._go(at)
        self.over(at, "completed")

    def stop(self, at: datetime, why: Why) -> None:
        """The call went away."""
        self._go(at)
        self.cut(at, why, "completed")

    def _go(self, at: datetime) -> None:
        """Leave; perhaps all others must."""
        room, talk = self.room, self.room.room
        if self not in room.members:
            return
        room.members.remove(self)
        if self.call in talk.members:
            talk.members.remove(self.call)
        talk.mute.discard(self.call.sid)
        self.call.room = None
        self._tell("participant-leave", at)
        if self.noun["beep"] in {"true", "onExit"}:
            self._beep(at)
        for other in talk.members:
            self.board.carrier.touch_call(other)
        if self.noun["endConferenceOnExit"] and room.status == "in-progress":
            self._end(at, MODERATOR_LEFT)
        elif not room.members:
            self._end(at, LAST_LEFT)

    def _end(self, at: datetime, reason: str) -> None:
        room = self.room
        if room.status == "completed":
            return
        room.status, room.reason, room.updated = "completed", reason, at
        for member in list(room.members):
            if isinstance(member, Conferring):
                member.hang_up_other(at)
        self._tell(
            "conference-end", at, [("ReasonConferenceEnded", reason), ("CallSidEndingConference", self.call.sid)]
        )

    def _tell(self, event: str, at: datetime, more: Params | None = None) -> None:
        """One of Twilio's conference events."""
        about = [
            ("Coaching", "false"),
            ("EndConferenceOnExit", str(self.noun["endConferenceOnExit"]).lower()),
            ("Hold", "false"),
            ("Muted", str(self.noun["muted"]).lower()),
            ("StartConferenceOnEnter", str(self.noun["startConferenceOnEnter"]).lower()),
        ]
        tell_room(self.board, self.room, event, self.call, more or about, at)


DIALS["Conference"] = Conferring
