"""The roster file: loaded whole or not at all, twice for nothing, and nobody with open cases simply vanishes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from hotline.clock import Clock
from hotline.files import FileFault, HandoverNeeded, load_program, load_roster, parse_roster
from hotline.models import FOREVER, cases, people, programs
from hotline.models.engine import create_engine
from hotline.privacy import Vault
from tests.databases import database_url  # noqa: F401
from tests.hotline.test_program_file import MILFORD

HEAD = "name,phone,roles,languages,hours,notes\n"
BO = "Bo,+13095550123,coordinator;driver,en;es,Mon-Fri 08:00-17:00,\n"
CY = "Cy,(309) 555-0124,coordinator,en,always,nights only\n"
DI = 'Di,+13095550125,manager,en,always,"likes, commas"\n'


@pytest.fixture
def house(database_url):  # noqa: F811
    engine = create_engine(database_url)
    vault = Vault.stored([bytes(32)], engine)
    vault.ready()
    with engine.begin() as connection:
        load_program(connection, vault, Clock(), MILFORD, "program.toml")
    yield engine, vault, Clock()
    engine.dispose()


def load(house, *rows, **more):
    engine, vault, clock = house
    with engine.begin() as connection:
        return str(load_roster(connection, vault, clock, HEAD + "".join(rows), "roster.csv", **more))


def roster(house):
    engine, vault, _ = house
    with engine.connect() as connection:
        rows = connection.execute(select(people).where(people.c.roles.is_not(None)).order_by(people.c.position)).all()
    return {vault.open(row.name): row for row in rows}


def test_a_roster_is_loaded_sealed_and_in_its_order(house):
    assert load(house, BO, CY, DI) == "3 members added"
    engine, vault, _ = house
    bo, cy, di = roster(house).values()
    assert [vault.open(row.phone) for row in (bo, cy, di)] == ["+13095550123", "+13095550124", "+13095550125"]
    assert (bo.roles, bo.languages, bo.hours, bo.position, bo.active) == (
        "coordinator;driver", "en;es", "Mon-Fri 08:00-17:00", 1, True
    )  # fmt: skip
    assert bo.notes is None
    assert vault.open(cy.notes) == "nights only"
    assert vault.open(di.notes) == "likes, commas"
    assert bo.phone_ix == vault.index("+13095550123")
    assert b"5550123" not in bo.phone
    assert b"Bo" not in bo.name


def test_loading_twice_changes_nothing(house):
    load(house, BO, CY, DI)
    before = roster(house)
    assert load(house, BO, CY, DI) == "nothing changed"
    assert roster(house) == before


def test_only_what_changed_is_written(house):
    load(house, BO, CY, DI)
    before = roster(house)
    assert load(house, BO, CY.replace("always", "Sat 22:00-06:00"), DI) == "1 member changed"
    after = roster(house)
    assert after["Cy"].hours == "Sat 22:00-06:00"
    assert after["Bo"] == before["Bo"]
    assert after["Di"] == before["Di"]
    assert load(house, CY, BO, DI) == "2 members changed"
    assert list(roster(house)) == ["Cy", "Bo", "Di"]


def test_whoever_is_absent_is_set_off_and_can_come_back(house):
    load(house, BO, CY)
    assert load(house, BO) == "1 member set off"
    assert roster(house)["Cy"].active is False
    assert load(house, BO) == "nothing changed"
    assert load(house, BO, CY) == "1 member added"
    assert roster(house)["Cy"].active is True


def test_off_and_turns_of_the_rotation_outlive_a_new_roster(house):
    load(house, BO, CY)
    with house[0].begin() as connection:
        connection.execute(update(people).values(off_until=FOREVER, accepted='{"coordinator": "2026-11-01T00:00:00Z"}'))
    load(house, BO.replace("Bo,", "Beau,"), CY)
    assert roster(house)["Beau"].off_until == FOREVER
    assert roster(house)["Beau"].accepted


def test_somebody_who_was_a_participant_keeps_their_row(house):
    engine, vault, clock = house
    with engine.begin() as connection:
        program_id = connection.scalar(select(programs.c.id))
        connection.execute(insert(people).values(
            id=clock.id(), program_id=program_id, created_at=clock.now(), language="es",
            phone_ix=vault.index("+13095550123"), phone=vault.seal("+13095550123"),
        ))  # fmt: skip
    load(house, BO)
    with engine.connect() as connection:
        (row,) = connection.execute(select(people)).all()
    assert row.language == "es"
    assert row.active


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([",+13095550123,driver,en,always,\n"], "2: name: is empty"),
        ([BO, "Cy,5550124,driver,en,always,\n"], "3: phone: is not a phone number that exists"),
        ([BO, "Cy,309-555-0124 x2,driver,en,always,\n"], "3: phone: must be a phone number in digits"),
        ([BO, "Cy,911,driver,en,always,\n"], "3: phone: is an emergency number"),
        ([BO, "Cy,,driver,en,always,\n"], "3: phone: is empty"),
        ([BO, CY.replace("0124", "0123")], "3: phone: is on line 2 too"),
        ([BO.replace("0123", "0100")], "2: phone: is a line's own number"),
        ([BO.replace("0123", "0111")], "2: phone: is the police desk's number"),
        (["Bo,+13095550123,cordinator,en,always,\n"], "2: roles: must be of coordinator"),
        (["Bo,+13095550123,,en,always,\n"], "2: roles: must be of coordinator"),
        (["Bo,+13095550123,officer;guide,en,always,\n"], "2: roles: cannot be officer together"),
        (["Bo,+13095550123,officer;coordinator,en,always,\n"], "2: roles: cannot be officer together"),
        (["Bo,+13095550123,driver,english,always,\n"], "2: languages: must be of en es"),
        (["Bo,+13095550123,driver,,always,\n"], "2: languages: must be of en es"),
        (["Bo,+13095550123,driver,en,Mon 8-17,\n"], "2: hours: is not understood"),
        (["Bo,+13095550123,driver,en,,\n"], "2: hours: is empty"),
        (["Bo,+13095550123,driver,en\n"], "2: row: must have 6 columns"),
        (["Bo,+13095550123,driver,en,always,a,b\n"], "2: row: must have 6 columns"),
        (['Bo,+13095550123,driver,en,always,"a\nb"\n', "\n", ",+13095550124,driver,en,always,\n"], "5: name: is empty"),
        (['Bo,+13095550123,driver,en,always,"a\n'], "2: row: is not CSV"),
        ([], "1: row: there is nobody"),
    ],
)
def test_each_fault_is_named_and_nothing_is_loaded(house, rows, where):
    with pytest.raises(FileFault) as caught:
        load(house, *rows)
    assert f"roster.csv:{where}" in str(caught.value)
    assert "555" not in str(caught.value)
    assert "Bo" not in str(caught.value)
    assert roster(house) == {}


def test_all_faults_are_told_at_once():
    with pytest.raises(FileFault) as caught:
        parse_roster(HEAD + ",5550123,cook,fr,soon,\n" + BO + BO, "roster.csv")
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (2, "hours"), (2, "languages"), (2, "name"), (2, "phone"), (2, "roles"), (4, "phone")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "head",
    ["name,phone\n", "Name;Phone;Roles;Languages;Hours;Notes\n", "", "name,phone,roles,languages,hours,notes,name\n"],
)
def test_another_first_line_is_refused(head):
    with pytest.raises(FileFault, match="roster.csv:1: row: the first line must be name,phone"):
        parse_roster(head + BO, "roster.csv")


def test_columns_may_stand_in_another_order_and_a_spreadsheets_mark_is_no_letter():
    text = "\ufeffPhone, Name ,roles,languages,hours,notes\r\n+13095550123,Bo,driver,EN,always,\r\n"
    (row,) = parse_roster(text, "roster.csv")
    assert (row.name, row.phone, row.roles, row.languages) == ("Bo", "+13095550123", ("driver",), ("en",))


@given(st.text(alphabet=st.sampled_from('ab,"\n\r;+13095 \x00é'), max_size=60))
def test_no_file_raises_anything_but_its_faults(text):
    for whole in (text, HEAD + text):
        try:
            parse_roster(whole, "roster.csv")
        except FileFault:
            pass


# --- who leaves with open cases -----------------------------------------------------------------------------------


@pytest.fixture
def with_a_case(house):
    engine, vault, clock = house
    load(house, BO, CY, DI)
    bo = roster(house)["Bo"]
    with engine.begin() as connection:
        for code, state in (("K7", "open"), ("R4", "open"), ("M2", "closed")):
            connection.execute(insert(cases).values(
                id=clock.id(), program_id=bo.program_id, person_id=clock.id(), code=code, state=state,
                coordinator_id=bo.id, opened_at=clock.now(),
            ))  # fmt: skip
    return house


def holders(house):
    with house[0].connect() as connection:
        return dict(connection.execute(select(cases.c.code, cases.c.coordinator_id)).all())


def test_nobody_with_open_cases_is_left_out_without_a_handover(with_a_case):
    before = roster(with_a_case), holders(with_a_case)
    with pytest.raises(HandoverNeeded, match="K7, R4") as caught:
        load(with_a_case, CY.replace("always", "Mon 08:00-17:00"), DI)
    assert caught.value.codes == ("K7", "R4")
    assert "M2" not in str(caught.value)
    assert (roster(with_a_case), holders(with_a_case)) == before


def test_a_handover_gives_their_open_cases_to_a_coordinator_of_the_new_roster(with_a_case):
    bo, cy = roster(with_a_case)["Bo"].id, roster(with_a_case)["Cy"].id
    assert load(with_a_case, CY, DI, handover="cy") == "2 members changed, 1 member set off, 2 cases handed over"
    assert holders(with_a_case) == {"K7": cy, "R4": cy, "M2": bo}
    assert roster(with_a_case)["Bo"].active is False


@pytest.mark.parametrize(("name", "what"), [("Bo", "exactly one"), ("Nobody", "exactly one"), ("Di", "a coordinator")])
def test_only_a_coordinator_who_stays_takes_over(with_a_case, name, what):
    with pytest.raises(FileFault, match=what):
        load(with_a_case, CY, DI, handover=name)
    assert roster(with_a_case)["Bo"].active is True


# --- which program ------------------------------------------------------------------------------------------------


def test_with_several_programs_it_must_be_said_which(house):
    engine, vault, clock = house
    with engine.begin() as connection:
        text = MILFORD.replace("Safe Passage", "Way Home").replace("0100", "0105").replace("0111", "0112")
        load_program(connection, vault, clock, text, "other.toml")
    with pytest.raises(FileFault, match="several programs, say which with --program"):
        load(house, BO)
    with pytest.raises(FileFault, match="no such program"):
        load(house, BO, program="Nowhere")
    assert load(house, BO, program="Way Home") == "1 member added"
    assert load(house, BO, program="Safe Passage") == "1 member added"
    with pytest.raises(FileFault, match="a line's own number"):
        load(house, BO.replace("0123", "0105"), program="Safe Passage")


def test_without_a_program_there_is_no_roster(database_url):  # noqa: F811
    engine = create_engine(database_url)
    with pytest.raises(FileFault, match="no program is loaded yet"), engine.begin() as connection:
        load_roster(connection, Vault([bytes(32)], bytes(32)), Clock(), HEAD + BO, "roster.csv")
    engine.dispose()
