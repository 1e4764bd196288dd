"""The program file: the contract's defaults, every fault with its line and key, and then nothing is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hotline.clock import Clock
from hotline.files import FileFault, load_program, load_roster, parse_program
from hotline.files.places import place, places
from hotline.models import lines, programs
from hotline.models.engine import create_engine
from hotline.privacy import Vault
from tests.databases import database_url  # noqa: F401

MILFORD = """\
[program]
name      = "Safe Passage"
town      = "Milford"
timezone  = "America/Chicago"
languages = ["en", "es"]
numbers   = ["+13095550100"]            # the line's own numbers
desk      = "+13095550111"
text_to_911 = true
state       = "IL"
crisis_line = ""
poison_line = "1-800-222-1222"
"""

WHOLE = (
    MILFORD
    + """
[serves]                                # who can be helped; empty means anyone
towns = []
adults_only = false

[paging.coordinator]
offer       = "5m"
call_after  = "90s"
rounds      = 2
alarm_after = "15m"
limit       = 3
urgent_offer = "90s"
[paging.driver]
offer      = "7m"
call_after = "3m"
companion  = false
[paging.guide]
offer      = "2h"
call_after = "never"
[paging.support]
offer      = "15m"
call_after = "3m"

[checkins]
days        = [1, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90, 120, 150, 180, 270, 365]
at          = "11:00"
guide_first = "2h"
nudge_after = "24h"
quiet       = ["21:00", "08:00"]
calls       = []

[retention]
words = "30d"
rides = "7d"
voicemail = "7d"

[voice]
speech = false

