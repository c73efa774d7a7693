"""The gateway, and an account on it; the platform of the smart robot."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.channels.account import Account, connected, new_room
from tests.channels.gateway import Gateway
from tests.channels.platform import Platform, certificate, serving


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


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="session")
def tls(folder: Path) -> ssl.SSLContext:
    """One authority for all tests: the SDK's trust is the process's."""
    return certificate(folder)


@pytest.fixture
async def platform(tls: ssl.SSLContext) -> AsyncIterator[Platform]:
    async with serving(Platform(), tls) as made:
        yield made
