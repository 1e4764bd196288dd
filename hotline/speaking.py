"""Speaking: what is said on a call now, and what follows: a question, the queue, another phone, the end.

What is asked is the flows' (`flows/spoken.py`); here it becomes a document, and addresses for the answers.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from flows import first_aid, spoken
from flows.hearing import Listener
from hotline import voice, voicemails
from hotline.facts import AWAY
from hotline.models import deliveries
from hotline.wording import words_for
from hotline.work import Work

SPEECH = {"en": "en-US", "es": "es-US"}  # what the carrier listens for

SILENT_WAITS = 6  # documents of the queue in a row without a word, of ten seconds each: then the last words again

Card = tuple[str, dict[str, Any], str | None]  # its key, what fills its blanks, the language


def for_run(work: Work, listeners: Sequence[Listener]) -> int | None:
    """Which run the call is about, if it is about one."""
    assert work.call is not None
    return spoken.about(listeners, work.call["run_id"], work.call["inbound"], work.person.roles is not None)


def document(work: Work, what: str, machine: str, before: Listener | None, repeats: bool) -> str:
    """What the call hears next, and what it does then. `machine`: which answered; `before`: who asked until now."""
    call = work.call
    assert call is not None
    listeners = work.listeners(work.person.id)
    asked = spoken.asking(listeners, for_run(work, listeners))
    if what == "answered" and spoken.is_overtaken(listeners, call["run_id"]) and for_run(work, listeners) is None:
        asked = None
    call["turn"] += 1
    if what == "waits":
        call["queued"] = True
    at = f"{work.house.settings.public_url}/twilio/voice/{call['id']}"
    go_on = f"{at}/left/{call['turn']}"
    goes_on = asked is not None and "hold" in _kind(asked) and work.through is None
    must_leave = call["queued"] and (call["next"] in ("crisis_line", "join") or not goes_on)
    if must_leave:
        if work.through is not None:
            call |= {"next": "join", "joined_to": work.through}
        return voice.document([], _left_unsaid(work))
    if call["next"] == "join":  # decided while somebody else was speaking
        call["next"], work.through = None, call["joined_to"]
    said = _words(work, what, asked, before, repeats)
    if call["next"] == "crisis_line":
        call["next"] = AWAY
        said = [*said, _card(work, "voice.crisis_line")]
        return voice.document(said, voice.Dial(voice.CRISIS_LINE, call["line"], go_on))
    if work.through is not None:
        call["joined_to"] = work.through
        return voice.document(said, voice.Join(queue(work.through), go_on))
    if machine:
        left = _left_words(work, asked) if machine.startswith("machine_end") else []
        call["outcome"] = "message" if left else None
        return voice.document(left, voice.End())
    if what == "silent" and not call["inbound"] and not call["pressed"]:
        return voice.document([], voice.End())
    if work.plays:  # and then they are asked again
        said = [*(voicemails.playing(work, at) or [_card(work, "voicemail.none")]), *said]
    if asked is None:
        if what in ("arrives", "left", "keys", "recorded") and call["inbound"]:
            said = [*said, _card(work, "voice.goodbye")]
        return voice.document(said, voice.End())
    kind = _kind(asked)
    if "record" in kind:
        status = f"{work.house.settings.public_url}/twilio/voice/{call['id']}/kept"
        return voice.document(
            said, voice.Record(f"{at}/recorded/{call['turn']}", f"{at}/silent/{call['turn']}", status)
        )
    action = f"{at}/keys/{call['turn']}"
    takes_keys = asked.role == "participant" or bool(spoken.keys(asked))
    if "hold" in kind and call["queued"]:
        return voice.document(said, voice.Wait(f"{at}/waits/{call['turn']}", action if takes_keys else None))
    ask = voice.Ask(
        action,
        f"{at}/silent/{call['turn']}",
        number="number" in kind,
        twice=what == "answered",
        speech=_speech_language(work) if asked.role == "participant" and "number" not in kind else None,
    )
    if "hold" in kind and len(said) == len(work.spoken) and not asked.flow.urgent:
        # Into the queue at once, where its first document says it: whoever presses 1 meanwhile is put through to them.
        _left_unsaid(work)
        return voice.document([], voice.Hold(queue(call["id"]), f"{at}/waits/{call['turn']}", go_on))
    if "hold" in kind:  # what is urgent is said at once; they are in the queue when it asks for its first document
        waits = f"{at}/waits/{call['turn']}"
        return voice.document(said, voice.Hold(queue(call["id"]), waits, go_on, ask if takes_keys else None))
    return voice.document(said, ask)


def queue(call: int) -> str:
    return f"q{call}"


def _kind(asked: Listener) -> frozenset[str]:
    state = asked.state
    kinds = {
        "hold": asked.role in state.holds,
        "record": state.records,
        "number": state.wants == "number" and asked.role in state.words,
    }
    return frozenset(kind for kind, is_so in kinds.items() if is_so)


def _left_unsaid(work: Work) -> voice.Then:
    """In the queue nothing but its own words can be said: the rest is said once they are out of it."""
    ids = {row["id"] for row in work.spoken}
    for row in work.deliveries:
        if row["id"] in ids:
            row |= {"state": "held", "words": None, "sent_at": None}
            given = next(x["given"] for x in work.spoken if x["id"] == row["id"])
            row["blanks"] = work.house.vault.seal_json(given) if given else None
    work.spoken.clear()
    return voice.Leave()


def _words(work: Work, what: str, asked: Listener | None, before: Listener | None, repeats: bool) -> list[voice.Said]:
    """What was waiting, what is said now, or once more what was asked."""
    call = work.call
    assert call is not None
    waiting = [] if what == "arrives" else _waiting(work)
    cards = [*waiting, *((row["card"], row["given"], row["language"]) for row in work.spoken)]
    if what == "answered":
        cards = _ring_cards(work, asked)
    same = asked is not None and before is not None and asked.run == before.run
    if what == "waits":  # whatever keeps the one who should speak to them, they are not left in silence
        call["misses"] = 0 if cards else call["misses"] + 1
        repeats = call["misses"] >= SILENT_WAITS and not (asked is not None and asked.state.hushed)
        call["misses"] = 0 if repeats else call["misses"]
    if not cards and asked is not None and (repeats or (same and what in ("keys", "silent", "left"))):
        cards = [(card, given, work.language(work.person)) for card, given in json.loads(_open(work, "said") or "[]")]
    elif cards and asked is not None:
        again = [[card, given] for card, given, _ in cards if card != "voice.first_other"]
        call["said"] = work.house.vault.seal_json(again)
    return [_card(work, card, given, language) for card, given, language in cards]


def _open(work: Work, name: str) -> str | None:
    sealed = work.call[name] if work.call is not None else None
    return work.house.vault.open(sealed) if sealed else None


def _waiting(work: Work) -> list[Card]:
    """What others said to them meanwhile, taken from the outbox before a worker can."""
    assert work.call is not None
    mine = (
        update(deliveries)
        .where(deliveries.c.call_id == work.call["id"], deliveries.c.channel == "text")
        .where(deliveries.c.state.in_(("due", "held")))
        .values(state="replied", due=None, sent_at=work.now)
        .returning(deliveries.c.id, deliveries.c.card, deliveries.c.blanks, deliveries.c.language)
    )
    found = sorted(work.connection.execute(mine), key=lambda row: row.id)
    open_json = work.house.vault.open_json
    cards = [(row.card, open_json(row.blanks) if row.blanks else {}, row.language) for row in found if row.card]
    return [card for n, card in enumerate(cards) if card not in cards[n + 1 :]]  # once, however often it was said


def _ring_cards(work: Work, asked: Listener | None) -> list[Card]:
    """What their phone was rung to say."""
    assert work.call is not None
    row = work.connection.execute(select(deliveries).where(deliveries.c.id == work.call["id"])).first()
    if row is None:
        return []
    blanks = work.house.vault.open_json(row.blanks) if row.blanks else {}
    card = spoken.picked_up(row.card, work.call["run_id"], asked, work.person.roles is not None)
    return [(card, blanks if card == row.card else {}, row.language)]


def _left_words(work: Work, asked: Listener | None) -> list[voice.Said]:
    """To a machine nothing is said, but what the person allowed (domain.md 4.1)."""
    calling = spoken.calling(asked) if work.person.leave_words else None
    who = work.somebody(calling) if calling is not None else None
    if who is None or who.name is None:
        return []
    first = work.house.vault.open(who.name).split()[0]
    return [_card(work, "call.voicemail", {"who": first})]


def _card(work: Work, card: str, blanks: dict[str, Any] | None = None, language: str | None = None) -> voice.Said:
    language = language or work.language(work.person) or work.program.languages[0]
    if language not in work.program.languages:
        language = work.program.languages[0]
    words = words_for(work.house, work.program, card, blanks or {}, language, "voice")
    return voice.Said(language, words, pause=voice.STEP_S if card in first_aid.ALOUD else voice.BETWEEN_S)


def _speech_language(work: Work) -> str | None:
    """None where only keys count: a machine that answers our call speaks, and presses nothing."""
    assert work.call is not None
    if not work.program.config["voice"]["speech"] or not (work.call["inbound"] or work.call["pressed"]):
        return None
    return SPEECH.get(work.language(work.person) or work.program.languages[0], "en-US")
