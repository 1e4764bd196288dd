"""How many stories begin."""

from tests.phones import Phone


def asks(someone: Phone, words: str = "I want help") -> None:
    """Somebody asks for help and is in no danger: the page is open, and the line asks for the town."""
    someone.texts(words).hears("danger", "YES or NO").replies("no").hears("town")


def takes(member: Phone, someone: Phone) -> str:
    """A coordinator takes what they were asked; both hear so. The case's code."""
    code = member.hears("someone asks to talk", "1 take it").accepts().code
    someone.hears(member.name, "real person")
    return code


def talk(someone: Phone, member: Phone) -> str:
    """A participant and a coordinator text each other. The case's code."""
    asks(someone)
    code = takes(member, someone)
    member.texts(f"{code} Hi, glad you wrote").hears_nothing()
    someone.hears("glad you wrote")
    return code


def everybody_sleeps(*phones: Phone) -> None:
    """What they get from now on, or got, is not what this story is about."""
    for phone in phones:
        phone.sleeps()
