"""A CSV file as people keep it: its rows, each with the line it begins on."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from hotline.files.faults import Fault, FileFault


def records(text: str, filename: str, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row by column, blanks made one; a row of another shape is a fault. A value in quotes may go over lines."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True, strict=True)
    line = 1
    try:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        if sorted(header) != sorted(columns):
            raise FileFault(filename, [Fault(1, "row", "the first line must be " + ",".join(columns))])
        reader.fieldnames = header
        line = reader.line_num + 1
        for values in reader:
            yield _first_line(text, line), values
            line = reader.line_num + 1
    except csv.Error:
        raise FileFault(filename, [Fault(line, "row", "is not CSV: is a quote missing?")]) from None


def _first_line(text: str, line: int) -> int:
    """The reader skips empty lines without saying so."""
    following = text.splitlines()
    while line <= len(following) and not following[line - 1].strip():
        line += 1
    return line
