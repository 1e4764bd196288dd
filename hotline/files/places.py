"""Places: on which line of a TOML file a key stands, which the standard library's reader does not tell."""

import re
import tomllib
from collections.abc import Mapping

_TABLE = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\-\"' ]+?)\s*=(.*)", re.DOTALL)


def places(text: str) -> dict[str, int]:
    """The line of every table and key in a file that is valid TOML, by dotted name."""
    found: dict[str, int] = {}
    table = ""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line, start = lines[number], number + 1
        number += 1
        if header := _TABLE.fullmatch(line):
            table = _bare(header[1])
            found.setdefault(table, start)
        elif key := _KEY.fullmatch(line):
            name = f"{table}.{_bare(key[1])}" if table else _bare(key[1])
            found.setdefault(name, start)
            value = key[2]
            while not _is_whole(value) and number < len(lines):  # a value over several lines
                value += "\n" + lines[number]
                number += 1
    return found


def place(found: Mapping[str, int], name: str) -> int:
    """The line of a key, or of the nearest table around one that is not there."""
    while name and name not in found:
        name = name.rpartition(".")[0]
    return found.get(name, 1)


def _bare(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _is_whole(value: str) -> bool:
    try:
        tomllib.loads("value =" + value)
    except tomllib.TOMLDecodeError:
        return False
    return True
