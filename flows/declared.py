"""What the functions of a flow may say, tell and open: declared beside them, so that a table can be checked unrun."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flows.effects import Effect, Open, Ring, Say, Tell

Cards = tuple[str, ...] | Mapping[str, tuple[str, ...]]  # card keys, or {card: the blanks it is given}


def emits(*, cards: Cards = (), tells: tuple[str, ...] = (), opens: tuple[str, ...] = ()) -> Callable[[Any], Any]:
    """Declare what a function may say, tell and open."""

    def declare(function: Any) -> Any:
        named = dict(cards) if isinstance(cards, Mapping) else dict.fromkeys(cards, ())
        function.__dict__["emits"] = {"cards": named, "tells": tells, "opens": opens}
        return function

    return declare


def fills(*blanks: str) -> Callable[[Any], Any]:
    """Declare which blanks a state's `fill` gives."""

    def declare(function: Any) -> Any:
        function.__dict__["fills"] = blanks
        return function

    return declare


def declared(does: Iterable[Effect] | Callable[..., Any]) -> Mapping[str, Any]:
    """{cards: {card: blanks}, tells, opens} of a `does`, read from its effects or its declaration."""
    if callable(does):
        return does.__dict__.get("emits", {"cards": {}, "tells": (), "opens": ()})
    effects = tuple(does)
    return {
        "cards": {e.card: tuple(e.blanks) for e in effects if isinstance(e, Say | Ring)},
        "tells": tuple(e.word for e in effects if isinstance(e, Tell)),
        "opens": tuple(e.flow for e in effects if isinstance(e, Open)),
    }


def filled(fill: Callable[..., Any] | None) -> tuple[str, ...]:
    return fill.__dict__.get("fills", ()) if fill else ()
