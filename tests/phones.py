"""The phone in your hand: it texts, hears, replies, ignores. Whatever it gets and nobody heard fails the test.

Hearing is by keywords, all of them, in any case: wording stays the program manager's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import pytest

from hotline.simulator import inbound
from hotline.simulator.records import Media, Message

if TYPE_CHECKING:
    from tests.line import Line

PATIENCE_S = 15.0


class Phone:
    """Somebody's phone. Verbs give the phone back, so that a story can go on in one line."""

    def __init__(self, line: Line, name: str, number: str) -> None:
        self.line, self.name, self.number = line, name, number
        self.heard: set[str] = set()
        self.asleep = False
        self.last = ""

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

    def hears(self, *keywords: str, without: tuple[str, ...] | str = ()) -> Phone:
        """The oldest text not yet heard that has all these keywords, and none of `without`."""
        for message in self.unheard():
            words = message.body.casefold()
            if all(keyword.casefold() in words for keyword in keywords):
                unwanted = (without,) if isinstance(without, str) else without
                for keyword in unwanted:
                    assert keyword.casefold() not in words, f"{self.name} heard {keyword!r}: {message.body}"
                self.heard.add(message.sid)
                self.last = message.body
                return self
        return self._fail(f"{self.name} does not hear {' '.join(map(repr, keywords))}")

    def hears_all(self, *keywords: str) -> Phone:
        """Every text not yet heard that has these keywords; there must be one."""
        self.hears(*keywords)
        for message in self.unheard():
            if all(keyword.casefold() in message.body.casefold() for keyword in keywords):
                self.heard.add(message.sid)
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

    def hears_nothing(self) -> Phone:
        """Nothing came that was not heard."""
        if self.unheard():
            self._fail(f"{self.name} hears what nobody expected")
        return self

    def ignores(self) -> Phone:
        """Do nothing: for the reader."""
        return self

    def sleeps(self) -> Phone:
        """Whatever came and whatever comes is nobody's concern in this story."""
        self.asleep = True
        return self

    def skips(self) -> Phone:
        """Whatever came so far is nobody's concern; what comes from now on is."""
        self.heard |= {message.sid for message in self._arrived()}
        return self

    def wakes(self) -> Phone:
        """From now on everything must be heard again."""
        self.heard |= {message.sid for message in self._arrived()}
        self.asleep = False
        return self

    def is_(self, **fate: object) -> Phone:
        """What becomes of texts to this phone, by the simulator's words: state="off", callbacks="never" ..."""
        self.line.simulator.switchboard.idle(PATIENCE_S)
        phone = self.line.simulator.switchboard.carrier.phone(self.number)
        phone.fate = phone.fate.changed(fate)
        return self

    def unheard(self) -> list[Message]:
        """What reached this phone and nobody has heard, oldest first."""
        return [] if self.asleep else [m for m in self._arrived() if m.sid not in self.heard]

    @property
    def code(self) -> str:
        """The case's code in what was heard last: `K7`."""
        found = re.search(r"\b[A-Z][1-9]\d?\b", self.last)
        assert found, f"no code in {self.last!r}"
        return found[0]

    @property
    def inbox(self) -> list[str]:
        """The words of all that reached this phone."""
        return [message.body for message in self._arrived()]

    def _arrived(self) -> list[Message]:
        carrier = self.line.simulator.switchboard.carrier
        with carrier.lock:
            found = [
                m for m in carrier.messages.values() if m.arrival and m.direction != "inbound" and m.to == self.number
            ]
        return sorted(found, key=lambda message: message.arrival)

    def _fail(self, what: str) -> NoReturn:
        unheard = "\n".join(f"  {message.body}" for message in self.unheard()) or "  (nothing)"
        pytest.fail(f"{what}. Not yet heard:\n{unheard}\nThe night so far:\n{self.line.night()}", pytrace=True)
