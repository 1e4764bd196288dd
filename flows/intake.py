"""Intake: from the first word to a coordinator. Danger is asked first; then a page is open, whatever they say."""

from collections.abc import Iterable
from typing import Any

from flows import resend
from flows.effects import Close, Effect, Know, Learn, Level, Note, Open, Say, Tell
from flows.events import Failed
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, hours, minutes, seconds
from flows.paging import open_page
from flows.waiting import they_wait

SIGNS = frozenset({"withdrawal", "opioid_withdrawal", "recent", "pregnancy", "child"})
JUST_ASKED = seconds(20)  # an answer this soon may still be meant for the question before


def _kinds(m: Moment) -> frozenset[str]:
    return frozenset(m.known.get("kinds", ()))


def _shows_sign(m: Moment) -> bool:
    return bool(_kinds(m) & SIGNS)


def _withheld(m: Moment) -> bool:
    return bool(m.known.get("withheld"))


def _opening(m: Moment) -> str:
    if they_wait(m):
        return "intake.danger"
    if m.known.get("late"):
        return "intake.down"
    if m.known.get("picture"):
        return "intake.picture"
    if m.known.get("language") is None:
        return "intake.danger_both"
    if "withdrawal" in _kinds(m):
        return "intake.withdrawal"
    return "intake.danger"


OPENINGS = ("intake.danger", "intake.danger_both", "intake.picture", "intake.withdrawal", "intake.down")


def _level(m: Moment) -> Iterable[Effect]:
    yield Level(m.known.get("level", "none"))
    if _withheld(m):
        yield Learn({"withheld": True})


@emits(cards=("intake.pregnancy", "intake.child"))
def _along(m: Moment) -> Iterable[Effect]:
    """What goes along with the opening question, never as a second question, and once."""
    if not they_wait(m):
        yield Know({"texted": True})
    if m.known.get("along"):
        return
    yield Know({"along": True})
    if "pregnancy" in _kinds(m):
        yield Say("intake.pregnancy", "participant")
    if "child" in _kinds(m):
        yield Say("intake.child", "participant")


def _note_sure(m: Moment) -> Iterable[Effect]:
    if not they_wait(m):
        yield Know({"texted_sure": True})


def _knows(name: str) -> Any:
    return lambda m: bool(m.known.get(name))


def _kept(m: Moment) -> dict[str, Any]:
    """What the page must know of the one who asks; a member in need is never asked for themselves."""
    known = m.known
    exclude = [*known.get("exclude", ()), m.run.parties["participant"]]
    kept = {key: known[key] for key in ("language", "prefer") if known.get(key)}
    return {**kept, "exclude": exclude}


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _page(m: Moment) -> Iterable[Effect]:
    """The coordinators' page, as somebody who has answered us deserves it."""
    yield from open_page(m, answered=True, **_kept(m))
    yield Know({"paged": True})


@emits(tells=("called",))
def _ring_now(m: Moment) -> Iterable[Effect]:
    """A page that was under way goes on at the pace of somebody who waits on the line."""
    if "paging" in m.facts["open"]:
        yield Tell("paging", "called")


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _page_sign(m: Moment) -> Iterable[Effect]:
    """A sign that is no danger yet: people are asked while the line asks on."""
    yield Learn(mark="sign")
    yield from _page_quietly(m, kind=None)


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _page_unanswered(m: Moment) -> Iterable[Effect]:
    """They never answered: the page says so, and without any asking for help only the first rung is asked."""
    yield Learn(mark="unanswered")
    yield from _page_quietly(m, kind=None if m.known.get("asks_help") else "silent")


def _page_quietly(m: Moment, kind: str | None) -> Iterable[Effect]:
    yield from open_page(m, kind=kind, **_kept(m))
    yield Know({"paged": True})


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _cannot_reach(m: Moment) -> Iterable[Effect]:
    """No text reaches them now. A person must know, and the page opens whatever was answered."""
    event = m.event
    assert isinstance(event, Failed)
    no_text = {"no_text": True} if event.why == "impossible" else {}
    yield Learn(no_text, mark="opted_out" if event.why == "opted_out" else "unreachable")
    yield from resend.again(event)
    yield from _page_quietly(m, kind=None)


def _paged(m: Moment) -> bool:
    return bool(m.known.get("paged"))


def _just_asked(m: Moment) -> bool:
    assert m.run.since is not None
    return m.now - m.run.since <= JUST_ASKED


def _own(m: Moment) -> bool:
    return bool(m.known.get("own"))


@emits(tells=("bar",))
def _colleague(m: Moment) -> Iterable[Effect]:
    """Somebody on the team who must not be asked, named by the member who now needs help for themselves."""
    spoken = m.words.strip().casefold()
    barred = [x.id for x in m.facts["rota"] if spoken and _is_named(x.name.casefold(), spoken)]
    if barred:
        yield Tell("paging", "bar", {"members": barred})
        yield Learn({"barred": barred})
    yield Learn({"unsaid": [m.data.get("text")]})  # whom they name is told to nobody on the team
    yield Note("barred" if barred else "nobody_barred")


def _is_named(name: str, spoken: str) -> bool:
    return name in spoken or spoken in name or name.split()[0] in spoken.split()


@emits(opens=("emergency",))
def _redirect(m: Moment) -> Iterable[Effect]:
    kept = {key: value for key, value in _kept(m).items() if value}
    yield Open("emergency", {"level": "emergency", "kinds": ["yes"], **kept})


def _learn_town(m: Moment) -> Iterable[Effect]:
    yield Learn({"town": m.words.strip()[:60]})


