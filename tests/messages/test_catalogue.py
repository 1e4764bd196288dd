"""What the line says, and what people's answers mean."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import messages
from messages import MessageFault, gsm

WORDS = messages.load()
TYPICAL = WORDS.tables["en"]["rules"]["typical"]
SAY = [(key, code) for key, card in WORDS.cards.items() for code in card.sms]


def test_a_card_is_said_with_its_blanks_filled() -> None:
    assert WORDS.render("offer.covered", "en", blanks={"code": "K7", "who": "Bo"}) == "K7 is covered by Bo. Thank you."


def test_an_accent_in_a_name_does_not_double_the_price_of_a_text_and_is_spoken_as_written() -> None:
    said = WORDS.render("company.wait_30", "es", blanks={"who": "María", "time": "18:00", "number": "(309) 555-0111"})
    assert said.startswith("Lamento la demora. Maria piensa")
    assert gsm.segments(said) == 1


def test_braces_in_what_somebody_wrote_stay_braces() -> None:
    said = WORDS.render("assist.brief", "en", blanks={"code": "K7", "name": "{town}", "town": "{0.__class__}"})
    assert "call them {town}. Town: {0.__class__}." in said


def test_a_program_without_text_to_911_or_a_law_hears_the_plain_twin() -> None:
    assert "Text 911" in WORDS.render("emergency.other", "en", has=frozenset({"text_to_911"}))
    assert "Text 911" not in WORDS.render("emergency.other", "en", has=frozenset({"law"}))
    assert "La ley puede" in WORDS.render("emergency.law", "es", has=frozenset({"law"}))
    assert "ley" not in WORDS.render("emergency.law", "es")
    assert "555-0122" in WORDS.render(
        "emergency.thoughts", "en", blanks={"crisis": "(309) 555-0122"}, has=frozenset({"crisis_line"})
    )
    assert "988" in WORDS.render("emergency.thoughts", "en")


def test_a_program_may_say_it_in_its_own_words() -> None:
    own = {"en": {"intake": {"town": {"sms": "Which town or farm? Or say SKIP."}}}}
    assert WORDS.render("intake.town", "en", overrides=own) == "Which town or farm? Or say SKIP."
    assert WORDS.render("intake.town", "es", overrides=own).startswith("Gracias")
    assert WORDS.render("intake.name", "en", overrides=own).startswith("What should")


def test_own_words_for_a_card_with_a_twin_never_reach_a_program_without_the_feature() -> None:
    own = {"en": {"emergency": {"other": {"sms": "CALL 911 NOW. Or text 911."}}}}
    assert "text 911" in WORDS.render("emergency.other", "en", overrides=own, has=frozenset({"text_to_911"}))
    assert "text 911" not in WORDS.render("emergency.other", "en", overrides=own).lower()


@pytest.mark.parametrize(
    ("card", "channel", "blanks", "told"),
    [
        ("intake.nothing", "sms", {}, "no card"),
        ("intake.town", "voice", {}, "no voice"),
        ("offer.covered", "sms", {"code": "K7"}, "{who}"),
        ("intake.town", "sms", {"who": "Bo"}, "no blank {who}"),
    ],
)
def test_what_cannot_be_said_is_a_fault_that_says_why(
    card: str, channel: str, blanks: dict[str, str], told: str
) -> None:
    with pytest.raises(MessageFault, match=told.replace("{", r"\{")):
        WORDS.render(card, "en", channel, blanks)


def test_a_programs_own_numbers_may_always_be_given() -> None:
    assert WORDS.render("intake.town", "en", blanks={"number": "(309) 555-0111", "poison": "1-800-222-1222"})


@given(st.sampled_from(SAY), st.data())
def test_whatever_fills_a_blank_the_text_is_gsm7_and_the_words_around_it_stand(
    say: tuple[str, str], data: st.DataObject
) -> None:
    key, code = say
    card = WORDS.cards[key]
    blanks = {blank: data.draw(st.text(max_size=30)) for blank in sorted(card.blanks)}
    for has in (frozenset[str](), frozenset(messages.FEATURES)):
        said = WORDS.render(key, code, blanks=blanks, has=has)
        assert gsm.is_gsm7(said)
        words = card.wording(code, "sms", has) or ""
        assert said.startswith(words.split("{")[0])
        assert said.endswith(words.rsplit("}", 1)[-1])


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[intake.town]\nsms = "no end\n')
    with pytest.raises(MessageFault, match=r"en\.toml.*line 2.*quote"):
        messages.load(tmp_path)


# ---------------------------------------------------------------- meanings


@pytest.mark.parametrize(
    ("text", "language", "meaning"),
    [
        ("YES", "en", "yes"),
        ("  Yes. ", "en", "yes"),
        ("“yes”", "en", "yes"),
        ("yesss!!", "en", "yes"),
        ("nooooo", "en", "no"),
        ("Sí", "es", "yes"),
        ("si", "en", "yes"),
        ("siii", "es", "yes"),
        ("Claro que sí", "es", "yes"),
        ("simón", "es", "yes"),
        ("nel", "es", "no"),
        ("no, im ok", "en", "no"),
        ("No, I’m OK.", "en", "no"),
        ("nobody", "es", "no"),
        ("no se", "es", None),
        ("no sé", "en", None),
        ("i think not", "en", None),
        ("for now no", "en", None),
        ("yes?", "en", None),
        ("no hes not breathing", "en", None),
        ("no estoy bien", "es", None),  # "I am not well"; with the comma it would be "no, I am well"
        ("1", "en", None),  # by text, a digit says nothing about danger
        ("11", "en", None),
        ("👍", "en", None),
        ("", "en", None),
        ("yes no", "en", None),
        ("help", "en", None),
    ],
)
def test_yes_and_no(text: str, language: str, meaning: str | None) -> None:
    assert WORDS.meaning(text, language, ("yes", "no")) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", "take"),
        ("1)", "take"),
        ("Y", "take"),
        ("sí", "take"),
        ("2.", "decline"),
        ("n", "decline"),
        ("PASS", "decline"),
        ("paso", "decline"),
        ("yeah sure", None),
        ("12", None),
    ],
)
def test_an_offers_answers(text: str, meaning: str | None) -> None:
    assert WORDS.meaning(text, "en", ("take", "decline")) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a person please", "person"),
        ("can i talk to a real person", "person"),
        ("quiero hablar con una persona", "person"),
        ("CALL", "asks_call"),
        ("can someone call me?", "asks_call"),
        ("¿me pueden llamar?", "asks_call"),
        ("wrong number", "wrong_number"),
        ("Número equivocado.", "wrong_number"),
        ("is this the wrong number? i need help", None),
        ("Who is this??", "who_is_this"),
        ("¿Quién es?", "who_is_this"),
        ("thanks!", "closer"),
        ("👍🏽", "closer"),
        ("❤️", "closer"),
        ("Ok, gracias", "closer"),
        ("thanks but i still need a bed", None),
        ("END", "leave"),
        ("Quit.", "leave"),
        ("revoke", "leave"),
        ("please stop texting me", "leave"),
        ("leave me alone", "leave"),
        ("he wont leave me alone", None),
        ("no más mensajes", "leave"),
        ("déjenme en paz", "leave"),
        ("STOP", "stop_words"),
        ("OptOut", "stop_words"),
        ("START", "start"),
        ("HELP", "help_word"),
        ("Ayuda", "help_word"),
        ("info", "help_word"),
        ("English please", "english"),
        ("en español", "espanol"),
        ("inglés", "english"),
        ("i like dogs", None),
    ],
)
def test_what_people_answer(text: str, meaning: str | None) -> None:
    among = (
        "person",
        "asks_call",
        "wrong_number",
        "who_is_this",
        "closer",
        "leave",
        "stop_words",
        "start",
        "help_word",
        "english",
        "espanol",
    )
    assert WORDS.meaning(text, "en", among) == meaning
    assert WORDS.meaning(text, "es", among) == meaning
    assert WORDS.meaning(text, None, among) == meaning


def test_the_persons_own_language_is_read_first() -> None:
    assert WORDS.meaning("bye", "es", ("closer", "no")) == "closer"
    assert WORDS.meaning("no", "es", ("decline", "no")) is None  # a tie is never guessed


@pytest.mark.parametrize(
    "text",
    [
        "i want help",
        "need a bed tonight",
        "wanna get clean",
        "my brother needs detox",
        "im dope sick",
        "necesito ayuda",
        "quiero dejar el vicio",
        "ando malilla",
        "need una cama",
        "tienen cama?",
        "is this the angel program",
        "relapsed last night",
    ],
)
def test_who_asks_for_help_is_seen_anywhere_in_the_text(text: str) -> None:
    assert WORDS.meaning(text, None, ("asks_help",)) == "asks_help"


@pytest.mark.parametrize("text", ["hi", "lol", "is jake there", "hola", "your order has shipped", "👍", "que tal"])
def test_who_does_not(text: str) -> None:
    assert WORDS.meaning(text, None, ("asks_help",)) is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("the ambulance is here now", "help_here"),
        ("ya llegó la ambulancia", "help_here"),
        ("help is here", "help_here"),
        ("the ambulance is not here", None),
        ("no ambulance is here yet", None),
        ("im scared of the cops", "cops"),
        ("will i get arrested", "cops"),
        ("tengo miedo a la policía", "cops"),
        ("im on the phone with 911", "on_911"),
        ("no puedo llamar", "cant_call"),
        ("i can't call", "cant_call"),
    ],
)
def test_what_is_answered_in_an_emergency(text: str, meaning: str | None) -> None:
    assert WORDS.meaning(text, "en", ("help_here", "cops", "on_911", "cant_call")) == meaning


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("NOTE he sounds tired", ("note", "he sounds tired")),
        ("Note: he’s “ok”", ("note", "he’s “ok”")),
        ("nota está cansado", ("note", "está cansado")),
        ("OFF 2H", ("off", "2H")),
        ("off", ("off", "")),
        ("EN CAMINO", ("otw", "")),
        ("on my way", ("otw", "")),
        ("hand off", ("handoff", "")),
        ("CALL 3", ("call", "3")),
        ("CERRAR", ("done", "")),
        ("noted", None),
        ("", None),
    ],
)
def test_a_verb_and_what_follows(text: str, verb: tuple[str, str] | None) -> None:
    verbs = ("note", "off", "otw", "handoff", "call", "done", "on")
    assert WORDS.opening(text, "en", verbs) == verb


def test_no_verb_of_the_team_is_read_two_ways() -> None:
    verbs = (
        *(
            "list",
            "on",
            "off",
            "menu",
            "note",
            "call",
            "ride",
            "placed",
            "home",
            "inside",
            "guide",
            "handoff",
            "safe",
            "done",
        ),
        *(
            "otw",
            "here",
            "in",
            "arrived",
            "cant",
            "gone",
            "drop",
            "ok",
            "later",
            "pause",
            "walkin",
            "refer",
            "who",
            "open",
        ),
    )
    for answers in WORDS.answers.values():
        words = [word for verb in verbs for word in answers.whole[verb]]
        assert len(words) == len(set(words))
    for verb in verbs:
        assert WORDS.meaning(verb.upper(), "es", verbs) == verb


# ---------------------------------------------------------------- language, reactions, automatic replies


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i need help", "en"),
        ("HELP", "en"),
        ("hi", "en"),
        ("necesito ayuda", "es"),
        ("hola", "es"),
        ("mi hermano no despierta", "es"),
        ("¿?", "es"),
        ("my brother is not waking up", "en"),
        ("necesito help", None),
        ("quiero un ride al rehab para mi hermano", "es"),
        ("i need una cama please, do you have", "en"),
        ("no", None),
        ("👍", None),
        ("1", None),
        ("", None),
    ],
)
def test_the_language_most_words_are_in(text: str, language: str | None) -> None:
    assert WORDS.language(text) == language


@pytest.mark.parametrize(
    ("text", "sign", "quoted"),
    [
        ("Liked “Is anyone in danger now”", "👍", "Is anyone in danger now"),
        ('Loved "See you there"', "❤️", "See you there"),
        ("Laughed at “he is not breathing”", "😂", "he is not breathing"),
        ("Emphasized “ok”", "‼️", "ok"),
        ("Questioned “ok”", "❓", "ok"),
        ("Disliked “two\nlines”", "👎", "two lines"),
        ("Removed a like from “ok”", "", "ok"),
        ("Removed a heart from “ok”", "", "ok"),
        ("Liked an image", "👍", ""),
        ("Reacted 😮 to “ok”", "😮", "ok"),
        ("\u200a👍\u200a to “\u200aok\u200a” ", "👍", "ok"),
        ("👍 a “está bien”", "👍", "está bien"),
        ("Le gustó “está bien”", "👍", "está bien"),
        ("Le encantó “está bien”", "❤️", "está bien"),
        ("Reaccionó con 😮 a “ok”", "😮", "ok"),
        ("Removed 👍 from “ok”", "", "ok"),
    ],
)
def test_a_reaction_is_its_sign_and_what_it_quotes(text: str, sign: str, quoted: str) -> None:
    found = WORDS.reaction(text)
    assert found is not None
    assert (found[0].replace("\ufe0f", ""), found[1].strip()) == (sign.replace("\ufe0f", ""), quoted)


@pytest.mark.parametrize(
    "text", ["Liked him a lot", "👍", "loved it", "Loved “him” and then he died", "to “him”", "", "👍 to you"]
)
def test_words_of_their_own_are_no_reaction(text: str) -> None:
    assert WORDS.reaction(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm driving",
        "I’m driving with Driving Focus turned on. I’ll see your message when I get where I’m going.",
        "(I'm not receiving notifications. If this is urgent, "
        "reply “urgent” to send a notification through with your original message.)",
        "I'm driving right now. I'll get back to you later.",
        "I'm driving right now - Sent from my car",
        "Auto-reply: I am away",
        "Estoy conduciendo",
        "Respuesta automática: estoy fuera",
    ],
)
def test_what_phones_answer_by_themselves(text: str) -> None:
    assert WORDS.automatic(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm driving to the pickup now, ten minutes",
        "im driving and he passed out in my car",
        "driving",
        "estoy manejando y no despierta",
    ],
)
def test_what_people_write_while_driving_is_not(text: str) -> None:
    assert not WORDS.automatic(text)


@given(st.text(max_size=1600))
def test_no_text_breaks_the_reading(text: str) -> None:
    among = tuple(WORDS.answers["en"].whole)
    WORDS.meaning(text, "en", among)
    WORDS.opening(text, "es", among)
    WORDS.language(text)
    WORDS.reaction(text)
    WORDS.automatic(text)
