"""The phone in your hand: it texts, calls, is rung, hears, replies. Whatever it gets and nobody heard fails the test.

Hearing is by keywords, all of them, in any case: wording stays the program manager's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest

from hotline.simulator import calls, inbound
from hotline.simulator.call_records import Call
from hotline.simulator.records import Media, Message
from tests import came
from tests.came import Came

if TYPE_CHECKING:
    from tests.line import Line

PATIENCE_S = 15.0
#: Texts beginning so come while the phone rings. The two are handed to the carrier one after the other.
WITH_A_RING = ("RING", "ALARM")
TOGETHER = timedelta(seconds=30)

Unwanted = tuple[str, ...] | str


class Phone:
    """Somebody's phone. Verbs give the phone back, so that a story can go on in one line."""

    def __init__(self, line: Line, name: str, number: str) -> None:
        self.line, self.name, self.number = line, name, number
        self.heard: set[str | int] = set()
        self.asleep = False
        self.last = ""
        self._texted: set[str] = set()  # rings that came with a text
        self._about: dict[str, tuple[str, ...]] = {}  # of an expected ring: what will be said once it is answered

    # --- texts --------------------------------------------------------------------------------------------------------

    def texts(self, words: str = "", *, to: str | None = None, pictures: int = 0, sid: str = "") -> Phone:
        """Text the line, and let everything happen that happens at once."""
        self.sends(words, to=to, pictures=pictures, sid=sid)
        self.line.settle()
        return self

    replies = texts

    def sends(self, words: str = "", *, to: str | None = None, pictures: int = 0, sid: str = "") -> Message:
        """Text the line and wait for nothing but its answer: for several phones at once."""
        self.line.opens()
        board = self.line.simulator.switchboard
        media = tuple(Media(f"https://example.org/{n}.jpg") for n in range(pictures))
        message = inbound.text(board, self.number, to or self.line.number, words, media, sid)
        answered = board.carrier.wait_for(lambda: message.asking == 0, PATIENCE_S)
        assert answered, f"{self.name}'s text was not answered within {PATIENCE_S} s"
        return message

    def texts_again(self, message: Message) -> Phone:
        """The carrier delivers the same text once more."""
        board = self.line.simulator.switchboard
        inbound.redeliver(board, message)
        assert board.carrier.wait_for(lambda: message.asking == 0, PATIENCE_S)
        self.line.settle()
        return self

    def accepts(self, answer: str = "1", *about: str, to: str | None = None) -> Phone:
        """Take what was offered: hear that it is theirs, what is known (`about`), and all that was said so far."""
        self.replies(answer, to=to).hears("you are on with")
        yours = self.last
        self.hears_all(f"{self.code}: ")
        said = " ".join(self.inbox).casefold()
        assert all(keyword.casefold() in said for keyword in about), said
        self.last = yours
        return self

    # --- hearing ------------------------------------------------------------------------------------------------------

    def hears(self, *keywords: str, without: Unwanted = ()) -> Phone:
        """The oldest text, or sentence spoken to it, not yet heard that has all these keywords, and none of `without`.

        A text that says that the phone rings came while it rang, and the ring is heard with it.
        """
        return self._hears(keywords, without, "text", "words")

    def reads(self, *keywords: str, without: Unwanted = ()) -> Phone:
        """The same, of a text."""
        return self._hears(keywords, without, "text")

    def is_told(self, *keywords: str, without: Unwanted = ()) -> Phone:
        """The same, of words spoken on a call."""
        return self._hears(keywords, without, "words")

    def reads_quietly(self, *keywords: str) -> Phone:
        """The same, of a text that comes without ringing, though others like it ring."""
        return self._hears(keywords, (), "text", rings=False)

    def hears_all(self, *keywords: str) -> Phone:
        """Everything not yet heard that has these keywords; there must be something."""
        self.hears(*keywords)
        for thing in self.unheard():
            if thing.way != "ring" and _has(thing, keywords):
                self._take(thing)
        return self

    def hears_nothing(self) -> Phone:
        """Nothing came that was not heard."""
        if self.unheard():
            self._fail(f"{self.name} hears what nobody expected")
        return self

    def ignores(self) -> Phone:
        """Do nothing: for the reader. What rings, rings out."""
        return self

    lets_ring = ignores

    def sleeps(self) -> Phone:
        """Whatever came and whatever comes is nobody's concern in this story."""
        self.asleep = True
        return self

    def skips(self) -> Phone:
        """Whatever came so far is nobody's concern; what comes from now on is."""
        self.heard |= {thing.id for thing in self._came()}
        return self

    def wakes(self) -> Phone:
        """From now on everything must be heard again."""
        self.asleep = False
        return self.skips()

    # --- calls --------------------------------------------------------------------------------------------------------

    def calls(self, *, to: str | None = None, from_: str = "", sid: str = "") -> Phone:
        """Call the line. Before anything else it says where to call in danger. `from_`: what it is shown."""
        call = self.dials(to=to, from_=from_, sid=sid)
        self.line.settle()
        spoken = [thing for thing in self._came() if thing.call == call.sid]
        assert spoken, f"{self.name} calls, and nothing is said"
        assert "9 1 1" in spoken[0].body, f"the first sentence is not about danger: {spoken[0].body}"
        return self

    def dials(self, *, to: str | None = None, from_: str = "", sid: str = "") -> Call:
        """Call the line and wait for nothing but its first answer."""
        self.line.opens()
        board = self.line.simulator.switchboard
        call = calls.dial(board, self.number, to or self.line.number, from_, sid)
        assert board.carrier.wait_for(lambda: call.asking == 0, PATIENCE_S), f"{self.name}'s call is not answered"
        return call

    def rings(self, *keywords: str) -> Phone:
        """The line rings this phone, or did and it rang out. What is said is heard once it is answered."""
        rings = [thing for thing in self.unheard() if thing.way == "ring"]
        with_text = [thing for thing in self._came() if thing.way == "ring" and thing.call in self._texted]
        found = [*rings, *(thing for thing in with_text if self._call(thing.call).status == "ringing")]
        if not found:
            self._fail(f"{self.name}'s phone does not ring")
        self.heard.add(found[0].id)
        self._about[found[0].call] = keywords
        return self

    def answers(self) -> Phone:
        """Pick up, and hear what it rang for."""
        return self._picks_up(calls.answer)

    def voicemail_picks_up(self) -> Phone:
        """A machine answers. What is said to it must be heard as well, by whoever plays it."""
        return self._picks_up(calls.voicemail)

    def declines(self) -> Phone:
        """Refuse the call."""
        return self._does(calls.decline, self._ringing())

    def presses(self, keys: str) -> Phone:
        """Keys, one after another; then what is said next."""
        return self._does(lambda board, call: calls.press(board, call, keys), self.call)

    def strikes(self, keys: str) -> None:
        """Keys, and wait for nothing: for several phones at once."""
        calls.press(self.line.simulator.switchboard, self.call, keys)

    def says(self, words: str) -> Phone:
        """Speak: to the line if it listens, into a recording, or to whoever it is connected with."""
        return self._does(lambda board, call: calls.speak(board, call, words), self.call)

    def hangs_up(self) -> Phone:
        """End the call."""
        return self._does(calls.hang_up, self.call)

    def is_connected_with(self, *others: Phone) -> Phone:
        """They talk: this phone and these, nobody else."""
        room = self.call.room
        numbers = sorted(call.phone for call in room.others(self.call)) if room else []
        if numbers != sorted(other.number for other in others):
            self._fail(f"{self.name} is connected with {numbers or 'nobody'}")
        return self

    def waits_on_the_line(self) -> Phone:
        """In the queue: not connected, and not asked anything but by the way."""
        if self.call.room or not any("queue" in activity.as_json() for activity in self.call.stack):
            self._fail(f"{self.name} does not wait: {self.call.doing}")
        return self

    def is_off_the_phone(self) -> Phone:
        """No call of theirs goes on."""
        going_on = [call for call in self._calls() if call.going_on]
        if going_on:
            self._fail(f"{self.name} is still on the phone: {going_on[0].doing}")
        return self

    def _picks_up(self, act: Callable[..., None]) -> Phone:
        call = self._ringing()
        self._does(act, call)
        keywords = self._about.pop(call.sid, ())
        return self.is_told(*keywords) if keywords else self

    def _does(self, act: Callable[..., None], call: Call) -> Phone:
        board = self.line.simulator.switchboard
        while True:  # nobody presses a key into the moment between two documents
            board.idle(PATIENCE_S)
            with board.lock:
                if not board.outstanding:
                    act(board, call)
                    break
        self.line.settle()
        return self

    @property
    def call(self) -> Call:
        """The call somebody holds this phone to their ear for, or had last."""
        mine = [call for call in self._calls() if call.direction == "inbound" or call.answered_by == "person"]
        assert mine, f"{self.name} has had no call"
        return next((call for call in reversed(mine) if call.going_on), mine[-1])

    def _ringing(self) -> Call:
        expected = [call for call in self._calls() if call.status == "ringing" and call.sid in self.heard]
        if not expected:
            self._fail(f"{self.name}'s phone does not ring any more, or nobody said that it does")
        return expected[0]

    def _calls(self) -> list[Call]:
        carrier = self.line.simulator.switchboard.carrier
        with carrier.lock:
            return [call for call in carrier.calls.values() if call.phone == self.number]

    def _call(self, sid: str) -> Call:
        return self.line.simulator.switchboard.carrier.call(sid)

    # --- what it is, and what came to it ------------------------------------------------------------------------------

    def is_(self, **fate: object) -> Phone:
        """What becomes of texts and calls to this phone, by the simulator's words: state="off", calls="busy" ..."""
        self.line.simulator.switchboard.idle(PATIENCE_S)
        phone = self.line.simulator.switchboard.carrier.phone(self.number)
        phone.fate = phone.fate.changed(fate)
        return self

    def unheard(self) -> list[Came]:
        """What came to this phone and nobody has heard, oldest first; but for the first sentence of a call."""
        first = self.line.first_sentences
        return [] if self.asleep else [x for x in self._came() if x.id not in self.heard and x.body not in first]

    @property
    def code(self) -> str:
        """The case's code in what was heard last: `K7`."""
        found = re.search(r"\b[A-Z][1-9]\d?\b", self.last)
        assert found, f"no code in {self.last!r}"
        return found[0]

    @property
    def inbox(self) -> list[str]:
        """The words of all texts that reached this phone."""
        return [thing.body for thing in self._came() if thing.way == "text"]

    @property
    def spoken(self) -> list[str]:
        """All that was said to this phone on calls."""
        return [thing.body for thing in self._came() if thing.way == "words"]

    def _came(self) -> list[Came]:
        return came.to(self.line.simulator.switchboard.carrier, self.number)

    def _hears(self, keywords: tuple[str, ...], without: Unwanted, *ways: str, rings: bool = True) -> Phone:
        for thing in self.unheard():
            if thing.way in ways and _has(thing, keywords):
                unwanted = (without,) if isinstance(without, str) else without
                for keyword in unwanted:
                    assert not _has(thing, (keyword,)), f"{self.name} heard {keyword!r}: {thing.body}"
                self._take(thing, rings)
                self.last = thing.body
                return self
        return self._fail(f"{self.name} does not hear {' '.join(map(repr, keywords))}")

    def _take(self, thing: Came, rings: bool = True) -> None:
        """It is heard; of what is said twice in one breath, both; of a text that goes with a ring, the ring."""
        self.heard.add(thing.id)
        if thing.way == "words":
            twice = [x for x in self.unheard() if (x.call, x.body) == (thing.call, thing.body)]
            self.heard |= {x.id for x in twice if x.at - thing.at <= came.BREATH * 2}
        elif thing.body.startswith(WITH_A_RING) and rings:
            self._hears_its_ring(thing)

    def _hears_its_ring(self, text: Came) -> None:
        rings = [x for x in self._came() if x.way == "ring" and x.call not in self._texted]
        found = [x for x in rings if abs(x.at - text.at) <= TOGETHER]
        if not found:
            self._fail(f"{self.name}'s phone did not ring as it got: {text.body}")
        self._texted.add(found[0].call)
        self.heard.add(found[0].id)

    def _fail(self, what: str) -> NoReturn:
        unheard = "\n".join(f"  {thing.way}: {thing.body}" for thing in self.unheard()) or "  (nothing)"
        pytest.fail(f"{what}. Not yet heard:\n{unheard}\nThe night so far:\n{self.line.night()}", pytrace=True)


def _has(thing: Came, keywords: tuple[str, ...]) -> bool:
    words = thing.body.casefold()
    return all(keyword.casefold() in words for keyword in keywords)
