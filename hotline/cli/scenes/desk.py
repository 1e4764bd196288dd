"""At the desk: an officer texts WALKIN for somebody without a phone, and for somebody with one."""

from hotline.cli.cast import Cast
from hotline.cli.night import Phone
from hotline.cli.scenes import done


def nobody_has_to_have_a_phone(cast: Cast) -> None:
    night, officer = cast.night, cast.team["officer"][0]
    night.scene(f"Somebody stands at the desk and has no phone. {officer.name} texts WALKIN.")
    case, taker = _walks_in(cast, officer, "Lee", "NONE")
    taker.hears("marks.desk_no_phone", case=case)
    _says_when(taker, officer, case)
    night.scene(f"{taker.name}'s words can reach nobody, and the line says what does.")
    cast.says(taker, "Hello Lee, my coat is on already", case)
    taker.hears("assist.no_phone", case=case)
    done(cast, taker, case)
    officer.never_heard(words="my coat is on")


def somebody_with_a_phone(cast: Cast) -> None:
    night, officer = cast.night, cast.team["officer"][0]
    night.scene(f"The next one at the desk has a phone. {officer.name} sees who comes and when, and never a word.")
    night.forward("20m")
    kit = cast.stranger("Kit")
    case, taker = _walks_in(cast, officer, kit.name, f"{kit.number[2:5]}-{kit.number[5:8]}-{kit.number[8:]}")
    kit.hears("desk.hello")
    taker.hears("marks.desk", case=case)
    kit.hears("assist.accepted")
    _says_when(taker, officer, case)
    cast.says(taker, "Hi Kit, I am looking for my keys", case)
    kit.hears(words="looking for my keys")
    kit.texts("ok. my mother must not know")
    taker.hears(words="my mother must not know", case=case)
    done(cast, taker, case)
    for words in ("looking for my keys", "my mother"):
        officer.never_heard(words=words)


def _walks_in(cast: Cast, officer: Phone, name: str, phone: str) -> tuple[str, Phone]:
    """One question at a time; then a coordinator is asked, and takes it."""
    officer.texts("WALKIN")
    for card, answer in (("medical", "2"), ("name", name), ("phone", phone), ("town", "Milford")):
        officer.hears(f"desk.{card}")
        officer.texts(answer)
    officer.hears("desk.asking")
    taker, offer = cast.night.expect(cast.coordinators, ("offer.desk",), case=None, words=None)
    case = offer.partition(":")[0]
    if name in offer:
        cast.night.missed(f"{taker.name} was told the name before taking it")
    taker.texts(f"{case} 1")
    taker.hears("assist.you_have", case=case)
    taker.hears("assist.brief", case=case)
    return case, taker


def _says_when(taker: Phone, officer: Phone, case: str) -> None:
    taker.hears("desk.when", case=case)
    taker.texts("now")
    taker.hears("desk.told", case=case)
    if taker.name not in officer.hears("desk.taken", case=case):
        officer.night.missed(f"{officer.name} was not told who comes")


SCENES = (nobody_has_to_have_a_phone, somebody_with_a_phone)
