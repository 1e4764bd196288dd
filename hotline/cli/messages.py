"""`hotline messages`: what the line says."""

import json
import re
from pathlib import Path

import click

import hotline
import messages
from flows import FLOWS
from flows.faults import spoken
from flows.keyed import asked
from flows.spoken import PRESSED
from hotline.cli.plain import Fault, fail
from hotline.reading import VERBS
from messages.check import faults

READ = {"danger", "language"}  # read in any text at all, and not by a list of answers
CARD = re.compile(r'"([a-z_]+\.[a-z0-9_]+)"')


@click.group("messages")
def command() -> None:
    """What the line says: every card, in every language (messages/*.toml)."""


@command.command()
def check() -> None:
    """Look for everything that is wrong with the wording; each fault names the file, the card and the cure."""
    catalogue = messages.load()
    said = {**_said_by_the_shell(catalogue), **_said_by_flows(catalogue)}
    if found := faults(catalogue, said, _heard(), asked(FLOWS)):
        raise Fault("\n".join(found))
    click.echo(f"{len(catalogue.cards)} cards in {', '.join(catalogue.languages)}: nothing is wrong")


@command.command()
@click.argument("key", required=False)
@click.option("--language", metavar="CODE", help="One language only, such as en.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: {card: {language: {sms, plain, voice}}}.")
def show(key: str | None, language: str | None, as_json: bool) -> None:
    """Show every card as it stands, or those that are KEY (intake.town) or begin with it (intake)."""
    catalogue = messages.load()
    if language and language not in catalogue.languages:
        fail(f"there is no language {language}; there are {', '.join(catalogue.languages)}")
    wanted = [card for name, card in catalogue.cards.items() if key in (None, name, name.partition(".")[0])]
    if not wanted:
        fail(f"there is no card {key}; hotline messages show lists them")
    languages = (language,) if language else catalogue.languages
    said = {card.key: {code: _wordings(card, code) for code in languages} for card in wanted}
    if as_json:
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    for card in wanted:
        click.echo(f"{card.key}  ({'answers a text of theirs' if card.asked else 'may come unasked'})")
        for code in languages:
            for channel, words in said[card.key][code].items():
                click.echo(f"  {code} {channel:<5}  {words}")
        click.echo()


def _said_by_the_shell(catalogue: messages.Catalogue) -> dict[str, frozenset[str]]:
    """What is said when there is no flow to say it, such as that the line is down: cards the shell names."""
    shell = Path(hotline.__file__).parent
    files = [file for file in shell.rglob("*.py") if shell / "cli" not in file.parents]
    named = {name for file in files for name in CARD.findall(file.read_text(encoding="utf-8"))}
    return {name: catalogue.cards[name].blanks for name in named & catalogue.cards.keys()}


def _said_by_flows(catalogue: messages.Catalogue) -> dict[str, set[str]]:
    """What flows say, with the blanks they give; the case's code is filled by the shell wherever a card names it."""
    said = {key: set(blanks) for key, blanks in spoken(FLOWS).items()}
    for key, blanks in said.items():
        if key in catalogue.cards:
            blanks |= catalogue.cards[key].blanks & {"code"}
    return said


def _heard() -> set[str]:
    """Every meaning that needs words: all that some state waits for and no digit says, and every verb."""
    found = set(VERBS)
    for flow in FLOWS.values():
        for state in flow.states:
            for role, meanings in flow.hears(state).items():
                found |= set(meanings) - set(flow.digits(state, role).values())
    return found - READ - PRESSED


def _wordings(card: messages.Card, language: str) -> dict[str, str]:
    channels = (("sms", card.sms), ("plain", card.plain), ("voice", card.voice))
    return {channel: wording[language] for channel, wording in channels if language in wording}
