"""诉求 decided by others: more time that the level above grants or not, a merge that is taken back."""

from tests.actors import Actor, Park
from tests.areas.test_needs_together import LIFT


async def test_more_time_than_the_first_is_asked_for(park: Park) -> None:
    """The level above, else the committee, decides on a second or a long extension, by digit or by number."""
    liu, guo, chen = (
        park.company("柳工"),
        park.handler("郭师傅", "desk-wuye"),
        Actor(park, "chen", "陈书记", None, "haina"),
    )
    await liu.says(LIFT)
    await guo.says("接单 101")
    asked = "诉求101号这次延期要社区同意，已请示陈书记，有答复马上告诉您。"
    assert await guo.says("101号延期到8月5号，厂家停产") == asked
    assert park.to_person(chen)[-1] == (
        "诉求101号（物业服务·3号楼）的经办人郭师傅申请延期到8月5日17:30，原因：厂家停产。"
        "现在的时限是7月24日17:30，已延期0次。同意请回复「1」或「同意延期101」，不同意回复「2」或「不同意延期101」。"
    )
    for outsider in (park.secretary("王书记"), guo):  # nor whoever asks
        assert await outsider.whispers("同意延期101") == "只有诉求101号的上一级和工作人员可以决定延期。"
    assert await chen.whispers("2") == "诉求101号的延期没有同意，时限仍是7月24日17:30。已告知经办人。"
    assert park.to_person(guo)[-1] == "诉求101号的延期没有同意，时限仍是7月24日17:30。"
    assert await guo.says("101号延期到7月28号，等配件") == "诉求101号办理时限延到7月28日17:30，原因：等配件。"
    assert await guo.says("101号延期到7月29号，等厂家") == asked
    assert await chen.whispers("同意延期 101") == (
        "诉求101号办理时限延到7月29日17:30，原因：等厂家。已告知经办人和报事人。"
    )
    assert park.to_chat("haina")[-1] == "诉求101号办理时限延到7月29日17:30，原因：等厂家。"
    assert await chen.whispers("同意延期 101") == "诉求101号现在没有等同意的延期申请。"
    kinds = [row[0] for row in await park.rows("select kind from need_event where need_id = 101 order by id")]
    assert kinds[3:] == ["delay_asked", "delay_refused", "extended", "delay_asked", "extended"]


async def test_more_time_as_people_say_it(park: Park) -> None:
    """So many days more; a reason before its day; what is no reason is none, and 不延了 ends it."""
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    await liu.says(LIFT)
    await guo.says("接单 101")
    assert await guo.says("101号延期") == "延期到哪天？比如「下周三」。"
    assert await guo.says("厂家没货") == "原因记下了。延期到哪天？比如「下周三」。"
    assert await guo.says("一天") == "诉求101号办理时限延到7月25日17:30，原因：厂家没货。"
    await liu.says("3号楼电梯也坏了，麻烦派人看看，电话13900007781")
    await guo.says("接单 102")
    assert await guo.says("102号延期") == "延期到哪天？比如「下周三」。"
    assert await guo.says("下周一") == "请说一下延期的原因。"
    await guo.says("待办")
    assert await guo.says("修好了") != "诉求102号办理时限延到7月28日17:30，原因：修好了。"
    assert await guo.says("不延了") == "好的，诉求102号不延期，时限不变。"
    assert await guo.says("102延期三天") == "请说一下延期的原因。"
    assert await guo.says("等配件") == "诉求102号办理时限延到7月28日17:30，原因：等配件。"  # a Sunday it would be
    assert [tuple(row) for row in await park.rows("select state, extended from need")] == [("accepted", 1)] * 2
    asked = await guo.says("102号延期3天，等配件")
    assert asked and asked.startswith("诉求102号这次延期要社区同意")
    for words, until in (("102缺滑轮，厂家排产，得延到8月6号", "8月6日"), ("102再宽限五天，等滑轮", "8月2日")):
        asked = await guo.says(words)
        assert asked and asked.startswith("诉求102号这次延期要社区同意"), words
        assert (until in park.to_person(Actor(park, "chen", "陈书记", None, "haina"))[-1]) == (until == "8月6日")
    for words in ("102业主问能不能延期到8月8号", "102滑轮还要八天才到"):
        noted = await guo.says(words)
        assert noted and "进展已记录" in noted and "时限仍是7月28日17:30，要延请说" in noted, words


