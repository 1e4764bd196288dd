"""`hotline twilio`: going live with real numbers."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import click

import messages
from hotline import voice
from hotline.carrier import Carrier, CarrierFault
from hotline.cli.desk import settings as read_settings
from hotline.cli.desk import sit_down
from hotline.cli.plain import fail
from hotline.config import TWILIO, Settings
from hotline.doctor import refused
from hotline.programs import Program, Programs
from hotline.twiml import twiml_reply
from hotline.webhooks import different, wanted
from hotline.wording import spoken_number

CONFIRMATION = re.compile(r"## The answer to STOP.*?((?:^ {4}.+\n?)+)", re.DOTALL | re.MULTILINE)


@click.group("twilio")
def command() -> None:
    """The carrier's side of the line."""


@command.command()
@click.option("--dry-run", is_flag=True, help="Show what would be changed, and change nothing.")
@click.option("--fallback", metavar="URL", help="Where a text goes when the line does not answer, such as a TwiML Bin.")
@click.option("--voice-fallback", metavar="URL", help="Where a call goes then; a Bin of its own.")
def connect(dry_run: bool, fallback: str | None, voice_fallback: str | None) -> None:
    """Tell the carrier where each of our numbers sends what it hears, and say what only its console can set.

    Sets the addresses for texts and for calls, their fallbacks and the status callback of every number in a loaded
    program. Running it twice changes nothing.
    """
    desk = sit_down()
    settings = read_settings("twilio", "keys")
    _refuse_what_twilio_cannot_reach(settings, fallback, voice_fallback)
    programs = Programs(desk.engine).all()
    if not programs:
        fail("no program is loaded: hotline program load FILE")
    missing = _connect_all(Carrier(settings), programs, wanted(settings, fallback, voice_fallback), dry_run)
    _by_hand(programs, fallback, voice_fallback)
    if missing:
        fail("not in this account: " + ", ".join(missing) + "; buy or port it, or correct the program's numbers")


def _refuse_what_twilio_cannot_reach(settings: Settings, *fallbacks: str | None) -> None:
    parts = urlsplit(settings.public_url)
    if settings.api_url == TWILIO and (parts.scheme != "https" or parts.hostname in ("127.0.0.1", "localhost")):
        fail(
            "PUBLIC_URL must be an https address that Twilio can reach, for example PUBLIC_URL=https://line.example.org"
        )
    if any(urlsplit(fallback).scheme not in ("http", "https") for fallback in fallbacks if fallback is not None):
        fail("--fallback and --voice-fallback must be addresses beginning with https://")


def _connect_all(carrier: Carrier, programs: tuple[Program, ...], want: dict[str, str], dry_run: bool) -> list[str]:
    """Each number, its changes or none. The numbers this account does not have."""
    try:
        lines = {line.number: line for line in carrier.lines()}
        missing = []
        for program in programs:
            for number in program.numbers:
                line = lines.get(number)
                click.echo(f"{number}  {program.name}")
                if line is None:
                    missing.append(number)
                    click.echo("  not in this account")
                    continue
                changes = different(line, want)
                for name, (is_now, will_be) in changes.items():
                    click.echo(f"  {name:<22} {is_now or '-'}  ->  {will_be}")
                if not changes:
                    click.echo("  as it should be")
                elif not dry_run:
                    carrier.connect(line.sid, **{name: will_be for name, (_, will_be) in changes.items()})
                    click.echo("  done")
    except CarrierFault as fault:
        fail(f"the carrier {refused(fault)}")
    if dry_run:
        click.echo("--dry-run: nothing was changed")
    return missing


# --- what only the console of Twilio can set ------------------------------------------------------------------------


def _by_hand(programs: tuple[Program, ...], fallback: str | None, voice_fallback: str | None) -> None:
    languages = dict.fromkeys(language for program in programs for language in program.languages)
    click.echo("\nBy hand, in Twilio's console (Messaging > Services > your service):")
    click.echo("1. Sender pool: add the numbers above. Integration: Defer to sender's webhook.")
    click.echo(
        "2. Opt-Out Management (Advanced Opt-Out): opt-out words STOP, STOPALL, UNSUBSCRIBE, OPTOUT and no others."
    )
    click.echo(
        "   Take out END, QUIT, CANCEL and REVOKE: here they are cries for help. Opt-in: START, UNSTOP; not YES."
    )
    click.echo('   Help words: none (HELP, INFO and AYUDA mean "I want help").')
    click.echo("   The answer to STOP:")
    for line in _confirmation():
        click.echo(f"     {line}")
    click.echo(
        "3. A2P 10DLC (Regulatory compliance): a brand, and a campaign. A 501(c)(3) takes the use case Charity; a town"
    )
    click.echo('   or county, the one for government. Never say "emergency alerts" (30929). Samples:')
    catalogue = messages.load()
    for card in ("intake.danger", "intake.town"):
        for language in languages:
            click.echo(f"     {catalogue.cards[card].sms[language]}")
    click.echo("   People opt in by texting the number on your poster. Until it is approved, texts fail with 30034.")
    click.echo("4. Voice > Settings > Geographic permissions: the United States only, so that nobody can have the line")
    click.echo("   call abroad. No emergency address: the line never calls 911 for anybody. 988 is dialed as it is;")
    click.echo("   press 8 on a call of your own to see that your account may.")
    click.echo("5. Register your numbers' name and Shaken/Stir (Trust Hub), or members' phones may show them as spam.")
    for n, option, told, document in (
        (6, fallback, "--fallback", lambda program: twiml_reply([(_static(catalogue, program), None)])),
        (7, voice_fallback, "--voice-fallback", lambda program: _spoken(catalogue, program)),
    ):
        if option is None:
            what = "a text" if told == "--fallback" else "a call"
            click.echo(f"{n}. A TwiML Bin, so that {what} is answered while your server is down. Paste this, then run")
            click.echo(f"   this command again with {told} and the Bin's address:")
            for program in programs:
                click.echo(f"     {document(program)}")


def _confirmation() -> list[str]:
    """As messages/README.md has it, where the program manager edits it."""
    found = CONFIRMATION.search((Path(messages.__file__).parent / "README.md").read_text(encoding="utf-8"))
    return [line.strip() for line in found[1].splitlines()] if found else ["(see messages/README.md)"]


def _static(catalogue: messages.Catalogue, program: Program) -> str:
    """In the program's first language: a Bin cannot tell who writes."""
    blanks = {"number": spoken_number(program.desk)}
    overrides = program.config.get("messages", {})
    return catalogue.render("intake.static", program.languages[0], blanks=blanks, overrides=overrides, has=program.has)


def _spoken(catalogue: messages.Catalogue, program: Program) -> str:
    """The 911 sentence in every language of the program, and the desk."""
    overrides = program.config.get("messages", {})
    said = [
        voice.Said(language, catalogue.render("intake.static", language, "voice", overrides=overrides))
        for language in program.languages
    ]
    return voice.document(said, voice.Dial(program.desk, program.numbers[0]))
