"""Danger, and what else must become a need of its own: nothing is swallowed, and nothing swallows."""

import time

import pytest

from bot.domain.needs import deadlines
from handlers.needs import danger
from knowledge.normalize import clean
from tests.actors import Park

ADDED = "已补充到诉求{}号。"


async def test_each_danger_has_its_own_number_and_hotline(park: Park) -> None:
    """Another kind, another place, or after what was withdrawn: a new urgent need. More of the same is added."""
    lin, chen = park.member("林"), park.member("陈")
    trapped = await lin.whispers("电梯里有人困住了")
    assert trapped and trapped.startswith("有人被困请先拨打119！已登记诉求101号（物业服务），已派给")
    assert "请马上说一下在哪栋楼、几层。" in trapped
    assert await lin.whispers("撤回101号") == "诉求101号已撤回。"
    for text, number, hotline in (
        ("2号楼电梯里有人困住了", 102, "119"),
        ("我家煤气味好大", 103, "119"),
        ("我老伴摔倒了起不来", 104, "120"),
        ("6号楼3楼着火了", 105, "119"),
        ("2号楼也着火了", 106, "119"),
    ):
        told = await lin.whispers(text)
        assert told and f"！已登记诉求{number}号" in told and hotline in told.split("！")[0], told
    assert await lin.whispers("5楼冒烟了") == ADDED.format(106)
    assert await chen.says("@小红 人关电梯里了")
    assert await chen.says("3号楼") == ADDED.format(107), "it was asked for"
    urgent = [text for text in park.to_chat("desk-wuye") if text.startswith("【紧急】")]
    assert len(urgent) == 7
    assert await park.rows("select id, text, place from need where id in (101, 107) order by id") == [
        (101, "电梯里有人困住了", None),
        (107, "人关电梯里了；3号楼", "3号楼"),
    ]


async def test_danger_here_is_dispatched_at_once(park: Park) -> None:
    """Told to nobody, with a place of the park, as it happens; elsewhere, past, asked or a drill it is not."""
    told = ("着火了！6号楼3楼冒烟", "2号楼煤气泄漏了！", "3号楼电梯里有人困住了", "我家楼下有人晕倒了")
    for at, text in enumerate(told, 101):
        receipt = await park.member(f"甲{at}").says(text)
        assert receipt and f"！已登记诉求{at}号" in receipt, text
    wang = park.member("王")
    for text in (
        "6号楼着火了，已处置完毕",
        "昨天6号楼着火了！",
        "6号楼着火了吗？",
        "听说6号楼着火了！",
        "6号楼消防演练冒烟了！",
    ):
        assert await wang.says(text) is None, text
    for text in ("老家那边3号楼着火了！", "上海3号楼着火了！"):
        asked = await park.member(text).says(text)
        assert asked and "请回复「1」" in asked, text
    for text in (
        "热死了，快着火了",
        "嗓子冒烟了",
        "电影里楼顶有人要跳",
        "价格战打起来了",
        "饭烧焦了，一股味",
        "这剧里有人拿刀砍人了",
        "二楼火锅冒着烟，好香啊",
        "人呢！",
    ):
        assert await park.member(text).says(text) is None, text
    zhou = park.member("周")
    asked = await zhou.says("电梯里有人困住了")
    assert asked and asked.endswith("请回复「1」，或者直接说在哪栋楼。")
    assert park.to_chat("p:guo")[-1].startswith("请留意：周在「海纳商圈党建群」说「电梯里有人困住了」")
    receipt = await zhou.says("5号楼的")
    assert receipt and receipt.startswith("有人被困请先拨打119！已登记诉求105号（物业服务·5号楼），已派给")
    for text in QUIET.split()[:17]:
        assert await park.member(text).says(text) is None, text
    for text in ("订二楼会议室，明天下午2点，讨论电梯困人", "发布活动：急救课，7月30日下午2点，三楼，晕倒了怎么救"):
        answer = await park.staff("蔡").whispers(text)
        assert answer and "诉求" not in answer, text
    for at, (text, number) in enumerate(
        (
            ("三楼有股煤气味", "119"),
            ("配电房的箱子在冒烟", "119"),
            ("有个孩子的手夹在扶梯里了", "119"),
            ("楼顶有个女的要跳楼", "110"),
            ("大堂里有人持刀，快报警", "110"),
            ("食堂好几个人吃完饭上吐下泻", "120"),
            ("3号楼有人跳楼了", "110"),
            ("3号楼后厨着火了，手机充电引起的", "119"),
            ("有人晕倒了！谁会急救", "120"),
            ("有人触电了，怎么办？", "120"),
            ("有人被困电梯了，谁有物业电话？", "119"),
            ("厂里人都中毒了，快叫救护车", "120"),
        ),
        106,
    ):
        receipt = await park.member(f"乙{at}").says(text)
        assert receipt and number in receipt.split("！")[0] and f"！已登记诉求{at}号（物业服务" in receipt, text
    assert await park.rows("select place from need where id = 106") == [("三楼",)]


