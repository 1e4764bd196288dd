"""What can be said about a file: where it is wrong, or what loading it changed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong at one place."""

    line: int
    column: str  # the CSV's column, or the TOML key's dotted name
    what: str


class FileFault(Exception):
    """A file of which nothing was loaded: every fault in it, one to a line."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(f"{file}:{fault.line}: {fault.column}: {fault.what}" for fault in self.faults))


@dataclass(frozen=True)
class Report:
    """What loading a file changed: counts, which may be shown to anybody."""

    changes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join(self.changes) or "nothing changed"
