"""Pictures and documents that belong to a need: sent with it, just before or after it, or quoted by it."""

from datetime import UTC, datetime
from itertools import count

import pytest

from bot.files import FileStore
from bot.messages import Attached, Incoming, Kind, private_chat
from tests.actors import Actor, Park

_ids = count()
FOREVER = datetime.max.replace(tzinfo=UTC)


async def sends(park: Park, who: Actor, content: bytes, name: str, *, private: bool = False) -> str | None:
    """A file as a gateway hands it over; what the bot answers."""
    message = Incoming(
        channel=park.channel.name,
        message_id=f"f{next(_ids)}",
        chat=private_chat(who.id) if private else who.chat,
        sender=who.id,
        sender_name=who.name,
        text="",
        at=park.clock.now(),
        private=private,
        kind=Kind.FILE,
        role=who.role,
        extra={"name": name, "size": len(content), "content": content},
    )
    sent = await park.deliver(message)
    return next((out.text for out in sent if out.reply_to == message.message_id), None)


def pdf(number: int) -> bytes:
    return b"%PDF-1.4\n" + bytes([number])


async def attached(park: Park) -> list[tuple[int, str]]:
    return [tuple(row) for row in await park.rows("SELECT need_id, name FROM need_file ORDER BY id")]


async def test_before_after_and_quoted(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    li, guo = park.company("李敏"), park.handler("郭强", chat="desk-wuye")
    assert await sends(park, li, pdf(1), "太早.pdf") is None
    await park.wait(minutes=3)
    assert await sends(park, li, pdf(2), "货梯.pdf") is None
    assert await sends(park, park.member("王磊"), pdf(3), "别人的.pdf") is None
    assert await sends(park, li, b"<html>", "照片.jpg") is None
    await park.wait(minutes=1)
    await li.says("3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    assert park.to_chat("desk-wuye")[-1].endswith("附件1个。")
    assert await sends(park, li, pdf(4), "门.pdf") is None
    assert park.to_chat("desk-wuye")[-1] == "诉求101号补充附件1个。"
    assert await attached(park) == [(101, "货梯.pdf"), (101, "门.pdf")]

    monkeypatch.setattr("bot.messages.CARRY_FILES", frozenset({park.channel.name}))
    for taken in (False, True):
        assert "附件2个：货梯.pdf、门.pdf" in (await guo.whispers("101号详情") or "")
        names = [out.file.name for out in guo.last if out.file]
        assert names == (["货梯.pdf", "门.pdf"] if taken else []), "the files themselves are for whoever took it"
        await guo.says("接单 101")
    monkeypatch.undo()
    assert await sends(park, li, pdf(5), "又一张.pdf") is None
    assert park.to_person(guo)[-1] == "诉求101号补充附件1个。"
    await park.wait(minutes=3)
    assert await sends(park, li, pdf(6), "太晚.pdf") is None
    assert len(await attached(park)) == 3

    await park.wait(minutes=30)
    chen = park.secretary("陈书记")
    await chen.says(f"「王磊:[文件] 别人的.pdf」\n{'- ' * 15}\n2号楼厕所漏水，麻烦派人修一下，电话13900007785")
    assert (await attached(park))[3:] == [(102, "别人的.pdf")]


async def test_in_private_it_is_said_and_kept_by_content(park: Park) -> None:
    li = park.company("李敏")
    waits = "收到文件。请在两分钟内说明是什么事，我会把它附到诉求里。"
    assert await sends(park, li, pdf(1), "../../货梯.pdf", private=True) == waits
    await li.whispers("3号楼货梯坏两天了，麻烦安排人来修")  # no phone yet: not dispatched
    assert await sends(park, li, pdf(1), "同一个.pdf", private=True) == "已附到诉求101号。"
    assert await sends(park, li, b"MZ\x90", "木马.exe", private=True) == (
        "这个文件没能收下：只收 20 MB 以内的图片、PDF、Word、Excel、PPT 和 MP4 视频。"
    )
    assert await attached(park) == [(101, "....货梯.pdf")]
    assert park.to_chat("desk-wuye") == []
    await li.whispers("13900007781")
    assert park.to_chat("desk-wuye")[-1].endswith("附件1个。")

    [kept] = await park.rows("SELECT digest, kind FROM need_file")
    store: FileStore = park.app.files
    path = store.find(kept.digest)
    assert path is not None
    assert path.read_bytes() == pdf(1)
    assert store.keep(pdf(1), "货梯.pdf") == Attached(kept.digest, "application/pdf", 10, "货梯.pdf")
    assert store.remove_others({kept.digest}, FOREVER) == 0 and store.remove_others((), FOREVER) == 1
    assert store.find(kept.digest) is None
