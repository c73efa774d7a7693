"""Logging in to the pages as people do: by the link that the bot tells them."""

from typing import Any

from aiohttp.test_utils import TestClient

from tests.actors import Actor


async def link_of(actor: Actor) -> str:
    """The path of a fresh link to log in by."""
    told = await actor.whispers("网页")
    assert told is not None and "/login/" in told, told
    return f"/login/{told.split('/login/')[1]}"


async def log_in(client: TestClient[Any, Any], actor: Actor) -> None:
    """Let the client's browser be somebody's."""
    async with client.post(await link_of(actor)) as answer:
        assert answer.status == 200, await answer.text()
