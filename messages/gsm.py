"""What fits into a text: the GSM-7 letters, look-alikes for the others, and how many parts a carrier bills and sends.

One letter outside GSM-7 (an á, a curly quote) makes the whole text UCS-2: 70 letters a part instead of 160. So what is
filled into a card is folded first. https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding
"""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # sent as two: an escape, then the letter

LOOK_ALIKES = {
    **dict.fromkeys("‘’‚‛′´`ʹʼˈ‹›", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("•·", "*"),
    "…": "...",
    "ı": "i",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "œ": "oe",
    "Œ": "OE",
    "⁄": "/",
    "×": "x",
    "÷": "/",
    "¢": "c",
    "\t": " ",
}

# Letters a part: alone, and as one of several (the header of a joined text takes the rest).
GSM7_ALONE, GSM7_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67


def is_gsm7(text: str) -> bool:
    """Whether the text can be sent with 160 letters a part."""
    return all(letter in BASIC or letter in EXTENSION for letter in text)


def outside(text: str) -> str:
    """The letters that are not GSM-7, each once, in order."""
    return "".join(dict.fromkeys(letter for letter in text if letter not in BASIC and letter not in EXTENSION))


def fold(text: str) -> str:
    """The same text in GSM-7: "María" is "Maria". What has no look-alike is "?" if it is a letter, else gone."""
    if is_gsm7(text):
        return text
    return "".join(_fold_letter(letter) for letter in unicodedata.normalize("NFC", text))


def folds(text: str) -> bool:
    """Whether folding keeps what is said: an emoji or another script's letter has no look-alike, and would be lost."""
    return all(letter == "?" or _fold_letter(letter) not in ("", "?") for letter in unicodedata.normalize("NFC", text))


def _fold_letter(letter: str) -> str:
    if letter in BASIC or letter in EXTENSION:
        return letter
    if letter in LOOK_ALIKES:
        return LOOK_ALIKES[letter]
    parts = unicodedata.normalize("NFKD", letter)
    if parts != letter:
        return "".join(_fold_letter(part) for part in parts)
    kind = unicodedata.category(letter)
    if kind[0] == "Z":
        return " "
    return "?" if kind[0] in "LN" else ""


def units(text: str) -> int:
    """The text's length as the carrier counts it: septets in GSM-7, UTF-16 units otherwise."""
    return sum(_costs(text))


def segments(text: str) -> int:
    """How many parts the carrier makes of it. A letter of two units is never split between two parts."""
    costs = _costs(text)
    alone, joined = (GSM7_ALONE, GSM7_JOINED) if is_gsm7(text) else (UCS2_ALONE, UCS2_JOINED)
    if sum(costs) <= alone:
        return 1 if text else 0
    parts, filled = 1, 0
    for cost in costs:
        if filled + cost > joined:
            parts, filled = parts + 1, 0
        filled += cost
    return parts


def _costs(text: str) -> list[int]:
    if is_gsm7(text):
        return [2 if letter in EXTENSION else 1 for letter in text]
    return [2 if ord(letter) > 0xFFFF else 1 for letter in text]