async def test_two_matters_after_all(park: Park) -> None:
    """Whoever merged, or the committee, takes it back: dispatched anew, all reporters are told, the events say so."""
    liu, bo = park.company("柳工"), park.company("博远")
    guo, cui = park.handler("郭师傅", "desk-wuye"), park.handler("崔敏", "desk-wuye")
    await liu.says(LIFT)
    await bo.whispers("3号楼的货梯门关不上，派人来修，电话18900003345")
    await guo.says("接单 102")
    await guo.says("合并 102 到 101")
    assert await cui.says("取消合并 102") == "诉求102号由合并的人或工作人员取消合并。"
    assert await guo.says("取消合并 101") == "诉求101号没有并入别的诉求。"
    assert await guo.says("取消合并 102") == ("诉求102号已与101号分开，转物业服务组重新接单，两边的报事人都已告知。")
    assert park.to_person(bo)[-1] == "诉求102号与101号不是同一件事，已分开办理，由物业服务组重新接单。"
    assert park.to_person(liu)[-1] == "诉求102号已和您报的101号分开办理，101号照常办。"
    assert park.to_chat("desk-wuye")[-1].startswith("新诉求102号")
    assert await park.rows("select id, state, merged_into_id, handler_id from need where id = 102") == [
        (102, "dispatched", None, None)
    ]
    behind = await park.staff("蔡主任").whispers("三率明细 本月")
    assert behind and "并入" not in behind and "未办结：101号、102号" in behind, "it counts as a need of its own again"
    await guo.says("合并 102 到 101")
    taken_back = await park.staff("蔡主任").whispers("102号取消合并")
    assert taken_back and taken_back.startswith("诉求102号已与101号分开")


async def test_whoever_works_on_a_need_has_it(park: Park) -> None:
    """Word on the way, or that it is done, takes what nobody has; desk and handler hear of others."""
    liu, guo, cui = park.company("柳工"), park.handler("郭师傅", "desk-wuye"), park.handler("崔敏", "desk-falv")
    await liu.says(LIFT)
    assert await guo.says("101号进展：已派人") == (
        "诉求101号已由郭师傅接单，进展已记录，已告知报事人。联系方式已私发，办完请回复「101号办结」。"
    )
    assert "13900007781" in park.to_person(guo)[-1]
    assert park.to_chat("haina")[-1] == "诉求101号已由郭师傅接单，有进展：已派人"
    assert await guo.says("101号进展：到现场了") == "诉求101号进展已记录，已告知报事人。"
    await cui.says("101号办结，修好了")
    assert park.to_person(guo)[-1] == "诉求101号由崔敏报了办结。"
    await liu.says("3号楼电梯也坏了，麻烦派人看看，电话13900007781")
    await cui.says("接单 102")
    assert park.to_chat("desk-wuye")[-1] == "诉求102号已由崔敏接单。"
    assert await park.rows("select id, handler_id is not null, state from need order by id") == [
        (101, 1, "resolved"),
        (102, 1, "accepted"),
    ]


async def test_what_a_service_group_says_without_verb_or_number(park: Park) -> None:
    """Right after a card: who goes takes it, what was done is word on the way, 好了 is asked about; the rest is not."""
    liu, guo, cui = park.company("柳工"), park.handler("郭师傅", "desk-wuye"), park.handler("崔敏", "desk-wuye")
    await liu.says(LIFT)
    for talk in ("快递到了", "吃饭去了", "今天好冷", "好了", "已关总闸"):
        assert await guo.says(talk) is None, talk
    taken = await guo.says("好的，我们这就过去看看")
    assert taken and taken.startswith("诉求101号由郭师傅接单")
    for talk in ("已经下班了", "在开会", "101谁去一下", "101室的钥匙在我这", "101号楼今天停水"):
        assert await guo.says(talk) is None, talk
    assert await guo.says("已断电") == "诉求101号进展已记录，已告知报事人。"
    assert await guo.says("101号维保单位电话打不通") == "诉求101号进展已记录，已告知报事人。"
    assert park.to_chat("haina")[-1] == "诉求101号有进展：维保单位电话打不通"
    await cui.says("中午吃啥")
    assert await guo.says("好了") is None  # meant for her, maybe
    assert await guo.says("101等轴承到货") == "诉求101号进展已记录，已告知报事人。"
    asked = await guo.says("搞定了")
    assert asked and asked.startswith("是诉求101号（物业服务·3号楼）办结了吗？")
    assert await guo.says("101给综合组打过电话") == "诉求101号进展已记录，已告知报事人。"
    assert await guo.says("101不是物业的事，交给法律组吧") == "诉求101号已退单，转法律服务组办理。"

    for place in ("5号楼", "6号楼"):
        await liu.says(f"@小红 {place}门禁坏了，电话13900007781")
    assert await park.handler("郭师傅").says("都接了") is None  # of calls, or children
    both = await guo.says("两个都接了")
    assert both and [line[:6] for line in both.split("\n")] == ["诉求102号", "诉求103号"]


async def test_words_say_which_of_several(park: Park) -> None:
    """漏水那个 is the one that leaks, also where its handler has others, or has not taken that one."""
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    for where in ("3号楼大厅灯坏了", "2号楼水管漏水"):
        await liu.says(f"@小红 {where}，麻烦派人，电话13900007781")
    await guo.says("接单 101")
    assert "诉求102号已由郭师傅接单，进展已记录" in (await guo.says("漏水那个要等明天配件") or "")
    assert park.to_chat("haina")[-1] == "诉求102号已由郭师傅接单，有进展：漏水那个要等明天配件"
    assert await guo.says("漏水那个明天上午换阀门") == "诉求102号进展已记录，已告知报事人。"
    todo = await guo.says("我手上还有啥")
    assert todo and todo.startswith("要办的诉求2件：")
    await liu.says("@小红 5号楼门禁失灵，麻烦派人，电话13900007781")
    both = await guo.says("102和103我都接")
    assert both and "您已经接单了" in both and "诉求103号由郭师傅接单" in both
