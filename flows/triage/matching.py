"""Phrases found in plain words: one pass over the text, all phrases at once, however many there are.

A phrase is written as people say it, with five signs, the same in every language's file:

    word        that word                       {set}       any word or words of that set
    this|that   either                          word?       may be left out (sets too: {set}?)
    (a b|c d)   either, of several words each
    ..          up to two words between         ...         up to four words between

`Finder` is a tree of all phrases. It is walked once, a few look-ups a word and never a way back, so no text is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

ITEM = re.compile(r"\([^)]*\)\??|\S+")
GAPS = {"..": 2, "...": 4}
SET_DEPTH = 5  # sets may name sets, but not themselves
MANY = 5  # tablets that nobody takes by the label: a small number is asked about, this one is danger


class Hit(NamedTuple):
    """A phrase that was found: whose it is, and the words that matched (a bit each, so that gaps do not count)."""

    phrase: int
    first: int
    last: int
    mask: int


class Sets:
    """Every item of every phrase is a set of words, named ({lips}) or written on the spot (blue|gray)."""

    def __init__(self, data: Mapping[str, Sequence[str]], same: Mapping[str, str]) -> None:
        self._data, self._same = data, same
        self._made: dict[str, frozenset[tuple[str, ...]]] = {}

    def members(self, item: str) -> frozenset[tuple[str, ...]]:
        if item not in self._made:
            if set("()") & set(item.strip("()")):
                raise ValueError(f"{item!r}: brackets go round the whole of an either-or")
            said = (one for name in item.strip("()").split("|") for one in self._flat(name, 0))
            self._made[item] = frozenset(plain_words(one, self._same) for one in said)
        return self._made[item]

    def _flat(self, name: str, depth: int) -> Iterator[str]:
        if not name.startswith("{") or name.strip("{}") in NUMBER_SETS:
            yield name
            return
        if depth > SET_DEPTH or name.strip("{}") not in self._data:
            raise ValueError(f"no set is called {name}, or it names itself")
        for member in self._data[name.strip("{}")]:
            yield from self._flat(member, depth + 1)

    def symbols(self) -> dict[tuple[str, ...], frozenset[str]]:
        """For each word, or words, the items of phrases that they are."""
        symbols: dict[tuple[str, ...], set[str]] = {}
        for item, members in self._made.items():
            for member in members:
                symbols.setdefault(member, set()).add(item)
        return {member: frozenset(items) for member, items in symbols.items()}


NOTHING: frozenset[str] = frozenset()


def items(phrase: str) -> list[str]:
    """A phrase as its parts: words, sets, either-ors, gaps."""
    return ITEM.findall(phrase)


NUMBER_SETS = ("number", "many", "year")


def number_sets(word: str) -> tuple[str, ...]:
    if not word.isdecimal():
        return ()
    if len(word) == 4 and word[:2] in ("19", "20"):
        return "{number}", "{year}", "{many}"
    few = len(word) < 3 and int(word) < MANY
    return ("{number}",) if few else ("{number}", "{many}")


def plain_words(said: str, same: Mapping[str, str]) -> tuple[str, ...]:
    """A rule's own words brought to the same plain spelling as a text's: "hes" is "he is" here too."""
    plain: list[str] = []
    for word in said.split():
        plain.extend(same.get(word, same.get(word.replace("'", ""), word.replace("'", ""))).split())
    return tuple(plain)


class Finder:
    """All phrases as one tree; an edge is an item of a phrase: a word, or a set of words."""

    def __init__(self, phrases: Iterable[str], sets: Sets) -> None:
        self._edges: list[dict[str, int]] = [{}]
        self._gaps: list[tuple[tuple[int, int], ...]] = [()]
        self._ends: list[tuple[int, ...]] = [()]
        self.steps = 0  # of the last search, for the test that holds it linear
        for number, phrase in enumerate(phrases):
            self._add(number, items(phrase), sets)
        self._singles: dict[str, frozenset[str]] = {}
        self._longer: dict[tuple[str, str], list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        for member, named in sets.symbols().items():
            if len(member) == 1:
                self._singles[member[0]] = named
            else:
                self._longer.setdefault((member[0], member[1]), []).append((member[1:], named))
        self._first: dict[frozenset[str], tuple[int, ...]] = {}  # filled as used; no more than there are words
        self._numbers: dict[tuple[frozenset[str], tuple[str, ...]], frozenset[str]] = {}

    @property
    def size(self) -> int:
        return len(self._edges)

    def _add(self, number: int, items: Sequence[str], sets: Sets) -> None:
        if items[0] in GAPS or items[-1] in GAPS:
            raise ValueError(f"{' '.join(items)!r}: a phrase begins and ends with a word, not with dots")
        nodes = {0}
        for item in items:
            before = nodes
            nodes = {self._next(node, item.removesuffix("?"), sets) for node in before}
            if item.endswith("?"):
                nodes |= before
        for node in nodes - {0}:
            self._ends[node] += (number,)

    def _next(self, node: int, item: str, sets: Sets) -> int:
        if item in GAPS:
            return self._gap(node, GAPS[item])
        sets.members(item)
        return self._edge(node, item)

    def _new(self) -> int:
        self._edges.append({})
        self._gaps.append(())
        self._ends.append(())
        return len(self._edges) - 1

    def _edge(self, node: int, item: str) -> int:
        edges = self._edges[node]
        if item not in edges:
            edges[item] = self._new()
        return edges[item]

    def _gap(self, node: int, size: int) -> int:
        for length, beyond in self._gaps[node]:
            if length == size:
                return beyond
        beyond = self._new()
        self._gaps[node] += ((size, beyond),)
        return beyond

    def _starts(self, items: frozenset[str]) -> tuple[int, ...]:
        if items not in self._first:
            root = self._edges[0]
            self._first[items] = tuple(root[item] for item in items if item in root)
        return self._first[items]

    def _items(self, word: str) -> frozenset[str]:
        items = self._singles.get(word, NOTHING)
        names = number_sets(word) if word[0].isdecimal() else ()
        if not names:
            return items
        if (items, names) not in self._numbers:
            self._numbers[items, names] = items.union(*(self._singles.get(name, NOTHING) for name in names))
        return self._numbers[items, names]

    def _arcs(self, words: Sequence[str], cuts: Sequence[str], at: int) -> Iterator[tuple[frozenset[str], int]]:
        """What the words from here on are, and where each ends: {lots} may be "handful of"."""
        word = words[at]
        items = self._items(word)
        if items:
            yield items, at + 1
        following = words[at + 1] if at + 1 < len(words) else ""
        for rest, items in self._longer.get((word, following), ()):
            end = at + 1 + len(rest)
            if tuple(words[at + 1 : end]) == rest and "." not in cuts[at + 1 : end]:
                yield items, end

    def find(self, words: Sequence[str], cuts: Sequence[str], others: Mapping[int, Sequence[str]]) -> list[Hit]:
        """Every phrase in these words. Nothing reaches over a full stop; a gap does not reach over a comma.

        `others`: for a misspelt word, by its place, what else it may be.
        """
        size, every, self.steps = len(words), self._edges, 0
        hits: list[Hit] = []
        ahead: list[dict[int, int]] = [{} for _ in range(size + 1)]
        for at in range(size):
            here = {} if cuts[at] == "." else ahead[at]
            arcs = [*self._arcs(words, cuts, at), *((self._items(other), at + 1) for other in others.get(at, ()))]
            for items, end in arcs:
                own = (1 << end) - (1 << at)
                for node in self._starts(items):
                    self._arrive(node, own, end, ahead, cuts, hits)
                self.steps += len(here)
                for node, mask in here.items():
                    if not items.isdisjoint(every[node]):
                        for item in every[node].keys() & items:
                            self._arrive(every[node][item], mask | own, end, ahead, cuts, hits)
        return hits

    def _arrive(
        self, node: int, mask: int, end: int, ahead: list[dict[int, int]], cuts: Sequence[str], hits: list[Hit]
    ) -> None:
        self.steps += 1
        ahead[end][node] = mask
        for number in self._ends[node]:
            hits.append(Hit(number, (mask & -mask).bit_length() - 1, end - 1, mask))
        for length, beyond in self._gaps[node]:
            for skip in range(end, min(len(cuts), end + 1 + length)):
                if skip > end and cuts[skip - 1] not in ("", "~"):
                    break
                ahead[skip][beyond] = mask
