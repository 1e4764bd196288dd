"""Wording: a card and its blanks become words, in the language of whoever will read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from hotline.house import House
from hotline.programs import Program
from messages import gsm

LONGEST = 1600  # characters, of a text in and of a text out (facts 1.2, 3.5)


def worded(house: House, delivery: Row[Any]) -> str:
    """What a row of the outbox says: its card and blanks as they are worded now, or somebody's own words."""
    if delivery.card is None or delivery.words is not None:
        return house.vault.open(delivery.words)
    blanks = house.vault.open_json(delivery.blanks) if delivery.blanks else {}
    return words_for(house, house.programs.get(delivery.program_id), delivery.card, blanks, delivery.language)


def words_for(
    house: House,
    program: Program,
    card: str,
    blanks: Mapping[str, Any],
    language: str | None,
    channel: str = "sms",
) -> str:
    """The text of a card. Blanks may be times ({"instant": ISO}), which are said in the program's own zone."""
    facts = program.config["program"]
    own = {"number": spoken_number(program.desk), "poison": facts.get("poison_line") or "1-800-222-1222"}
    if facts.get("crisis_line"):
        own["crisis"] = facts["crisis_line"]
    spoken = {name: _say(house, program, value, language) for name, value in blanks.items()}
    return house.catalogue.render(
        card,
        _language(program, language),
        channel,
        blanks=own | spoken,
        overrides=program.config.get("messages", {}),
        has=program.has,
    )


def relayed(words: str, code: str | None, to_member: bool) -> list[str]:
    """Somebody's own words on their way to somebody else; a member sees from which case they come.

    With the code before it a longest text is longer than the carrier takes: it goes as two, and nothing is lost.
    """
    if not to_member or not code:
        return [words[:LONGEST]]
    words = gsm.fold(words) if gsm.folds(words) else words
    room = LONGEST - len(f"{code}: ")
    return [f"{code}: {words[at : at + room]}" for at in range(0, len(words[:LONGEST]) or 1, room)]


def _language(program: Program, language: str | None) -> str:
    return language if language in program.languages else program.languages[0]


def spoken_number(number: str) -> str:
    if number.startswith("+1") and len(number) == 12:
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number


def _say(house: House, program: Program, value: Any, language: str | None) -> str:
    if isinstance(value, Mapping) and "instant" in value:
        return _clock(datetime.fromisoformat(value["instant"]), house.clock.now(), program)
    if isinstance(value, Mapping) and "cards" in value:  # short remarks, each a card of its own
        return " ".join(words_for(house, program, card, {}, language) for card in value["cards"])
    return str(value)


def _clock(instant: datetime, now: datetime, program: Program) -> str:
    """18:00, and the date when it is not today."""
    local, today = instant.astimezone(program.zone), now.astimezone(program.zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m/%d %H:%M}"
