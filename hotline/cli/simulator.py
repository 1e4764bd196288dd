"""`hotline simulator`: a carrier and its phones on this machine."""

import click

from hotline.cli.plain import fail
from hotline.simulator.server import serve
from hotline.simulator.settings import Settings


@click.command("simulator")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address it listens on.")
@click.option("--port", default=8001, show_default=True, help="The port it listens on.")
@click.option("--line", metavar="URL", help="Where the line is, spelled as its PUBLIC_URL.")
@click.option("--account", metavar="AC...", default=Settings.account_sid, help="TWILIO_ACCOUNT_SID of the line.")
@click.option("--token", default=Settings.auth_token, help="TWILIO_AUTH_TOKEN of the line.")
@click.option(
    "--api-key", "api_keys", metavar="SK...:SECRET", multiple=True, help="Opens the REST API too; repeatable."
)
@click.option("--number", "numbers", metavar="+1...", multiple=True, help="A number of the line's; repeatable.")
@click.option("--rate/--no-rate", default=True, help="Send one segment a second, as a real number does.")
@click.option("--advanced-opt-out", is_flag=True, help="STOP is answered as with Advanced Opt-Out.")
@click.option(
    "--play", "plays", metavar="NAME=COMMAND", multiple=True, help="A command its page may start; repeatable."
)
def command(
    host: str,
    port: int,
    line: str | None,
    account: str,
    token: str,
    api_keys: tuple[str, ...],
    numbers: tuple[str, ...],
    rate: bool,
    advanced_opt_out: bool,
    plays: tuple[str, ...],
) -> None:
    """Run a carrier: Twilio's API and webhooks, and a page that holds every phone. Ctrl-C stops it."""
    keys = (key.partition(":") for key in api_keys)
    named = (play.partition("=") for play in plays)
    settings = Settings(
        account_sid=account,
        auth_token=token,
        line=line.rstrip("/") if line else None,
        numbers=numbers,
        api_keys=tuple((sid, secret) for sid, _, secret in keys),
        paced=rate,
        advanced_opt_out=advanced_opt_out,
        plays=tuple((name, line) for name, _, line in named),
    )
    try:
        serve(settings, host, port)
    except OSError as exc:
        fail(f"cannot listen on {host}:{port}: {(exc.strerror or str(exc)).lower()}")
