"""The whole line on this machine, and `hotline demo` on it: the night and the days after it, as anybody sees them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.clock import monotonic

ROOT = Path(__file__).parents[3]
HERE = "127.0.0.1"
LONG_S = 300.0  # for a busy machine; it takes half a minute


@pytest.fixture
def line(folder: Path) -> Iterator[Path]:
    """`make run`, in an empty directory."""
    port, sim_port = _free(), _free()
    words = [sys.executable, "-m", "hotline.run", "--port", str(port), "--sim-port", str(sim_port)]
    with (folder / "run.log").open("w") as log:
        process = subprocess.Popen(words, cwd=folder, env=_environ(), stdout=log, stderr=log)
    try:
        _answers(f"http://{HERE}:{port}/health/live", process)
        yield folder
    finally:
        process.terminate()
        process.wait(30)


def test_everything_that_should_happen_does(line: Path) -> None:
    words = [sys.executable, "-c", "from hotline.cli import main; main()", "demo"]
    played = subprocess.run(
        words, cwd=line, env=_environ(), capture_output=True, text=True, timeout=LONG_S, check=False
    )
    assert played.returncode == 0, played.stderr + played.stdout[-4000:] + (line / "run.log").read_text()
    assert "Everything that should have happened did" in played.stdout


def _environ() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _free() -> int:
    with socket.create_server((HERE, 0)) as found:
        return int(found.getsockname()[1])


def _answers(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = monotonic() + LONG_S
    while process.poll() is None and monotonic() < until:
        try:
            with opener.open(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                pass
    pytest.fail("the line did not come up")
