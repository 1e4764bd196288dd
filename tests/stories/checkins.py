"""How stories of check-ins begin."""

from tests.line import Clock
from tests.phones import Phone
from tests.stories.openings import asks, takes


def in_talk(someone: Phone, member: Phone, name: str) -> str:
    """Somebody asked for help, and a coordinator is on with them. The case's code."""
    asks(someone)
    someone.replies("Pekin").hears("call you").replies(name).hears("keep your words")
    code = takes(member, someone)
    member.texts(f"{code} Hi, I am here")
    someone.hears("Hi, I am here")
    return code


def taken_on(someone: Phone, member: Phone, guide: Phone, clock: Clock, name: str = "Ana") -> str:
    """A guide was found, and the participant is asked whether they may be texted. The case's code."""
    code = in_talk(someone, member, name)
    clock.forward(minutes=3)
    member.texts(f"{code} GUIDE").hears("keep in touch", "1 yes").replies("1").hears("asking the guides")
    guide.hears("keep in touch", "1 take it").replies("1").hears(code, name, "you keep in touch")
    member.hears("will keep in touch")
    someone.hears("1 yes 2 no")
    return code


def agreed(someone: Phone, member: Phone, guide: Phone, clock: Clock, name: str = "Ana") -> str:
    """They may be texted."""
    code = taken_on(someone, member, guide, clock, name)
    someone.replies("1").hears("will text you")
    member.hears(f"{name} said yes", "HOME")
    guide.hears(f"{name} said yes")
    return code


def done(member: Phone, code: str, clock: Clock) -> None:
    clock.forward(minutes=3)
    member.texts(f"{code} DONE").hears("ends it").replies("1").hears("How did it go").replies("1").hears("Noted")


def home(someone: Phone, member: Phone, guide: Phone, clock: Clock, name: str = "Ana") -> str:
    """They agreed, their case is closed, and they are home: day 1 is tomorrow."""
    code = agreed(someone, member, guide, clock, name)
    done(member, code, clock)
    clock.forward(minutes=3)
    member.texts(f"{code} HOME").hears("left care", "1 yes").replies("1").hears("home")
    return code


def asked(someone: Phone, guide: Phone, clock: Clock) -> None:
    """The guide says nothing to the day's prompt, and the text goes out as written."""
    clock.until("09:01")
    guide.hears("Today: 1")
    clock.until("11:01")
    someone.hears("How are you doing today", "1 good 2 so-so 3 need to talk")
