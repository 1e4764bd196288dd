"""How well texts are read: a labelled file against the rules, counted by language and context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flows import triage

LABELS = ("emergency", "suicidal", "unclear", "not_emergency")
DANGEROUS = ("emergency", "suicidal")


@dataclass(frozen=True)
class Row:
    text: str
    language: str
    context: str
    label: str
    read: str  # as it was read, in the words of LABELS
    right: bool  # the label, or another that the file says is right too


@dataclass(frozen=True)
class Table:
    """Every row as it was read; the four figures that must hold are its properties, each (how many, of how many)."""

    rows: tuple[Row, ...] = field(default=())

    @property
    def missed(self) -> tuple[Row, ...]:
        """Danger read as none: there may be not one."""
        return self._rows(DANGEROUS, ("not_emergency",))

    @property
    def delayed(self) -> tuple[int, int]:
        return self._count(("emergency",), ("unclear",))

    @property
    def false_alarms(self) -> tuple[int, int]:
        return self._count(("not_emergency",), ("emergency",))

    @property
    def asked_needlessly(self) -> tuple[int, int]:
        return self._count(("not_emergency",), ("unclear",))

    def _rows(self, labels: Iterable[str], reads: Iterable[str]) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.label in labels and row.read in reads and not row.right)

    def _count(self, labels: tuple[str, ...], reads: tuple[str, ...]) -> tuple[int, int]:
        return len(self._rows(labels, reads)), sum(row.label in labels for row in self.rows)


def score(rows: Iterable[Mapping[str, str]], lexicon: triage.Lexicon) -> Table:
    """`rows` have text, lang, label, context and note, as csv.DictReader gives them."""
    return Table(tuple(_row(row, lexicon) for row in rows))


def _row(row: Mapping[str, str], lexicon: triage.Lexicon) -> Row:
    level = triage.read(row["text"], lexicon, row.get("context") or "opening").level
    as_label = "not_emergency" if level == "none" else level
    right = as_label == row["label"] or as_label in also_ok(row.get("note") or "")
    return Row(row["text"], row.get("lang") or "?", row.get("context") or "opening", row["label"], as_label, right)


def also_ok(note: str) -> frozenset[str]:
    """ALSO_OK:x or ALSO_OK:x,y in a note: counsellors would differ."""
    found: set[str] = set()
    for part in note.split("ALSO_OK:")[1:]:
        found |= {label.strip(" ;.") for label in part.split(" ")[0].split(",")}
    return frozenset(found & set(LABELS))


def printed(table: Table) -> str:
    """The confusion tables, all together, then by language, then by context, and the figures that must hold."""
    parts = [_square("all", table.rows)]
    for what in ("language", "context"):
        for value in sorted({getattr(row, what) for row in table.rows}):
            parts.append(_square(f"{what} {value}", [row for row in table.rows if getattr(row, what) == value]))
    parts.append(_figures(table))
    return "\n\n".join(parts)


def _square(name: str, rows: Iterable[Row]) -> str:
    rows = list(rows)
    counts = Counter((row.label, row.label if row.right else row.read) for row in rows)
    head = f"{name} ({len(rows)})".ljust(26) + "".join(label.rjust(15) for label in LABELS)
    lines = [
        f"  {label}".ljust(26) + "".join(str(counts[label, read]).rjust(15) for read in LABELS) for label in LABELS
    ]
    return "\n".join([head, *lines])


def _figures(table: Table) -> str:
    dangerous = sum(row.label in DANGEROUS for row in table.rows)
    return "\n".join(
        [
            f"danger read as none: {len(table.missed)} of {dangerous} (may be 0)",
            f"emergency read as only unclear: {_share(*table.delayed)} (may be 5 %)",
            f"harmless read as emergency: {_share(*table.false_alarms)} (may be 5 %)",
            f"harmless read as unclear: {_share(*table.asked_needlessly)} (may be 10 %)",
        ]
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} = {100 * part / whole:.1f} %" if whole else "0 of 0"
