"""The tables: what the line knows, as Core tables on one MetaData.

Columns are what SQL looks for; what only a flow reads is one sealed JSON. Ids are the clock's, so a row's id is also
its place in time. The tables that every text writes to have no foreign keys: PostgreSQL would take a share lock on the
parent's row, which is somebody else's lock (the participant's row *is* the case's lock), and two people texting each
other would deadlock. What belongs together is written in one transaction, and a test looks for orphans.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
    true,
)
from sqlalchemy.types import TypeDecorator

#: For `off_until` and its kind: until they say otherwise.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

metadata = MetaData(
    naming_convention={  # batch migrations on SQLite can only change what has a name (facts 9.12)
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware in, UTC out. SQLite gives back naive times whatever it is asked (facts 9.9)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_FALSE = false()

#: On SQLite an INTEGER key is the row's own place in the file; a BIGINT one would be a second tree.
Id = BigInteger().with_variant(Integer, "sqlite")


def _id(name: str = "id", **options: Any) -> Column[int]:
    """An id of the clock's, never the database's: rows refer to each other before they are written."""
    return Column(name, Id, autoincrement=False, **{"nullable": False, **options})


def _when(name: str, **options: Any) -> Column[datetime]:
    return Column(name, UTCDateTime, **options)


def _sealed(name: str, **options: Any) -> Column[bytes]:
    """What a Vault sealed. Not opened by the column: only who may read it opens it."""
    return Column(name, LargeBinary, **options)


def _flag(name: str, start: Any = _FALSE) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=start)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of the present only: the past, which grows for ever, costs nothing (contract 7.3)."""
    on_sqlite = "open = 1" if where == "open" else where  # as SQLAlchemy writes a true column there
    return Index(name, *columns, sqlite_where=text(on_sqlite), postgresql_where=text(where))


