"""Late: a text the carrier held while nobody could take it, on its way through dispatch.

There is no webhook to reply to any more: what we say is texted. What was overtaken by a newer text is kept and nothing
more: the same words of a member, and the carrier's own words of anybody who has written since.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from flows import late, routing
from flows.hearing import Answer, Listener, Text, Turn
from hotline import outbox
from hotline.models import deliveries, texts
from hotline.work import Work

OLD = timedelta(minutes=10)  # contract 3: only then is an answer begun with an apology
AGAIN = "intake.static_member"
SORRY = ("intake.down", "intake.down_danger", "intake.down_also")


def participant(
    work: Work, text: Text, listeners: Sequence[Listener], case: int | None, past: routing.Past, sent: datetime
) -> list[Turn]:
    """Who hears it, and an apology that `end` takes back where there is no answer to begin with it."""
    if text.understand(("stop_words", "start")) and _since(work, sent):
        return []
    if work.now - sent <= OLD:
        return routing.participant(text, listeners, case, past, work.now)
    if not _said_lately(work, SORRY):
        outbox.deliver(work, work.person.id, run=None, card="intake.down_also", case=case)
    return late.participant(text, listeners, case, past, work.now)


def member(work: Work, text: Text, listeners: Sequence[Listener], lately: routing.Lately, sent: datetime) -> list[Turn]:
    """Nothing if they have texted the same since: that has been heard already."""
    said = {one.strip() for one in _since(work, sent)}
    if text.words.strip() in said or (said and text.understand(("stop_words", "start"))):
        return []
    turns = late.member(text, listeners, lately, work.now, work.person.id, sent)
    return [] if turns == [Answer(AGAIN)] and _said_lately(work, (AGAIN,)) else turns


def end(work: Work) -> None:
    """An apology alone is no answer, and one is enough."""
    mine = [row for row in work.deliveries if row["person_id"] == work.person.id]
    if not work.late or not mine or mine[0]["card"] != "intake.down_also":
        return
    sorry, *answers = mine
    if not answers or answers[0]["card"] in SORRY:
        work.deliveries.remove(sorry)
    else:
        sorry["lane"] = answers[0]["lane"]


def _since(work: Work, sent: datetime) -> list[str]:
    """What they have texted since, and was taken at once."""
    statement = select(texts.c.words).where(
        texts.c.person_id == work.person.id, texts.c.received_at > sent, texts.c.words.is_not(None)
    )
    own = work.text["id"] if work.text else 0
    return [work.house.vault.open(row) for row in work.connection.scalars(statement.where(texts.c.id != own))]


def _said_lately(work: Work, cards: tuple[str, ...]) -> bool:
    statement = select(deliveries.c.id).where(
        deliveries.c.person_id == work.person.id,
        deliveries.c.card.in_(cards),
        deliveries.c.created_at > work.now - OLD,
    )
    return work.connection.scalar(statement.limit(1)) is not None
