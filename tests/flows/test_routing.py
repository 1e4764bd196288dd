"""Who hears these words: the contract's section 6 line by line, and the design's section 9."""

from datetime import UTC, datetime, timedelta

import pytest

from flows import FLOWS, routing
from flows.machine import Run
from flows.routing import Answer, Begin, FocusOn, Give, Lately, Listener, OptOut, Past
from tests.flows.reader import read

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
AGO = NOW - timedelta(minutes=5)
CASE, OTHER, ME = 7, 8, 1
NOBODY: frozenset[str] = frozenset({"coordinator"})


def run(id, flow, state, role="coordinator", case=CASE, since=AGO, **known):
    parties = {role: ME} if role == "participant" else {role: ME, "participant": 9}
    return Run(id, flow, state, case, since=since, due=NOW, parties=parties, known=known)


def item(id, flow, state, role="coordinator", code="K7", case=CASE, since=AGO, **known):
    return Listener(run(id, flow, state, role, case, since, **known), FLOWS[flow], role, code)


OFFER = item(1, "offer", "waits", "member", member=ME)
OFFER_2 = item(20, "offer", "waits", "member", "R4", OTHER, member=ME)
LATE_OFFER = item(2, "offer", "echoes", "member", member=ME)
TALK = item(3, "assist", "answered")
TALK_2 = item(4, "assist", "answered", code="R4", case=OTHER)
CONFIRM = item(5, "confirm", "asks", verb="done", words="DONE")
OUTCOME = item(6, "outcome", "asks")
CHECK = item(7, "check", "asks")
ALERT = item(8, "alert", "rung", "manager")
WHEN = item(9, "alert", "when", "manager")
OFF = Listener(
    Run(10, "roster", "off_ask", since=AGO, parties={"member": ME}, known={"verb": "off"}), FLOWS["roster"], "member"
)
OLD_CHECK = item(11, "check", "asks", since=NOW - timedelta(minutes=11))
CHOICE = Listener(
    Run(12, "which", "send_to", since=AGO, parties={"member": ME}, known={"focus": True, "options": [{"code": "K7"}]}),
    FLOWS["which"],
    "member",
)


def heard_by(words, items, lately=None, roles=NOBODY, picture=False):
    return routing.member(read(words, True, picture), items, lately or Lately(), NOW, roles, ME)


def short(turns):
    """A turn as a test reads it."""
    found = []
    for turn in turns:
        match turn:
            case Give(id, event):
                found.append((id, event.meaning, event.words))
            case Begin(flow, data):
                options = [x["label"] for x in data.get("options", ())]
                found.append((flow, *options) if options else (flow, data.get("verb")) if flow == "roster" else (flow,))
            case Answer(card):
                found.append(card)
            case FocusOn(case_id):
                found.append(("focus", case_id))
            case OptOut(out):
                found.append(("out", out))
    return found


