"""`hotline flows`: what the line does."""

import re
from pathlib import Path

import click

import messages
from flows import FLOWS
from flows.draw import mermaid
from flows.faults import faults_all
from hotline.cli.desk import read_text
from hotline.cli.plain import Fault, fail

README = Path("README.md")
DIAGRAM = re.compile(r"```mermaid\n%% (\w+)\n.*?```", re.DOTALL)


@click.group("flows")
def command() -> None:
    """What the line does: every conversation and process, as tables (flows/*.py)."""


@command.command()
def check() -> None:
    """Look for states nobody reaches, waits that never end, words nobody hears, and cards that are not there."""
    cards = {key: tuple(card.sms or card.voice) for key, card in messages.load().cards.items()}
    if found := faults_all(FLOWS, cards):
        raise Fault("\n".join(found))
    states = sum(len(flow.states) for flow in FLOWS.values())
    click.echo(f"{len(FLOWS)} flows with {states} states: nothing is wrong")


@command.command()
@click.argument("flow", required=False)
@click.option("--readme", is_flag=True, help="Draw the diagrams in ./README.md anew instead of printing.")
def draw(flow: str | None, readme: bool) -> None:
    """Draw FLOW, or every flow, as Mermaid diagrams made from the tables."""
    if readme:
        text = read_text(README)
        README.write_text(redrawn(text), encoding="utf-8")
        click.echo("README.md: " + ("nothing changed" if redrawn(text) == text else "drawn anew"))
        return
    if flow is not None and flow not in FLOWS:
        fail(f"there is no flow {flow}; there are {', '.join(FLOWS)}")
    for name in [flow] if flow else FLOWS:
        if flow is None:
            click.echo(f"%% {name}")
        click.echo(mermaid(FLOWS[name]).rstrip("\n"))
        if flow is None:
            click.echo()


def redrawn(text: str) -> str:
    """A page with each of its diagrams (```mermaid, then `%% flow`) drawn from that flow's table."""
    return DIAGRAM.sub(lambda found: f"```mermaid\n%% {found[1]}\n{mermaid(FLOWS[found[1]])}```", text)
