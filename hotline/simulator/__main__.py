"""`python -m hotline.simulator`: the carrier by itself."""

from __future__ import annotations

import argparse
import sys

from .server import serve
from .settings import Settings


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="hotline simulator", description="A carrier on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--line", metavar="URL", help="where the line is, such as http://127.0.0.1:8000")
    parser.add_argument("--account", metavar="AC...", default=Settings.account_sid)
    parser.add_argument("--token", default=Settings.auth_token, help="signs webhooks and opens the REST API")
    parser.add_argument("--api-key", metavar="SK...:SECRET", action="append", default=[])
    parser.add_argument("--number", metavar="+1...", action="append", default=[], help="a number of ours; repeatable")
    parser.add_argument("--rate", action=argparse.BooleanOptionalAction, default=True, help="one segment a second")
    parser.add_argument("--advanced-opt-out", action="store_true")
    parser.add_argument("--quiet", action="store_true", help="say nothing of having started")
    parser.add_argument("--play", metavar="NAME=COMMAND", action="append", default=[], help="the page may start it")
    return parser


def settings(options: argparse.Namespace) -> Settings:
    """What the command line asks for."""
    keys = (key.partition(":") for key in options.api_key)
    plays = (play.partition("=") for play in options.play)
    return Settings(
        account_sid=options.account,
        auth_token=options.token,
        line=options.line.rstrip("/") if options.line else None,
        numbers=tuple(options.number),
        api_keys=tuple((sid, secret) for sid, _, secret in keys),
        paced=options.rate,
        advanced_opt_out=options.advanced_opt_out,
        plays=tuple((name, command) for name, _, command in plays),
    )


def main() -> int:
    """Serve until interrupted; a taken port is one plain line."""
    options = arguments().parse_args()
    try:
        serve(settings(options), options.host, options.port, options.quiet)
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