def _learn_name(m: Moment) -> Iterable[Effect]:
    yield Learn({"name": m.words.strip()[:60]})


ASKS_CALL = Learn(mark="call")
ASKS_PERSON = Learn(mark="person")
KEPT: Target = Do((Say("intake.kept", "participant"),), STAY)
KEPT_PERSON: Target = Do((ASKS_PERSON,), KEPT)
SPOKEN = {"1": "yes", "2": "no"}
WRONG: Target = When(_shows_sign, "pages_unclear", "wrong")  # somebody else may have taken the phone
ANSWERS = ("yes", "no", "person", "asks_call", "wrong_number", "language")
GOES: dict[str, Target] = {
    "yes": "redirect",
    "no": "pages",
    "person": Do((ASKS_PERSON,), "pages_unclear"),
    "asks_call": Do((ASKS_CALL,), "pages_unclear"),
    "wrong_number": WRONG,
}
QUESTION_ANSWERS = ("skip", "yes", "no", "asks_call", "person", "language")


def _question(name: str, card: str, learn: Any, then: str, needs: tuple[str, ...] = ()) -> State:
    """May be skipped; a YES right after the danger question is taken as its answer: the worse reading wins."""
    return State(
        name,
        says=card,
        hears=QUESTION_ANSWERS,
        keys={},
        goes={
            "skip": then,
            "no": then,
            "yes": When(_just_asked, "redirect", then),
            "asks_call": "keeps_call",
            "person": KEPT_PERSON,
            "language": name,
        },
        words={"participant": Do(learn, then, needs)},
        quiet=(minutes(10), "waits"),
    )


INTAKE = Flow(
    "intake",
    rank=2,
    stamps=("timezone",),
    told={"covered": "over", "emergency": "over", "never_answered": "forgotten"},
    failed={"participant": Do(_cannot_reach, STAY, needs=("open",))},
    states=(
        State("opens", does=_level, then=When(_shows_sign, "pages_sign", "danger")),
        State("pages_sign", does=_page_sign, needs=("open",), then="danger"),
        State(
            "danger",  # asked first of everyone, by text and by phone
            says=_opening,
            cards=OPENINGS,
            does=_along,
            needs=("live",),
            hears=ANSWERS,
            keys={},
            press=SPOKEN,
            goes={**GOES, "language": "danger"},
            unclear="pages_unclear",
            told={
                "called": "danger",
                "hung_up": When(_knows("texted"), STAY, "danger"),  # what was on the line is asked by text, once
                "called_safe": "pages",
            },
            context="question",
            quiet=(minutes(2), When(_paged, "unsure", "unanswered")),
        ),
        State("pages_unclear", does=_page, needs=("open",), then="sure"),
        State(
            "sure",
            says="intake.sure",
            does=_note_sure,
            needs=("live",),
            hears=ANSWERS,
            keys={},
            press=SPOKEN,
            goes={**GOES, "language": "sure"},
            unclear="unsure",
            told={
                "called": "sure",
                "hung_up": When(_knows("texted_sure"), STAY, "sure"),
                "called_safe": "pages",
            },
            context="question",
            quiet=(minutes(2), "unsure"),
        ),
        State("unanswered", does=_page_unanswered, needs=("open",), then="unsure"),
        State(
            "unsure",  # whether there is danger is still not known: the question stands, whatever else they write
            says="intake.unsure",
            hears=(*ANSWERS, "number"),
            keys={},
            press={**SPOKEN, "3": "number"},
            holds=("participant",),
            told={"called": "sure", "called_safe": "pages"},
            goes={
                **GOES,
                "person": Do(_page, KEPT_PERSON, needs=("open",)),
                "asks_call": Do((ASKS_CALL,), "says_call"),
                "language": "unsure",
                "number": Do((Open("number"),), STAY),
            },
            unclear=Do(_page, KEPT, needs=("open",)),
            context="question",
            quiet=(hours(12), "unanswered_still"),
        ),
        State("says_call", does=_page, needs=("open",), then="call"),
        State("call", says="intake.call", then="asks_still"),
        State(
            "asks_still",
            hears=ANSWERS,
            keys={},
            goes={**GOES, "person": KEPT_PERSON, "asks_call": "call", "language": "unsure"},
            unclear=KEPT,
            context="question",
            quiet=(hours(12), "unanswered_still"),
        ),
        State("redirect", does=_redirect),
        State(
            "pages",
            does=_page,
            needs=("open", "live"),
            then=When(they_wait, "on_line", When(_own, "colleague", "town")),
        ),
        State(
            "on_line",  # who waits on the line is asked no more than that
            does=_ring_now,
            needs=("open",),
            then=When(_withheld, "number", "waits"),
        ),
        State("number", does=(Open("number"),), then="waits"),
        _question("colleague", "roster.own_colleague", _colleague, "town", needs=("rota",)),
        _question("town", "intake.town", _learn_town, "name"),
        _question("name", "intake.name", _learn_name, "keeps"),
        State("keeps", says="intake.kept", then="waits"),
        State("keeps_call", says="intake.call", does=(ASKS_CALL,), then="waits"),
        State(
            "waits",  # their words are kept for whoever comes
            hears=("asks_call", "person"),
            keys={},
            goes={"asks_call": "keeps_call", "person": KEPT_PERSON},
            words={"participant": KEPT},
            quiet=(hours(12), "unanswered_still"),
        ),
        State("unanswered_still", does=(Tell("alarm", "alarm", {"why": "unanswered"}),), then="asks_still"),
        State("wrong", says="intake.wrong_number", does=(Close("wrong number"),)),
        State("forgotten", does=(Close("never answered"),)),
        State("over"),
    ),
)
