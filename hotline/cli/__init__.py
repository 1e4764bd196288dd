"""The `hotline` command: each family of commands is a file here, imported only when it is asked for."""

from importlib import import_module

import click

from hotline.cli.plain import Plain

#: A command's name, and what `hotline --help` says of it. Its file has the same name.
COMMANDS = {
    "demo": "Play a night and the days after it, and check all of it.",
    "talk": "Hold a conversation in the terminal: you type, the line answers.",
    "cases": "List the requests for help.",
    "case": "One request: its state, pages, people and timers.",
    "roster": "Load or show the roster; who is on call.",
    "program": "Load or show a program: one town's line.",
    "facilities": "Load or show where people can be placed.",
    "messages": "Check or show what the line says.",
    "flows": "Check or draw what the line does.",
    "triage": "How texts are read for danger.",
    "clock": "Move the line's simulated clock forward.",
    "simulator": "Run a carrier and its phones on this machine.",
    "work": "Send, page and wait: all workers in one process.",
    "db": "Make or upgrade the database's tables.",
    "keys": "Make or rotate the keys that words and numbers are sealed with.",
    "forget": "Forget words whose time has come, now.",
    "erase": "Erase everything about one number.",
    "twilio": "Tell the carrier where our numbers send what they hear.",
    "doctor": "Is everything in place? What would happen to a text right now?",
}


class Commands(Plain):
    """The families, listed in the order above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"hotline.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command("hotline", cls=Commands, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A town's help line by text.

    Every command reads its settings from the environment, and from var/env, which `make run` writes. A command that
    fails says why in one line and changes nothing.
    """
