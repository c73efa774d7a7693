"""What all tests share: databases of both engines, the reader, and the park with its actors."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from bot import app as composition
from bot import district
from bot.clock import VirtualClock
from bot.db import open_db
from bot.domain import answers
from bot.migrations import migrate
from bot.mind import Mind
from bot.settings import Settings
from knowledge.faq import Entry, Faq
from knowledge.reading import Reader
from tests.actors import NOW, MemoryChannel, Park
from tests.postgres import server

_databases = count()


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader.load()


async def _fill(url: str) -> tuple[int, list[Entry]]:
    """Load the example district; the version and the entries of its knowledge base."""
    db = open_db(url)
    try:
        # Rooms as yet unbooked: tests count bookings from 1.
        await db.run(partial(district.load, hold_rooms=False), MemoryChannel().name, NOW)
        return await db.run(answers.version), await db.run(answers.entries)
    finally:
        await db.close()


@pytest.fixture(scope="session")
def base(sqlite_template: Path) -> tuple[int, Faq]:
    """The knowledge base of a fresh district, and its version. Built once: that takes longer than most tests."""
    version, entries = asyncio.run(_fill(f"sqlite:///{sqlite_template}"))
    return version, Faq(entries)


@pytest.fixture
def mind(reader: Reader, base: tuple[int, Faq]) -> Mind:
    """What a bot knows that has just read a fresh district's knowledge base."""
    made = Mind(reader)
    made.version, made.faq = base
    return made


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that holds the example district."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    asyncio.run(_fill(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server that has a database `template` with the example district."""
    with server() as url:
        asyncio.run(_execute(url, "CREATE DATABASE template"))
        migrate(f"{url}/template")
        asyncio.run(_fill(f"{url}/template"))
        yield url


async def _execute(url: str, statement: str) -> None:
    conn = await asyncpg.connect(f"{url}/postgres")
    try:
        await conn.execute(statement)
    finally:
        await conn.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the example district, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        return f"sqlite:///{path}"
    url, name = request.getfixturevalue("postgres"), f"test_{next(_databases)}"
    asyncio.run(_execute(url, f"CREATE DATABASE {name} TEMPLATE template"))
    return f"{url}/{name}"


@pytest.fixture
async def park(database_url: str, mind: Mind, tmp_path: Path) -> AsyncIterator[Park]:
    """The example district on a Tuesday morning."""
    clock = VirtualClock(NOW)
    channel = MemoryChannel()
    settings = Settings(_env_file=None, database_url=database_url, files=tmp_path / "files")
    app = composition.build(settings, clock, [channel], mind)
    await app.scheduler.start(NOW)
    yield Park(app, clock, channel)
    await app.db.close()
