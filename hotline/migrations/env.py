"""Alembic's way in. The connection, its lock and its transaction come from hotline.migrations."""

from alembic import context

from hotline.models import metadata

connection = context.config.attributes["connection"]
if connection is None:
    raise SystemExit("migrations run through: hotline db upgrade")

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_server_default=True,
    # begun already, with the lock in it
    transaction_per_migration=False,
)
context.run_migrations()
