"""Limits of channels: how fast an account may send, what overtakes what, and where a long text is split."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import lanes, outbox
from bot.outbox import Class, Post
from bot.pacing import DATA, Limits, limits, split
from tests.actors import NOW, Park

WEBHOOK = "webhook:海纳"
INTERVAL = timedelta(seconds=3)


async def test_an_account_keeps_to_its_rate_and_replies_overtake(park: Park) -> None:
    """The bucket of a webhook: five at once, then one every 60 / 18 seconds, whatever they are; restarts included."""

    def queue(conn: Connection) -> None:
        for number in range(12):
            outbox.post(conn, Post(f"n{number}", WEBHOOK, "g", str(number)), NOW)
        for number in range(3):
            outbox.post(conn, Post(f"b{number}", WEBHOOK, "g", f"b{number}", klass=Class.BULK), NOW)

    def take(conn: Connection, at: datetime) -> list[str]:
        return [message.text for message in lanes.take(conn, WEBHOOK, at, 1, INTERVAL)]

    db, now = park.app.db, NOW
    await db.run(queue)
    sent: list[tuple[float, str]] = []
    while (due := await db.run(lanes.next_due, WEBHOOK)) is not None:
        assert due >= now or not sent
        now = max(due, now)
        sent += [((now - NOW).total_seconds(), text) for text in await db.run(take, now)]
        if len(sent) == 6:
            await db.run(outbox.post, Post("r", WEBHOOK, "g", "reply", klass=Class.REPLY), now)
    order = [text for _, text in sent]
    assert len(order) == 16 and order[:5] == ["0", "1", "2", "3", "4"] and order[6] == "reply"
    assert [text for text in order if text.startswith("b")] == ["b0", "b1", "b2"] == order[-3:]
    moments = [at for at, _ in sent]
    assert moments[:5] == [0] * 5
    assert all(later - at == pytest.approx(60 / 18, abs=0.001) for at, later in pairwise(moments[4:13]))
    for begin in moments:
        assert sum(begin <= at < begin + 60 for at in moments) <= 18 + 5  # the burst, then the rate
    assert moments[-1] - moments[-2] >= 3.5


async def test_pauses_between_groups_differ(park: Park) -> None:
    def take_three(conn: Connection) -> list[timedelta]:
        gaps, at = [], NOW
        for number in range(3):
            outbox.post(conn, Post(f"b{number}", "replay", f"g{number}", "x", klass=Class.BULK), NOW)
            assert len(lanes.take(conn, "replay", at, 1, INTERVAL)) == 1
            assert lanes.take(conn, "replay", at + INTERVAL - timedelta(milliseconds=1), 1, INTERVAL) == []
            later = conn.scalar(sa.select(lanes.lane.c.next_at).where(lanes.lane.c.account == "replay"))
            assert later is not None
            gaps.append(later - at)
            at = later
        return gaps

    gaps = await park.app.db.run(take_three)
    assert len(set(gaps)) == 3 and all(INTERVAL <= gap <= INTERVAL * 1.3 for gap in gaps)


@pytest.mark.parametrize("allowed", [Limits(bytes=2048), Limits(bytes=200), Limits(characters=60)])
@pytest.mark.parametrize(
    "text",
    ["请各支部于周五前报送材料。" * 60, "一" * 3000, "通知：\n" + "第一条，第二条，第三条；\n" * 80, "abc " * 600],
)
def test_a_long_text_is_split_where_it_may_be(text: str, allowed: Limits) -> None:
    parts = split(text, allowed)
    assert len(parts) > 1 and all(allowed.fits(part) for part in parts)
    assert [part.partition("\n")[0] for part in parts] == [f"（{n}/{len(parts)}）" for n in range(1, len(parts) + 1)]
    bodies = [part.partition("\n")[2] for part in parts]
    assert "".join("".join(bodies).split()) == "".join(text.split())
    if "。" in text or "；" in text:
        assert all(body[-1] in "。；，" for body in bodies[:-1])


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert split("收到请回复。" * 10, limits(WEBHOOK)) == ["收到请回复。" * 10]
    assert split("长" * 5000, limits("replay")) == ["长" * 5000]  # no limit known


def test_the_limits_are_data_for_every_channel() -> None:
    assert limits("webhook:海纳").bytes == 2048 and (limits("webhook").per_minute or 99) <= 20
    assert limits("wechaty").per_minute and "default" in DATA.read_text("utf-8")
