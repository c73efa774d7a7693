"""The two engines: what their rows are, and what can happen to them."""

import asyncio
import resource
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Protocol

import asyncpg
import psutil

from tests.chaos.world import World
from tests.postgres import Server

Row = tuple[Any, ...]
FULL = 4096
"""Bytes of a file: nothing beyond its first page can be written."""
RELOAD = "select pg_reload_conf()"
PULSES = "create table chaos_pulse (due text)"


class Database(Protocol):
    """One engine."""

    name: str
    url: str

    async def rows(self, *queries: str) -> list[list[Row]]:
        """The rows of each query, all as of one moment."""

    async def execute(self, statement: str) -> None:
        """Run one statement."""

    async def dies(self, dice: Random) -> None:
        """It is gone for a while, in the middle of whatever it does; afterwards it is there again."""

    async def hangs_up(self, dice: Random) -> None:
        """Nobody is served for a while, or all connections end."""

    async def disk_is_full(self, bots: Sequence[int], seconds: float) -> None:
        """What these processes, or the database's for them, want to write finds no room."""

    async def is_read_only(self, dice: Random, seconds: float) -> None:
        """It is read, and not written."""


class Sqlite:
    """A file."""

    name = "SQLite"

    def __init__(self, folder: Path, world: World) -> None:
        self._world = world
        self._path = folder / "bot.db"
        self.url = f"sqlite:///{self._path}"

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, isolation_level=None, timeout=20, check_same_thread=False)

    async def rows(self, *queries: str) -> list[list[Row]]:
        conn = self._connect()
        try:
            conn.execute("BEGIN")
            return [conn.execute(query).fetchall() for query in queries]
        finally:
            conn.close()

    async def execute(self, statement: str) -> None:
        conn = self._connect()
        try:
            conn.execute(statement)
        finally:
            conn.close()

    async def dies(self, dice: Random) -> None:
        """Another program has the file to itself: now and then for longer than the bot waits for it."""
        await self._locked(10.5 if dice.random() < 0.05 else dice.uniform(0.2, 1.5))

    async def hangs_up(self, dice: Random) -> None:
        for _ in range(dice.randint(2, 6)):
            await self._locked(dice.uniform(0.01, 0.2))

    async def _locked(self, seconds: float) -> None:
        conn = self._connect()
        try:
            await asyncio.to_thread(conn.execute, "BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
        finally:
            conn.close()

    async def disk_is_full(self, bots: Sequence[int], seconds: float) -> None:
        for limit in (FULL, resource.RLIM_INFINITY):
            for pid in bots:
                with suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            await asyncio.sleep(seconds)

    async def is_read_only(self, dice: Random, seconds: float) -> None:
        self._world.read_only = 1
        await asyncio.sleep(seconds)
        self._world.read_only = 0


class Postgres:
    """A server."""

    name = "PostgreSQL"

    def __init__(self, server: Server) -> None:
        self._server = server
        self.url = f"{server.url}/postgres"

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.url, server_settings={"default_transaction_read_only": "off"}, timeout=5)

    async def rows(self, *queries: str) -> list[list[Row]]:
        conn = await self._connect()
        try:
            async with conn.transaction(isolation="repeatable_read", readonly=True):
                return [[tuple(row) for row in await conn.fetch(query)] for query in queries]
        finally:
            await conn.close()

    async def execute(self, statement: str) -> None:
        conn = await self._connect()
        try:
            await conn.execute(statement)
        finally:
            await conn.close()

    async def dies(self, dice: Random) -> None:
        """Stopped at once and started again; or killed altogether; or one of its processes is, and it starts anew."""
        how = dice.choice(("stop", "kill", "kill one"))
        if how == "kill one":
            dice.choice(self._backends()).kill()
            await self._is_back()
            return
        if how == "kill":
            family = psutil.Process(self._server.pid).children()
            psutil.Process(self._server.pid).send_signal(signal.SIGKILL)
            await asyncio.to_thread(psutil.wait_procs, family, 10)
        else:
            await asyncio.to_thread(self._server.stop)
        await asyncio.sleep(dice.uniform(0, 0.5))
        await asyncio.to_thread(self._server.start)

    async def hangs_up(self, dice: Random) -> None:
        await self.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where pid <> pg_backend_pid() and backend_type = 'client backend'"
        )

    async def disk_is_full(self, bots: Sequence[int], seconds: float) -> None:
        """PostgreSQL ends itself where it cannot write its log, and recovers."""
        backends = [backend.pid for backend in self._backends()]
        await asyncio.to_thread(self._server.limit_files, backends, str(FULL))
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self._server.limit_files, backends, "unlimited")
        await self._is_back()

    async def is_read_only(self, dice: Random, seconds: float) -> None:
        """For the connections that there are, or only for new ones, which stay so until they end: a standby's way."""
        everywhere = dice.random() < 0.5
        what = "alter system" if everywhere else "alter database postgres"
        await self.execute(f"{what} set default_transaction_read_only = on")
        await (self.execute(RELOAD) if everywhere else self.hangs_up(dice))
        await asyncio.sleep(seconds)
        await self.execute(f"{what} reset default_transaction_read_only")
        await self.execute(RELOAD)

    def _backends(self) -> list[psutil.Process]:
        found = []
        for process in psutil.Process(self._server.pid).children():
            with suppress(psutil.Error):
                if "127.0.0.1" in " ".join(process.cmdline()):
                    found.append(process)
        return found

    async def _is_back(self) -> None:
        async with asyncio.timeout(30):
            while True:
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await self.rows("select 1")
                    return
                await asyncio.sleep(0.05)
