"""The tables: what the line knows, as Core tables on one MetaData.

Columns are what SQL looks for; what only a flow reads is one sealed JSON. Ids are the clock's, so a row's id is also
its place in time. The tables that every text writes to have no foreign keys: PostgreSQL would take a share lock on the
parent's row, which is somebody else's lock (the participant's row *is* the case's lock), and two people texting each
other would deadlock. What belongs together is written in one transaction, and a test looks for orphans.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
    true,
)

from hotline.models.columns import count, flag, ident, partial, sealed, when
from hotline.models.columns import metadata as metadata  # what every table is on

#: For `off_until` and its kind: until they say otherwise.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

programs = Table(
    "programs",
    metadata,
    ident(primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # JSON: the whole file with its defaults, durations in seconds, never = null
    Column("config", Text, nullable=False),
    when("loaded_at", nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("number", String(16), primary_key=True),  # E.164, in the clear: it is on every poster
    ident("program_id", index=True),
    when("free_at"),  # routine texts wait for it: a number sends about one segment a second
    ForeignKeyConstraint(["program_id"], ["programs.id"]),
)

people = Table(
    "people",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    Column("phone_ix", LargeBinary(32), nullable=False),  # blind index: the number, findable and not readable
    sealed("phone", nullable=False),
    Column("language", String(8)),  # null until it can be told
    when("created_at", nullable=False),
    when("heard_at"),
    Column("line", String(16)),  # which of our numbers they texted last: what we say comes from there
    flag("opted_out"),  # the carrier's refusal, not our reading of a word
    flag("wants_none"),  # asked in other words for no unasked texts
    when("muted_until"),  # "not for us": opens nothing until then, but for danger and asking
    # From here on the roster's; null for everybody who is only a participant.
    sealed("name"),
    Column("roles", Text),  # coordinator;driver
    Column("languages", Text),  # en;es
    Column("hours", Text),
    sealed("notes"),
    Column("position", Integer),  # order in the file: the first rotation's order
    flag("active"),  # on the roster now; whoever left it keeps the rest of the row
    when("off_until"),  # FOREVER: until they say ON
    Column("accepted", Text),  # JSON {role: ISO time}: who took something last is asked last
    Column("focus", Text),  # JSON: the case their words go to from now on
    Column("replies", Text),  # JSON: our replies within the hour, so that two robots stop
    ident("on_call", nullable=True),  # the call they are on with us just now
    sealed("callback"),  # the number they asked to be called on; never texted
    flag("leave_words"),  # a message may be left there
    flag("no_texts"),  # a landline: the carrier said for good that no text reaches it
    sealed("car"),  # a driver's, make and colour: asked once, at the first ride they take
    UniqueConstraint("program_id", "phone_ix"),
    Index("ix_people_phone_ix", "phone_ix"),
    partial("ix_people_roster", "program_id", where="roles IS NOT NULL"),
)

cases = Table(
    "cases",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("person_id"),
    Column("code", String(8)),  # kept after its return to the pool: a closed case is still spoken of
    Column("state", String(8), nullable=False, server_default="open"),  # open closed
    Column("level", String(16), nullable=False, server_default="none"),  # none unclear suicidal emergency
    flag("frozen"),
    ident("coordinator_id", nullable=True),
    when("opened_at", nullable=False),
    when("closed_at"),
    Column("outcome", String(32)),
    sealed("known"),
    Index("ix_cases_person_id_id", "person_id", "id"),
    partial("ix_cases_open", "program_id", where="state = 'open'"),
    partial("ix_cases_open_coordinator", "coordinator_id", where="state = 'open'"),
)

codes = Table(
    "codes",
    metadata,
    ident("program_id", primary_key=True),
    Column("code", String(8), primary_key=True),
    ident("case_id"),
    when("until"),  # null while in use; then 30 days in which nobody else gets it
)

runs = Table(
    "runs",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("lock_id"),  # the person whose row is this run's lock
    ident("case_id", nullable=True),
    Column("flow", String(32), nullable=False),
    Column("state", String(64), nullable=False),
    count("turn"),  # a timer is good for the turn it was armed in
    count("tries"),
    ident("opener_id", nullable=True),
    flag("open", true()),
    Column("lane", String(8), nullable=False, server_default="routine"),  # urgent routine
    when("since", nullable=False),
    when("due"),
    # JSON {role: person id}, kept when the run has closed
    Column("parties", Text, nullable=False, server_default="{}"),
    sealed("known"),
    partial("ix_runs_open_lock", "lock_id", where="open"),
    partial("ix_runs_open_due", "lane", "due", where="open"),
    partial("ix_runs_open_case", "case_id", where="open"),
    # A guide has one list, whoever opens it.
    partial("uq_runs_list", "lock_id", where="open AND flow = 'prompts'", unique=True),
)

# Members only, and only while the run is open: 100,000 rows of closed runs cost 395 ms a text (measured.md).
parties = Table(
    "parties",
    metadata,
    ident("run_id", primary_key=True),
    Column("role", String(32), primary_key=True),
    ident("person_id", index=True),
)

texts = Table(
    "texts",
    metadata,
    ident(primary_key=True),
    Column("sid", String(64), nullable=False, unique=True),  # the same webhook again finds its first reply here
    ident("program_id"),
    ident("person_id"),
    ident("case_id", nullable=True, index=True),
    sealed("words"),  # null once retention has taken them
    count("media"),
    when("received_at", nullable=False),
    Index("ix_texts_person_id_id", "person_id", "id"),
)

# One outgoing text or call. The row is the outbox: Redis may lose everything it ever knew.
deliveries = Table(
    "deliveries",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("person_id"),
    ident("case_id", nullable=True, index=True),
    ident("run_id", nullable=True),
    ident("text_id", nullable=True, index=True),  # the text this answers
    Column("lane", String(8), nullable=False, server_default="routine"),
    Column("state", String(16), nullable=False),  # due claimed sent replied delivered failed dropped
    when("due"),
    when("lease"),  # a claim that ran out is settled by asking the carrier
    count("tries"),
    Column("refusals", Integer),  # how often the carrier has said: later
    Column("card", String(64)),  # worded when sent: a card edited meanwhile goes out as edited
    sealed("blanks"),
    sealed("words"),  # what was really said, or what somebody else said and we pass on
    Column("language", String(8)),
    Column("sid", String(64), index=True),
    count("rank"),  # how far the carrier's status has come: it never goes back (facts 1.8)
    Column("error", String(16)),
    Column("expires", Integer),  # seconds: an offer's text dies at the carrier with the offer
    Column("wait", Integer),  # seconds: arms the run's timer when the text has gone out
    Column("turn", Integer),  # the run's turn that timer is for
    flag("relay"),
    Column("channel", String(8), nullable=False, server_default="text"),  # text call
    ident("call_id", nullable=True, index=True),  # to be spoken, or spoken, on that call
    when("created_at", nullable=False),
    when("sent_at"),
    partial("ix_deliveries_waiting", "lane", "due", where="state IN ('due', 'claimed')"),
    partial("ix_deliveries_replied", "due", where="state = 'replied'"),  # until the carrier says it has the reply
    Index("ix_deliveries_person_id_id", "person_id", "id"),
)

# One phone that speaks with us. An outgoing call's id is its delivery's.
calls = Table(
    "calls",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("person_id"),
    ident("case_id", nullable=True, index=True),
    ident("run_id", nullable=True),  # the run it was made for, whose question is asked on it
    Column("sid", String(64), unique=True),
    flag("inbound"),
    flag("pressed"),  # somebody was there: a machine presses nothing
    Column("line", String(16), nullable=False),  # which of our numbers
    count("turn"),  # how many documents it has been given: an answer to an older one moves nothing
    count("misses"),  # how often in a row nothing was heard
    Column("next", String(16)),  # crisis_line join (once out of the queue) away stop stopping turned
    flag("queued"),  # waits in the queue that bears its id
    ident("joined_to", nullable=True),  # the call it was put through to
    sealed("said"),  # JSON: what was asked last, to be said again
    sealed("document"),  # the last one: the same webhook again gets the same
    when("created_at", nullable=False),
    when("heard_at", nullable=False),
    when("ended_at"),
    Column("outcome", String(16)),
    Index("ix_calls_person_id_id", "person_id", "id"),
    partial("ix_calls_going_on", "heard_at", where="ended_at IS NULL"),
)

# A message somebody spoke for whoever takes their case: sealed here, and gone at the carrier once it is.
voicemails = Table(
    "voicemails",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("case_id", index=True),
    ident("person_id"),
    ident("call_id"),
    Column("sid", String(64), nullable=False, unique=True),
    Column("state", String(8), nullable=False, server_default="waiting"),  # waiting (at the carrier) kept lost
    sealed("audio"),
    count("seconds"),
    count("tries"),
    when("received_at", nullable=False),
    when("due"),
    partial("ix_voicemails_waiting", "due", where="state = 'waiting'"),
)

log = Table(
    "log",
    metadata,
    ident(primary_key=True),
    when("at", nullable=False),
    ident("program_id"),
    ident("case_id", nullable=True, index=True),
    ident("run_id", nullable=True),
    ident("person_id", nullable=True),
    Column("what", Text, nullable=False),
    sealed("data"),
    Index("ix_log_person_id_id", "person_id", "id"),
)

# Written for people to read; no flow ever reads it back. The id is the paging run's.
pages = Table(
    "pages",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("case_id", index=True),
    Column("role", String(32), nullable=False),
    flag("urgent"),
    Column("state", String(16), nullable=False, server_default="asking"),  # asking covered unanswered closed
    when("opened_at", nullable=False),
    when("covered_at"),
    ident("covered_by", nullable=True),
    when("alarm_at"),
    count("asked"),
)

# Where people are placed. Nothing of anybody is in it.
facilities = Table(
    "facilities",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    Column("name", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("phone", String(16), nullable=False),
    Column("care", Text, nullable=False),  # detox;inpatient;outpatient;mat
    Column("coverage", Text, nullable=False),  # medicaid;private;none
    Column("gender", Text),  # whom they take; null is anybody
    Column("distance_miles", Float),
    Column("notes", Text),
    Column("position", Integer, nullable=False),  # order in the file
    flag("active"),  # in the file that was loaded last
    UniqueConstraint("program_id", "name", "town"),
    ForeignKeyConstraint(["program_id"], ["programs.id"]),
)

# A ride as people read it; the id is its run's. No flow ever reads it back.
rides = Table(
    "rides",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("case_id", index=True),
    Column("code", String(8)),
    Column("state", String(16), nullable=False, server_default="asking"),  # asking covered left here in_car ended
    ident("driver_id", nullable=True),
    ident("companion_id", nullable=True),
    sealed("details"),  # JSON: pick-up, destination, needs; null once retention has taken it
    when("at"),
    when("asked_at"),
    when("covered_at"),
    when("otw_at"),
    when("here_at"),
    when("in_at"),
    when("arrived_at"),
    when("ended_at"),
    Column("outcome", String(16)),
)

# A bed that was found, and whether they came to it: two things, and the second is told apart.
placements = Table(
    "placements",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("case_id", index=True),
    sealed("facility"),
    Column("care", Text),  # as in the file of facilities; null when it is not among them
    when("offered_at"),
    when("expected_at"),
    when("arrived_at"),
    when("left_at"),
    Column("outcome", String(16)),  # arrived not_arrived turned_away unknown
)

# The id is the check-in's run.
checkins = Table(
    "checkins",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("case_id", index=True),
    ident("person_id", nullable=True),
    ident("guide_id", nullable=True),
    Column("day", Integer),  # since they were home
    when("due"),
    when("sent_at"),
    when("answered_at"),
    Column("grade", String(16)),  # good so-so talk thumb words help
    Column("state", String(16)),  # sent nudged answered silent wrong left failed unreachable
)

# Who agreed to what, in which words: kept when everything else is forgotten. The id is the run that asked.
consents = Table(
    "consents",
    metadata,
    ident(primary_key=True),
    ident("program_id"),
    ident("case_id", index=True),
    ident("person_id", nullable=True, index=True),
    Column("purpose", String(32)),
    Column("wording", Text),  # as it was asked, its blanks unfilled
    Column("version", String(16)),  # of that wording
    Column("channel", String(8)),
    when("at"),
    when("withdrawn_at"),
)

# What is forgotten here and still has its words at the carrier: a row goes when the carrier has forgotten too.
forgotten = Table(
    "forgotten",
    metadata,
    Column("sid", String(64), primary_key=True),
    when("due", nullable=False, index=True),
    count("tries"),
)

heartbeats = Table("heartbeats", metadata, Column("name", Text, primary_key=True), when("at", nullable=False))

# Keys that must outlive the data keys, sealed under them.
secrets = Table("secrets", metadata, Column("name", Text, primary_key=True), sealed("sealed", nullable=False))

# One row, id 1, only where time is simulated.
simulated_time = Table(
    "simulated_time",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("offset_s", Float, nullable=False, server_default=text("0")),
    when("target"),  # a move under way: deadlines up to here are met one by one
)

# A partial index is used only by a query that says its condition, with the values written out: SQLite compares the
# words, and PostgreSQL's prepared statements know no values. (`.where(runs.c.open)` does it for runs.)
case_is_open = cases.c.state == literal_column("'open'")
delivery_is_waiting = text("deliveries.state IN ('due', 'claimed')")
reply_is_unheard_of = text("deliveries.state = 'replied'")
