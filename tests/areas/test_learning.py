"""为什么 and corrections, as staff use them in a group."""

from tests.actors import Park

RULE = "\n- - - - - - - - - - - - - - -\n"


def quoting(name: str, text: str | None, reply: str) -> str:
    """A reply to a message, in the form that WeChat gives it."""
    return f"「{name}:{text}」{RULE}{reply}"


async def test_staff_learn_why_and_set_it_right(park: Park) -> None:
    lu, cai, sun = park.company("陆洋"), park.staff("蔡宁"), park.member("孙悦")
    complaint = "我们一楼大厅的灯坏了三盏，晚上黑乎乎的"
    receipt = await lu.says(f"@小红 {complaint}")
    assert await sun.says(quoting("小红", receipt, "为什么")) is None
    told = await cai.says(quoting("小红", receipt, "为什么"))
    assert told and "读作诉求" in told and "「灯」" in told and "其次像" in told and "按诉求办了" in told
    assert await cai.says(quoting("陆洋", complaint, "@小红 为啥没理他")) == told
    assert await cai.whispers(f"为什么 收件{told[2]}号") == told

    assert await cai.says(quoting("小红", receipt, "应该归社会服务")) == "诉求101号已改归社会服务组。"
    assert await cai.says(quoting("陆洋", complaint, "不是诉求")) == "已更正：这是闲聊，诉求101号已撤回。"
    assert await park.rows("select state, category from need") == [("withdrawn", "社会服务")]
    assert await lu.says("13900007781") is None, "nobody waits for the phone any more"
    assert await park.rows("select kind, value from lesson order by id") == [
        ("category", "社会服务"),
        ("intent", "none"),
    ]


async def test_the_right_thing_is_done_for_the_sender(park: Park) -> None:
    cai, sun, guo = park.staff("蔡宁"), park.member("孙悦"), park.handler("郭师傅", "desk-wuye")
    words = "这两天总觉得楼道里味道怪怪的，13900007782"
    assert await sun.says(words) is None
    silent = await cai.says(quoting("孙悦", words, "@小红 为什么不理他"))
    assert silent and "没到插话" in silent and "没插话" in silent
    assert await cai.says(quoting("孙悦", words, "你搞错了，这是诉求")) == "已更正：这是诉求。"
    receipt = cai.last[0]
    assert receipt.to == sun.id and "诉求101号" in receipt.text and "139****7782" in receipt.text
    (category,) = (await park.rows("select category from need"))[0]
    other = "法律服务" if category != "法律服务" else "人才服务"
    card = next(text for text in (out.text for out in park.channel.sent) if text.startswith("新诉求101号"))
    moved = await guo.says(quoting("小红", card, f"应该归{other[:2]}组"), chat=_desk_of(park, card))
    assert moved == f"诉求101号已改派{other}组。"
    assert await park.rows("select category, state from need") == [(other, "dispatched")]
    assert len([out for out in park.channel.sent if "新诉求101号" in out.text and not out.private]) == 2
    texts = await park.rows("select distinct text from lesson")
    assert texts == [("这两天总觉得楼道里味道怪怪的，139****7782",)], "lessons are masked"


def _desk_of(park: Park, card: str) -> str:
    return next(out.chat for out in park.channel.sent if out.text == card)


async def test_a_sign_up_that_was_none_is_taken_back(park: Park) -> None:
    chen, lin, cai = park.secretary("陈书记"), park.member("林晓"), park.staff("蔡宁")
    await chen.says("@小红 发布活动：插花体验课，7月30日上午9点半到11点，一楼活动角，限10人")
    await chen.says("确认")
    assert await lin.says("插花体验课我报名")
    assert await park.rows("select state from sign_up") == [("seated",)]
    assert (
        await cai.says(quoting("林晓", "插花体验课我报名", "这是闲聊"))
        == "已更正：这是闲聊，已取消「插花体验课」报名。"
    )
    assert await park.rows("select state from sign_up") == [("cancelled",)]
    assert await cai.says(quoting("林晓", "插花体验课我报名", "这是报名")) == "已更正：这是报名。"
    assert [row.state for row in await park.rows("select state from sign_up order by id")] == ["cancelled", "seated"]
    assert await lin.says(quoting("陈书记", "确认", "这是闲聊")) is None, "not for members to say"


async def test_the_words_of_a_slot_are_put_right_and_kept_as_a_lesson(park: Park) -> None:
    lu, cai, guo = park.company("陆洋"), park.staff("蔡宁"), park.handler("郭师傅", "desk-wuye")
    words = "我们海纳电子门口的灯坏了三盏，就是3号楼西侧连廊那边，电话13900007781"
    receipt = await lu.says(f"@小红 {words}")
    assert receipt and "101" in receipt
    await guo.says("接单 101")
    assert await cai.says(quoting("陆洋", words, "地点是3号楼西侧连廊")) is None, "said to whoever asks, not to the bot"
    told = await cai.says(quoting("小红", receipt, "地点应该是3号楼西侧连廊"))
    assert told == "已更正：地点是3号楼西侧连廊，诉求101号已改。"
    assert park.to_person(guo)[-1] == "诉求101号更正：地点是3号楼西侧连廊。"
    elsewhere = await cai.says(quoting("小红", receipt, "单位不是海纳，是云帆科技"))
    assert elsewhere == "已更正：单位是云帆科技，诉求101号已改；原话里没有这几个字，不作训练。"
    phone = await cai.says(quoting("陆洋", words, "@小红 电话是13900007782"))
    assert phone == "已更正：电话是139****7782，诉求101号已改。"
    assert await park.rows("select place, company, phone from need") == [("3号楼西侧连廊", "云帆科技", "13900007782")]
    assert await park.rows("select kind, value from lesson") == [("slot", "place=3号楼西侧连廊")]


async def test_a_need_of_several_messages_is_put_right_by_its_receipt_or_card(park: Park) -> None:
    zhao, cai, sun = park.company("赵姐"), park.staff("蔡宁"), park.member("孙悦")
    said = [await zhao.says(text) for text in ("咱们楼的电梯又坏了", "3号楼的", "昨天就开始了，今天更厉害")]
    (receipt,) = [text for text in said if text]
    await zhao.says("13812340001")
    (card,) = [out.text for out in park.channel.sent if out.text.startswith("新诉求101号")]
    assert await sun.says(quoting("小红", receipt, "地点应是3号楼连廊")) is None
    refused = await sun.says(quoting("小红", receipt, "@小红 地点应是3号楼连廊"))
    assert refused == "诉求101号由报事人、经办人或工作人员更正。", "no need of its own"
    told = await cai.says(quoting("小红", receipt, "地点应是3号楼连廊"))
    assert told == "已更正：地点是3号楼连廊，诉求101号已改；原话里没有这几个字，不作训练。"
    assert park.to_chat("desk-wuye")[-1] == "诉求101号更正：地点是3号楼连廊。"
    assert await zhao.says(quoting("小红", receipt, "单位是福记面馆")) == "已更正：单位是福记面馆，诉求101号已改。"
    assert await park.rows("select id, place, company from need") == [(101, "3号楼连廊", "福记面馆")]
    guo = park.handler("郭师傅", "desk-wuye")
    cleared = await guo.says(quoting("小红", card, "没写地点"))
    assert cleared and cleared.startswith("已更正：没有写地点，诉求101号已改")
    assert await park.rows("select id, place from need") == [(101, None)]
    assert await zhao.says("101号不用了，撤回吧")
    over = await cai.says(quoting("小红", receipt, "@小红 地点应是5号楼"))
    assert over and over.startswith("诉求101号现在是「已撤回」，不能更正")
