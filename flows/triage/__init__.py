"""Danger in free text: how a text is read, by rules that a nurse can go through line by line.

The rules are in `messages/danger/*.toml`; here is only how they are applied. Pure: words in, `Danger` out.

    folding.py    fold -> words          accents, slang spelling, slips, words run together, emoji, numbers
    said.py       words -> clauses       what was said, and the signs found in it
    matching.py   phrases                all families in one pass, whatever the text
    lexicon.py    the rules made ready   a rule written wrong is refused here, in plain words
    clearing.py   what stands            sayings, denials and the past clear their own words only
    answering.py  yes, no, ask again     what a text without danger says to the question it answers
    reading.py    the level              what was seen, and whose danger it is
"""

from flows.triage.lexicon import Lexicon, compile  # noqa: A004  (the public name: triage.compile)
from flows.triage.reading import LEVELS, Danger, Seen, read

__all__ = ["LEVELS", "Danger", "Lexicon", "Seen", "compile", "read"]