MEMBERS = [
    # 1. reactions, automatic replies and pictures answer nothing and are passed to nobody
    ("Liked “are you there”", [TALK], []),
    ("Le gustó “hola”", [TALK], []),
    ("I'm driving", [OFFER], []),
    # 2. a code first: that item, always
    ("K7 1", [OFFER, OFFER_2], [(1, "yes", "1")]),
    ("K7 DONE", [TALK, TALK_2], [(3, "done", "DONE")]),
    ("R4 see you soon", [TALK, TALK_2], [(4, None, "see you soon")]),
    ("K7 NOTE has a dog", [TALK, TALK_2], [(3, "note", "has a dog")]),
    ("K7", [TALK, TALK_2], [("focus", CASE), "which.moved"]),
    ("K9 hello", [TALK], ["which.closed"]),
    ("K7 2", [TALK], ["which.unclear"]),
    # 3. a verb counts only if it is the whole text; NOTE alone is followed by words
    ("DONE", [TALK], [(3, "done", "DONE")]),
    ("done deal", [TALK], [(3, None, "done deal")]),
    ("NOTE has a dog", [TALK], [(3, "note", "has a dog")]),
    ("handoff.", [TALK], [(3, "handoff", "handoff.")]),
    ("DONE", [TALK, TALK_2], [("which", "K7", "R4")]),
    ("LIST", [TALK], [("roster", "list")]),
    ("ok", [TALK], [(3, None, "ok")]),
    # 4. a bare digit, YES or NO: the one item waiting for such an answer
    ("1", [OFFER], [(1, "yes", "1")]),
    ("yes", [OFFER], [(1, "yes", "yes")]),
    ("Y", [OFFER], [(1, "yes", "Y")]),
    ("N", [OFFER], [(1, "no", "N")]),
    ("pass", [OFFER], [(1, "pass", "pass")]),
    ("1", [TALK], [(3, None, "1")]),
    ("yes", [TALK], [(3, None, "yes")]),
    ("1", [OFFER, TALK_2], [(1, "yes", "1")]),
    ("1", [OFFER, ALERT], [("which", "K7 OFFER", "K7 ALERT")]),
    ("0", [CONFIRM, TALK], [(5, "send", "0")]),
    ("2", [CONFIRM, TALK], [(3, None, "2")]),
    ("2", [OFF], [(10, "monday", "2")]),
    ("1", [LATE_OFFER], [(2, "yes", "1")]),
    ("1", [OFFER, LATE_OFFER], [(1, "yes", "1")]),
    ("6", [WHEN], [(9, None, "6")]),
    # 6. other words: one talk -> it; several -> held; none -> 8
    ("see you soon", [TALK], [(3, None, "see you soon")]),
    ("see you soon", [TALK, TALK_2], [("which", "K7", "R4")]),
    ("see you soon", [CHOICE, TALK, TALK_2], [(12, None, "see you soon")]),
    ("18:00", [WHEN, TALK], [(9, None, "18:00")]),
    ("soon", [WHEN, TALK], [(3, None, "soon")]),
    ("soon", [WHEN], [(9, None, "soon")]),
    ("see you soon", [OFFER], [(1, None, "see you soon")]),
    # 7. a first word one letter off NOTE is asked
    ("mote has a dog", [TALK], [("note_meant",)]),
    # 8. words with nothing open, or HELP
    ("so tired", [], [("roster", "own")]),
    ("help", [TALK], [("roster", "own")]),
    ("DONE", [], [("roster", "own")]),
    # 9. danger in a member's words never changes who gets them
    ("he is not breathing", [TALK], [(3, None, "he is not breathing"), ("check",)]),
    ("he is not breathing", [TALK, CHECK], [(3, None, "he is not breathing")]),
    ("NOTE he is not breathing", [TALK], [(3, "note", "he is not breathing"), ("check",)]),
    ("i am bleeding", [TALK], [("whose",)]),
    ("i am bleeding", [TALK, TALK_2], ["emergency.plain", ("which", "K7", "R4")]),
    ("he is not breathing", [], [("emergency",)]),
    # the carrier's words
    ("STOP", [TALK], [("out", True)]),
    ("START", [], [("out", False), ("roster", "on")]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "items", "turns"), MEMBERS, ids=[f"{n} {x[0]}" for n, x in enumerate(MEMBERS)])
def test_a_members_text(words, items, turns):
    assert short(heard_by(words, items)) == turns


def test_a_picture_of_a_member_answers_nothing():
    assert heard_by("", [OFFER], picture=True) == []


@pytest.mark.parametrize(
    ("words", "roles", "verb"), [("WHO", "manager", "who"), ("OPEN", "manager", "open"), ("WHO", "driver", "own")]
)
def test_who_and_open_are_for_managers(words, roles, verb):
    assert short(heard_by(words, [], roles=frozenset({roles}))) == [("roster", verb)]


def test_an_item_that_closed_in_the_last_two_minutes_makes_a_digit_a_question():
    lately = Lately(changed=[("R4", NOW - timedelta(seconds=100))])
    turn = heard_by("1", [OFFER], lately)[0]
    assert short([turn]) == [("which", "K7", "R4")]
    assert turn.data["options"][1]["closed"]
    assert short(heard_by("1", [OFFER], Lately(changed=[("R4", NOW - timedelta(seconds=121))]))) == [(1, "yes", "1")]


