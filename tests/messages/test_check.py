"""Every rule refuses what breaks it, and names the file, the key and the cure."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

import messages
from messages import check
from messages.reading import grade, syllables

WORDS = messages.load()
Tables = dict[str, dict[str, Any]]
Break = Callable[[Tables], None]


def broken(change: Break) -> list[str]:
    """The faults of the real catalogue after one change."""
    tables: Tables = copy.deepcopy({code: dict(table) for code, table in WORDS.tables.items()})
    change(tables)
    return check.faults(messages.from_tables(tables))


def says(code: str, key: str, channel: str, words: str) -> Break:
    flow, name = key.split(".")

    def change(tables: Tables) -> None:
        tables[code][flow][name][channel] = words

    return change


def marks(code: str, key: str, **fields: object) -> Break:
    flow, name = key.split(".")

    def change(tables: Tables) -> None:
        tables[code][flow][name].update(fields)

    return change


def test_everything_we_say_passes() -> None:
    assert check.faults(WORDS) == []


BROKEN_WORDING = [
    # a text, its length and its letters
    ("en", "intake.town", "sms", "I am here. " * 15, "cut 5"),
    ("en", "intake.town", "sms", "It’s fine.", "’ (')"),
    ("es", "intake.town", "sms", "¿En qué ciudad está?", "á (a) is not GSM-7"),
    ("en", "assist.accepted", "sms", "{who} " + "a" * 155, "over one segment"),
    ("en", "intake.town", "sms", "It is {missing}.", "[rules.typical]"),
    ("en", "intake.town", "sms", "It is { who }.", "a brace"),
    ("en", "intake.town", "sms", "", "is empty"),
    # the carrier's words
    *[
        ("en", "leave.ask", "sms", f"Text {word} now.", f"asks for {word}")
        for word in ("STOP", "END", "HELP", "INFO", "UNSTOP")
    ],
    ("en", "leave.ask", "sms", "You can text stop now.", "asks for STOP"),
    ("es", "leave.ask", "sms", 'Escriba "cancel" ahora.', "asks for CANCEL"),
    # plain English
    ("en", "intake.town", "sms", "Please communicate your current municipality immediately.", "reads at grade"),
    ("en", "intake.danger", "voice", "Hang up and dial 9 1 1. Automated communication facility.", "reads at grade"),
    # discretion
    *[
        ("en", "company.wait_10", "sms", f"The {word} is here.", "locked screen")
        for word in ("police", "angel", "rehab", "detox", "clinic", "court", "Narcan", "heroin", "http://x.io")
    ],
    ("es", "company.wait_10", "sms", "La Policia esta aqui.", "'policia*' in a text nobody asked for"),
    ("es", "company.wait_20", "sms", "Su tratamiento.", "locked screen"),
    ("en", "alarm.time", "sms", "The detox asks at {code}.", "locked screen"),  # asked, but goes to a manager's phone
    ("en", "offer.coordinator", "sms", "{code}: {name} asks to talk. 1 take it 2 pass", "{name} is about the person"),
    ("en", "alarm.alarm", "sms", "ALARM {code} {words}: since {time}. 1 I am on it", "{words} is about the person"),
    # promises and words that hurt
    *[
        ("en", "intake.kept", "sms", words, "is never said")
        for words in (
            "Help is on the way.",
            "Help is coming.",
            "You won't be arrested.",
            "I called 911.",
            "You're fine.",
        )
    ],
    ("es", "intake.kept", "sms", "La ayuda va en camino.", "is never said"),
    ("es", "intake.kept", "sms", "No le van a arrestar.", "is never said"),
    # danger
    ("en", "emergency.medical", "sms", "I am a computer. CALL 911 NOW.", "begin with"),
    ("es", "emergency.plain", "sms", "Soy una computadora. Diga donde esta. LLAME AL 911.", "begin with"),
    ("en", "emergency.other", "voice", "I am a computer. Call 9 1 1.", "begin with"),
    ("en", "emergency.steps_chest", "sms", "Sit down. Have Narcan? Give it.", "no overdose"),
    ("en", "emergency.yes", "sms", "CALL 911 NOW. Stay with them.", "tells them to stay"),
    ("es", "emergency.violence", "sms", "LLAME AL 911 YA. No se aleje.", "tells them to stay"),
    ("en", "intake.sure", "sms", "Is anyone in danger? YES or NO. Or text 1.", "offers a digit"),
    ("en", "emergency.thoughts_ask", "sms", "Did you take something? 1 yes 2 no", "offers a digit"),
    ("en", "intake.sure", "sms", "Is anyone in danger?", "does not say how to answer"),
    # what not every program has
    ("en", "emergency.medical", "sms", "CALL 911 NOW. Or text to 911.", "speaks of text_to_911"),
    ("es", "emergency.medical", "sms", "LLAME AL 911 YA. O mande un mensaje al 911.", "speaks of text_to_911"),
    ("en", "emergency.other", "plain", "CALL 911 NOW. Can't talk? Text 911.", "leave it out of plain"),
    ("en", "emergency.on_911", "sms", "The law may keep you safe.", "speaks of law"),
    ("es", "emergency.cops", "plain", "La ley puede proteger.", "leave it out of plain"),
    ("en", "emergency.on_911", "sms", "Or call {crisis}.", "speaks of crisis_line"),
    # Spanish
    ("es", "emergency.on_911", "sms", "Si tomo algo, diga eso.", "'tomo' loses its meaning"),
    ("es", "emergency.on_911", "sms", "Si ya llego el 911, bien.", "'llego' loses its meaning"),
    ("es", "offer.coordinator", "sms", "{code}: 1 acepto 2 paso", "'paso' loses its meaning"),
    ("es", "intake.static", "voice", "Cuelgue y marque 9 1 1. La linea tiene una falla.", "write the accent"),
    ("es", "emergency.other", "voice", "Llame al 9 1 1. Diga donde esta.", "write the accent"),
    # languages that differ
    (
        "es",
        "emergency.steps_other",
        "sms",
        "Narcan: 2 sprays. 1 soplo cada 5 segundos. 3 min igual: otro.",
        "the number 2",
    ),
    ("es", "company.wait_10", "sms", "10 minutos. Contestan: {number}.", "the number 1-800-662-4357"),
    (
        "es",
        "emergency.steps_seizure",
        "sms",
        "Convulsiones: aleje cosas duras. Nada en la boca. Luego de lado.",
        "'not_held'",
    ),
    (
        "es",
        "emergency.voice_step_3",
        "voice",
        "¿Respira lento? Incline la cabeza hacia atrás. 5 segundos, 1 vez.",
        "'breaths'",
    ),
    ("es", "offer.covered", "sms", "{code} ya esta. Gracias.", "the blank {who}"),
    ("en", "offer.covered", "sms", "{code} is covered. Thank you.", "the blank {who} is missing in en.toml"),
    ("es", "intake.danger_both", "sms", "Danger? YES or NO. / ¿Peligro? SI o NO.", "letter for letter"),
]


@pytest.mark.parametrize(("code", "key", "channel", "words", "told"), BROKEN_WORDING)
def test_wording_that_breaks_a_rule_is_refused(code: str, key: str, channel: str, words: str, told: str) -> None:
    found = [fault for fault in broken(says(code, key, channel, words)) if told in fault]
    assert found, f"nobody minded {words!r}"
    assert all(f": {key}: " in fault and ".toml: " in fault and re.search("; | so it must", fault) for fault in found)
    assert any(fault.startswith(f"messages/{code}.toml: {key}: ") for fault in found) or "missing in" in told


def without(code: str, *path: str) -> Break:
    def change(tables: Tables) -> None:
        table = tables[code]
        for part in path[:-1]:
            table = table[part]
        del table[path[-1]]

    return change


def moved(tables: Tables) -> None:
    tables["es"]["intake"] = dict(reversed(tables["es"]["intake"].items()))


def answers(code: str, name: str, words: object) -> Break:
    def change(tables: Tables) -> None:
        tables[code]["answers"][name] = words

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without("es", "intake", "town"), "messages/es.toml: intake.town: missing; copy the card from en.toml"),
        (without("en", "intake", "town"), "messages/en.toml: intake.town: missing; copy the card from es.toml"),
        (
            without("es", "intake", "town", "asked"),
            "messages/es.toml: intake.town: does not say whether it is asked; add",
        ),
        (marks("es", "intake.town", asked=False), "messages/es.toml: intake.town: asked is not as in en.toml; make"),
        (
            without("es", "intake", "danger", "voice"),
            "messages/es.toml: intake.danger: it has no voice, while en.toml has; add",
        ),
        (
            marks("es", "intake.town", voice="Hola."),
            "messages/es.toml: intake.town: en.toml has no voice, while it has; add",
        ),
        (marks("en", "intake.town", txt="Hi."), "messages/en.toml: intake.town: txt means nothing here; use sms"),
        (
            without("en", "emergency", "other", "plain"),
            "messages/en.toml: emergency.other: about = 'text_to_911', but no plain",
        ),
        (without("en", "emergency", "other", "about"), "messages/en.toml: emergency.other: has a plain wording, but"),
        (
            marks("en", "emergency.other", about="fax"),
            "messages/en.toml: emergency.other: about = 'fax' is unknown; use",
        ),
        (
            marks("en", "offer.ring", asked=True),
            "messages/en.toml: offer.ring: an offer comes unasked; write asked = false",
        ),
        (moved, "messages/es.toml: intake.static_member: stands elsewhere in en.toml; keep"),
        (without("es", "answers", "yes"), "messages/es.toml: answers.yes: no words; write"),
        (answers("es", "yes", []), "messages/es.toml: answers.yes: no words; write"),
        (answers("en", "yes", "yes"), "messages/en.toml: answers.yes: must be words in quotes"),
        (answers("en", "yes", ["yes", "Nope."]), "messages/en.toml: answers.yes: 'nope' is among no as well; take"),
        (answers("en", "yes", ["yes", "1"]), "messages/en.toml: answers.yes: '1' has a digit"),
        (without("es", "rules"), "messages/es.toml: has no [rules]; copy it from en.toml"),
    ],
)
def test_files_that_do_not_match_are_refused(change: Break, told: str) -> None:
    assert any(fault.startswith(told) for fault in broken(change)), broken(change)


def test_a_card_the_line_says_and_nobody_wrote_and_one_written_that_nobody_says() -> None:
    spoken = {key: card.blanks for key, card in WORDS.cards.items()}
    assert check.faults(WORDS, spoken) == []
    del spoken["intake.town"]
    spoken["intake.county"] = frozenset()
    found = check.faults(WORDS, spoken)
    assert [fault.split(";")[0] for fault in found] == [
        "messages/en.toml: intake.county: missing, and the line says it",
        "messages/en.toml: intake.town: unused: nothing says it",
    ]


def test_a_blank_nobody_fills_and_one_filled_in_vain() -> None:
    spoken = {**{key: card.blanks for key, card in WORDS.cards.items()}, "offer.covered": {"code", "town"}}
    found = check.faults(WORDS, spoken)
    assert any("offer.covered: nobody fills {who}; take it out" in fault for fault in found)
    assert any("offer.covered: the line gives {town}, and no wording uses it; use it" in fault for fault in found)


def test_the_programs_own_numbers_need_not_be_given() -> None:
    spoken = {key: card.blanks - messages.PROGRAM_BLANKS for key, card in WORDS.cards.items()}
    assert check.faults(WORDS, spoken) == []


def test_a_meaning_a_flow_hears_needs_words() -> None:
    assert check.faults(WORDS, heard=["yes", "asks_help"]) == []
    assert any("answers.maybe: no words" in fault for fault in check.faults(WORDS, heard=["maybe"]))


# ---------------------------------------------------------------- a program's own wording


def own(code: str, key: str, **words: str) -> list[str]:
    flow, name = key.split(".")
    return check.override_faults(WORDS, {code: {flow: {name: words}}}, "town.toml", names=["Open Door"])


def test_own_wording_that_keeps_the_rules_is_fine() -> None:
    assert own("en", "intake.town", sms="Which town or farm are you in? Or say SKIP.") == []
    assert own("es", "intake.town", sms="¿En qué ciudad o rancho esta? O escriba SALTAR.") == []


@pytest.mark.parametrize(
    ("code", "key", "words", "told"),
    [
        (
            "pl",
            "intake.town",
            "Gdzie?",
            "town.toml: messages.pl.intake.town: there is no such language; write one of en, es",
        ),
        (
            "en",
            "intake.county",
            "Where?",
            "town.toml: messages.en.intake.county: there is no such card; `hotline messages show`",
        ),
        ("en", "intake.town", "a" * 161, "town.toml: messages.en.intake.town: sms: 161 letters"),
        ("es", "intake.town", "¿Dónde?", "town.toml: messages.es.intake.town: sms: ó (o) is not GSM-7"),
        ("en", "intake.town", "Hi {who}.", "town.toml: messages.en.intake.town: sms: nobody fills {who}; take it out"),
        (
            "en",
            "offer.covered",
            "{code} is taken.",
            "town.toml: messages.en.offer.covered: sms: the blank {who} is missing; put",
        ),
        ("en", "intake.town", "Say {Who}.", "town.toml: messages.en.intake.town: sms: a brace that is no blank"),
        ("en", "intake.town", " ", "town.toml: messages.en.intake.town: sms is empty; write"),
        ("en", "intake.town", "Text STOP.", "town.toml: messages.en.intake.town: sms: asks for STOP"),
        (
            "en",
            "company.wait_10",
            "Open Door is here: {number}.",
            "town.toml: messages.en.company.wait_10: sms: 'Open Door' in a text",
        ),
        (
            "en",
            "company.wait_5",
            "6 minutes.",
            "town.toml: messages.en.company.wait_5: sms: the number 6 is not in both",
        ),
        (
            "en",
            "emergency.yes",
            "Hi. What is going on? Is it you or a friend?",
            "town.toml: messages.en.emergency.yes: sms: does not begin",
        ),
    ],
)
def test_own_wording_that_breaks_a_rule_is_refused(code: str, key: str, words: str, told: str) -> None:
    assert any(fault.startswith(told) for fault in own(code, key, sms=words)), own(code, key, sms=words)


def test_own_wording_in_the_wrong_shape_is_refused_in_plain_words() -> None:
    for wrong in ({"en": "Hi."}, {"en": {"intake": "Hi."}}, {"en": {"intake": {"town": "Hi."}}}):
        (fault,) = check.override_faults(WORDS, wrong, "town.toml")
        assert fault.startswith("town.toml: messages.en")
        assert "; " in fault


def test_own_wording_changes_words_only() -> None:
    assert "asked cannot be changed here" in own("en", "intake.town", asked="true")[0]


# ---------------------------------------------------------------- reading grade


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("call", 1), ("are", 1), ("time", 1), ("times", 1), ("people", 2), ("someone", 2), ("danger", 2),
        ("emergency", 4), ("breathing", 2), ("computer", 3), ("seizure", 2), ("suicide", 3), ("911", 1), ("can't", 1),
        ("asked", 1), ("needed", 2), ("table", 2), ("while", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert abs(syllables(word) - count) <= (word == "suicide")


def test_short_words_read_at_a_low_grade_and_long_ones_at_a_high_one() -> None:
    assert grade("") == 0.0
    assert grade("I see the cat. It is on the bed.") < 1
    assert grade("Notwithstanding considerable organisational difficulties, assistance remains available.") > 12
