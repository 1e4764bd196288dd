"""The scenes of `hotline demo`, a file for each part of the story: what somebody does, and who must hear what of it."""

from hotline.cli.cast import Cast
from hotline.cli.night import Phone


def taken(cast: Cast, phone: Phone) -> tuple[str, Phone]:
    """Somebody asks for help, and the first coordinator who is asked takes it. The case, and who has it."""
    night = cast.night
    phone.texts("I want help")
    phone.hears("intake.danger")
    phone.texts("no")
    phone.hears("intake.town")
    case = cast.case_of(phone)
    taker = night.any_hears(cast.coordinators, "offer.coordinator", case=case)
    phone.texts("Milford")
    phone.hears("intake.name")
    phone.texts(phone.name)
    phone.hears("intake.kept")
    taker.texts(f"{case} 1")
    taker.hears("assist.you_have", case=case)
    phone.hears("assist.accepted")
    cast.says(taker, f"Hi {phone.name}, this is {taker.name}", case)
    phone.hears(words=f"this is {taker.name}")
    return case, taker


def done(cast: Cast, taker: Phone, case: str) -> None:
    """The end of a case: asked back, then how it went."""
    taker.texts(f"{case} DONE")
    taker.hears("assist.done_confirm", case=case)
    taker.texts(f"{case} 1")
    taker.hears("assist.done_outcome", case=case)
    taker.texts(f"{case} 1")
    taker.hears("assist.done_thanks")
