"""What was said before: needs told in parts, additions, slips, quotes, a call before the words."""

from bot.messages import Incoming, Kind
from tests.actors import Park
from tests.areas.test_learning import quoting


async def test_a_need_told_in_several_messages_is_one(park: Park) -> None:
    zhou, lei = park.company("周敏"), park.member("雷鸣")
    said = [
        await zhou.says("咱们楼的电梯又坏了"),
        await zhou.says("3号楼的"),
        await zhou.says("昨天就开始了，今天更厉害"),
    ]
    answers = [text for text in said if text]
    assert len(answers) == 1 and "诉求101号（物业服务·3号楼）" in answers[0]
    assert await lei.says("怪不得我等了半天") is None
    phone = await zhou.says("13812340001")
    assert phone and "138****0001" in phone
    (card,) = park.to_chat("desk-wuye")
    assert "昨天就开始了" in card and "3号楼" in card

    assert await zhou.says("现在里面还有异响，就在1单元那部") is None
    assert park.to_chat("desk-wuye")[1:] == ["诉求101号补充：现在里面还有异响，就在1单元那部"]
    assert await zhou.says("谢谢") is None
    assert await zhou.says("晚上一起吃饭不") is None
    await park.wait(minutes=5)
    assert await zhou.says("@小红 人呢？") == "诉求101号（物业服务）：已派单，等接单，7月22日11:10前响应。"
    other = await zhou.says("@小红 对了，一楼大厅的空调也不制冷了，麻烦派人看看")
    assert other and "诉求102号" in other
    kinds = [row.kind for row in await park.rows("select kind from need_event where need_id = 101 order by id")]
    assert kinds == ["created", "added", "contact", "dispatched", "added"]


async def test_slips_about_a_need(park: Park) -> None:
    he, guo = park.company("何军"), park.handler("郭师傅", "desk-wuye")
    await he.says("@小红 2号楼一层大门的门禁失灵了，刷不了卡，麻烦派人，13812340002")
    assert await he.says("说错了，是5号楼") == "已改：诉求101号的地点是5号楼一层大门。"
    assert park.to_chat("desk-wuye")[-1] == "诉求101号更正：地点是5号楼一层大门。"
    await guo.says("接单 101")
    changed = await he.says("电话打错了，是13812340003")
    assert changed == "已改：诉求101号的联系电话是138****0003。"
    assert await he.says("今天真热") is None
    assert await he.says("发错了") is None, "that was about the weather"
    assert await he.says("@小红 发错了，不用管了，我们自己重启好了") == "诉求101号已撤回。"
    assert "不用再办" in park.to_person(guo)[-1]
    assert await park.rows("select state, place, phone from need") == [("withdrawn", "5号楼一层大门", "13812340003")]


async def test_never_mind(park: Park) -> None:
    ou = park.company("欧阳")
    await ou.says("@小红 我们这边下水道堵了，麻烦来通一下")
    assert await ou.says("算了，不用了") == "诉求101号已撤回。"
    await ou.says("@小红 3号楼的电梯按钮失灵了，麻烦来修一下")
    assert await ou.says("算了") == "要撤回诉求102号（物业服务·3号楼）吗？是的话请回复「1」。"
    assert await ou.says("1") == "诉求102号已撤回。"
    await ou.says("@小红 空调不制冷，麻烦派人看看")
    assert await ou.says("9号楼6层") is None
    await park.wait(minutes=5)
    assert await ou.says("@小红 算了") == "好的，不留电话也行，诉求103号照样办。不用办了请回复「撤回103号」。"
    assert await park.rows("select state, place from need order by id") == [
        ("withdrawn", None),
        ("withdrawn", "3号楼"),
        ("reported", "9号楼6层"),
    ]


