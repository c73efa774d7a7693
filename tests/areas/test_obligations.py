"""职责 and 轮值主席: whose turn it is, what is owed, what counts as done, and who hears of gaps."""

from tests.actors import Actor, Park


def secretary(park: Park) -> Actor:
    return Actor(park, "chen", "陈书记", None, "haina")


def staff(park: Park) -> Actor:
    return Actor(park, "cai", "蔡宁", None, "haina")


async def test_the_chair_goes_round_and_is_handed_over(park: Park) -> None:
    chen, cai, zhang = secretary(park), staff(park), park.member("张伟")
    await chen.whispers("你好")
    said = await zhang.says("@小红 轮值主席是谁")
    assert said is not None and said.startswith("7月轮值主席：") and "8月轮值主席：" in said
    assert await zhang.says("@小红 下个月轮值谁啊") == await zhang.says("@小红 轮值主席谁啊") == said
    assert await zhang.says("这届轮值主席真辛苦") is None
    assert "只对" in (await zhang.says("@小红 8月轮值主席改为海纳商圈") or "")
    assert await cai.whispers("8月轮值主席改为海纳商圈") == "2025年8月轮值主席：海纳商圈。"
    assert await cai.whispers("3月轮值主席改为云帆园区") == "2026年3月轮值主席：云帆园区。"
    assert "可以是：海纳商圈、云帆科技园、金海联建片" in (await cai.whispers("8月轮值主席改为福记面馆") or "")
    assert await cai.whispers("7月轮值主席改为云帆科技园") == "2025年7月轮值主席：云帆园区。"
    await park.until("2025-07-25T09:31")
    told = park.to_person(chen)
    assert any(text.startswith("8月起由海纳商圈任轮值主席。要做的：\n· 8月联合主题党日：8月31日前") for text in told)
    assert "8月起轮值主席交给海纳商圈，请做好交接。" in told


async def test_evidence_comes_from_activities_or_by_hand_and_gaps_are_told(park: Park) -> None:
    chen, cai = secretary(park), staff(park)
    await cai.whispers("7月轮值主席改为海纳商圈")
    mine = await chen.says("@小红 职责清单")
    assert mine is not None and "· 7月书记例会：7月31日前" in mine and "· 下半年主题党日：12月31日前" in mine
    assert await chen.says("@小红 职责完成 书记例会，7月20日在服务中心召开") == "已登记：海纳商圈7月书记例会。"
    assert "已经登记过" in (await chen.says("@小红 职责完成 书记例会") or "")
    assert "没有找到" in (await chen.says("@小红 职责完成 登月") or "")
    assert "✓ 7月书记例会：7月20日在服务中心召开" in (await chen.says("@小红 职责清单") or "")

    await chen.says("@小红 发布活动：联合主题党日，7月29日下午2点半到4点半，多功能厅，7月28日前报名")
    await chen.says("@小红 确认")
    done = await chen.says("@小红 职责清单")
    assert done is not None and "○ 7月联合主题党日：已安排，活动" in done and "○ 下半年主题党日：已安排" in done

    assert "已完成" in (await cai.whispers("职责清单") or "")
    await park.until("2025-08-01T09:31")
    report = next(text for text in park.to_person(cai) if text.startswith("7月底到期"))
    assert "7月书记例会（云帆园区）" in report and "7月书记例会（海纳商圈）" not in report
    (warning,) = [text for text in park.to_person(chen) if "还没有记录的职责" in text]
    assert "海纳商圈" not in warning and "· 7月书记例会（金海联建片）" in warning
