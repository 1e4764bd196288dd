"""What is spoken: numbers digit by digit, short, discreet, and with the keys named that may be pressed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

import messages
from flows import FLOWS
from flows.keyed import asked
from messages import check
from messages.rules import card_faults
from messages.speech import LONGEST_S, key_faults, named, seconds

WORDS = messages.load()
RULES = {code: WORDS.tables[code]["rules"] for code in WORDS.languages}
SPOKEN = [(key, code) for key, card in WORDS.cards.items() for code in card.voice]


ASKED = asked(FLOWS)


def with_voice(code: str, key: str, voice: str) -> messages.Catalogue:
    """The real wording, but for this."""
    flow, name = key.split(".")
    entry = {**WORDS.tables[code][flow][name], "voice": voice}
    table = {**WORDS.tables[code], flow: {**WORDS.tables[code][flow], name: entry}}
    tables = {**WORDS.tables, code: table}
    return replace(WORDS, tables=tables, cards={**WORDS.cards, key: messages.card_from(key, tables)})


def faults_of(code: str, key: str, voice: str) -> list[str]:
    """What is wrong with this card then."""
    words = with_voice(code, key, voice)
    found = [*card_faults(words, words.cards[key], words.languages, check._in_file), *key_faults(words, ASKED)]
    return [fault for fault in found if fault.startswith(f"messages/{code}.toml: ") and key in fault]


@pytest.mark.parametrize(
    ("code", "key", "voice", "told"),
    [
        ("en", "voice.first", "If anyone is in danger, hang up and dial 911.", "write its digits apart, 9 1 1"),
        ("es", "voice.first", "Si alguien corre peligro, cuelgue y marque el 911.", "write its digits apart, 9 1 1"),
        ("en", "call.too_late", "Call 309-555-0111.", "digits apart, 3 0 9 5 5 5 0 1 1 1"),
        ("en", "call.too_late", "I am here. " * 30, f"over {LONGEST_S}; cut it"),
        (
            "es",
            "call.too_late",
            "Lo siento y " + "no " * 20 + "es así.",
            "a sentence of 25 words, over 20; make it two",
        ),
        ("es", "call.ringing", "No cuelgue. Marco el numero.", "'numero' is spoken wrongly"),
        ("en", "call.too_late", "Notwithstanding considerable organisational difficulties.", "reads at grade"),
        ("en", "call.other", "The police call you. Press 1, or 2.", "'police' in a call nobody asked for"),
        ("en", "offer.ring", "The detox asks. Press 1 or 2.", "to whoever picks up"),
        (
            "en",
            "voice.first",
            "This is the line. In danger, dial 9 1 1.",
            "begin with it, as in hang up and dial 9 1 1",
        ),
        ("es", "intake.static", "La línea tiene una falla. Marque el 9 1 1.", "does not begin with 911"),
        ("es", "call.ringing", "No cuelgue 3 minutos.", "the number 3 is not in both"),
    ],
)
def test_speech_that_breaks_a_rule_is_refused(code: str, key: str, voice: str, told: str) -> None:
    found = faults_of(code, key, voice)
    assert any(told in fault for fault in found), found


@pytest.mark.parametrize(
    ("key", "voice", "told"),
    [
        (
            "intake.danger",
            "Is anyone in danger? Press 1 for yes.",
            "does not name key 2, which intake.danger waits for",
        ),
        (
            "intake.danger",
            "Is anyone in danger? Press 1 for yes, 2 for no, 5 to wait.",
            "names key 5, which means nothing in caller.danger",
        ),
        ("company.hold", "Please hold.", "does not name key 3, which company.holds waits for"),
        ("voicemail.parts", "They know. Press 4 for more.", "names key 4"),
        ("number.back", "You entered {digits}. Is that right?", "does not name key 1"),
        ("offer.ring", "Someone asks to talk with you. Press 1 to take it.", "does not name key 2"),
        ("call.other", "The call you asked for. Press 1 or 4.", "mean nothing where it is said"),
    ],
)
def test_a_spoken_card_names_the_keys_and_no_others(key: str, voice: str, told: str) -> None:
    found = faults_of("en", key, voice)
    assert any(told in fault for fault in found), found


def test_keys_that_mean_the_same_everywhere_need_not_be_named_to_a_participant() -> None:
    assert faults_of("en", "intake.sure", "Is there danger? Press 1 for yes, 2 for no. 9 1 1 helps.") == []
    assert not any("key" in x for x in faults_of("en", "intake.sure", "Press 1 or 2, or 0, 8 or 9. 9 1 1 helps."))


def test_a_state_asked_on_calls_has_something_to_say() -> None:
    words = with_voice("en", "company.hold", "")
    cards = {**words.cards, "company.hold": replace(words.cards["company.hold"], voice={}, sms={"en": "I ask."})}
    found = list(key_faults(replace(words, cards=cards), ASKED))
    assert any("company.hold: is asked on calls (company.holds) and not spoken; add a voice" in x for x in found)


def test_a_towns_own_words_name_the_same_keys() -> None:
    def own(voice: str) -> Iterator[str]:
        yield from check.override_faults(WORDS, {"en": {"offer": {"ring": {"voice": voice}}}}, "town.toml")

    assert not list(own("This is our line. Someone asks for you. Press 1 to take it, 2 to pass."))
    assert "town.toml: messages.en.offer.ring: voice: key 2 is not named; name the keys that our wording names" in own(
        "This is our line. Someone asks for you. Press 1."
    )
    assert any("key 7 means nothing there" in x for x in own("Someone asks for you. Press 1, 2 or 7."))


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("Press 1 for yes, 2 for no. Press 0 for a person. Press 8 for 9 8 8.", "0128"),
        ("In danger, dial 9 1 1. For English, press 9.", "9"),
        ("Give 1 breath every 5 seconds.", ""),
        ("You entered {digits}. Press 1 if that is right.", "1"),
        ("In 10 minutes press 3, at 10:30 too.", "3"),
    ],
)
def test_the_keys_that_words_name(words: str, keys: str) -> None:
    assert named(words, RULES["en"]) == set(keys)


@pytest.mark.parametrize(("key", "code"), SPOKEN)
def test_nothing_takes_long_to_say(key: str, code: str) -> None:
    typical = RULES[code]["typical"]
    card = WORDS.cards[key]
    words = WORDS.render(key, code, "voice", {blank: typical[blank] for blank in card.blanks if blank in typical})
    assert seconds(words) <= LONGEST_S


def test_every_key_of_a_call_is_a_key_somebody_is_told_of() -> None:
    """The real flows: nobody waits for a key that no card of theirs can name."""
    states = {one.where: one for one in ASKED if one.on_calls}
    assert {"intake.danger", "caller.danger", "company.holds", "number.back"} <= states.keys()
    assert states["company.holds"].keys == {"3"}
    assert {"1", "2", "3"} in [one.keys for where, one in states.items() if where.startswith("call.")]
    deaf = [replace(one, keys=one.keys | {"7"}) for one in states.values()]
    assert any("key 7" in fault for fault in key_faults(WORDS, deaf))
