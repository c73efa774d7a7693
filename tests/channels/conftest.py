"""The gateway, and an account on it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.channels.account import Account, connected, new_room
from tests.channels.gateway import Gateway


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("gateway") / "log") as running:
        yield running


@pytest.fixture
def room(gateway: Gateway) -> str:
    """A room of its own for each test."""
    return new_room(gateway)


@pytest.fixture
async def account(gateway: Gateway) -> AsyncIterator[Account]:
    async with connected(gateway) as running:
        yield running
