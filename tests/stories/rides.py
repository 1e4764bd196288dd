"""How stories with a ride begin."""

from tests.phones import Phone

PLACE, DEST = "Main St library", "Lakeside House"


def asks_for_ride(member: Phone, when: str = "now", adult: str = "1", minutes: str = "30", needs: str = "skip") -> None:
    """A coordinator answers what RIDE asks, one question at a time, up to the last digit."""
    member.texts("RIDE").hears("18 or over").replies(adult)
    if adult == "2":
        member.hears("guardian").replies("1")
    member.hears("pick-up").replies(PLACE).hears("where to").replies(DEST).hears("when").replies(when)
    member.hears("minutes").replies(minutes).hears("wheelchair").replies(needs)
    member.hears(PLACE, DEST, "1 yes", "0 no")


def orders(member: Phone, when: str = "now", **answers: str) -> str:
    """The whole of it. The ride's code."""
    asks_for_ride(member, when, **answers)
    return member.replies("1").hears("is the ride for").code


def takes_ride(driver: Phone, car: str = "blue Ford") -> None:
    """A driver takes it, and says once what the car is."""
    driver.hears("a ride from", "1 take it").replies("1").hears(PLACE, DEST, "OTW", "parked")
    driver.hears("what car").replies(car).hears("I keep that")


def is_driven(someone: Phone, member: Phone, driver: Phone) -> str:
    """Ordered, taken, and everybody knows it. The ride's code."""
    code = orders(member)
    takes_ride(driver)
    member.hears(code, driver.name, "drives")
    someone.hears(driver.name, PLACE, "blue Ford", "weapons")
    return code


def sets_out(someone: Phone, member: Phone, driver: Phone) -> None:
    driver.texts("OTW").hears("No texts from me until HERE")
    someone.hears(driver.name, "has set out")
    member.hears(driver.name, "has set out")


def is_there(someone: Phone, member: Phone, driver: Phone) -> None:
    driver.texts("HERE").hears("IN when they are in the car")
    someone.hears(driver.name, "is at", PLACE, "blue Ford")
    member.hears(driver.name, "at the pick-up")


def picks_up(member: Phone, driver: Phone) -> None:
    driver.texts("IN").hears("until ARRIVED")
    member.hears("in the car with", driver.name)


def is_aboard(someone: Phone, member: Phone, driver: Phone) -> str:
    """As far as the passenger in the car. The ride's code."""
    code = is_driven(someone, member, driver)
    sets_out(someone, member, driver)
    is_there(someone, member, driver)
    picks_up(member, driver)
    return code
