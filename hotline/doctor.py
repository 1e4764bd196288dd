"""The doctor: is every piece in place, from the outside in, and what would happen to a text and a call right now?

Each check yields findings and stops at nothing: whoever goes live wants to see all that is wrong at once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import requests
from sqlalchemy import func, select

import messages
from flows.offer import LIVE
from hotline import phones, signatures, voice
from hotline.carrier import CarrierFault, Line
from hotline.config import TWILIO
from hotline.house import House
from hotline.models import forgotten, heartbeats, lines, people
from hotline.models.engine import reader
from hotline.models.schema import HEAD, current
from hotline.nudge import connect
from hotline.programs import Program
from hotline.statements import insert_or
from hotline.team import asked, gaps, members
from hotline.webhooks import STATUS, VOICE, different, wanted
from messages.check import faults, override_faults

OK, WARN, FAIL = "ok", "look", "FAIL"
PATIENCE_S = 10.0
LATELY = timedelta(seconds=10)
WEEK = timedelta(days=7)
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One line. FAIL is what would cost a request for help."""

    state: str
    piece: str
    words: str


Check = Callable[[House], Iterator[Finding]]


def examine(house: House) -> Iterator[Finding]:
    """Everything, from the outside in."""
    for piece, check in CHECKS:
        try:
            yield from check(house)
        except Exception as exc:  # whatever it is, the other pieces are looked at all the same
            yield Finding(FAIL, piece, f"cannot be looked at: {type(exc).__name__}")


# --- from the outside -----------------------------------------------------------------------------------------------


def refused(fault: CarrierFault) -> str:
    """What the carrier's refusal means for whoever sets the line up."""
    if fault.code == 20003 or fault.status == 401:
        return "does not know these credentials: look at TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or the API key)"
    if fault.status is None:
        return "cannot be reached: look at TWILIO_API_URL and at this machine's way out"
    return f"refused: HTTP {fault.status}, code {fault.code}; see https://www.twilio.com/docs/errors"


def _address(house: House) -> Iterator[Finding]:
    settings, parts = house.settings, urlsplit(house.settings.public_url)
    if settings.api_url == TWILIO and parts.scheme != "https":
        yield Finding(FAIL, "address", "PUBLIC_URL is not https: Twilio should not carry people's words in the clear")
    try:
        answer = _session(parts.hostname).get(f"{settings.public_url}/health/live", timeout=PATIENCE_S)
    except requests.RequestException as exc:
        yield Finding(FAIL, "address", f"{settings.public_url} cannot be reached: {type(exc).__name__}")
        return
    if answer.status_code != 200 or "up" not in answer.text:
        yield Finding(FAIL, "address", f"{settings.public_url}/health/live answers {answer.status_code}, not 200")
        return
    yield Finding(OK, "address", f"{settings.public_url} answers")
    yield from _signatures(house, _session(parts.hostname))


def _signatures(house: House, session: requests.Session) -> Iterator[Finding]:
    """A status of a text that never was: it changes nothing, and shows whether webhooks get in."""
    url = house.settings.public_url + STATUS
    form = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "queued"}
    for token in house.settings.auth_tokens:
        headers = {"X-Twilio-Signature": signatures.sign(url, form, token)}
        code = session.post(url, data=form, headers=headers, timeout=PATIENCE_S).status_code
        if code != 204:
            what = "the line refuses Twilio's signature: does it have this TWILIO_AUTH_TOKEN and PUBLIC_URL?"
            yield Finding(FAIL, "signature", what if code == 403 else f"a signed request was answered {code}, not 204")
            return
    code = session.post(url, data=form, timeout=PATIENCE_S).status_code
    if code != 403:
        yield Finding(FAIL, "signature", f"an unsigned request was answered {code}, not 403")
    else:
        yield Finding(OK, "signature", "signed webhooks get in, unsigned ones do not")
    yield from _answers_calls(house, session)


def _answers_calls(house: House, session: requests.Session) -> Iterator[Finding]:
    """A call to no number of ours: it hears 911 and leaves nothing, and shows that calls are answered at all."""
    url = house.settings.public_url + VOICE
    form = {"CallSid": "CA" + "0" * 32, "From": "", "To": "", "CallStatus": "ringing", "Direction": "inbound"}
    headers = {"X-Twilio-Signature": signatures.sign(url, form, next(iter(house.settings.auth_tokens), ""))}
    answer = session.post(url, data=form, headers=headers, timeout=PATIENCE_S)
    if (
        answer.status_code != 200
        or "<Response>" not in answer.text
        or answer.headers.get("Content-Type", "")[:8] != "text/xml"
    ):
        yield Finding(FAIL, "calls", f"a call was answered {answer.status_code}, and not with what Twilio can say")
    elif answer.text != voice.document([voice.IN_DANGER], voice.End()):
        yield Finding(FAIL, "calls", "callers hear only that the line has a fault: can it reach its database?")
    else:
        yield Finding(OK, "calls", f"{url} answers calls")


