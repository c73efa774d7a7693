"""Alembic migrations: `migrate(url)` brings a database to the newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

HERE = Path(__file__).parent


def config(url: str) -> Config:
    """Alembic's configuration for a database; there is no alembic.ini."""
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.attributes["url"] = make_url(url)
    return made


def migrate(url: str) -> None:
    """Upgrade to the newest revision. Safe to call at every start."""
    command.upgrade(config(url), "head")