def test_a_talk_that_opened_in_the_last_two_minutes_is_one_of_the_choices():
    turn = heard_by("1", [OFFER, TALK_2], Lately(changed=[("R4", NOW - timedelta(seconds=60))]))[0]
    assert [(x["label"], x.get("closed")) for x in turn.data["options"]] == [("K7", None), ("R4", None)]


def test_its_own_changes_make_no_question():
    assert short(heard_by("1", [OFFER], Lately(changed=[("K7", NOW)]))) == [(1, "yes", "1")]


def test_an_answer_to_the_lines_own_question_counts_for_ten_minutes():
    assert short(heard_by("1", [CHECK, TALK])) == [(7, "yes", "1")]
    assert short(heard_by("1", [OLD_CHECK, TALK])) == [("which", "K7")]


def test_and_only_if_no_participants_words_came_between():
    between = Lately(reached=[(OTHER, NOW - timedelta(minutes=1))])
    assert short(heard_by("1", [CHECK, TALK], between)) == [("which", "K7")]
    assert short(heard_by("1", [OFFER], between)) == [(1, "yes", "1")]
    assert short(heard_by("1", [CONFIRM, TALK], between)) == [(5, "yes", "1")]


def test_the_choice_of_a_case_lasts_until_another_participant_writes():
    focus = (OTHER, NOW - timedelta(minutes=3))
    assert short(heard_by("hello", [TALK, TALK_2], Lately(focus=focus))) == [(4, None, "hello")]
    same = Lately(focus=focus, reached=[(OTHER, NOW - timedelta(minutes=1))])
    assert short(heard_by("hello", [TALK, TALK_2], same)) == [(4, None, "hello")]
    other = Lately(focus=focus, reached=[(CASE, NOW - timedelta(minutes=1))])
    assert short(heard_by("hello", [TALK, TALK_2], other)) == [("which", "K7", "R4")]


# --- participants ---------------------------------------------------------------------------------------------------


def asking(id, flow, state, case=CASE, **known):
    return Listener(run(id, flow, state, "participant", case, **known), FLOWS[flow], "participant")


DANGER = asking(30, "intake", "danger")
TOWN = asking(31, "intake", "town")
ASK_911 = asking(32, "emergency", "asks", level="emergency", kinds=["breathing"])
WHAT = asking(33, "emergency", "what", level="emergency", kinds=["yes"])
COMPANY = asking(34, "company", "two")
THEIR_TALK = asking(35, "assist", "answered")
LEAVE = asking(36, "leave", "asks")
S2 = asking(37, "emergency", "thoughts_ask", level="suicidal", kinds=["suicide"])