QUIET = """
感冒了，刚喝药了 加班加得人想跳楼啊 天台晚上要跳广场舞了 刚我老公打我电话了 这次活动有人动手能力真强
几个小朋友自己动手包饺子真好啊 保安动手帮我们搬桌子了 领导拿刀切蛋糕了 两个部门为了预算打起来了
食堂在抢包子了 楼下有人打架子鼓啊 焦糖味拿铁好喝啊 今天群消息爆炸了 我们公司业绩爆炸了
看到账单我直接晕过去了 孩子的帽子掉下楼了 两个同事喝吐了 水龙头破了 我被困扰了好久啊 轮胎漏气了
电瓶车找着了 电动车今年卖爆了 抢票抢得头破血流啊 店里打骨折了快来买 电脑中毒了啊 没意识到今天周五啊
周末倒在床上起不来了 感动得人眼泪都掉下来了 有人把衣服掉下楼了 他们几个人羽毛球打起来了
这价格就是在抢钱啊 我被工作绑架了 师傅拿着刀削面好香啊 困了，在电梯里睡着了 商场电梯都关了啊
孩子关家里上网课了 思想碰撞迸出火花了 食堂人多到爆炸啊 忙得喘不过气了 孩子又烧起来了 面包烤糊了一股焦味
电梯里关了灯好黑啊 有人受伤了吗？谁知道 提醒大家防火防盗，家里着火了就晚了 晚上一起火锅吧！
气球爆炸了 爆炸盐好用啊 心在流血啊 骨折恢复了 全家防溺水了 孩子成绩掉下来了 孩子的玩具卡在椅子缝里了
"""
"""Chatter with the words of danger."""
DANGER = """
3号楼着火了，请提醒大家撤离！ 快来人，工地有人工伤流血了 厂里人都中毒了，快叫救护车
撞了人赔不赔先别管，流血了快来人 3号楼有人跳楼了 3号楼后厨着火了，手机充电引起的 有人晕倒了！谁会急救
有人触电了，怎么办？ 有人被困电梯了，谁有物业电话？ 3号楼着火了，请大家撤离避免受伤 二楼培训室着火了
3号楼今天着火了 保险丝冒火花了 饭加热着火了 急！都着火了 锅炉爆炸了 爆炸了！快跑 门口有人打架了
两个人打起来了，快来人 大堂有人拿着菜刀，快报警 我老公在打我 有人抢包了！ 老人头摔破了
有人从脚手架上掉下来了 孩子掉下楼了 三个同事吃完饭吐了 电梯里关着两个人 报警器响了，机房冒烟了
楼道一股焦糊味
"""
"""The same words where people are in danger."""


def test_danger_is_told_from_chatter() -> None:
    assert [text for text in QUIET.split() if danger.tells(clean(text).text)] == []
    assert [text for text in DANGER.split() if not danger.tells(clean(text).text)] == []


@pytest.mark.parametrize("piece", ["人", "1", "个", "电梯", "热得人都着火", "人被困孩子掉头卡,", "，刚被骗转"])
def test_however_long_a_text_danger_is_judged_at_once(piece: str) -> None:
    began = time.perf_counter()
    for text in (piece * 20_000, "人" + piece * 20_000 + "1"):
        deadlines.dangers_in(text)
        danger.tells(text)
    assert time.perf_counter() - began < 1


async def test_danger_goes_on_where_the_trouble_was(park: Park) -> None:
    """水漏到电箱了，冒火花 after a leak: urgent, at the leak's place. 人呢 urges, unless it is said to others."""
    liu, li = park.company("柳工"), park.member("李敏")
    await liu.says("@小红 3号楼2楼漏水了，请派人修，电话13900008881")
    assert await li.says("中午吃什么") is None
    assert await liu.says("人呢") is None, "others spoke"
    sparks = await liu.says("水都进插座了！冒火花")
    assert sparks and sparks.startswith("有火情请先撤离并拨打119！已登记诉求102号（物业服务·3号楼2楼），已派给")
    assert sparks.endswith("是在3号楼2楼吗？不是的话请马上说一下在哪。")
    assert await park.rows("select text, urgent from need where id = 102") == [
        ("水都进插座了！冒火花；接着刚报的101号", True)
    ]
    assert await li.says("真的啊") is None
    urged = await liu.says("怎么还没人来！！")
    assert urged and urged.startswith("已向物业服务组催办诉求102号")
    assert await li.says("人呢") is None
    assert await liu.says("没事了") == "要撤回诉求102号（物业服务·3号楼2楼）吗？是的话请回复「1」。", (
        "urgent, whoever spoke"
    )


