"""A town gone mad, on the real line: ten phones of every role text whatever comes to mind, and time leaps.

Whatever they do: nothing is logged as an error, nobody gets the static answer of a line that is down, no text goes to a
phone that refuses ours, and the rows agree with each other. At the end the story's own check finds no number in a text.
"""

import random

import pytest
from sqlalchemy import func, select

from hotline.models import cases, parties, people, runs
from tests.flows.test_all_nights import BO, EVE, GUS, OZ, THEIRS

STEPS = 300
TEAM = {
    "Bo": ("coordinator", BO), "Pat": ("coordinator", BO), "Kim": ("coordinator;manager", BO), "Cy": ("driver", EVE),
    "Di": ("driver", EVE), "Gus": ("guide", GUS), "Max": ("manager", ("1", "WHO", "OPEN", "18:00", "hello")),
    "Oz": ("officer", OZ),
}  # fmt: skip
LEAPS = ({"seconds": 5}, {"seconds": 95}, {"minutes": 6})  # long ones cost most, and are the pure tests'
WAY_IN = (  # so that a walk of this length comes to everything: a talk, a guide, a walk-in, a ride
    ("Ana", "i want help"), ("Ana", "no"), ("Bo", "1"), ("Bo", "hello"), ("Bo", "GUIDE Gus"), ("Bo", "1"), ("Ana", "1"),
    ("Oz", "WALKIN"), ("Oz", "2"), ("Oz", "Ben"), ("Oz", "none"), ("Oz", "skip"), ("Pat", "1"), ("Pat", "now"),
    ("Pat", "RIDE"), ("Pat", "1"), ("Pat", "the library"), ("Pat", "Lakeside"), ("Pat", "now"), ("Pat", "30"),
    ("Pat", "skip"), ("Pat", "1"), ("Cy", "1"), ("Cy", "skip"),
)  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("seed", [1])
def test_whatever_ten_phones_text(line, clock, seed):
    dice, line.troubles_expected = random.Random(seed), True  # of phones that refuse texts
    says = {name: words for name, (_, words) in TEAM.items()} | {"Ana": THEIRS, "Ben": THEIRS}
    for name, (roles, _) in TEAM.items():
        line.hires(name, roles, hours="Mon-Fri 08:00-17:00" if name == "Kim" else "always")
    phones = {name: line.phone(name).sleeps() for name in says}
    refusing: dict[str, int] = {}
    for step in range(STEPS):
        if step < len(WAY_IN):
            name, words = WAY_IN[step]
        elif dice.random() < 0.08:
            clock.forward(**({"hours": 2} if step > STEPS - 20 else dice.choice(LEAPS)))
            continue
        else:
            name = dice.choice(sorted(says))
            words = _worded(line, dice, dice.choice(says[name]))
        phones[name].texts(words)
        if words in ("STOP", "START"):
            refusing[name] = len(phones[name].inbox)
            if words == "START":
                del refusing[name]
        for one, heard in refusing.items():
            assert len(phones[one].inbox) == heard, f"{one} refuses texts and got: {phones[one].inbox[-1]}"
        if step % 10 == 0:
            rows_agree(line)
    rows_agree(line)
    assert not line.mishaps.found
    said = [words for phone in phones.values() for words in phone.inbox]
    assert not [words for words in said if "Not received" in words or "Sorry, we were down" in words]


def _worded(line, dice, words):
    """Codes as they are, instead of the K1 of the pure tests."""
    if "K1" not in words:
        return words
    with line.house.engine.connect() as connection:
        found = connection.scalars(select(cases.c.code).where(cases.c.code.is_not(None)).order_by(cases.c.id)).all()
    return words.replace("K1", dice.choice(found))


def rows_agree(line):
    with line.house.engine.connect() as connection:

        def count(statement):
            return connection.execute(statement).all()

        assert not count(select(runs.c.flow, runs.c.state).where(runs.c.open, runs.c.due.is_(None)))
        stale = select(runs.c.flow).join(parties, parties.c.run_id == runs.c.id).where(~runs.c.open)
        assert not count(stale), "somebody is still a party of a run that is over"
        is_open = cases.c.state == "open"
        twice = select(cases.c.program_id, cases.c.code).where(is_open, cases.c.code.is_not(None))
        assert not count(twice.group_by(cases.c.program_id, cases.c.code).having(func.count() > 1)), "a code twice"
        one = select(cases.c.person_id).where(is_open).group_by(cases.c.person_id).having(func.count() > 1)
        assert not count(one), "two open cases of one person"
        over = select(runs.c.flow).join(cases, cases.c.id == runs.c.case_id).where(runs.c.open, ~is_open)
        ended = {"intake", "emergency", "company", "assist", "desk", "safety", "confirm"}
        assert not {row.flow for row in count(over)} & ended, "something goes on in a closed case"
        numbers = count(select(people.c.program_id, people.c.phone_ix).group_by(*people.c[("program_id", "phone_ix")]))
        assert len(numbers) == len(count(select(people.c.id)))