async def test_a_room_said_later_is_where_it_is(park: Park) -> None:
    """A kitchen has no number, and whoever reads of it knows whose; an answer to somebody else is none."""
    ou, lei = park.company("欧阳"), park.member("雷鸣")
    await ou.says("@小红 下水道堵了，往上返水，麻烦来通一下，电话13812340004")
    for quiet in ("在忙", "就在后厨那边", "靠里面那间"):
        assert await ou.says(quiet) is None, quiet
    assert await lei.says("欧阳你在哪") is None
    assert await ou.says("在会议室那边") is None
    assert await park.rows("select place, text from need") == [
        ("后厨", "下水道堵了，往上返水，麻烦来通一下，电话13812340004；就在后厨那边；靠里面那间")
    ]
    assert await ou.says("@小红 在大堂") == "已补充到诉求101号。"

    elsewhere = {"董波": "我要报修，二号楼的灯坏了", "方晴": "二楼会议室空调也不凉", "雷鸣": "卫生间也漏水"}
    for name, more in elsewhere.items():
        assert "已登记诉求" in (await park.member(name).whispers("我要报修，三号楼的灯坏了，13812340001") or "")
        assert "已登记诉求" in (await park.member(name).whispers(more) or ""), more
    assert "已登记诉求" in (await ou.whispers("3号楼漏水") or "")
    for more in ("3号楼二楼也漏", "还有异响", "二楼的"):
        assert "已补充到" in (await ou.whispers(more) or ""), more


async def test_slips_about_sign_ups_and_bookings(park: Park) -> None:
    chen, tang, qin = park.secretary("陈书记"), park.member("唐静"), park.member("秦峰")
    await chen.says("@小红 发布活动：插花体验课，7月30日上午9点半到11点，一楼大厅，限5人")
    await chen.says("确认")
    await tang.says("插花课我报3个")
    assert await tang.says("改成4个") == "已改：「插花体验课」4人（4/5）。"
    await qin.says("+1")
    assert await qin.says("发错了") == "已取消「插花体验课」报名。"
    assert await tang.says("说错了") is None
    assert await tang.says("是2个") == "已改：「插花体验课」2人（2/5）。"
    assert await tang.says("改成9个") == "只剩3个名额，不够改成9人，原来的2人仍然保留。"

    jiang = park.company("蒋涛")
    await jiang.says("@小红 订二楼会议室，后天下午2点到4点，面试用")
    moved = await jiang.says("说错了，是3点到5点")
    assert moved and "15:00–17:00" in moved
    given_back = await jiang.says("@小红 刚才订的不要了，面试改线上")
    assert given_back and given_back.startswith("已取消预约")
    assert await chen.says("发错了") is None, "the room of an activity is not given back by the way"


async def test_a_quoted_need_is_the_topic(park: Park) -> None:
    ding, bai = park.company("丁宁"), park.member("白雪")
    guo = park.handler("郭师傅", "desk-wuye")
    words = "七楼女卫生间水龙头关不上一直在流，请派人，电话13812340005"
    await ding.says(f"@小红 {words}")
    (card,) = park.to_chat("desk-wuye")
    assert await guo.says(quoting("小红", card, "接单"))
    state = await bai.says(quoting("丁宁", words, "@小红 这个有人来了没"))
    assert state and state.startswith("诉求101号（物业服务）：已接单")
    assert await bai.says(quoting("丁宁", words, "我昨天也看见了，水漫金山")) is None
    assert await guo.says(quoting("小红", card, "配件下午到")) == "诉求101号进展已记录，已告知报事人。"
    assert await guo.says(quoting("小红", card, "换了阀芯，好了")) == "诉求101号已记为办结，已请丁宁评价。"


async def test_called_first_and_told_in_the_next_message(park: Park) -> None:
    nie, ma = park.company("聂帆"), park.member("马姐")
    assert await nie.says("@小红") == "我在，请说。"
    assert await ma.says("哈哈她也有今天") is None
    assert await nie.says("稍等我打字慢") is None
    answer = await nie.says("想订一下多功能厅，明天上午9点到11点")
    assert answer and "多功能厅" in answer
    await park.wait(minutes=10)
    for name, text in (("甲", "隔壁装修太吵了，从早吵到晚"), ("乙", "保安太凶了，天天骂人")):
        who = park.company(name)
        assert await who.says("@小红") == "我在，请说。"
        assert await who.says("稍等") is None
        assert await who.says(text) == f"「{text}」要登记成诉求、请人去办吗？是的话请回复「1」。"
        receipt = await who.says("1")
        assert receipt and receipt.startswith("已登记诉求"), text
    assert await nie.says("@小红 在吗")
    assert await nie.says("没事了") is None
    assert (await nie.says("外面天好蓝")) == (await nie.says("@小红 外面天好蓝")), "said to the bot all the same"
    assert await nie.says("隔壁装修太吵了") is None, "not said to it any more"