programs = Table(
    "programs",
    metadata,
    _id(primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # JSON: the whole file with its defaults, durations in seconds, never = null
    Column("config", Text, nullable=False),
    _when("loaded_at", nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("number", String(16), primary_key=True),  # E.164, in the clear: it is on every poster
    _id("program_id", index=True),
    _when("free_at"),  # routine texts wait for it: a number sends about one segment a second
    ForeignKeyConstraint(["program_id"], ["programs.id"]),
)

people = Table(
    "people",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    Column("phone_ix", LargeBinary(32), nullable=False),  # blind index: the number, findable and not readable
    _sealed("phone", nullable=False),
    Column("language", String(8)),  # null until it can be told
    _when("created_at", nullable=False),
    _when("heard_at"),
    Column("line", String(16)),  # which of our numbers they texted last: what we say comes from there
    _flag("opted_out"),  # the carrier's refusal, not our reading of a word
    _flag("wants_none"),  # asked in other words for no unasked texts
    _when("muted_until"),  # "not for us": opens nothing until then, but for danger and asking
    # From here on the roster's; null for everybody who is only a participant.
    _sealed("name"),
    Column("roles", Text),  # coordinator;driver
    Column("languages", Text),  # en;es
    Column("hours", Text),
    _sealed("notes"),
    Column("position", Integer),  # order in the file: the first rotation's order
    _flag("active"),  # on the roster now; whoever left it keeps the rest of the row
    _when("off_until"),  # FOREVER: until they say ON
    Column("accepted", Text),  # JSON {role: ISO time}: who took something last is asked last
    Column("focus", Text),  # JSON: the case their words go to from now on
    Column("replies", Text),  # JSON: our replies within the hour, so that two robots stop
    _id("on_call", nullable=True),  # the call they are on with us just now
    _sealed("callback"),  # the number they asked to be called on; never texted
    _flag("leave_words"),  # a message may be left there
    _flag("no_texts"),  # a landline: the carrier said for good that no text reaches it
    _sealed("car"),  # a driver's, make and colour: asked once, at the first ride they take
    UniqueConstraint("program_id", "phone_ix"),
    Index("ix_people_phone_ix", "phone_ix"),
    _partial("ix_people_roster", "program_id", where="roles IS NOT NULL"),
)

cases = Table(
    "cases",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("person_id"),
    Column("code", String(8)),  # kept after its return to the pool: a closed case is still spoken of
    Column("state", String(8), nullable=False, server_default="open"),  # open closed
    Column("level", String(16), nullable=False, server_default="none"),  # none unclear suicidal emergency
    _flag("frozen"),
    _id("coordinator_id", nullable=True),
    _when("opened_at", nullable=False),
    _when("closed_at"),
    Column("outcome", String(32)),
    _sealed("known"),
    Index("ix_cases_person_id_id", "person_id", "id"),
    _partial("ix_cases_open", "program_id", where="state = 'open'"),
    _partial("ix_cases_open_coordinator", "coordinator_id", where="state = 'open'"),
)

codes = Table(
    "codes",
    metadata,
    _id("program_id", primary_key=True),
    Column("code", String(8), primary_key=True),
    _id("case_id"),
    _when("until"),  # null while in use; then 30 days in which nobody else gets it
)

runs = Table(
    "runs",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("lock_id"),  # the person whose row is this run's lock
    _id("case_id", nullable=True),
    Column("flow", String(32), nullable=False),
    Column("state", String(64), nullable=False),
    _count("turn"),  # a timer is good for the turn it was armed in
    _count("tries"),
    _id("opener_id", nullable=True),
    _flag("open", true()),
    Column("lane", String(8), nullable=False, server_default="routine"),  # urgent routine
    _when("since", nullable=False),
    _when("due"),
    Column(
        "parties", Text, nullable=False, server_default="{}"
    ),  # JSON {role: person id}, kept when the run has closed
    _sealed("known"),
    _partial("ix_runs_open_lock", "lock_id", where="open"),
    _partial("ix_runs_open_due", "lane", "due", where="open"),
    _partial("ix_runs_open_case", "case_id", where="open"),
    Index(  # a guide has one list, whoever opens it
        "uq_runs_list",
        "lock_id",
        unique=True,
        sqlite_where=text("open = 1 AND flow = 'prompts'"),
        postgresql_where=text("open AND flow = 'prompts'"),
    ),
)

# Members only, and only while the run is open: 100,000 rows of closed runs cost 395 ms a text (measured.md).
parties = Table(
    "parties",
    metadata,
    _id("run_id", primary_key=True),
    Column("role", String(32), primary_key=True),
    _id("person_id", index=True),
)

texts = Table(
    "texts",
    metadata,
    _id(primary_key=True),
    Column("sid", String(64), nullable=False, unique=True),  # the same webhook again finds its first reply here
    _id("program_id"),
    _id("person_id"),
    _id("case_id", nullable=True, index=True),
    _sealed("words"),  # null once retention has taken them
    _count("media"),
    _when("received_at", nullable=False),
    Index("ix_texts_person_id_id", "person_id", "id"),
)

# One outgoing text or call. The row is the outbox: Redis may lose everything it ever knew.
deliveries = Table(
    "deliveries",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("person_id"),
    _id("case_id", nullable=True, index=True),
    _id("run_id", nullable=True),
    _id("text_id", nullable=True, index=True),  # the text this answers
    Column("lane", String(8), nullable=False, server_default="routine"),
    Column("state", String(16), nullable=False),  # due claimed sent replied delivered failed dropped
    _when("due"),
    _when("lease"),  # a claim that ran out is settled by asking the carrier
    _count("tries"),
    Column("refusals", Integer),  # how often the carrier has said: later
    Column("card", String(64)),  # worded when sent: a card edited meanwhile goes out as edited
    _sealed("blanks"),
    _sealed("words"),  # what was really said, or what somebody else said and we pass on
    Column("language", String(8)),
    Column("sid", String(64), index=True),
    _count("rank"),  # how far the carrier's status has come: it never goes back (facts 1.8)
    Column("error", String(16)),
    Column("expires", Integer),  # seconds: an offer's text dies at the carrier with the offer
    Column("wait", Integer),  # seconds: arms the run's timer when the text has gone out
    Column("turn", Integer),  # the run's turn that timer is for
    _flag("relay"),
    Column("channel", String(8), nullable=False, server_default="text"),  # text call
    _id("call_id", nullable=True, index=True),  # to be spoken, or spoken, on that call
    _when("created_at", nullable=False),
    _when("sent_at"),
    _partial("ix_deliveries_waiting", "lane", "due", where="state IN ('due', 'claimed')"),
    _partial("ix_deliveries_replied", "due", where="state = 'replied'"),  # until the carrier says it has the reply
    Index("ix_deliveries_person_id_id", "person_id", "id"),
)

# One phone that speaks with us. An outgoing call's id is its delivery's.
calls = Table(
    "calls",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("person_id"),
    _id("case_id", nullable=True, index=True),
    _id("run_id", nullable=True),  # the run it was made for, whose question is asked on it
    Column("sid", String(64), unique=True),
    _flag("inbound"),
    _flag("pressed"),  # somebody was there: a machine presses nothing
    Column("line", String(16), nullable=False),  # which of our numbers
    Column("language", String(8)),
    _count("turn"),  # how many documents it has been given: an answer to an older one moves nothing
    _count("misses"),  # how often in a row nothing was heard
    Column("next", String(16)),  # crisis_line: to be connected once out of the queue
    _flag("queued"),  # waits in the queue that bears its id
    _id("joined_to", nullable=True),  # the call it was put through to
    _sealed("said"),  # JSON: what was asked last, to be said again
    _sealed("document"),  # the last one: the same webhook again gets the same
    _when("created_at", nullable=False),
    _when("heard_at", nullable=False),
    _when("ended_at"),
    Column("outcome", String(16)),
    Index("ix_calls_person_id_id", "person_id", "id"),
    _partial("ix_calls_going_on", "heard_at", where="ended_at IS NULL"),
)

# A message somebody spoke for whoever takes their case: sealed here, and gone at the carrier once it is.
voicemails = Table(
    "voicemails",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("case_id", index=True),
    _id("person_id"),
    _id("call_id"),
    Column("sid", String(64), nullable=False, unique=True),
    Column("state", String(8), nullable=False, server_default="waiting"),  # waiting (at the carrier) kept lost
    _sealed("audio"),
    _count("seconds"),
    _count("tries"),
    _when("received_at", nullable=False),
    _when("due"),
    _partial("ix_voicemails_waiting", "due", where="state = 'waiting'"),
)

log = Table(
    "log",
    metadata,
    _id(primary_key=True),
    _when("at", nullable=False),
    _id("program_id"),
    _id("case_id", nullable=True, index=True),
    _id("run_id", nullable=True),
    _id("person_id", nullable=True),
    Column("what", Text, nullable=False),
    _sealed("data"),
    Index("ix_log_person_id_id", "person_id", "id"),
)

# Written for people to read; no flow ever reads it back. The id is the paging run's.
pages = Table(
    "pages",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("case_id", index=True),
    Column("role", String(32), nullable=False),
    _flag("urgent"),
    Column("state", String(16), nullable=False, server_default="asking"),  # asking covered unanswered closed
    _when("opened_at", nullable=False),
    _when("covered_at"),
    _id("covered_by", nullable=True),
    _when("alarm_at"),
    _count("asked"),
)

# Where people are placed. Nothing of anybody is in it.
facilities = Table(
    "facilities",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    Column("name", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("phone", String(16), nullable=False),
    Column("care", Text, nullable=False),  # detox;inpatient;outpatient;mat
    Column("coverage", Text, nullable=False),  # medicaid;private;none
    Column("gender", Text),  # whom they take; null is anybody
    Column("distance_miles", Float),
    Column("notes", Text),
    Column("position", Integer, nullable=False),  # order in the file
    _flag("active"),  # in the file that was loaded last
    UniqueConstraint("program_id", "name", "town"),
    ForeignKeyConstraint(["program_id"], ["programs.id"]),
)

# A ride as people read it; the id is its run's. No flow ever reads it back.
rides = Table(
    "rides",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("case_id", index=True),
    Column("code", String(8)),
    Column("state", String(16), nullable=False, server_default="asking"),  # asking covered left here in_car ended
    _id("driver_id", nullable=True),
    _id("companion_id", nullable=True),
    _sealed("details"),  # JSON: pick-up, destination, needs; null once retention has taken it
    _when("at"),
    _when("asked_at"),
    _when("covered_at"),
    _when("otw_at"),
    _when("here_at"),
    _when("in_at"),
    _when("arrived_at"),
    _when("ended_at"),
    Column("outcome", String(16)),
)

# A bed that was found, and whether they came to it: two things, and the second is told apart.
placements = Table(
    "placements",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("case_id", index=True),
    _sealed("facility"),
    Column("care", Text),  # as in the file of facilities; null when it is not among them
    _when("offered_at"),
    _when("expected_at"),
    _when("arrived_at"),
    _when("left_at"),
    Column("outcome", String(16)),  # arrived not_arrived turned_away unknown
)

# The id is the check-in's run.
checkins = Table(
    "checkins",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("case_id", index=True),
    _id("person_id", nullable=True),
    _id("guide_id", nullable=True),
    Column("day", Integer),  # since they were home
    _when("due"),
    _when("sent_at"),
    _when("answered_at"),
    Column("grade", String(16)),  # good so-so talk thumb words help
    Column("state", String(16)),  # sent nudged answered silent wrong left failed unreachable
)

# Who agreed to what, in which words: kept when everything else is forgotten. The id is the run that asked.
consents = Table(
    "consents",
    metadata,
    _id(primary_key=True),
    _id("program_id"),
    _id("case_id", index=True),
    _id("person_id", nullable=True, index=True),
    Column("purpose", String(32)),
    Column("wording", Text),  # as it was asked, its blanks unfilled
    Column("version", String(16)),  # of that wording
    Column("channel", String(8)),
    _when("at"),
    _when("withdrawn_at"),
)

# What is forgotten here and still has its words at the carrier: a row goes when the carrier has forgotten too.
forgotten = Table(
    "forgotten",
    metadata,
    Column("sid", String(64), primary_key=True),
    _when("due", nullable=False, index=True),
    _count("tries"),
)

heartbeats = Table("heartbeats", metadata, Column("name", Text, primary_key=True), _when("at", nullable=False))

# Keys that must outlive the data keys, sealed under them.
secrets = Table("secrets", metadata, Column("name", Text, primary_key=True), _sealed("sealed", nullable=False))

# One row, id 1, only where time is simulated.
simulated_time = Table(
    "simulated_time",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("offset_s", Float, nullable=False, server_default=text("0")),
    _when("target"),  # a move under way: deadlines up to here are met one by one
)

# A partial index is used only by a query that says its condition, with the values written out: SQLite compares the
# words, and PostgreSQL's prepared statements know no values. (`.where(runs.c.open)` does it for runs.)
case_is_open = cases.c.state == literal_column("'open'")
delivery_is_waiting = text("deliveries.state IN ('due', 'claimed')")
reply_is_unheard_of = text("deliveries.state = 'replied'")
