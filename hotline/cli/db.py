"""`hotline db`: the database's tables."""

import click
from sqlalchemy.engine import make_url

from hotline import migrations
from hotline.cli.desk import settings


@click.group("db")
def command() -> None:
    """The database's tables."""


@command.command()
def upgrade() -> None:
    """Make the tables, or bring them to this version. Twice changes nothing; two at once wait for each other."""
    url = settings().database_url
    migrations.upgrade(url)
    click.echo(f"the database is up to date ({make_url(url).get_backend_name()})")
