"""Wording: a card and its blanks become words, in the language of whoever will read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hotline.house import House
from hotline.programs import Program
from messages import gsm


def words_for(
    house: House, program: Program, card: str, blanks: Mapping[str, Any], language: str | None, code: str | None = None
) -> str:
    """The text of a card. Blanks may be times ({"instant": ISO}), which are said in the program's own zone."""
    facts = program.config["program"]
    own = {"number": _spoken_number(program.desk), "poison": facts.get("poison_line") or "1-800-222-1222"}
    if facts.get("crisis_line"):
        own["crisis"] = facts["crisis_line"]
    if "code" in house.catalogue.cards[card].blanks:
        own["code"] = code or "?"
    spoken = {name: _say(house, program, value, language) for name, value in blanks.items()}
    known = {name: value for name, value in (own | spoken).items()}
    return house.catalogue.render(
        card,
        _language(program, language),
        blanks=known,
        overrides=program.config.get("messages", {}),
        has=program.has,
    )


def relayed(words: str, code: str | None, to_member: bool) -> str:
    """Somebody's own words on their way to somebody else; a member sees from which case they come."""
    return gsm.fold(f"{code}: {words}") if to_member and code else words


def _language(program: Program, language: str | None) -> str:
    return language if language in program.languages else program.languages[0]


def _spoken_number(number: str) -> str:
    if number.startswith("+1") and len(number) == 12:
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number


def _say(house: House, program: Program, value: Any, language: str | None) -> str:
    if isinstance(value, Mapping) and "instant" in value:
        return _clock(datetime.fromisoformat(value["instant"]), house.clock.now(), program)
    return str(value)


def _clock(instant: datetime, now: datetime, program: Program) -> str:
    """18:00, and the date when it is not today."""
    local, today = instant.astimezone(program.zone), now.astimezone(program.zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m/%d %H:%M}"