def _session(host: str | None) -> requests.Session:
    session = requests.Session()
    session.trust_env = host not in ("127.0.0.1", "localhost", "::1")  # a proxy for the world would not find us
    return session


def _carrier(house: House) -> Iterator[Finding]:
    settings = house.settings
    if settings.api_url != TWILIO:
        yield Finding(WARN, "carrier", f"TWILIO_API_URL is {settings.api_url}: no real phone is reached")
    try:
        ours = {line.number: line for line in house.carrier.lines()}
    except CarrierFault as fault:
        yield Finding(FAIL, "carrier", refused(fault))
        return
    yield Finding(OK, "carrier", f"lets us in; {len(ours)} numbers in the account")
    want = {name: value for name, value in wanted(settings).items() if "fallback" not in name}
    for program in house.programs.all():
        for number in program.numbers:
            line = ours.get(number)
            if line is None:
                yield Finding(FAIL, "webhooks", f"{number} is not in this account")
            elif wrong := different(line, want):
                named = ", ".join(wrong)
                yield Finding(FAIL, "webhooks", f"{number} does not point here ({named}): hotline twilio connect")
            else:
                yield Finding(OK, "webhooks", f"{number} points here")
                yield from _fallbacks(line)


def _fallbacks(line: Line) -> Iterator[Finding]:
    for what, fallback, first, option in (
        ("texts", line.sms_fallback_url, line.sms_url, "--fallback"),
        ("calls", line.voice_fallback_url, line.voice_url, "--voice-fallback"),
    ):
        if fallback in ("", first):
            missing = f"has no fallback for {what} that does not need this server: hotline twilio connect {option} URL"
            yield Finding(WARN, "webhooks", f"{line.number} {missing}")


# --- inside ---------------------------------------------------------------------------------------------------------


def _database(house: House) -> Iterator[Finding]:
    now = datetime.now(UTC)
    with house.engine.begin() as connection:
        beat = insert_or(connection, heartbeats).values(name="doctor", at=now)
        connection.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": now}))
    at = current(house.engine)
    if at != HEAD:
        yield Finding(FAIL, "database", f"is at migration {at}, this program needs {HEAD}: hotline db upgrade")
    else:
        yield Finding(OK, "database", f"{house.engine.dialect.name}, writable, migrated")


def _redis(house: House) -> Iterator[Finding]:
    if not house.settings.redis_url:
        yield Finding(WARN, "redis", "none: the clock process does all the work, pages go out within 3 seconds")
        return
    try:
        connect(house.settings.redis_url).ping()
    except Exception as exc:
        yield Finding(WARN, "redis", f"cannot be reached ({type(exc).__name__}): the clock process does the work")
        return
    yield Finding(OK, "redis", "answers")


def _workers(house: House) -> Iterator[Finding]:
    with reader(house.engine).connect() as connection:
        seen = {row.name: row.at for row in connection.execute(select(heartbeats))}
        waiting = connection.scalar(select(func.count()).select_from(forgotten)) or 0
    real = datetime.now(UTC)
    alive = {name for name in ("urgent", "routine", "clock") if name in seen and real - seen[name] < LATELY}
    if "clock" not in alive:
        yield Finding(FAIL, "workers", "the clock process gives no sign of life: nobody would be paged in time")
    else:
        yield Finding(OK, "workers", "the clock process is alive")
    for lane in ("urgent", "routine"):
        if house.settings.redis_url and lane not in alive:
            yield Finding(WARN, "workers", f"the {lane} worker gives no sign of life: the clock process does its work")
    mark = seen.get("reconciled")
    if mark is None or house.clock.now() - mark > timedelta(minutes=15):
        yield Finding(WARN, "workers", "what the carrier holds has not been looked through lately")
    if waiting:
        yield Finding(WARN, "workers", f"the carrier has still to forget {waiting} texts")


def _keys(house: House) -> Iterator[Finding]:
    house.vault.ready()
    with reader(house.engine).connect() as connection:
        some = connection.scalars(select(people.c.phone).order_by(people.c.id.desc()).limit(SHOWN)).all()
    for sealed in some:
        house.vault.open_bytes(sealed)
    words = "what is sealed can be opened"
    if len(house.settings.data_keys) > 1:
        words += f"; {len(house.settings.data_keys)} keys: hotline keys rotate, then drop the older"
    yield Finding(OK, "keys", words)


def _time(house: House) -> Iterator[Finding]:
    if house.settings.simulated_time:
        yield Finding(WARN, "time", "is simulated (HOTLINE_SIMULATED_TIME): not for real people")
    else:
        yield Finding(OK, "time", "is real")


def _messages(house: House) -> Iterator[Finding]:
    catalogue = messages.load()
    wrong = faults(catalogue)
    for program in house.programs.all():
        names = (program.name, program.config["program"]["town"])
        wrong += override_faults(catalogue, program.config.get("messages", {}), program.name, names)
    if wrong:
        state = FAIL if any(": missing" in fault for fault in wrong) else WARN  # a missing card is silence to somebody
        yield Finding(state, "messages", f"{len(wrong)} to mend: hotline messages check")
    else:
        yield Finding(OK, "messages", f"{len(catalogue.cards)} cards in {', '.join(catalogue.languages)}")


