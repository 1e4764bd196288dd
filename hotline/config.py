"""Settings: everything the environment decides, read once and loud when it is wrong.

The only file that reads the environment. A malformed value stops the program before anybody is answered by half
a line; a well-formed address of something that is away does not, because it may be back before the next text.
"""

import base64
import binascii
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit, urlunsplit

TWILIO = "https://api.twilio.com"
DATABASE = "sqlite:///var/hotline.db"
PUBLIC = "http://127.0.0.1:8000"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
KEY_BYTES = 32

# Made up, of the right shape: shown to whoever has to type a real one.
EXAMPLES = {
    "DATABASE_URL": "postgresql://hotline:password@db.example.org/hotline",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "PUBLIC_URL": "https://line.example.org",
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TWILIO_API_KEY": "SK0123456789abcdef0123456789abcdef",
    "TWILIO_API_SECRET": "the secret shown once when the API key was made",
    "TWILIO_API_URL": "http://127.0.0.1:8001",
    "HOTLINE_DATA_KEYS": base64.urlsafe_b64encode(bytes(range(KEY_BYTES))).decode()
    + " (make your own: hotline keys make)",
    "SECRET_KEY": "forty or so random characters",
    "HOTLINE_SIMULATED_TIME": "1",
    "LOG_LEVEL": "INFO",
    "SENTRY_DSN": "https://0123456789abcdef@sentry.example.org/1",
}

# What a process may need beside what has a default.
NEEDS = {
    "twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
    "keys": ("HOTLINE_DATA_KEYS",),
    "secret": ("SECRET_KEY",),
}


class ConfigFault(Exception):
    """One sentence: the variable, what was wrong, an example. Never the value, which may be a secret."""


@dataclass(frozen=True)
class Settings:
    """What the environment said. Secrets stay out of `repr`, which finds its way into logs."""

    database_url: str = DATABASE
    redis_url: str | None = field(default=None, repr=False)
    public_url: str = PUBLIC
    account_sid: str = ""
    #: The first signs in to REST; any of them may have signed a webhook.
    auth_tokens: tuple[str, ...] = field(default=(), repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    api_url: str = TWILIO
    #: Newest first: it seals, any of them opens.
    data_keys: tuple[bytes, ...] = field(default=(), repr=False)
    secret_key: str = field(default="", repr=False)
    simulated_time: bool = False
    log_level: str = "INFO"
    sentry_dsn: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, needs: Collection[str] = ()) -> "Settings":
        """Read everything, refuse what is malformed, and what this process `needs` (see NEEDS) and does not have."""
        env = {name: value.strip() for name, value in (os.environ if environ is None else environ).items()}
        for need in sorted(needs):
            for name in NEEDS[need]:
                if not env.get(name):
                    _fault(name, "is not set")
        api_key, api_secret = env.get("TWILIO_API_KEY", ""), env.get("TWILIO_API_SECRET", "")
        if api_key and not re.fullmatch(r"SK[0-9A-Za-z]{32}", api_key):
            _fault("TWILIO_API_KEY", "must be SK and 32 letters or digits")
        if api_key and not api_secret:
            _fault("TWILIO_API_SECRET", "is not set, and TWILIO_API_KEY is")
        if api_secret and not api_key:
            _fault("TWILIO_API_KEY", "is not set, and TWILIO_API_SECRET is")
        api_url = _address("TWILIO_API_URL", env.get("TWILIO_API_URL") or TWILIO, ("http", "https"))
        return cls(
            database_url=_database(env.get("DATABASE_URL") or DATABASE),
            redis_url=_redis(env["REDIS_URL"]) if env.get("REDIS_URL") else None,
            public_url=_address("PUBLIC_URL", env.get("PUBLIC_URL") or PUBLIC, ("http", "https")),
            account_sid=_account(env.get("TWILIO_ACCOUNT_SID", "")),
            auth_tokens=_tokens(env.get("TWILIO_AUTH_TOKEN", "")),
            api_key=api_key,
            api_secret=api_secret,
            api_url=api_url,
            data_keys=data_keys(env.get("HOTLINE_DATA_KEYS", "")),
            secret_key=env.get("SECRET_KEY", ""),
            simulated_time=_simulated(env.get("HOTLINE_SIMULATED_TIME", ""), api_url),
            log_level=_level(env.get("LOG_LEVEL") or "INFO"),
            sentry_dsn=_sentry(env.get("SENTRY_DSN", "")),
        )


def environment(file: Path = Path("var/env")) -> dict[str, str]:
    """The environment of a `hotline` command: what `make run` wrote to `var/env`, under what is really set."""
    written: dict[str, str] = {}
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.strip().removeprefix("export ").partition("=")
            if equals and not name.startswith("#"):
                written[name.strip()] = value.strip().strip("'\"")
    return written | dict(os.environ)


