"""`hotline talk`: a conversation with the line in the terminal. You type as the participant, or as any member."""

import shutil
import sys
import tempfile
import textwrap
from datetime import datetime
from pathlib import Path

import click

from flows import FLOWS
from hotline.cli.desk import aligned, settings
from hotline.cli.plain import fail
from hotline.cli.stage import Stage

_TAKEN = ("I want help", "no", "/as Bo {code} 1")
_ON = (*_TAKEN, "/as Bo Hi, I am here")


def _ordered(*adult: str, when: str = "now") -> tuple[str, ...]:
    """Somebody has Ana, and all that RIDE asks is answered."""
    answers = ("Main St library", "Lakeside House", when, "30", "{code} skip", "{code} 1")
    return ("/until 10:00", *_ON, "/as Bo RIDE", *(f"/as Bo {answer}" for answer in (*adult, *answers)))


_RIDE = _ordered("{code} 1")
_DRIVEN = ("/as Cy 1", "/as Cy blue Ford")
_GUIDED = ("/until 10:00", *_ON, "/as Bo GUIDE", "/as Bo {code} 1")
_AGREED = (*_GUIDED, "/as Gail {code} 1", "1", "/as Bo DONE", "/as Bo {code} 1", "/as Bo {code} 1")
_HOME = (*_AGREED, "/as Bo {code} HOME", "/as Bo {code} 1", "/until 09:00")
_ASKED = (*_HOME, "/until 11:00")
_AT_DESK = ("/as Otto WALKIN", "/as Otto 2", "/as Otto Lee", "/as Otto NONE", "/as Otto Milford")
_DYING = ("my brother isn't breathing",)

#: What is said before you take over, so that you meet the flow you named. {code} is the newest case's. Where a flow is
#: over within one text (admit), you begin at the beginning.
OPENINGS: dict[str, tuple[str, ...]] = {
    "intake": (),
    "emergency": _DYING,
    "safety": _DYING,
    "follow_up": (*_DYING, "the ambulance is here"),
    "paging": ("I want help", "no"),
    "offer": ("I want help", "no"),
    "company": ("I want help", "no"),
    "alarm": ("I want help", "no"),
    "alert": ("I want help", "no", "/forward 16m"),
    "assist": _TAKEN,
    "confirm": (*_TAKEN, "/as Bo DONE"),
    "outcome": (*_TAKEN, "/as Bo DONE", "/as Bo {code} 1"),
    "ask_again": (*_TAKEN, "/as Bo HANDOFF", "/as Bo {code} 1", "/as Carmen {code} 2", "/as Carmen {code} 2"),
    "check": (*_TAKEN, "/as Bo she is not breathing"),
    "whose": (*_TAKEN, "/as Bo I want to kill myself"),
    "note_meant": (*_TAKEN, "/as Bo noet her sister knows"),
    "which": (*_TAKEN, "/as Eve I want help", "/as Eve no", "/as Carmen {code} 2", "/as Bo {code} 1", "/as Bo hello"),
    "still": (*_ON, "/forward 25h"),
    "leave": (*_TAKEN, "please stop texting me"),
    "roster": ("/as Bo OFF",),
    "ride": (*_ON, "/as Bo RIDE"),
    "ride_off": (*_RIDE, "/as Bo RIDE"),
    "drive": (*_RIDE, *_DRIVEN),
    "companion": (*_ordered("{code} 2", "{code} 1"), *_DRIVEN, "/as Rosa 1"),  # under 18: never a lone driver
    "car": (*_RIDE, "/as Cy 1"),
    "keeps": (*_ordered("{code} 1", when="18:00"), *_DRIVEN, "/until 17:00"),
    "gone": (*_RIDE, *_DRIVEN, "/as Cy OTW", "/as Cy HERE", "/as Cy GONE"),
    "drop": (*_RIDE, *_DRIVEN, "/as Cy DROP"),
    "well": (*_RIDE, *_DRIVEN, "/as Cy OTW", "/forward 40m"),
    "placement": (*_ON, "/as Bo PLACED"),
    "guide": _GUIDED,
    "care": (*_GUIDED, "/as Gail {code} 1"),
    "after": _AGREED,
    "prompts": _HOME,
    "draft": (*_HOME, "/as Gail 1 Coffee at ten?"),
    "checkin": _ASKED,
    "support": (*_ASKED, "3"),
    "walkin": ("/as Otto WALKIN",),
    "desk": _AT_DESK,
    "desk_time": (*_AT_DESK, "/as Bo {code} 1"),
    "call": (*_ON, "/as Bo CALL"),
}

