"""What people in a group say to each other, while much is open that it might be about: the bot says nothing."""

import pytest

from tests.actors import Park

TALK = (
    "3楼还是5楼",
    "确认",
    "没有",
    "状态",
    "2、4",
    "1.张三",
    "这是什么",
    "有人吗",
    "多少钱",
    "名单发一下",
    "退我一份",
    "上报一下",
    "报修电话多少",
    "议程发一下",
    "李敏签到了吗",
    "承诺书签了吗",
    "核销了吗",
    "换班吗",
    "需要带笔记本吗",
    "总结字数有要求吗",
    "园区班车几点",
    "职责清单更新了",
    "收到，谢谢书记",
    "我请假半天，孩子发烧",
    "101楼还是102楼",
)


@pytest.mark.parametrize("role", ["member", "company", "handler", "staff"])
async def test_talk_is_not_answered(park: Park, role: str) -> None:
    sec, guo = park.secretary("陈书记"), park.handler("郭强", "desk-wuye")
    someone = park.person("赵六", role)
    await someone.says("@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await someone.says("@小红 2号楼大门关不上了，麻烦派人，电话13900007781")
    await guo.says("接单 101")
    await guo.says("101号办结，通了")
    await sec.says("@小红 发布活动：消防体验课，7月30日下午2点到4点，消防救援站一楼，限3人，截止7月28日")
    await sec.says("确认")
    await someone.says("消防体验课报名")
    await park.wait(minutes=5)
    before = len(park.channel.sent)
    for text in TALK:
        await someone.says(text)
    assert [(out.chat, out.text) for out in park.channel.sent[before:]] == []
