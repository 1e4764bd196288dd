"""Webhooks: where our numbers are to send what they hear, and what is different at the carrier."""

from collections.abc import Mapping
from importlib.util import find_spec

from hotline.carrier import Line
from hotline.config import Settings

SMS, VOICE, STATUS = "/twilio/sms", "/twilio/voice", "/twilio/status"


def has_voice() -> bool:
    """Whether this line takes calls yet."""
    return find_spec("hotline.web.voice") is not None


def wanted(settings: Settings, fallback: str | None = None) -> dict[str, str]:
    """What each of our numbers should say. `fallback`: an address that does not need this line to be up."""
    base = settings.public_url
    addresses = {
        "sms_url": base + SMS,
        "sms_fallback_url": fallback or base + SMS,  # the same SID again is safe, and a second try often gets through
        "status_callback": base + STATUS,
    }
    if has_voice():
        addresses |= {"voice_url": base + VOICE, "voice_fallback_url": base + VOICE}
    methods = {f"{name.removesuffix('_url')}_method": "POST" for name in addresses}
    return addresses | methods


def different(line: Line, want: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What is to be changed: its name, what it is, what it should be."""
    return {name: (getattr(line, name), value) for name, value in want.items() if getattr(line, name) != value}
