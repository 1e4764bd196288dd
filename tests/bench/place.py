"""A place to measure in: a fresh database, the sample program, and the processes of the Procfile, on free ports."""

import base64
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pgserver

from hotline import redis_server

TOKEN = "0123456789abcdef0123456789abcdef"
SAMPLES = Path(__file__).parents[2] / "hotline" / "samples"
LINE = "+13095550100"


@dataclass
class Place:
    folder: Path
    database_url: str
    port: int
    env: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str) -> None:
        subprocess.run(command, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        log = open(self.folder / "log", "ab")  # noqa: SIM115
        process = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def web(self, app: str, port: int | None = None) -> subprocess.Popen[bytes]:
        port = port or self.port
        process = self.start(
            sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--no-control-socket",
            "--log-level", "warning", app,
        )  # fmt: skip
        _await(port)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)
        self.processes.clear()


@contextmanager
def place(database: str, carrier_url: str = "http://127.0.0.1:9", redis: bool = False) -> Iterator[Place]:
    """`database` is "sqlite" or "postgresql". Everything is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    port = free_port()
    server = pgserver.get_server(folder / "pg") if database == "postgresql" else None
    url = server.get_uri() if server else f"sqlite:///{folder}/line.db"
    env = os.environ | {
        "DATABASE_URL": url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": carrier_url,
        "HOTLINE_DATA_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SECRET_KEY": secrets.token_hex(20),
        "LOG_LEVEL": "WARNING",
    }
    here = Place(folder, url, port, env)
    try:
        if redis:
            exe = redis_server.executable()
            assert exe is not None, "no Redis was found to measure with"
            sock = folder / "r.sock"
            here.start(str(exe), "--port", "0", "--unixsocket", str(sock), "--save", "", "--appendonly", "no")
            while not sock.exists():
                time.sleep(0.01)
            env["REDIS_URL"] = f"unix://{sock}"
        hotline = str(Path(sys.executable).with_name("hotline"))
        here.run(hotline, "db", "upgrade")
        here.run(hotline, "program", "load", str(SAMPLES / "milford.toml"))
        here.run(hotline, "roster", "load", str(SAMPLES / "milford.csv"))
        yield here
    finally:
        here.stop()
        if server:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(500):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("the server did not start; see its log")


class Carrier:
    """A carrier that takes every text at once and notes when, by a monotonic clock, and to whom."""

    def __init__(self) -> None:
        arrived: dict[str, list[float]] = {}
        self.arrived = arrived

        class Taking(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                arrived.setdefault(form["Body"][0], []).append(time.monotonic())
                body = b'{"sid": "SM%s", "status": "queued"}' % secrets.token_hex(16).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Nothing: this is a measurement."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
