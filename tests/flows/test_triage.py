"""How texts are read for danger: what clears a sign and what does not, whose danger it is, and what is shown of it."""

import pytest

from flows import triage
from tests.flows.triage_rows import read, ready


@pytest.mark.parametrize(
    ("text", "context", "level"),
    [
        ("no hes not breathing", "question", "emergency"),
        ("no chest pain but she wont wake up", "question", "emergency"),
        ("no he overdosed", "question", "emergency"),
        ("nobody is in danger", "question", "none"),
        ("no chest pain, no seizure", "question", "none"),
        ("not suicidal or in danger", "question", "none"),
        ("i cant stop thinking about suicide", "opening", "suicidal"),
        ("not joking hes not breathing", "opening", "emergency"),
        ("dont call the cops but my friend is overdosing", "opening", "emergency"),
        ("i didnt overdose", "opening", "none"),
        ("no tengo pensamientos de suicidio", "question", "none"),
        ("no, se tomo todas las pastillas", "question", "emergency"),
    ],
)
def test_a_no_takes_back_what_it_reaches_and_nothing_more(text: str, context: str, level: str) -> None:
    assert read(text, context).level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("i overdosed last year and been struggling since", "none"),
        ("he died in 2019 and now my sister took the same", "emergency"),
        ("i overdosed last month and i just took too much again", "emergency"),
        ("my bf od'd this morning they narcaned him and he left the hospital", "unclear"),
        ("had a seizure 20 min ago", "emergency"),
        ("i want to die ever since my brother died last year", "suicidal"),
        ("hace dos años tuve una sobredosis", "none"),
        ("my brother died of an overdose in 2019", "none"),
    ],
)
def test_the_past_clears_what_is_over_and_today_is_not_over(text: str, level: str) -> None:
    assert read(text).level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("im dying for a cigarette", "none"),
        ("im dying for a cigarette and my chest hurts", "emergency"),
        ("my phone died", "none"),
        ("my phone died and hes not breathing", "emergency"),
        ("i could kill for a coffee. i want to kill myself", "suicidal"),
        ("od'd on pizza", "none"),
        ("i want to quit blues", "none"),
        ("his lips are blue", "emergency"),
    ],
)
def test_a_saying_clears_its_own_words(text: str, level: str) -> None:
    assert read(text).level == level


@pytest.mark.parametrize(
    ("text", "level", "kinds"),
    [
        ("yes", "emergency", {"yes"}),
        ("si", "emergency", {"yes"}),
        ("Y", "emergency", {"yes"}),
        ("yes i need help", "unclear", {"unsure"}),
        ("yes. i need a bed", "emergency", {"yes"}),
        ("the last one", "suicidal", {"suicide"}),
        ("1", "unclear", {"unknown"}),
        ("no se", "unclear", {"unsure"}),
        ("no", "none", set()),
        ("nel", "none", set()),
        ("no estoy bien solo quiero ayuda", "none", set()),
        ("he is", "emergency", {"yes"}),
        ("hes sleeping", "unclear", {"unknown"}),
    ],
)
def test_answers_to_the_danger_question(text: str, level: str, kinds: set[str]) -> None:
    danger = read(text, "question")
    assert (danger.level, danger.kinds) == (level, kinds)
    assert read(text, "emergency_question") == danger


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("i took too many pills", "self"),
        ("my chest hurts so bad", "self"),
        ("i cant wake my girlfriend up", "other"),
        ("no im ok but my friend next to me is turning gray", "other"),
        ("baby got into my suboxone", "other"),
        ("he is not breathing im at work and hes at home", "far"),
        ("im on the phone with my brother he took all his pills", "far"),
        ("he is hitting me", "self"),
        ("mi hermano no respira", "other"),
        ("me tome todas las pastillas", "self"),
        ("not breathing", "unknown"),
    ],
)
def test_whose_danger_it_is(text: str, who: str) -> None:
    assert read(text).who == who


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("im scared of the cops but hes not breathing", "cops"),
        ("ambulance is here", "help_here"),
        ("i cant talk he will hear me", "hiding"),
        ("im pregnant and bleeding", "pregnancy_danger"),
        ("my toddler ate a suboxone", "child"),
        ("im shaking and havent had a drink since yesterday", "withdrawal"),
        ("dope sick", "opioid_withdrawal"),
        ("hes got a gun", "violence"),
        ("i took more than i meant to", "minimised"),
    ],
)
def test_what_the_flows_need_to_know_is_seen(text: str, kind: str) -> None:
    assert kind in read(text).kinds


def test_what_was_seen_is_shown_as_it_was_written() -> None:
    danger = read("HELP my Bro's LIPS r purple!!")
    assert ("cyanosis", "LIPS r purple") in [(seen.category, seen.words) for seen in danger.seen]


@pytest.mark.parametrize(
    "text", ["hesnotbreathing", "h3 isnt br3athing", "he isnt breeding", "he i s n o t breathing", "hes.not.breathing"]
)
def test_spelling_hides_nothing(text: str) -> None:
    assert read(text).level == "emergency"


@pytest.mark.parametrize("text", ["su1cide", "s*icide", "i want to unalive myself", "k m s", "kms", "sewerslide"])
def test_hidden_words_for_suicide_are_known(text: str) -> None:
    assert read(text).level == "suicidal"


def test_a_text_nobody_understands_is_not_harmless() -> None:
    danger = read("he did a thing and then went like a rock")
    assert danger.level == "unclear"
    assert danger.kinds == {"unknown"}


def test_a_new_language_is_one_more_file() -> None:
    family = {"is": "respire", "category": "breathing", "level": "emergency", "phrases": ["ne respire|souffle {pas}"]}
    french = {"fr": {"words": {"pas": ["pas", "plus"]}, "lists": {}, "family": [family]}}
    lexicon = triage.compile(french)
    assert triage.read("il ne respire plus", lexicon).level == "emergency"


@pytest.mark.parametrize(
    ("phrase", "what"),
    [("not {breth}", "no set is called"), ("not breathing ..", "begins and ends"), ("not|(never once) up", "brackets")],
)
def test_a_rule_written_wrong_is_refused_in_plain_words(phrase: str, what: str) -> None:
    rules = {"en": {"family": [{"category": "breathing", "level": "emergency", "phrases": [phrase]}]}}
    with pytest.raises(ValueError, match=what):
        triage.compile(rules)


def test_levels_rise() -> None:
    assert triage.LEVELS == ("none", "unclear", "suicidal", "emergency")
    assert ready().finder.size > 1000
