"""The people of the stories, and the line they text. Who is named by a test is there; who is not, is not.

Ana and Ben ask for help. Bo, Pat and Kim coordinate, Cy and Di drive, Gus guides, Max manages, Oz is an officer: each
on the roster in the order in which the test names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import postgres_url, sqlite_url
from tests.line import Clock, Line
from tests.phones import Phone


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both: this story is told on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both")
        metafunc.parametrize("database", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database: SQLite, and PostgreSQL too for what is marked `both`."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()


@pytest.fixture
def line(database: str) -> Iterator[Line]:
    """The whole line. At the end nobody may have got a text that was not heard, nor the carrier have complained."""
    line = Line(database)
    try:
        yield line
        faults = line.faults()
        if faults:
            pytest.fail("\n".join([*faults, "The whole night:", line.night()]), pytrace=False)
    finally:
        line.close()


@pytest.fixture
def clock(line: Line) -> Clock:
    return line.clock


@pytest.fixture
def ana(line: Line) -> Phone:
    return line.phone("Ana")


@pytest.fixture
def ben(line: Line) -> Phone:
    return line.phone("Ben")


@pytest.fixture
def bo(line: Line) -> Phone:
    return line.hires("Bo", "coordinator")


@pytest.fixture
def pat(line: Line) -> Phone:
    return line.hires("Pat", "coordinator", languages="en;es")


@pytest.fixture
def kim(line: Line) -> Phone:
    return line.hires("Kim", "coordinator")


@pytest.fixture
def cy(line: Line) -> Phone:
    return line.hires("Cy", "driver")


@pytest.fixture
def di(line: Line) -> Phone:
    return line.hires("Di", "driver")


@pytest.fixture
def gus(line: Line) -> Phone:
    return line.hires("Gus", "guide")


@pytest.fixture
def max(line: Line) -> Phone:
    return line.hires("Max", "manager")


@pytest.fixture
def desk(line: Line) -> Phone:
    """The police desk's phone."""
    return line.phone("the desk").wakes()


@pytest.fixture
def crisis_line(line: Line) -> Phone:
    """988."""
    return line.phone("the crisis line").wakes()


@pytest.fixture
def oz(line: Line) -> Phone:
    return line.hires("Oz", "officer")
