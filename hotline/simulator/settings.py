"""What a simulated carrier is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The account, the line behind it, and how patient the carrier is. Durations are real seconds.

    `line` is the address the line is reached at (`http://127.0.0.1:8000`); without it numbers have no webhooks until
    somebody sets them, and time is the simulator's own. `plays` are commands its page may start, each with its name.
    """

    account_sid: str = "AC" + "0" * 32
    auth_token: str = "simulated"
    line: str | None = None
    numbers: tuple[str, ...] = ()
    api_keys: tuple[tuple[str, str], ...] = ()
    paced: bool = True
    advanced_opt_out: bool = False
    plays: tuple[tuple[str, str], ...] = ()
    service_sid: str = "MG" + "0" * 32
    webhook_timeout: float = 15.0
    sms_path: str = "/twilio/sms"
    voice_path: str = "/twilio/voice"
    status_path: str = "/twilio/status"

    def accepts(self, username: str, password: str) -> bool:
        """Whether these Basic credentials open the account: its own, or one of its API keys."""
        return (username, password) in {(self.account_sid, self.auth_token), *self.api_keys}
