"""The migrations lead to the tables that the code has, and keep what the first release wrote, on both engines."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from bot import schema
from bot.db import open_db
from bot.migrations import config, migrate


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


FIRST = (
    "INSERT INTO broadcast (id, drafter_id, channel, text, urgent, state, drafted_at)"
    " SELECT 1, min(id), 'replay', '停水', false, 'sent', {at} FROM person",
    "INSERT INTO broadcast_target (broadcast_id, chat_id) SELECT 1, min(id) FROM chat",
    "INSERT INTO need (id, category, text, urgent, reporter_id, chat_id, state, level, reopened, reported_at,"
    " resolve_by, resolved_at) SELECT numbers.id, '物业服务', '货梯坏了', false, (SELECT min(id) FROM person),"
    " (SELECT min(id) FROM chat), numbers.state, 0, 0, {at}, {at}, {at}"
    " FROM (SELECT 101 AS id, 'accepted' AS state UNION SELECT 102, 'resolved') AS numbers",
    "INSERT INTO need_event (need_id, kind, at, note) SELECT id, 'created', {at}, '' FROM need",
)
"""What the first release may have written: rows that refer to those of tables which the upgrade makes anew."""
COUNTS = ("broadcast", "broadcast_target", "need", "need_event")


def write_as_the_first_release(conn: Connection) -> None:
    at = "timestamptz '2025-07-21T03:10Z'" if conn.dialect.name == "postgresql" else "'2025-07-21 03:10:00.000000'"
    for statement in FIRST:
        conn.execute(sa.text(statement.format(at=at).replace(":", r"\:")))


def read_as_the_second(conn: Connection) -> tuple[list[int], dict[int, datetime]]:
    need = schema.metadata.tables["need"]
    counts = [conn.scalar(sa.select(sa.func.count()).select_from(schema.metadata.tables[name])) or 0 for name in COUNTS]
    return counts, {number: at for number, at in conn.execute(sa.select(need.c.id, need.c.step_at)) if at}


async def in_database(url: str, do: Callable[[Connection], Any]) -> Any:
    db = open_db(url)
    try:
        return await db.run(do)
    finally:
        await db.close()


def test_an_upgrade_keeps_what_the_first_release_wrote_and_starts_the_clocks_of_open_needs(database_url: str) -> None:
    command.downgrade(config(database_url), "0001")
    asyncio.run(in_database(database_url, write_as_the_first_release))
    migrate(database_url)
    counts, clocks = asyncio.run(in_database(database_url, read_as_the_second))
    assert counts == [1, 1, 2, 2]
    assert set(clocks) == {101, 102} and min(clocks.values()) > datetime.now(UTC)
