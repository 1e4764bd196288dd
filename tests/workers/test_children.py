"""Children: started again when they die, stopped in order, and never left behind, however their supervisor went."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

from hotline.children import Child, Supervisor
from tests.workers.conftest import eventually

ROOT = Path(__file__).parents[2]
SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")


def is_alive(pid: int) -> bool:
    """Alive, and no zombie that only waits to be counted."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(found.strip()) and not found.strip().startswith("Z")


def test_who_dies_is_started_again_after_a_pause(monkeypatch):
    monkeypatch.setattr("hotline.children.PAUSE_S", 0.05)
    stop = threading.Event()
    with Supervisor() as supervisor:
        supervisor.start(Child("sleeper", SLEEPER))
        first = supervisor.pids()["sleeper"]
        thread = threading.Thread(target=supervisor.watch, args=(stop,))
        thread.start()
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: supervisor.pids()["sleeper"] != first)
        second = supervisor.pids()["sleeper"]
        stop.set()
        thread.join()
        assert is_alive(second)
    assert not is_alive(second)


def test_who_dies_at_once_is_not_started_in_a_tight_loop(monkeypatch):
    monkeypatch.setattr("hotline.children.PAUSE_S", 30.0)
    with Supervisor() as supervisor:
        supervisor.start(Child("mayfly", (sys.executable, "-c", "")))
        first = supervisor.pids()["mayfly"]
        assert eventually(lambda: not is_alive(first))
        for _ in range(10):
            supervisor.look()
        assert supervisor.pids()["mayfly"] == first


def test_a_supervisor_that_is_killed_leaves_nobody_behind(tmp_path):
    program = textwrap.dedent(f"""
        import threading
        from hotline.children import Child, Supervisor
        with Supervisor() as supervisor:
            supervisor.start(Child("one", {SLEEPER!r}))
            supervisor.start(Child("two", {SLEEPER!r}))
            print(*supervisor.pids().values(), flush=True)
            supervisor.watch(threading.Event())
    """)
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert supervisor.stdout is not None
    pids = [int(pid) for pid in supervisor.stdout.readline().split()]
    assert len(pids) == 2
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert eventually(lambda: not any(is_alive(pid) for pid in pids))
