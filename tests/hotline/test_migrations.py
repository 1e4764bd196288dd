"""Migrations: they make what the models say, on both databases, forth and back, and twice at once."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hotline import migrations
from hotline.models import case_is_open, cases, deliveries, delivery_is_waiting, metadata, runs, schema
from hotline.models.engine import create_engine
from tests.databases import database_url  # noqa: F401


@pytest.fixture
def engine(database_url):  # noqa: F811
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


def test_the_migrated_schema_is_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration(engine):
    assert ScriptDirectory.from_config(migrations.config()).get_current_head() == schema.HEAD
    assert schema.current_is_head(engine)


def test_back_to_nothing_and_forth_again(engine, database_url):  # noqa: F811
    migrations.downgrade(database_url, "base")
    assert not schema.current_is_head(engine)
    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(database_url)
    migrations.upgrade(database_url)
    assert schema.current_is_head(engine)


def test_two_releases_at_once_migrate_once(engine, database_url):  # noqa: F811
    migrations.downgrade(database_url, "base")
    code = "import sys; from hotline import migrations; migrations.upgrade(sys.argv[1])"
    started = [subprocess.Popen([sys.executable, "-c", code, database_url], env=os.environ) for _ in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0] * 4
    assert schema.current_is_head(engine)


def test_a_fresh_sqlite_file_migrated_by_four_at_once(tmp_path):
    url = f"sqlite:///{tmp_path}/var/line.db"
    code = "import sys; from hotline import migrations; migrations.upgrade(sys.argv[1])"
    started = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0] * 4
    assert schema.current_is_head(create_engine(url))


def test_a_database_that_is_away_has_no_schema():
    assert not schema.current_is_head(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))


def test_the_indexes_of_the_present_are_used_on_sqlite(tmp_path):
    url = f"sqlite:///{tmp_path}/line.db"
    migrations.upgrade(url)
    engine = create_engine(url)
    queries = {
        "ix_runs_open_due": sa.select(runs.c.id).where(
            runs.c.open, runs.c.lane == "urgent", runs.c.due < sa.func.now()
        ),
        "ix_runs_open_case": sa.select(runs.c.id).where(runs.c.open, runs.c.case_id == 1),
        "ix_cases_open_coordinator": sa.select(cases.c.id).where(case_is_open, cases.c.coordinator_id == 1),
        "ix_deliveries_waiting": sa.select(deliveries.c.id).where(
            delivery_is_waiting, deliveries.c.lane == "urgent", deliveries.c.state == "due"
        ),
    }
    with engine.connect() as connection:
        for index, query in queries.items():
            compiled = query.compile(engine, compile_kwargs={"render_postcompile": True})
            parameters = tuple(compiled.params[name] for name in compiled.positiontup or ())
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", parameters).all()
            assert index in str(plan)
    engine.dispose()