# --- who would come -------------------------------------------------------------------------------------------------


def _programs(house: House) -> Iterator[Finding]:
    programs = house.programs.all()
    if not programs:
        yield Finding(FAIL, "programs", "none is loaded: hotline program load FILE")
    for program in programs:
        yield from _program(house, program)


def _program(house: House, program: Program) -> Iterator[Finding]:
    piece, now = program.name, house.clock.now()
    team = members(house.engine, house.vault, program, "coordinator")
    if not program.numbers:
        yield Finding(FAIL, piece, "has no number of its own")
    if not team:
        yield Finding(FAIL, piece, "has nobody on its roster: hotline roster load FILE")
        return
    on, later = asked(team, program, now)
    if not on and not later:
        yield Finding(FAIL, piece, "no coordinator can be asked now: everybody is off or opted out")
    elif not on:
        yield Finding(WARN, piece, "no coordinator is on shift now: those off shift would be asked")
    if not any("manager" in one.roles and not one.opted_out for one in team):
        yield Finding(FAIL, piece, "has no manager who can be reached: an alarm would reach nobody")
    for one in team:
        if one.opted_out:
            yield Finding(WARN, piece, f"{one.name} has opted out: no text reaches them until they text START")
    found = list(gaps(team, program.zone, now, WEEK))
    if found:
        said = "; ".join(gap.said(program.zone) for gap in found[:SHOWN])
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield Finding(WARN, piece, f"nobody is on shift {said}{more}")
    yield from _desk(house, program)
    if on:
        yield Finding(OK, piece, f"{len(team)} on the roster, {len(on)} coordinators on shift now")


def _desk(house: House, program: Program) -> Iterator[Finding]:
    """Where callers end up when nothing else works."""
    piece = program.name
    if not program.desk:
        yield Finding(FAIL, piece, "has no police desk: nobody would answer when no one takes a page")
    elif _is_a_line(house, program.desk):
        yield Finding(FAIL, piece, "has a line's own number as its desk")
    elif phones.emergency(program.desk):
        yield Finding(FAIL, piece, "has an emergency number as its desk, which the line never calls")


def _is_a_line(house: House, number: str) -> bool:
    with reader(house.engine).connect() as connection:
        return connection.scalar(select(lines.c.number).where(lines.c.number == number)) is not None


def would_happen(house: House, program: Program) -> Iterator[str]:
    """What a text, and a call, would meet right now. Names, in the order they would be asked; nobody's number."""
    now, policy = house.clock.now(), program.config["paging"]["coordinator"]
    team = members(house.engine, house.vault, program, "coordinator")
    on, later = asked(team, program, now)
    managers = [one.name for one in team if "manager" in one.roles and not one.opted_out]
    yield f'a text to {", ".join(program.numbers)} is asked about danger first; after "no", or 2 minutes of silence:'
    if on:
        yield f"  asked, one after the other, {_long(policy['offer'])} each: {', '.join(on)}"
    if later:
        yield f"  {'then' if on else 'asked'}, off shift: {', '.join(later)}"
    rung = f", their phone after {_long(policy['call_after'])}" if policy["call_after"] is not None else ""
    yield f"  all of it up to {policy['rounds']} times{rung}; in danger two at once, the next after " + _long(
        policy["urgent_offer"]
    )
    when = f"after {_long(policy['alarm_after'])}" if on or later else "at once"
    yield f"  alarm to {', '.join(managers) or 'nobody'} {when}"
    yield from _call_would(house, program, on, later)


def _call_would(house: House, program: Program, on: Sequence[str], later: Sequence[str]) -> Iterator[str]:
    """The same of a call. Who waits on the line is worth a phone that rings at once."""
    yield f"a call to {', '.join(program.numbers)} hears 911 first, then the danger question; after no, 0, or silence:"
    if rung := [*on, *later]:
        yield f"  phones ring while they wait on the line, {int(LIVE)} s each, then two at a time: {', '.join(rung)}"
    else:
        yield "  no phone rings: nobody can be asked"
    yield "  nobody presses 1 in 4 min: they may leave a message, and all goes on as for a text"
    yield "  1 (yes) hears to call 911, 8 is put through to 988; a withheld number is asked whom to call back"
    speech = "keys and words" if program.config["voice"]["speech"] else "keys only"
    yield f"  {speech}; were this line to fail meanwhile, they hear 911 and are put through to the desk"


def _long(seconds: float) -> str:
    seconds = int(seconds)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("address", _address),
    ("carrier", _carrier),
    ("database", _database),
    ("redis", _redis),
    ("workers", _workers),
    ("keys", _keys),
    ("time", _time),
    ("messages", _messages),
    ("programs", _programs),
)
