"""Intake: from the first word to a coordinator. Danger is asked first of everyone; after that a page is open whatever they say."""

from collections.abc import Iterable

from flows.effects import Close, Effect, Know, Learn, Level, Note, Open, Say, Tell
from flows.machine import Do, Flow, Moment, State, When, emits, hours, minutes, seconds
from flows.paging import open_page

SIGNS = frozenset({"withdrawal", "opioid_withdrawal", "recent", "pregnancy", "child"})
JUST_ASKED = seconds(20)  # an answer this soon may still be meant for the question before


def _kinds(m: Moment) -> frozenset[str]:
    return frozenset(m.known.get("kinds", ()))


def _wrong_number(m: Moment) -> bool:
    return m.known.get("meaning") == "wrong_number"


def _shows_sign(m: Moment) -> bool:
    return m.known.get("level") == "unclear" and bool(_kinds(m) & SIGNS)


def _opening(m: Moment) -> str:
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


@emits(cards=("intake.pregnancy", "intake.child"))
def _along(m: Moment) -> Iterable[Effect]:
    """What goes along with the opening question, never as a second question."""
    yield Level(m.known.get("level", "none"))
    if "pregnancy" in _kinds(m):
        yield Say("intake.pregnancy", "participant")
    if "child" in _kinds(m):
        yield Say("intake.child", "participant")


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _page(m: Moment) -> Iterable[Effect]:
    """The coordinators' page, as somebody who has answered us deserves it."""
    known = m.known
    kept = {k: known[k] for k in ("language", "exclude", "prefer") if known.get(k)}
    yield from open_page(m, answered=True, **kept)
    yield Know({"paged": True})


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _page_sign(m: Moment) -> Iterable[Effect]:
    yield Learn(mark="sign")
    yield from _page_quietly(m, kind=None)


@emits(opens=("paging", "alarm", "company"), tells=("urgent", "answered"))
def _page_unanswered(m: Moment) -> Iterable[Effect]:
    """They never answered: the page says so, and without any asking for help only the first rung is asked."""
    yield Learn(mark="unanswered")
    yield from _page_quietly(m, kind=None if m.known.get("asks_help") else "silent")


def _page_quietly(m: Moment, kind: str | None) -> Iterable[Effect]:
    known = m.known
    kept = {k: known[k] for k in ("language", "exclude", "prefer") if known.get(k)}
    yield from open_page(m, kind=kind, silent=True, **kept)
    yield Know({"paged": True})


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
    barred = [x.id for x in m.facts["rota"] if spoken and spoken in x.name.casefold()]
    if barred:
        yield Tell("paging", "bar", {"members": barred})
    yield Note("barred" if barred else "nobody_barred")


ANSWERS = ("yes", "no", "person", "asks_call", "wrong_number")
GOES = {"yes": "redirect", "no": When(_paged, "answered", "pages"), "person": "wants_person", "asks_call": "wants_call"}
GOES_DANGER = {**GOES, "wrong_number": "wrong"}


def _learn_town(m: Moment) -> Iterable[Effect]:
    yield Learn({"town": m.words.strip()[:60]})


def _learn_name(m: Moment) -> Iterable[Effect]:
    yield Learn({"name": m.words.strip()[:60]})


QUESTION_ANSWERS = ("skip", "yes", "no", "asks_call", "person")

INTAKE = Flow(
    "intake",
    rank=2,
    stamps=("timezone",),
    told={"covered": "over", "emergency": "over", "never_answered": "forgotten"},
    failed={"participant": "cannot_reach"},
    states=(
        State("opens", then=When(_wrong_number, "wrong", When(_shows_sign, "pages_sign", "danger"))),
        State("pages_sign", does=_page_sign, needs=("open",), then="danger"),
        State(
            "danger",  # asked first of everyone, by text and by phone
            says=_opening,
            cards=OPENINGS,
            does=_along,
            hears=ANSWERS,
            keys={},
            goes=GOES_DANGER,
            unclear="pages_unclear",
            context="question",
            quiet=(minutes(2), When(_paged, "unsure", "unanswered")),
        ),
        State("pages_unclear", does=_page, needs=("open",), then="sure"),
        State("wants_person", does=(Learn(mark="person"),), then="pages_unclear"),
        State("wants_call", does=(Learn(mark="call"),), then="pages_unclear"),
        State(
            "sure",
            says="intake.sure",
            hears=ANSWERS,
            keys={},
            goes=GOES_DANGER,
            unclear="unsure",
            context="question",
            quiet=(minutes(2), "unsure"),
        ),
        State("unanswered", does=_page_unanswered, needs=("open",), then="unsure"),
        State(
            "unsure",
            says="intake.unsure",
            hears=ANSWERS,
            keys={},
            goes={**GOES_DANGER, "person": "keeps", "asks_call": "keeps_call"},
            unclear=Do(_page, "keeps", needs=("open",)),
            context="question",
            quiet=(hours(12), "unanswered_still"),
        ),
        State("redirect", does=(Open("emergency", {"level": "emergency", "kinds": ["yes"]}),)),
        State("pages", does=_page, needs=("open",), then=When(_own, "colleague", "town")),
        State("answered", does=_page, needs=("open",), then=When(_own, "colleague", "town")),
        State(
            "colleague",
            says="roster.own_colleague",
            hears=("skip", "yes", "no"),
            keys={},
            goes={"skip": "town", "no": "town", "yes": When(_just_asked, "redirect", "town")},
            words={"participant": Do(_colleague, "town", needs=("rota",))},
            quiet=(minutes(10), "waits"),
        ),
        State(
            "town",
            says="intake.town",
            hears=QUESTION_ANSWERS,
            keys={},
            goes={
                "skip": "name",
                "no": "name",
                "yes": When(_just_asked, "redirect", "name"),
                "asks_call": Do((Learn(mark="call"),), "name"),
                "person": Do((Learn(mark="person"),), "name"),
            },
            words={"participant": Do(_learn_town, "name")},
            quiet=(minutes(10), "waits"),
        ),
        State(
            "name",
            says="intake.name",
            hears=QUESTION_ANSWERS,
            keys={},
            goes={
                "skip": "keeps",
                "no": "keeps",
                "yes": When(_just_asked, "redirect", "keeps"),
                "asks_call": "keeps_call",
                "person": "keeps",
            },
            words={"participant": Do(_learn_name, "keeps")},
            quiet=(minutes(10), "waits"),
        ),
        State("keeps_call", says="intake.call", does=(Learn(mark="call"),), then="waits"),
        State("keeps", says="intake.kept", then="waits"),
        State(
            "waits",  # their words are kept for whoever comes
            hears=("asks_call",),
            keys={},
            goes={"asks_call": "keeps_call"},
            words={"participant": "keeps"},
            unclear="keeps",
            quiet=(hours(12), "unanswered_still"),
        ),
        State("unanswered_still", does=(Tell("alarm", "alarm", {"why": "unanswered"}),), then="waits"),
        State(
            "cannot_reach",  # no text can reach them: a person must know, and the page opens whatever was answered
            does=lambda m: [Learn(mark="unreachable"), *_page_quietly(m, kind=None)],
            needs=("open",),
            then="waits",
        ),
        State("wrong", says="intake.wrong_number", does=(Close("wrong number"),)),
        State("forgotten", does=(Close("never answered"),)),
        State("over"),
    ),
)
