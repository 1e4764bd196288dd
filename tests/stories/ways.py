"""A call and a text are two ways into the same flows (design.md 3): the same verbs, done one way or the other."""

from tests.line import Clock
from tests.phones import Phone
from tests.stories.calls import calls_safe, takes_call


class ByText:
    """They text, and members answer the texts they get."""

    name = "text"

    def opens(self, someone: Phone) -> Phone:
        """Their first word; they are asked about danger."""
        return someone.texts("I want help").hears("danger", "YES or NO")

    def says(self, someone: Phone, answer: str) -> Phone:
        """yes, no, or something else."""
        return someone.replies(answer)

    def asks(self, someone: Phone) -> Phone:
        """They ask for help, and nobody is in danger."""
        return self.says(self.opens(someone), "no").hears("asking our team")

    def is_asked(self, member: Phone) -> Phone:
        return member.hears("someone asks to talk")

    def is_asked_urgently(self, member: Phone) -> Phone:
        return member.hears("possible emergency").rings()

    def takes(self, member: Phone, someone: Phone) -> str:
        """They take it; both hear so. The case's code."""
        code = self.is_asked(member).accepts().code
        someone.hears(member.name, "real person")
        return code

    def passes(self, member: Phone) -> None:
        self.is_asked(member).replies("2").hears("that is fine")

    def lets_pass(self, member: Phone, someone: Phone, clock: Clock) -> None:
        """They do nothing until the next is asked."""
        self.is_asked(member)
        clock.forward(minutes=5, seconds=1)
        member.rings()
        someone.skips()

    def is_silent(self, someone: Phone, clock: Clock) -> None:
        """Nothing is answered for as long as the line waits for it."""
        clock.forward(minutes=2, seconds=1)

    def rings_off(self, someone: Phone) -> None:
        """A talk on the phone ends; a talk by text is there."""

    def ends(self, someone: Phone) -> None:
        """Whatever they are in, they are out of it."""
        someone.sleeps()


class ByCall(ByText):
    """They call, and members press keys on the phones that ring."""

    name = "call"

    def opens(self, someone: Phone) -> Phone:
        return someone.calls().is_told("passed out", "Press 1 for yes, 2 for no")

    def says(self, someone: Phone, answer: str) -> Phone:
        return someone.presses({"yes": "1", "no": "2"}.get(answer, "6"))

    def asks(self, someone: Phone) -> Phone:
        return calls_safe(someone).is_told("ringing our team").waits_on_the_line()

    def is_asked(self, member: Phone) -> Phone:
        return member.reads("someone asks to talk").rings("someone asks to talk", "Press 1")

    def is_asked_urgently(self, member: Phone) -> Phone:
        return member.reads("possible emergency").rings("Possible emergency", "Press 1")

    def takes(self, member: Phone, someone: Phone) -> str:
        code = takes_call(member, someone)
        someone.is_connected_with(member)
        return code

    def passes(self, member: Phone) -> None:
        self.is_asked(member).answers().presses("2").is_told("asking the next person").is_off_the_phone()

    def lets_pass(self, member: Phone, someone: Phone, clock: Clock) -> None:
        self.is_asked(member)
        clock.forward(seconds=36)
        someone.skips()

    def is_silent(self, someone: Phone, clock: Clock) -> None:
        clock.forward(seconds=20)

    def rings_off(self, someone: Phone) -> None:
        someone.hangs_up().reads("What you text here goes to")

    def ends(self, someone: Phone) -> None:
        someone.sleeps()
        if someone.call.going_on:
            someone.hangs_up()


WAYS = (ByText(), ByCall())