#: Met only by who calls, or is on a call.
BY_PHONE = frozenset({"caller", *(name for name, flow in FLOWS.items() if flow.by_phone and name not in OPENINGS)})

HELP = """\
  words            what you text; the line answers
  /as NAME words   somebody else texts: a member, or any name for another participant
  /as NAME         from now on you are NAME
  /forward 5m      time goes by (90s, 5m, 2h, 3d)
  /until 09:00     time goes by until the clock on the wall says so
  /who             the team
  /quit            or Ctrl-D"""


@click.command("talk")
@click.argument("flow", required=False)
def command(flow: str | None) -> None:
    """Hold a conversation with the line, here in the terminal: you are Ana, who asks for help.

    It is a line of its own, with the sample program, on a database that is gone afterwards: nothing is sent to anybody.
    You see what the line answers, and what members' phones would show. Where a phone rings you see what it would say;
    there is none here to pick up, so it rings out: members answer by text (/as Bo 1). With FLOW (hotline flows
    draw lists them) the conversation begins where that flow does. /help lists what else you can type.
    """
    if flow is not None and flow not in FLOWS:
        fail(f"there is no flow {flow}; there are {', '.join(FLOWS)}")
    if flow in BY_PHONE:
        fail(f"{flow} begins with a phone call, and there are no phones here: make run, and call in its browser page")
    settings()
    with tempfile.TemporaryDirectory(prefix="hotline-talk-") as folder:
        Conversation(Path(folder)).hold(OPENINGS.get(flow or "intake", ()))


class Conversation:
    """What is typed, line by line, until there is no more."""

    def __init__(self, folder: Path) -> None:
        self._me = "Ana"
        self.stage = Stage(folder, _show)

    def hold(self, opening: tuple[str, ...]) -> None:
        click.echo("You are Ana, and you text the help line. Type her words; /help lists what else you can do.\n")
        for line in opening:
            line = line.format(code=self.stage.code())
            click.echo(f"{self._me}> {line}")
            self.do(line)
        asks = sys.stdin.isatty()
        while True:
            click.echo(f"{self._me}> ", nl=False)
            line = sys.stdin.readline()
            if not asks:
                click.echo(line.rstrip("\n"))
            if not line or line.strip() in ("/quit", "/exit"):
                click.echo("" if asks and not line else "Bye.")
                return
            self.do(line.strip())

    def do(self, line: str) -> None:
        """One line as typed."""
        verb, _, rest = line.partition(" ")
        if not verb.startswith("/"):
            self.stage.texts(self._me, line)
        elif verb == "/as" and rest.strip():
            name, _, words = rest.strip().partition(" ")
            self._as(name[:1].upper() + name[1:], words.strip())
        elif verb in ("/forward", "/until"):
            try:
                self.stage.forward(rest) if verb == "/forward" else self.stage.until(rest)
            except ValueError as exc:
                click.echo(f"  {rest or 'it'} {exc}")
        elif verb == "/who":
            aligned([(f"  {name}", roles) for name, roles in self.stage.members.items()])
        else:
            click.echo(HELP)

    def _as(self, name: str, words: str) -> None:
        if words:
            self.stage.texts(name, words)
        else:
            self._me = name


def _show(name: str, at: datetime, words: str, rings: bool) -> None:
    """A text, or a phone that rings, and what is said there if anybody picks up."""
    head = f"  {at:%H:%M:%S}  {name}'s phone rings: " if rings else f"  {at:%H:%M:%S}  {name:<8.8}  < "
    words = f'"{words}"' if rings else words
    width = max(shutil.get_terminal_size().columns - len(head), 40)
    for n, line in enumerate(textwrap.wrap(words, min(width, 80)) or [""]):
        click.echo((head if n == 0 else " " * len(head)) + line)
