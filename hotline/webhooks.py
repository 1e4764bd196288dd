"""Webhooks: where our numbers are to send what they hear, and what is different at the carrier."""

from collections.abc import Mapping

from hotline.carrier import Line
from hotline.config import Settings

SMS, VOICE, STATUS = "/twilio/sms", "/twilio/voice", "/twilio/status"


def wanted(settings: Settings, fallback: str | None = None, voice_fallback: str | None = None) -> dict[str, str]:
    """What each of our numbers should say. The fallbacks: addresses that do not need this line to be up."""
    base = settings.public_url
    addresses = {
        "sms_url": base + SMS,
        "sms_fallback_url": fallback or base + SMS,  # the same SID again is safe, and a second try often gets through
        "voice_url": base + VOICE,
        "voice_fallback_url": voice_fallback or base + VOICE,
        "status_callback": base + STATUS,  # of calls; a text says its own
    }
    return addresses | {f"{name.removesuffix('_url')}_method": "POST" for name in addresses}


def different(line: Line, want: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What is to be changed: its name, what it is, what it should be."""
    return {name: (getattr(line, name), value) for name, value in want.items() if getattr(line, name) != value}
