"""The migrations lead to the tables that the code has, on both engines."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from bot import schema
from bot.db import open_db
from bot.migrations import migrate


def differences(conn: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(conn), schema.metadata))


async def test_nothing_is_missing_and_nothing_is_left_over(database_url: str) -> None:
    db = open_db(database_url)
    try:
        assert await db.run(differences) == []
    finally:
        await db.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)
