"""`make run`: the whole line on this machine, with a carrier simulated beside it; everything it keeps is in `var/`."""

import argparse
import base64
import fcntl
import os
import secrets
import shlex
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from hotline import files, migrations, redis_server
from hotline.children import Child, Supervisor
from hotline.clock import Clock, monotonic
from hotline.config import DATABASE, ConfigFault, Settings, environment
from hotline.models import lines, programs
from hotline.models.engine import create_engine
from hotline.privacy import Vault, new_key

HERE = "127.0.0.1"
VAR = Path("var")
SAMPLES = Path(__file__).parent / "samples"
READY_S = 30.0
PLAYS = ("night", "emergency", "calls")  # what the page of the phones can play
#: Made once, and kept from one run to the next.
MADE = {
    "HOTLINE_DATA_KEYS": lambda: base64.urlsafe_b64encode(new_key()).decode(),
    "SECRET_KEY": lambda: secrets.token_urlsafe(32),
    "TWILIO_ACCOUNT_SID": lambda: "AC" + secrets.token_hex(16),
    "TWILIO_AUTH_TOKEN": lambda: secrets.token_hex(16),
}
#: Given by whoever has them; nothing else of the environment reaches the line on this machine.
TAKEN = ("DATABASE_URL", "REDIS_URL", "LOG_LEVEL", "SENTRY_DSN", *MADE)


class CannotRun(Exception):
    """Why not: one plain line."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make run", description="The whole line on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--sim-port", type=int, default=8001)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(options.port, options.sim_port, stop)
    except (CannotRun, ConfigFault, files.FileFault) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def run(port: int, sim_port: int, stop: threading.Event) -> None:
    """Everything, until told to stop."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    with _only_one():
        for number in (port, sim_port):
            _free(number)
        redis = None if os.environ.get("REDIS_URL") else redis_server.embedded(VAR / "redis")
        environ = variables(port, sim_port, redis.url if redis else None)
        settings = Settings.from_env(environ, needs={"twilio", "keys", "secret"})
        numbers = prepare(settings)
        write(environ)
        with Supervisor() as children:
            for child in cast(settings, environ, numbers, port, sim_port, redis):
                children.start(child)
            if _is_up(settings.public_url, children, stop):
                print(told(settings, numbers, sim_port), flush=True)
            children.watch(stop)
            print("\nStopping.", flush=True)


def variables(port: int, sim_port: int, redis_url: str | None) -> dict[str, str]:
    """What the line's processes and every `hotline` command on this machine are told."""
    kept = {name: value for name, value in environment(VAR / "env").items() if name in MADE and value}
    given = {name: os.environ[name] for name in TAKEN if os.environ.get(name)}
    made = {name: make() for name, make in MADE.items() if name not in kept}
    fixed = {
        "PUBLIC_URL": f"http://{HERE}:{port}",
        "TWILIO_API_URL": f"http://{HERE}:{sim_port}",
        "HOTLINE_SIMULATED_TIME": "1",
    }
    redis = {"REDIS_URL": redis_url} if redis_url else {}
    return {"DATABASE_URL": DATABASE, "LOG_LEVEL": "WARNING"} | redis | made | kept | given | fixed


def write(environ: Mapping[str, str]) -> None:
    """All at once, readable by nobody else: it holds keys."""
    head = "# Written by `make run`; every `hotline` command on this machine reads it.\n"
    file = VAR / "env.new"
    file.touch(mode=0o600)
    file.write_text(head + "".join(f"{name}={value}\n" for name, value in sorted(environ.items())), encoding="utf-8")
    file.replace(VAR / "env")


def prepare(settings: Settings) -> list[str]:
    """The database made or upgraded, and the sample loaded where there is no program yet; the line's numbers."""
    try:
        migrations.upgrade(settings.database_url)
        engine = create_engine(settings.database_url)
        try:
            _load_sample(engine, settings)
            with engine.connect() as connection:
                return list(connection.scalars(select(lines.c.number).order_by(lines.c.number)))
        finally:
            engine.dispose()
    except SQLAlchemyError as exc:
        raise CannotRun(f"DATABASE_URL: the database cannot be used ({type(exc).__name__})") from None


def _load_sample(engine: Engine, settings: Settings) -> None:
    vault = Vault.stored(settings.data_keys, engine)
    vault.ready()
    with engine.begin() as connection:
        if connection.scalar(select(programs.c.id).limit(1)) is not None:
            return
        for name, load in (("milford.toml", files.load_program), ("milford.csv", files.load_roster)):
            load(connection, vault, Clock(), (SAMPLES / name).read_text(encoding="utf-8"), name)


def cast(
    settings: Settings,
    environ: Mapping[str, str],
    numbers: list[str],
    port: int,
    sim_port: int,
    redis: redis_server.Server | None,
) -> list[Child]:
    """The processes in the order they start; they stop the other way round."""
    every = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "HOTLINE_"))}
    every |= environ
    python = (sys.executable, "-m")
    simulator = [*python, "hotline.simulator", "--port", str(sim_port), "--line", settings.public_url]
    simulator += ["--account", settings.account_sid, "--token", settings.auth_tokens[0], "--quiet"]
    for number in numbers:
        simulator += ["--number", number]
    for play in PLAYS:
        simulator += ["--play", f"{play}={shlex.join([*python, 'hotline.cli', 'demo', '--watch', play])}"]
    web = [*python, "gunicorn", "--bind", f"{HERE}:{port}", "--workers", "2", "--no-control-socket"]
    web += ["--log-level", "warning", "hotline:create_app()"]
    commands = {"redis": redis.command} if redis else {}
    commands |= {"simulator": tuple(simulator), "web": tuple(web)}
    commands |= {lane: (*python, "workers", lane) for lane in ("urgent", "routine", "clock")}
    return [Child(name, command, every) for name, command in commands.items()]


def told(settings: Settings, numbers: list[str], sim_port: int) -> str:
    """What somebody who has just started the line wants to know."""
    return "\n".join(
        (
            "",
            f"Everybody's phone   http://{HERE}:{sim_port}   (open it in a browser)",
            f"The line            {', '.join(numbers)}",
            f"Its web             {settings.public_url}   (health: {settings.public_url}/health/ready)",
            "In a second terminal: .venv/bin/hotline demo",
            "Ctrl-C stops all of it.",
            "",
        )
    )


def _only_one() -> IO[str]:
    """Two in one `var/` would write over each other. The lock goes with the process, however it ends."""
    lock = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CannotRun("the line is already running from this directory") from None
    return lock


def _free(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HERE, port))
        except (OSError, OverflowError):
            raise CannotRun(f"port {port} cannot be had; try: make run PORT=8100 SIM_PORT=8101") from None


def _is_up(url: str, children: Supervisor, stop: threading.Event) -> bool:
    until = monotonic() + READY_S
    # A proxy meant for the world would not find this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while monotonic() < until and not stop.is_set():
        try:
            with opener.open(f"{url}/health/live", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            children.look()
            time.sleep(0.1)
    if not stop.is_set():
        print(f"the web does not answer at {url} yet; see above", file=sys.stderr, flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
