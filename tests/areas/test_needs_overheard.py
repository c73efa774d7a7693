"""What people say to each other while needs are open: asked about by digit where it may be meant, else talk."""

from tests.actors import Park

LIFT = "@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781"


async def test_a_withdrawal_is_asked_about(park: Park) -> None:
    """取消吧 to somebody else takes no need back, and no group hears of needs reported elsewhere."""
    liu, wang = park.company("柳工"), park.member("老王")
    await liu.says(LIFT)
    asked = "要撤回诉求101号（物业服务·3号楼）吗？是的话请回复「1」。"
    assert await liu.says("取消吧") == asked
    assert await liu.says("算了") == "好的，诉求101号照样办。不用办了请回复「撤回101号」。"
    assert await wang.says("晚上聚餐还去吗") is None
    for text in ("取消吧", "算了，不用了", "算了"):
        assert await liu.says(text) is None, text
    assert await liu.says("撤回") == asked
    assert await wang.says("1") is None
    assert await liu.says("1") is None, "others spoke meanwhile"
    assert await liu.says("撤回", chat="yunfan") is None
    assert await liu.says("办到哪了", chat="yunfan") is None
    elsewhere = await liu.says("@小红 办到哪了", chat="yunfan")
    assert elsewhere and "物业" not in elsewhere and "请私聊我" in elsewhere
    assert await park.rows("select state from need") == [("dispatched",)]
    assert await liu.says("货梯不用修了，撤回吧") == "诉求101号已撤回。"


async def test_done_is_said_of_the_need(park: Park) -> None:
    """修好了 resolves it at its desk, or with its own words; of something else it is asked about, or talk."""
    liu, guo, wang = park.company("柳工"), park.handler("郭师傅", "desk-wuye"), park.secretary("王书记")
    await liu.says(LIFT)
    await guo.says("接单 101")
    assert await guo.says("修好了，灯亮了", chat="yunfan") is None
    assert await guo.says("修好了，灯亮了", chat="haina") is None
    asked = "是诉求101号（物业服务·3号楼）办结了吗？是的话请回复「1」。"
    assert await guo.says("修好了，灯亮了") == asked
    assert await guo.says("已经修好了", chat="haina") == asked
    assert await park.rows("select state from need") == [("accepted",)]
    assert await guo.says("1") == "诉求101号已记为办结，已请柳工评价。"

    for text in ("好的，谢谢师傅", "太慢了吧这快递", "快点吧"):
        assert await liu.says(text) is None, text
    assert await wang.says("明天学习会，参加的扣1") is None
    for text in ("1", "谢谢", "还行吧", "这家店真好"):
        assert await liu.says(text) is None, text
    assert await park.rows("select state, rating from need") == [("resolved", None)]
    assert await liu.says("不满意，又停了")
    assert await guo.says("已经修好了") == "诉求101号已记为办结，已请柳工评价。"
    assert await liu.says("1") == "谢谢您的评价，诉求101号已关闭。"


async def test_what_reporters_say_without_a_wish(park: Park) -> None:
    """It is over, it is not done yet: asked about where it can be meant; why it was not good, in private too."""
    sun, guo, wang = park.member("孙丽"), park.handler("郭师傅", "desk-wuye"), park.member("老王")
    await sun.says(LIFT)
    await park.wait(minutes=10)
    asked = "要撤回诉求101号（物业服务·3号楼）吗？是的话请回复「1」。"
    for text in ("修好了", "来电了，修好了", "不用了已经出来了", "已经亮了，谢谢", "出来了，没事了", "好像修过了"):
        assert await sun.whispers(text) == asked, text
    for text in ("还没亮", "灯又不亮了", "好像没人修", "没事做了", "没事了吧"):
        assert await sun.whispers(text) != asked, text
    assert await sun.says("修好了") == asked
    assert await wang.says("中午去哪吃") is None
    assert await sun.says("修好了") is None, "others spoke"
    assert await guo.says("101号办结，换了门机")
    assert await sun.says("不行啊 又停了") == "诉求101号记为不满意、重新办理吗？是的话请回复「1」。"
    assert await sun.says("还没好呢") == "诉求101号记为不满意、重新办理吗？是的话请回复「1」。"
    again = await sun.says("1")
    assert again and again.startswith("很抱歉没有办好。诉求101号已重新办理")
    await guo.says("101号办结，换了主板")
    why = await sun.says("不满意")
    assert why and why.endswith("请问哪里没办好？我一并转给经办人。")
    assert "已转给" not in (await sun.whispers("生育津贴怎么领") or "")
    assert await sun.whispers("门还是关不严，噪音很大") == "记下了，已转给诉求101号的经办人，谢谢您说明。"
    assert await sun.says("明天我请大家吃西瓜") is None, "answered once"


