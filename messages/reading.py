"""How hard an English text is to read: the Flesch-Kincaid school grade."""

import re

WORD = re.compile(r"[a-z0-9]+(?:[':-][a-z0-9]+)*")
END = re.compile(r"[.?!]+(?=\s|$)")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?<![^aeiouy]l)(?<=[^aeiouy])e$|(?<=[^aeiouytd])ed$|(?<![^aeiouy]l)(?<=[^aeiouyszxchg])es$")


def grade(text: str) -> float:
    """The school grade that reads it with ease. A number counts as one short word."""
    words = WORD.findall(text.lower())
    if not words:
        return 0.0
    sentences = sum(bool(WORD.search(part.lower())) for part in END.split(text))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """How many syllables an English word has, by its vowels: right for nearly all short words."""
    letters = re.sub(r"[^a-z]", "", word.split("'")[0])
    return max(
        len(VOWELS.findall(letters)) - bool(SILENT.search(letters)), 1
    )  # "are", "named" and "times", but "people"
