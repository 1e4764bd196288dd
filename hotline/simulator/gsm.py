"""How many segments a text costs: GSM 03.38 if every character is in it, else UCS-2."""

from __future__ import annotations

import math

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each of these is sent as an escape and a character, so it takes two places.
EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(text: str) -> int:
    """Segments the carrier sends and charges for; an empty text (a picture alone) is one.

    A single segment holds 160 septets or 70 UTF-16 units; of several, each loses room to the joining header and
    holds 153 or 67 (3GPP TS 23.040).
    """
    characters = set(text)
    if characters <= BASIC | EXTENDED:
        return _parts(len(text) + sum(text.count(character) for character in EXTENDED & characters), 160, 153)
    return _parts(len(text.encode("utf-16-be")) // 2, 70, 67)


def _parts(length: int, alone: int, joined: int) -> int:
    return 1 if length <= alone else math.ceil(length / joined)
