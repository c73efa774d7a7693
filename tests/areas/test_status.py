"""状态, and the group of a webhook."""

from bot import district
from bot.domain import people
from tests.actors import Park


async def test_status_says_whose_group_and_what_is_heard(park: Park) -> None:
    cai, zhang = park.staff("蔡主任"), park.member("张伟")
    assert await cai.says("@小红 状态") == "本群属于海纳商圈。\n群里的消息我都能看到；没有@我的，只在有把握时才回应。"
    assert await cai.says("状态") is None
    refused = await zhang.says("@小红 状态")
    assert refused and "开放" in refused


async def test_a_webhook_group_belongs_to_the_organisation_of_its_name(park: Park) -> None:
    db = park.app.db
    for group in ("海纳商圈", "某个群"):
        await db.run(district.join_webhook, f"webhook:{group}", group)
        await db.run(district.join_webhook, f"webhook:{group}", group)
    chats = [await db.run(people.find_chat, f"webhook:{group}", f"webhook:{group}") for group in ("海纳商圈", "某个群")]
    owners = [await db.run(people.organisation_name, chat.organisation_id) for chat in chats if chat]
    assert owners[0] == "海纳商圈" and owners[1] not in ("", "海纳商圈")