async def test_a_complaint_is_asked_about(park: Park) -> None:
    """Said to the bot it is never passed over; in a group only where it goes on from one's own need."""
    liu, wang, guo = park.company("柳工"), park.member("王"), park.handler("郭师傅", "desk-wuye")
    assert await liu.says("对了，还有乱停车的") is None
    assert await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900008881")
    asked = await liu.says("对了，还有乱停车的")
    assert asked and asked.startswith("「乱停车的」要登记成诉求")
    receipt = await liu.says("1")
    assert receipt and receipt.startswith("已登记诉求102号")
    receipt = await liu.whispers("再加一个，二号楼客梯也坏了")
    assert receipt and receipt.startswith("已登记诉求103号（物业服务·二号楼）")
    assert await liu.whispers("我说的是5号楼，不是二号楼") == "已改：诉求103号的地点是5号楼。"
    urged = await liu.whispers("3号楼的货梯快点修吧")
    assert urged and "催办" in urged, "broken as before, it is no other need"
    await guo.says("接单 101")
    await guo.says("101号办结")
    assert await liu.says("一般") == "谢谢您的评价，诉求101号已关闭。"
    assert await liu.says("我要投诉") is None
    assert await liu.says("@小红 我要投诉") == "请说一下是什么事、在哪儿，我来登记转办。"
    receipt = await liu.says("物业态度差，还骂人")
    assert receipt and receipt.startswith("已登记诉求104号")
    assert await park.rows("select state from need where id = 101") == [("closed",)]
    for text in ("还有没有人吃饭", "对了，昨天太吵了哈哈", "保安好凶"):
        assert await wang.says(text) is None, text


async def test_a_recalled_message_takes_its_need_along(park: Park) -> None:
    xia = park.company("夏禾")
    await xia.says("@小红 6号楼走廊的灯不亮了，请派人来换，电话13812340009")
    await park.wait(minutes=1)
    assert await xia.says('"夏禾" 撤回了一条消息') == "诉求101号已撤回。"
    assert park.to_chat("desk-wuye")[-1].startswith("诉求101号已撤回")
    await xia.says("@小红 B座电梯有人被困，快来人")
    kept = await xia.says('"夏禾" 撤回了一条消息')
    assert kept and "紧急" in kept
    assert await park.rows("select state from need order by id") == [("withdrawn",), ("dispatched",)]

    await xia.says("@小红 7号楼的门禁刷不开，请派人来看", message_id="m-gone")
    recall = Incoming(
        "replay", "m-recall", "haina", xia.id, "m-gone", park.clock.now(), kind=Kind.RECALLED, role="company"
    )
    (told,) = [out.text for out in await park.deliver(recall) if out.chat == "haina"]
    assert told == "诉求103号已撤回。"


async def test_talk_that_sounds_like_it_stays_talk(park: Park) -> None:
    pan, mo = park.member("老潘"), park.member("小莫")
    for who, text in (
        (pan, "昨天球赛看了没"),
        (mo, "看了，3比2"),
        (pan, "发错了"),
        (pan, "改成明天吧"),
        (mo, "说错了，是3比1"),
        (mo, "？"),
        (pan, "停车场那个新来的保安挺帅"),
        (pan, "地下二层那个"),
        (mo, "13812340011"),
        (mo, "刚才订的不要了"),
    ):
        assert await who.says(text) is None, text
    assert await park.rows("select count(*) from need") == [(0,)]
