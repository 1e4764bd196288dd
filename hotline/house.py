"""The house: the real parts, joined once, and handed to whoever works in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from flows.triage import Lexicon
from hotline.carrier import Carrier
from hotline.clock import Clock
from hotline.codes import Codes
from hotline.config import Settings
from hotline.privacy import Vault
from hotline.programs import Programs
from messages import Catalogue

Nudge = Callable[[str, int, str], None]  # "send", "due" or "message", a row's id, its lane


@dataclass(frozen=True)
class House:
    settings: Settings
    engine: Engine
    clock: Clock
    vault: Vault
    carrier: Carrier
    catalogue: Catalogue
    lexicon: Callable[[], Lexicon]
    programs: Programs
    nudge: Nudge
    codes: Codes = field(default_factory=Codes)
