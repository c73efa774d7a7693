"""What all tests share: databases of both engines, the reader, and the park with its actors."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from bot import app as composition
from bot import district
from bot.clock import VirtualClock
from bot.migrations import migrate
from bot.settings import Settings
from knowledge.reading import Reader
from tests.actors import NOW, MemoryChannel, Park
from tests.postgres import server

_databases = count()


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.load()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database at the newest revision, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        return f"sqlite:///{path}"
    return await _postgres_database(request.getfixturevalue("postgres"))


async def _postgres_database(url: str) -> str:
    name = f"test_{next(_databases)}"
    conn = await asyncpg.connect(f"{url}/postgres")
    try:
        if not await conn.fetchval("SELECT 1 FROM pg_database WHERE datname = 'template'"):
            await conn.execute("CREATE DATABASE template")
            await asyncio.to_thread(migrate, f"{url}/template")
        await conn.execute(f"CREATE DATABASE {name} TEMPLATE template")
    finally:
        await conn.close()
    return f"{url}/{name}"


@pytest.fixture
async def park(database_url: str, reader: Reader) -> AsyncIterator[Park]:
    """The example district on a Tuesday morning."""
    clock = VirtualClock(NOW)
    channel = MemoryChannel()
    settings = Settings(_env_file=None, database_url=database_url)
    app = composition.build(settings, clock, [channel], reader)
    await app.db.run(district.load, channel.name, NOW)
    await app.scheduler.start(NOW)
    yield Park(app, clock, channel)
    await app.db.close()