[facts]
drop_box = "Police lobby, 100 Main St, any hour"
naloxone = "Free at the health department, 200 Main St, weekdays 8 to 4"
turn_in  = "Ask the officer at the desk how drugs can be turned in."
"""
)


@pytest.fixture
def house(database_url):  # noqa: F811
    engine = create_engine(database_url)
    vault = Vault.stored([bytes(32)], engine)
    vault.ready()
    yield engine, vault, Clock()
    engine.dispose()


def load(house, text, filename="program.toml", how=load_program, **more):
    engine, vault, clock = house
    with engine.begin() as connection:
        return str(how(connection, vault, clock, text, filename, **more))


def stored(house):
    with house[0].connect() as connection:
        rows = connection.execute(select(programs).order_by(programs.c.id)).all()
        numbers = {row.number: row.program_id for row in connection.execute(select(lines))}
    return rows, numbers


def test_what_is_left_out_is_as_the_contract_says():
    whole, short = parse_program(WHOLE, "a"), parse_program(MILFORD, "b")
    assert whole.pop("facts") == {
        "drop_box": "Police lobby, 100 Main St, any hour",
        "naloxone": "Free at the health department, 200 Main St, weekdays 8 to 4",
        "turn_in": "Ask the officer at the desk how drugs can be turned in.",
    }
    assert short.pop("facts") == {"drop_box": "", "naloxone": "", "turn_in": ""}
    assert whole == short


def test_durations_are_seconds_and_never_is_none():
    paging = parse_program(WHOLE, "a")["paging"]
    assert paging["coordinator"] == {
        "offer": 300, "call_after": 90, "rounds": 2, "alarm_after": 900, "limit": 3, "urgent_offer": 90
    }  # fmt: skip
    assert paging["driver"] == {"offer": 420, "call_after": 180, "companion": False}
    assert paging["guide"] == {"offer": 7200, "call_after": None}
    assert parse_program(WHOLE, "a")["retention"]["words"] == 30 * 86_400
    at_once = WHOLE.replace('call_after  = "90s"', 'call_after = "0s"')
    assert parse_program(at_once, "a")["paging"]["coordinator"]["call_after"] == 0


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('name      = "Safe Passage"\n', "", "1: program.name: is missing"),
        ('"Safe Passage"', '" "', "2: program.name: is empty"),
        ('"Safe Passage"', "3", "2: program.name: must be a text in quotes"),
        ("America/Chicago", "America/Milford", "4: program.timezone: must be a time zone"),
        ("America/Chicago", "../etc/passwd", "4: program.timezone: must be a time zone"),
        ('["en", "es"]', '["en", "fr"]', "5: program.languages: must be among"),
        ('["en", "es"]', "[]", "5: program.languages: is empty"),
        ('["en", "es"]', '["en", "en"]', "5: program.languages: names something twice"),
        ('["+13095550100"]', '"+13095550100"', "6: program.numbers: must be a list"),
        ('["+13095550100"]', '["5550100"]', "6: program.numbers: is not a phone number that exists"),
        ('["+13095550100"]', '["911"]', "6: program.numbers: is an emergency number"),
        ('"+13095550111"', '"+13095550100"', "7: program.desk: is one of the line's own numbers"),
        ('"+13095550111"', '"911"', "7: program.desk: is an emergency number, which the line never contacts"),
        ('"+13095550111"', '"112"', "7: program.desk: is an emergency number, which the line never contacts"),
        ('"+13095550111"', '"933"', "7: program.desk: is an emergency number, which the line never contacts"),
        ('"+13095550111"', '"988"', "7: program.desk: is not a phone number that exists"),
        ("text_to_911 = true", 'text_to_911 = "yes"', "8: program.text_to_911: must be true or false"),
        ('"IL"', '"Illinois"', "9: program.state: must be a state's two letters"),
        ("town      =", "twon      =", "3: program.twon: is not a key this table has"),
        ("[serves] ", "[server] ", "13: server: is not a table this file has"),
        ('offer       = "5m"', 'offer       = "5"', "18: paging.coordinator.offer: must be a duration"),
        ('offer       = "5m"', "offer       = 5", "18: paging.coordinator.offer: must be a duration"),
        ('offer       = "5m"', 'offer       = "0s"', "18: paging.coordinator.offer: cannot be 0"),
        ('alarm_after = "15m"', 'alarm_after = "never"', '21: paging.coordinator.alarm_after: cannot be "never"'),
        ("rounds      = 2", "rounds      = true", "20: paging.coordinator.rounds: must be a whole number"),
        ("rounds      = 2", "rounds      = 0", "20: paging.coordinator.rounds: must be a whole number"),
        ("[paging.guide]", "[paging.guid]", "28: paging.guid: is not a role that is paged"),
        ('at          = "11:00"', 'at          = "11"', "37: checkins.at: must be a time"),
        ('at          = "11:00"', 'at          = "22:00"', "37: checkins.at: is within the quiet hours"),
        ("days        = [1, 3,", "days        = [3, 1,", "36: checkins.days: must be in order"),
        ("calls       = []", "calls       = [2]", "41: checkins.calls: names a day that is not among"),
        ('["21:00", "08:00"]', '["21:00"]', "40: checkins.quiet: must be two times"),
        ("drop_box =", "dropbox =", "52: facts.dropbox: is not a key"),
    ],
)
def test_each_fault_is_named_with_its_line_and_key(house, old, new, where):
    assert WHOLE.count(old) >= 1
    with pytest.raises(FileFault) as caught:
        load(house, WHOLE.replace(old, new, 1))
    assert f"program.toml:{where}" in str(caught.value)
    assert "555" not in str(caught.value)
    assert stored(house) == ([], {})


@pytest.mark.parametrize("text", ["[program\nname = 1", 'a = "', "a = 1\na = 2", "[program]\nname = 'x\n", "= 3"])
def test_what_is_not_toml_is_named_with_its_line(text):
    with pytest.raises(FileFault, match=r"^p\.toml:\d+: syntax: is not TOML"):
        parse_program(text, "p.toml")


@pytest.mark.parametrize("text", ["", "program = 3", "[[program]]\nname = 'x'", MILFORD + "\n[paging]\ncoordinator = 1",
                                  "paging = 3\n" + MILFORD, "serves = []\n" + MILFORD])  # fmt: skip
def test_tables_that_are_none(text):
    with pytest.raises(FileFault):
        parse_program(text, "p.toml")


def test_all_faults_are_told_at_once():
    with pytest.raises(FileFault) as caught:
        parse_program(
            WHOLE.replace("America/Chicago", "x").replace('"IL"', '"x"').replace("speech", "speach"), "p.toml"
        )
    assert [fault.line for fault in caught.value.faults] == [4, 9, 49]


KEYS = st.sampled_from(["name", "coordinator", "offer", "days", "quiet"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["program", "paging", "facts", "checkins", "x"]), VALUES))
def test_no_file_raises_anything_but_its_faults(tree):
    def toml(value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(toml(one) for one in value) + "]"
        return json.dumps("" if value is None else value)

    text = "\n".join(f"{key} = {toml(value)}" for key, value in tree.items())
    with pytest.raises(FileFault):
        parse_program(text, "p.toml")


def test_a_key_is_found_after_values_over_several_lines():
    found = places('[a]\nx = [\n  1, # ]\n  2,\n]\ny = """\n[b]\nz = 1\n"""\n["b"]\n"z" = 2\nc.d = 1\n')
    assert found == {"a": 1, "a.x": 2, "a.y": 6, "b": 10, "b.z": 11, "b.c.d": 12}
    assert place(found, "a.missing") == 1
    assert place(found, "b.z") == 11
    assert place(found, "q.r") == 1


# --- loading ------------------------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(house):
    assert load(house, WHOLE) == "1 program added, 1 number added"
    first = stored(house)
    assert load(house, WHOLE) == "nothing changed"
    assert stored(house) == first
    ((row,), numbers) = first
    assert row.name == "Safe Passage"
    assert numbers == {"+13095550100": row.id}
    assert json.loads(row.config)["paging"]["guide"]["call_after"] is None


def test_a_changed_file_changes_what_it_says(house):
    load(house, WHOLE)
    assert load(house, WHOLE.replace('"5m"', '"6m"')) == "1 program changed"
    more = WHOLE.replace('["+13095550100"]', '["+13095550101", "+1 309 555 0102"]')
    assert load(house, more) == "1 program changed, 2 numbers added, 1 number removed"
    ((row,), numbers) = stored(house)
    assert set(numbers) == {"+13095550101", "+13095550102"}


def test_a_number_belongs_to_one_program(house):
    load(house, WHOLE)
    other = WHOLE.replace("Safe Passage", "Way Home")
    with pytest.raises(FileFault, match="6: program.numbers: has a number that is another program's line"):
        load(house, other)
    with pytest.raises(FileFault, match="7: program.desk: has a number that is another program's line"):
        load(house, other.replace('["+13095550100"]', '["+13095550105"]').replace("+13095550111", "+13095550100"))
    assert len(stored(house)[0]) == 1
    assert load(house, other.replace("+13095550100", "+13095550105")) == "1 program added, 1 number added"


def test_a_members_phone_is_not_a_line(house):
    load(house, WHOLE)
    roster = "name,phone,roles,languages,hours,notes\nBo,+13095550123,coordinator,en,always,\n"
    load(house, roster, "roster.csv", load_roster)
    with pytest.raises(FileFault, match="6: program.numbers: has a number that is a member's"):
        load(house, WHOLE.replace('["+13095550100"]', '["+13095550100", "+13095550123"]'))