async def test_despair_is_answered_and_staff_learn_of_it(park: Park) -> None:
    """Of oneself and plainly: to them alone, and to the staff; with a laugh, of the heat or of others it is talk."""
    wang, zhou = park.member("王"), park.member("周")
    told = await wang.whispers("最近真的不想活了")
    assert told and "12356" in told and "120" in told
    assert [text for text in park.to_chat("p:cai") if "不想活了" in text]
    for text in (
        "我要跳楼",
        "我要自杀",
        "我吃了很多安眠药",
        "我加班累得不想活了",
        "我不想活了，谁都帮不了我",
        "我准备从楼顶跳下去",
    ):
        told = await wang.whispers(text)
        assert told and all(number in told for number in ("12356", "120", "110")) and "已经请工作人员" in told, text
        assert text in park.to_chat("p:cai")[-1], text
    told = await wang.whispers("我儿子说不想活了，锁在屋里")
    assert told and told.startswith("请您先陪着对方") and "12356" in told
    assert await zhou.says("活着真没意思") is None and "12356" in park.to_person(zhou)[-1]
    before = len(park.channel.sent)
    assert await zhou.says("真的不想活了") is None, "its like was passed on a minute ago"
    for text in (
        "想死",
        "想死啊",
        "真的想死了",
        "活着没劲",
        "加班累得不想活了",
        "热得不想活了",
        "加班加到不想活了哈哈",
        "想死你们了",
        "他说不想活了那部电影",
        "我家猫想死我了",
    ):
        assert await wang.says(text) is None, text
    assert len(park.channel.sent) == before
    cheated = await wang.whispers("我刚被骗子骗了，转了五万过去")
    assert cheated and cheated.startswith("刚转了账请马上拨打110和96110") and "（法律服务）" in cheated
    assert "哪栋楼" not in cheated


async def test_broken_with_a_phone_is_a_need(park: Park) -> None:
    """Whoever says what is broken and leaves a phone is heard; the past, trades and one's own things are talk."""
    for at, text in enumerate(
        ("会议室的投影仪坏了，13900008888", "二楼会议室投影仪坏了，电话13900008887", "@小红 空调坏了，13900008886"), 101
    ):
        receipt = await park.company(f"企{at}").says(text)
        assert receipt and receipt.startswith(f"已登记诉求{at}号（物业服务"), text
    wang = park.member("王")
    for text in (
        "昨天投影仪坏了，已修好，13900008888",
        "空调坏了找我，专业维修13900008888",
        "我手机坏了，新号13900008888",
        "签到把我漏了，13900008888",
        "有问题联系我13900008888",
    ):
        assert await wang.says(text) is None, text


async def test_only_what_belongs_to_it_is_part_of_a_need(park: Park) -> None:
    """No question that was answered before it, and no place alone; a place that comes after, or before."""
    ke, liu, zhou, wu = park.company("客"), park.company("柳工"), park.member("周"), park.member("吴")
    await ke.says("@小红 3号楼货梯坏了，请派人修，电话13900008881")
    for text in ("101号办到哪了", "@小红 101号办到哪了"):
        told = await liu.says(text)
        assert told and told.startswith("诉求101号（物业服务）：已派单")
    await liu.says("@小红 连廊的灯坏了，麻烦修一下，电话13900008882")
    pipe = await zhou.whispers("我想找个人修水管")
    assert pipe and pipe.startswith("已登记诉求103号（物业服务）。请留个联系电话")
    await park.wait(minutes=5)
    assert await zhou.whispers("3号楼2单元") == ADDED.format(103)
    assert await wu.whispers("3号楼2单元") == "3号楼2单元有什么事？请说一下，比如「3号楼2单元水管漏水」。"
    await wu.whispers("水管漏水了")
    assert await park.rows("select id, text, place from need where id > 101 order by id") == [
        (102, "连廊的灯坏了，麻烦修一下，电话13900008882", None),
        (103, "我想找个人修水管；3号楼2单元", "3号楼2单元"),
        (104, "3号楼2单元，水管漏水了", "3号楼2单元"),
    ]
    await zhou.whispers("我家马桶堵了，请派人修")
    whole = await zhou.whispers("3号楼501，电话13900008883")
    assert whole and whole.startswith("收到，诉求105号的联系电话是139****8883，已派给物业服务组")
    assert await park.rows("select state, place from need where id = 105") == [("dispatched", "3号楼501")]
    await ke.says("@小红 5号楼水管漏了，请派人修")
    await ke.says("@小红 撤回106号")
    assert await ke.says("@小红 13900008885") != "收到，诉求106号的联系电话是139****8885，只给经办人看。"


async def test_no_question_swallows_danger(park: Park) -> None:
    """Asked for a reason, whoever tells of fire is not giving one."""
    liu, guo = park.company("柳工"), park.handler("郭师傅", "desk-wuye")
    await liu.says("@小红 3号楼货梯坏了，请派人修，电话13900008881")
    await guo.says("接单 101")
    assert await guo.says("101号延期到下周一") == "请说一下延期的原因。"
    fire = await guo.says("6号楼3楼着火了，快来人")
    assert fire and fire.startswith("有火情请先撤离并拨打119！已登记诉求102号（物业服务·6号楼3楼），")
    await guo.says("101号办结")
    assert await liu.says("不满意")
    fire = await liu.says("@小红 5号楼着火了，快来人")
    assert fire and fire.startswith("有火情请先撤离并拨打119！已登记诉求103号（物业服务·5号楼），")
    gas = await liu.says("二楼有股煤气味")
    assert gas and gas.startswith("闻到燃气味请先开窗撤离") and "已登记诉求104号" in gas
    assert await liu.says("门还是关不上") == "记下了，已转给诉求101号的经办人，谢谢您说明。"
