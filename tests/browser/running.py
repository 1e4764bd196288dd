"""What a visitor has: `make run` in a directory of its own, and Debian's Chromium to look at it with."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY_S = 60.0
# No sandbox, since CI is root there; and nothing of a browser's own errands in the background.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Where this machine has it; nothing is ever downloaded."""
    given = os.environ.get("HOTLINE_TEST_CHROMIUM")
    found = (given, *(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")))
    return next((path for path in found if path), None)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """The whole line, as `make run` starts it; gives the one address it prints."""
    port, sim_port = _free_port(), _free_port()
    command = [sys.executable, "-m", "hotline.run", "--port", str(port), "--sim-port", str(sim_port)]
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    said = (folder / "said.txt").open("w")
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT), "DEMO_PACE": "0.3"},
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/live", process, folder / "said.txt")
        yield f"http://127.0.0.1:{sim_port}/"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        said.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + READY_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < until:
        try:
            with opener.open(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"the line did not start:\n{said.read_text()}")
