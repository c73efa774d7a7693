"""The whole bot behind the real npm gateway: it enters a group, is bound, works, and outlives a gateway restart."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from bot import app as composition
from bot import district
from bot.app import App
from bot.channels.wechaty.channel import WechatyChannel
from bot.clock import SystemClock
from bot.domain import people
from bot.mind import Mind
from bot.settings import Settings
from tests.channels.account import NICKNAME, eventually, new_room
from tests.channels.gateway import TOKEN, Gateway


@pytest.fixture
def restartable(tmp_path: Path) -> Iterator[Gateway]:
    with Gateway(tmp_path / "log") as running:
        yield running


@asynccontextmanager
async def bot(database_url: str, mind: Mind, gateway: Gateway) -> AsyncIterator[App]:
    """The bot on a gateway, connected."""
    channel = WechatyChannel("wx", gateway.endpoint, TOKEN, nickname=NICKNAME)
    app = composition.build(Settings(_env_file=None, database_url=database_url), SystemClock(), [channel], mind)
    await app.db.run(district.load, channel.name, app.clock.now())
    async with composition.running(app):
        await eventually(lambda: gateway("status")["listeners"])
        await asyncio.sleep(0.05)  # the login event is on its way
        yield app


def in_room(gateway: Gateway, room: str) -> list[str]:
    """What the bot has said in a room, without the mention in front."""
    said = [sent["text"] for sent in gateway("sent") if sent["conversation"] == room]
    return [text.split("\u2005", 1)[-1] for text in said]


def make_staff(conn: Connection, external_id: str) -> None:
    someone = people.meet_person(conn, "wx", external_id, "张伟")
    people.grant(conn, someone.id, people.STAFF, organisation_id=people.district_id(conn))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_working_day(database_url: str, mind: Mind, restartable: Gateway) -> None:
    gateway = restartable
    room = new_room(gateway, "海纳商圈企业群")
    async with bot(database_url, mind, gateway) as app:
        await app.db.run(make_staff, "c-zhang")
        entry = {"roomId": room, "inviterId": "c-zhang", "inviteeIdList": ["c-bot"], "timestamp": 1_790_000_000}
        for _ in range(2):
            gateway("emit", event="room-join", payload=entry)
        await eventually(lambda: in_room(gateway, room))
        gateway("say", from_="c-zhang", room=room, text=f"@{NICKNAME}\u2005绑定 海纳商圈", mentions=["c-bot"])
        await eventually(lambda: len(in_room(gateway, room)) >= 2)
        greeting, bound = in_room(gateway, room)
        assert greeting.startswith("大家好，我是小红")
        assert bound == "本群已绑定到海纳商圈。"

        gateway("say", from_="c-li", room=room, text="中午吃什么")
        need = f"@{NICKNAME}\u20053号楼货梯坏了，请派人修，电话13900007781"
        first = {"from_": "c-li", "room": room, "text": need, "mentions": ["c-bot"], "id": "m-need"}
        gateway("say", **first)
        await eventually(lambda: len(in_room(gateway, room)) >= 3)
        assert in_room(gateway, room)[2].startswith("已登记诉求101号（物业服务·3号楼）")

        gateway.start()  # a restart in the middle of the conversation; it remembers nothing
        gateway("room", id=room, topic="海纳商圈企业群")
        await eventually(lambda: gateway("status")["listeners"], 30)
        await asyncio.sleep(0.1)
        gateway("say", **first)  # delivered again after the restart
        gateway("say", from_="c-li", room=room, text=f"@{NICKNAME}\u2005进度 101", mentions=["c-bot"])
        await eventually(lambda: in_room(gateway, room))
        gateway("say", from_="c-li", text="我的诉求怎么样了")
        await eventually(lambda: in_room(gateway, "c-li"))
        assert len(in_room(gateway, room)) == 1  # the duplicate is answered by nothing
        assert in_room(gateway, room)[0].startswith("诉求101号（物业服务）：已派单")
        assert in_room(gateway, "c-li")[-1].startswith("诉求101号（物业服务）：已派单")
