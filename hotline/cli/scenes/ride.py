"""The morning after: a bed is found, a ride is asked for, one driver drops out, and the next one brings her there."""

from hotline.cli.cast import Cast
from hotline.cli.night import Phone
from hotline.cli.scenes import taken

PLACE, BED = "Main St library", "Lakeside House"
CARS = ("blue Ford", "red Honda", "white van")
DETAILS = ("drive.details", "drive.details_plain")
COMING = ("ride.coming", "ride.coming_plain", "ride.coming_now", "ride.coming_now_plain")


def a_bed(cast: Cast) -> None:
    night, june = cast.night, cast.june
    night.scene("The next morning. June asks for help, and by now the drivers and guides are up as well.")
    night.until("09:30")
    for phone in (*cast.drivers, *cast.team["guide"]):
        phone.texts("ON")
        phone.hears("roster.on")
    cast.case, bo = taken(cast, june)
    cast.last = bo
    night.scene(f"{bo.name} finds a bed. PLACED notes it; whether June comes to it is another thing.")
    bo.texts(f"{cast.case} PLACED")
    bo.hears("placement.which", "placement.where", case=cast.case)
    bo.texts(BED)
    bo.hears("placement.when", case=cast.case)
    bo.texts("now")
    bo.hears("placement.confirm", case=cast.case)
    bo.texts(f"{cast.case} 1")
    bo.hears("placement.noted", case=cast.case)
    june.never_heard(words=BED)


def a_ride_is_asked_for(cast: Cast) -> None:
    night, bo, case = cast.night, cast.taker, cast.case
    night.scene(f"RIDE: {bo.name} is asked one question at a time, up to the last digit.")
    bo.texts(f"{case} RIDE")
    for card, answer in (
        ("ride.adult", f"{case} 1"),
        ("ride.place", PLACE),
        ("ride.dest_known", f"{case} skip"),
        ("ride.when", "now"),
    ):
        bo.hears(card, case=case)
        bo.texts(answer)
    if night.is_card(bo.hears("ride.length", "ride.needs", case=case), "ride.length"):
        bo.texts("30")
        bo.hears("ride.needs", case=case)
    bo.texts(f"{case} skip")
    bo.hears("ride.confirm", case=case)
    bo.texts(f"{case} 1")
    cast.ride = bo.hears("ride.ordered", case=case).partition(" ")[0]


def a_driver_drops_out(cast: Cast) -> None:
    night, june, bo = cast.night, cast.june, cast.taker
    driver = _asked(cast, cast.drivers)
    night.scene(f"{driver.name} takes it, and only now is told where. June is told who comes, and what not to bring.")
    _takes(cast, driver)
    _sets_out(cast, driver)
    night.scene(f"{driver.name} cannot come after all. Nobody is in the car yet: the next is asked at once.")
    driver.texts(f"{cast.ride} CANT")
    driver.hears("drive.released", case=cast.ride)
    june.hears("ride.changed")
    bo.hears("ride.next", case=cast.ride)
    cast.driver = _asked(cast, [phone for phone in cast.drivers if phone is not driver])


def the_next_one_drives(cast: Cast) -> None:
    night, june, bo, ride = cast.night, cast.june, cast.taker, cast.ride
    driver = cast.driver
    assert driver is not None
    night.scene(f"{driver.name} drives: OTW, HERE, IN, ARRIVED. Each time those who wait for it are told, nobody else.")
    _takes(cast, driver)
    _sets_out(cast, driver)
    night.forward("12m")
    driver.texts(f"{ride} HERE")
    driver.hears("drive.there", case=ride)
    june.hears("ride.here", "ride.here_plain")
    bo.hears("ride.step_here", case=ride)
    driver.texts(f"{ride} IN")
    driver.hears("drive.aboard", case=ride)
    bo.hears("ride.step_in", case=ride)
    night.forward("25m")
    driver.never_heard("drive.well_overdue")
    driver.texts(f"{ride} ARRIVED")
    driver.hears("drive.thanks", case=ride)
    bo.hears("ride.step_arrived", case=ride)
    june.never_heard("ride.changed", "ride.off")


def _asked(cast: Cast, drivers: list[Phone]) -> Phone:
    """A driver is offered it: an area and a time, and neither a name nor an address."""
    driver, offer = cast.night.expect(drivers, ("offer.driver",), case=cast.ride, words=None)
    if PLACE in offer or cast.june.name in offer:
        cast.night.missed(f"{driver.name} was shown the address or the name before taking the ride")
    return driver


def _takes(cast: Cast, driver: Phone) -> None:
    night, june = cast.night, cast.june
    driver.texts(f"{cast.ride} 1")
    if PLACE not in driver.hears(*DETAILS, case=cast.ride):
        night.missed(f"{driver.name} was not told where the pick-up is")
    cast.taker.hears("ride.taken", case=cast.ride)
    # The car is asked once in a driver's life: not of somebody who has driven on this line before.
    reader, text = night.expect([driver, june], ("drive.car", *COMING), case=None, words=None)
    car = ""
    if reader is driver:
        car = CARS[cast.drivers.index(driver) % len(CARS)]
        driver.texts(car)
        driver.hears("drive.car_kept")
        text = june.hears(*COMING)
    if not all(told in text for told in (driver.name, PLACE, car)):
        night.missed("June was not told who comes, where, or in what")


def _sets_out(cast: Cast, driver: Phone) -> None:
    driver.texts(f"{cast.ride} OTW")
    driver.hears("drive.left", case=cast.ride)
    cast.june.hears("ride.left")
    cast.taker.hears("ride.step_otw", case=cast.ride)


SCENES = (a_bed, a_ride_is_asked_for, a_driver_drops_out, the_next_one_drives)