PARTICIPANTS = [
    # danger first
    ("he is not breathing", [DANGER], [("emergency",)]),
    ("he is not breathing", [TOWN, THEIR_TALK], [("emergency",), (35, None, "he is not breathing")]),
    ("he is not breathing", [ASK_911], [(32, "danger", "he is not breathing")]),
    # then who understands, where danger was asked read as danger
    ("yes", [DANGER], [(30, "yes", "yes")]),
    ("no", [DANGER], [(30, "no", "no")]),
    ("SI", [DANGER], [(30, "yes", "SI")]),
    ("1", [DANGER], [(30, None, "1")]),
    ("2", [DANGER], [(30, None, "2")]),
    ("1", [S2], [(37, None, "1")]),
    ("1", [ASK_911], [(32, "on_911", "1")]),
    ("2", [ASK_911], [(32, "cant_call", "2")]),
    ("the ambulance is here", [ASK_911], [(32, "help_here", "the ambulance is here")]),
    ("skip", [TOWN], [(31, "skip", "skip")]),
    ("espanol", [DANGER], [(30, "language", "espanol")]),
    ("1", [LEAVE, TOWN], [(36, "leave", "1")]),
    ("1", [LEAVE, ASK_911], [(32, "on_911", "1")]),
    # then who welcomes any words, then who asked, then who keeps company
    ("Milford", [COMPANY, TOWN], [(31, None, "Milford")]),
    ("maybe", [COMPANY, DANGER], [(30, None, "maybe")]),
    ("hello?", [COMPANY], [(34, None, "hello?")]),
    ("he took something", [WHAT], [(33, None, "he took something")]),
    # a coordinator who has the case hears it all, and the line asks nothing
    ("hello", [THEIR_TALK], [(35, None, "hello")]),
    ("hello", [THEIR_TALK, COMPANY], [(35, None, "hello")]),
    ("1", [THEIR_TALK, ASK_911], [(32, "on_911", "1"), (35, None, "1")]),
    ("hurry", [THEIR_TALK, asking(38, "emergency", "told")], [(38, None, "hurry"), (35, None, "hurry")]),
    ("done", [THEIR_TALK], [(35, None, "done")]),
    ("safe", [THEIR_TALK], [(35, None, "safe")]),
    ("call me", [THEIR_TALK], [(35, "asks_call", "call me")]),
    # asking to be left alone
    ("END", [THEIR_TALK], [("leave",), (35, None, "END")]),
    ("quit", [TOWN], [("leave",)]),
    ("leave me alone", [LEAVE], [(36, "leave", "leave me alone")]),
    # the carrier's words
    ("STOP", [THEIR_TALK], [("out", True)]),
    ("START", [DANGER], [("out", False), (30, None, "START")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "runs", "turns"), PARTICIPANTS, ids=[f"{n} {x[0]}" for n, x in enumerate(PARTICIPANTS)]
)
def test_a_participants_text(words, runs, turns):
    assert short(routing.participant(read(words), runs, CASE, Past(), NOW)) == turns


def test_a_picture_is_answered_and_passed_on_to_nobody():
    assert short(routing.participant(read("", picture=True), [THEIR_TALK], CASE, Past(), NOW)) == [
        "intake.picture_later"
    ]


def test_a_reaction_taken_back_says_nothing():
    assert routing.participant(read("Removed a heart from “hello”"), [DANGER], CASE, Past(), NOW) == []


HOUR, DAY = timedelta(hours=1), timedelta(hours=25)
FIRST = [
    ("help", Past(), [("intake",)]),
    ("👍", Past(), [("intake",)]),
    ("END", Past(), [("intake",)]),
    ("he is not breathing", Past(), [("emergency",)]),
    ("wrong number", Past(), ["intake.wrong_number"]),
    ("STOP", Past(), [("out", True)]),
    ("START", Past(), [("out", False), ("intake",)]),
    ("thanks", Past(closed_at=NOW - HOUR), ["intake.thanks"]),
    ("thanks", Past(closed_at=NOW - HOUR, thanked=True), []),
    ("Liked “bye”", Past(closed_at=NOW - HOUR), ["intake.thanks"]),
    ("thanks", Past(closed_at=NOW - DAY), [("intake",)]),
    ("thanks but it is bad again", Past(closed_at=NOW - HOUR), [("intake",)]),
    ("hello", Past(muted_until=NOW + HOUR), []),
    ("i need help", Past(muted_until=NOW + HOUR), [("intake",)]),
    ("he is not breathing", Past(muted_until=NOW + HOUR), [("emergency",)]),
    ("hello", Past(muted_until=NOW - HOUR), [("intake",)]),
]


@pytest.mark.parametrize(("words", "past", "turns"), FIRST)
def test_a_first_text(words, past, turns):
    assert short(routing.participant(read(words), [], None, past, NOW)) == turns


def test_what_was_read_in_it_goes_along():
    turn = routing.participant(read("i need help, im dope sick"), [], None, Past(last_coordinator=4), NOW)[0]
    assert turn.new_case
    assert (turn.data["level"], turn.data["kinds"]) == ("unclear", ["opioid_withdrawal"])
    assert (turn.data["asks_help"], turn.data["prefer"]) == (True, 4)