async def test_me_too_is_said_of_what_was_just_talked_of(park: Park) -> None:
    liu, li, zhao, qian = park.company("柳工"), park.member("李敏"), park.member("赵敏"), park.company("钱进")
    chen, cai = park.secretary("陈书记"), park.staff("蔡主任")
    await liu.says(LIFT)
    assert await li.says("中午吃食堂") is None
    assert await zhao.says("我们也是") == "您也要报诉求101号（物业服务·3号楼）吗？是的话请回复「1」。"
    assert await zhao.says("1") == "已把您加到诉求101号（物业服务·3号楼），共2家报了，有结果一起告诉您。"
    await park.wait(hours=1)
    assert await qian.says("我们也是") is None
    assert await qian.says("我们家货梯也是") is not None

    await chen.says("@小红 发布活动：消防体验课，7月30日下午2点到4点，消防救援站一楼，限9人，截止7月28日")
    await chen.says("确认")
    assert await li.says("+1")
    await park.wait(hours=2)
    assert await zhao.says("+1") is None
    assert await cai.says("统计本月加班") is None
    figures = await cai.says("统计 本月")
    assert figures and figures.startswith("统计（2025-07-01 至 2025-07-31）")
    refused = await cai.says("统计 13月")
    assert refused and refused.startswith("没看懂是哪段时间")


async def test_a_wish_of_its_own_is_no_answer_and_no_addition(park: Park) -> None:
    """An exact command goes before an open question, which stays open."""
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    await liu.says(LIFT)
    room = await liu.says("@小红 订会议室")
    assert room and "补充" not in room
    assert await liu.says("@小红 在3号楼1单元") == "已补充到诉求101号。"
    await guo.says("接单 101")
    assert await guo.says("101号延期到下周一") == "请说一下延期的原因。"
    todo = await guo.says("待办")
    assert todo and todo.startswith("要办的诉求1件")
    assert await guo.says("等配件") == "诉求101号办理时限延到7月28日17:30，原因：等配件。"


async def test_what_must_not_be_lost(park: Park) -> None:
    """A phone left with a complaint, danger told to all: heard without the bot's name. What is no need is not."""
    wang, zhou, wu, sun = park.member("王磊"), park.member("周敏"), park.member("吴迪"), park.member("孙丽")
    for text in ("货梯坏了打这个电话13900007782", "昨天我们小区着火了", "股市着火了！", "手机充电着火了哈哈"):
        assert await wang.says(text) is None, text
    receipt = await wang.says("3号楼的路灯也坏了，电话13900007782")
    assert receipt and receipt.startswith("已登记诉求101号（物业服务·3号楼）")
    assert await zhou.says("着火了！！") == (
        "有火情请先撤离并拨打119！需要我马上通知值班人，请回复「1」，或者直接说在哪栋楼。"
    )
    assert await wu.says("天啊") is None
    for who, text, number in (
        (zhou, "1", "119"),
        (wu, "B座有人被困电梯里了，快来人！！", "119"),
        (sun, "@小红 人关里面了", "119"),
        (sun, "@小红 有人摔伤了，流血不止", "120"),
    ):
        told = await who.says(text)
        assert told and "！已登记诉求10" in told and number in told.split("！")[0], told
    lamp = await sun.says("2号楼的路灯也坏了，电话13900007785")
    assert lamp and lamp.startswith("已登记诉求106号（物业服务·2号楼）"), "no more of the injury"
    urgent = [text for text in park.to_chat("desk-wuye") if text.startswith("【紧急】")]
    assert len(urgent) == 4 and "快来人！！" in urgent[1]


async def test_said_clumsily(park: Park) -> None:
    liu, zhao, guo = park.company("柳工"), park.member("赵敏"), park.handler("郭师傅", "desk-wuye")
    await liu.says(LIFT)
    assert await liu.says("@小红 5号楼水管漏水，麻烦派人来修")
    assert await liu.whispers("我的诉求") == (
        "102号 物业服务·5号楼：5号楼水管漏水，麻烦派人来修（已派单，等接单，7月22日11:10前响应）\n"
        "101号 物业服务·3号楼：3号楼货梯坏两天了，麻烦安排人…（已派单，等接单，7月22日11:10前响应）"
    )
    taken = await guo.says("接单 101、102 199")
    assert taken is not None
    assert [line[:10] for line in taken.split("\n")] == ["诉求101号由郭师傅", "诉求102号由郭师傅", "没有找到诉求199号"]
    early = await liu.says("@小红 101号重办")
    assert early and "催一下101号" in early
    assert await guo.says("101和102都办结了，换了配件") == (
        "诉求101号已记为办结，已请柳工评价。\n诉求102号已记为办结，已请柳工评价。"
    )
    other = await zhao.says("@小红 101号重办")
    assert other and "101号不满意" in other
    again = await liu.says("@小红 101号重办")
    assert again and again.startswith("很抱歉没有办好。诉求101号已重新办理")
    complaint = await liu.says("@小红 我想投诉102号，还是坏的")
    assert complaint and complaint.startswith("很抱歉没有办好。诉求102号已重新办理")
    foreign = await zhao.says("@小红 How can I get a parking permit?")
    assert foreign and foreign.startswith("抱歉，我只懂中文")
    await liu.says("@小红 我们有20把椅子可以借给大家")
    assert await liu.says("改成30把") == "已改：资源1号 30把椅子。"