def data_keys(text: str) -> tuple[bytes, ...]:
    """HOTLINE_DATA_KEYS as bytes, newest first."""
    keys = tuple(_key(part.strip()) for part in text.split(",")) if text else ()
    if len(set(keys)) != len(keys):
        _fault("HOTLINE_DATA_KEYS", "holds the same key twice")
    return keys


def _key(part: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", part):
        _fault("HOTLINE_DATA_KEYS", "must be url-safe base64, several separated by commas")
    try:
        key = base64.urlsafe_b64decode(part.rstrip("=") + "=" * (-len(part.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        _fault("HOTLINE_DATA_KEYS", "must be url-safe base64, several separated by commas")
    if len(key) != KEY_BYTES:
        _fault("HOTLINE_DATA_KEYS", f"must be {KEY_BYTES} bytes each, and one is {len(key)}")
    return key


def _fault(name: str, wrong: str) -> NoReturn:
    raise ConfigFault(f"{name} {wrong}, for example {name}={EXAMPLES[name]}")


def _split(name: str, value: str) -> SplitResult:
    """The parts of an address; a port that is no number is only found when it is asked for."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018
    except ValueError:
        _fault(name, "is not a well-formed address")
    return parts


def _address(name: str, value: str, schemes: tuple[str, ...]) -> str:
    """A web address without a slash at its end, so that a path can simply be added."""
    parts = _split(name, value)
    if parts.scheme.lower() not in schemes or not parts.hostname:
        _fault(name, "must be an address beginning with " + " or ".join(f"{scheme}://" for scheme in schemes))
    if parts.query or parts.fragment or parts.username is not None or re.search(r"\s", value):
        _fault(name, "must be an address alone, without a query, a user or spaces")
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), "", ""))


def _database(value: str) -> str:
    """As SQLAlchemy reads it. It knows no postgres://, which is what several hosts still hand out (facts 9.2)."""
    scheme, colon, rest = value.partition("://")
    if scheme == "sqlite" and colon and rest.startswith("/") and len(rest) > 1 and not rest.endswith("/"):
        return value
    if scheme in ("postgres", "postgresql", "postgresql+psycopg") and colon:
        parts = _split("DATABASE_URL", value)
        if parts.path.strip("/") and (parts.hostname or "host=" in parts.query):
            return f"postgresql+psycopg://{rest}"
        _fault("DATABASE_URL", "must name a server and a database")
    _fault("DATABASE_URL", "must begin with postgresql:// or be sqlite:/// and the path of a file")


def _redis(value: str) -> str:
    parts = _split("REDIS_URL", value)
    if parts.scheme in ("redis", "rediss") and parts.hostname or parts.scheme == "unix" and parts.path.strip("/"):
        return value
    _fault("REDIS_URL", "must begin with redis://, rediss:// or unix:// and name a server or a socket")


def _account(value: str) -> str:
    if value and not re.fullmatch(r"AC[0-9A-Za-z]{32}", value):
        _fault("TWILIO_ACCOUNT_SID", "must be AC and 32 letters or digits")
    return value


def _tokens(value: str) -> tuple[str, ...]:
    if not value:
        return ()
    tokens = tuple(token.strip() for token in value.split(","))
    if len(tokens) > 2 or not all(re.fullmatch(r"\S+", token) for token in tokens):
        _fault("TWILIO_AUTH_TOKEN", "must be one token, or two separated by a comma while one is being replaced")
    return tokens


def _simulated(value: str, api_url: str) -> bool:
    if value not in ("", "0", "1"):
        _fault("HOTLINE_SIMULATED_TIME", "must be 1 or left out")
    host = urlsplit(api_url).hostname or ""
    if value == "1" and (host == "twilio.com" or host.endswith(".twilio.com")):
        # Real people would get their check-ins and alarms when somebody tries out a command.
        raise ConfigFault(
            "HOTLINE_SIMULATED_TIME is refused with Twilio's own address, for example set TWILIO_API_URL="
            + EXAMPLES["TWILIO_API_URL"]
            + " too, or leave it out"
        )
    return value == "1"


def _level(value: str) -> str:
    if value.upper() not in LEVELS:
        _fault("LOG_LEVEL", "must be one of " + " ".join(LEVELS))
    return value.upper()


def _sentry(value: str) -> str:
    if value:
        parts = _split("SENTRY_DSN", value)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or not parts.username
            or not parts.path.strip("/")
        ):
            _fault("SENTRY_DSN", "must be the address of a Sentry project, with its key")
    return value
