"""People in the pure tests: Ana asks for help, Bo and Cy are coordinators, Di is a manager."""

import pytest

from tests.flows.house import House


@pytest.fixture
def house() -> House:
    house = House()
    house.person("ana")
    house.person("bo", "coordinator")
    house.person("cy", "coordinator")
    house.person("di", "manager")
    return house


@pytest.fixture
def talk(house: House) -> House:
    """Ana asked for help, said that there is no danger, and Bo has her case; everything said so far was read."""
    house.text("ana", "hi")
    house.text("ana", "no")
    house.text("bo", "1")
    for name in ("ana", "bo", "cy", "di"):
        house.heard(name)
    house.forward(minutes=3)
    return house
