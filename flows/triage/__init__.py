"""Danger in free text: how a text is read, by rules that a nurse can go through line by line.

The rules are in `messages/danger/*.toml`; here is only how they are applied. Pure: words in, `Danger` out.

    fold -> words -> clauses        folding.py   typos, slang spelling, words run together, emoji, numbers
    phrases of all families         matching.py  one pass, whatever the text
    idioms, denials, the past       reading.py   what clears a sign, and only its own words
    level, what was seen, whose     reading.py
"""
from flows.triage.lexicon import Lexicon, compile  # noqa: A004  (the public name: triage.compile)
from flows.triage.reading import LEVELS, Danger, Seen, read

__all__ = ["LEVELS", "Danger", "Lexicon", "Seen", "compile", "read"]
