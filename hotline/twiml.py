"""TwiML: what the webhook of a text is answered, and what any document of ours may hold. Of a call: `voice.py`."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

# What XML 1.0 cannot hold at all, escaped or not: one such character and the whole reply is lost (error 12100).
_UNWRITABLE = {number: None for number in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def twiml_reply(texts: Sequence[tuple[str, str | None]] = ()) -> str:
    """TwiML that texts the sender back: each text with the address its fate is told to. None at all is silence."""
    return DECLARATION + "<Response>" + "".join(_message(words, status) for words, status in texts) + "</Response>"


def _message(words: str, status_url: str | None) -> str:
    action = f' action={quoteattr(status_url)} method="POST"' if status_url else ""
    return f"<Message{action}>{escape(writable(words))}</Message>"


def writable(words: str) -> str:
    """Words without what no XML can hold."""
    return words.translate(_UNWRITABLE)
