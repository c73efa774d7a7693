"""社团 and 系列: founded, joined, heard of; a leader holds the club's activities and nothing else."""

from tests.actors import Park


async def test_a_club_is_founded_joined_and_left_by_a_word(park: Park) -> None:
    sec, lin, wang = park.secretary("陈书记"), park.member("林晓"), park.member("王强")
    assert await lin.says("大家早") is None
    assert "只对支部书记、工作人员开放" in (await lin.says("@小红 成立社团 羽毛球社") or "")
    assert await sec.says("成立社团 羽毛球社，负责人林晓") is None
    made = await sec.says("@小红 成立社团 羽毛球社，负责人林晓")
    assert made == "「羽毛球社」成立了，负责人林晓。想参加的说「加入羽毛球社」。"
    assert "您是「羽毛球社」的负责人了" in park.to_person(lin)[-1]
    assert "已经有「羽毛球社」" in (await sec.says("@小红 成立社团：羽毛球社") or "")
    assert "没有认出「赵六」" in (await sec.says("@小红 成立社团 棋社，负责人赵六") or "")

    for quiet in ("加入读书社", "参加晚饭", "羽毛球社有哪些人", "有哪些社团", "羽毛球社有什么活动"):
        assert await wang.says(quiet) is None, quiet
    joined = await wang.says("@小红 加入羽毛球")
    assert joined == "已加入「羽毛球社」，有新活动会告诉您。不想参加了说「退出羽毛球社」。"
    assert "已经在" in (await wang.says("@小红 我想加入羽毛球社") or "")
    assert await wang.whispers("加入棋社") == "没有找到「棋社」。现有社团：羽毛球社。"
    assert "· 羽毛球社（负责人林晓，2人）" in (await wang.says("@小红 有哪些社团") or "")
    asked = await wang.says("@小红 羽毛球社有哪些人")
    assert asked == "「羽毛球社」2人，负责人林晓。名单只告诉负责人和工作人员。"
    how = await park.member("田园").says("@小红 羽毛球社怎么加入")
    assert how is not None and "想参加说「加入羽毛球社」" in how
    assert await lin.says("@小红 羽毛球社有哪些人") == "名单已私发给您。"
    assert park.to_person(lin)[-1] == "「羽毛球社」2人，负责人林晓：林晓、王强。"

    assert "请书记先换人" in (await lin.says("@小红 退出羽毛球社") or "")
    assert await wang.says("退了羽毛球社吧") == "已退出「羽毛球社」。"
    elsewhere = park.person("周书记", "secretary", "yunfan")
    assert "所在组织的书记" in (await elsewhere.says("@小红 羽毛球社负责人改为周书记") or "")
    assert "负责人已改为王强" in (await sec.says("@小红 羽毛球社负责人改为王强") or "")
    assert "已解散" in (await park.staff("蔡宁").says("@小红 解散羽毛球社") or "")
    assert "还没有社团" in (await wang.whispers("社团") or "")


async def test_a_club_founded_in_private_is_the_secretarys_own_and_nobody_is_renamed(park: Park) -> None:
    sec, cai = park.secretary("陈书记"), park.staff("蔡宁")
    await sec.whispers("我是海纳电子的陈红")
    assert await sec.says("早") is None
    assert (await sec.whispers("成立社团 棋社，负责人我") or "").startswith("「棋社」成立了，负责人陈红。")
    assert "请写上社团的名称和负责人" in (await sec.whispers("成立社团 茶社，负责人我，成员20人，每周三活动") or "")
    assert "棋社" not in (await sec.whispers("我是谁") or "")
    guest = park.person("路人", None)
    assert await guest.says("成立社团 茶社，负责人我，成员20人") is None
    assert await park.rows("select name from person where name like '%社%'") == []

    await park.person("陈书记", "secretary", "yunfan").says("早")
    several = await sec.whispers("成立社团 诗社")
    assert several is not None and "请在要成立社团的那个组织的群里说" in several and "海纳" in several
    await cai.says("早")
    assert "「诗社」成立了" in (await cai.whispers("成立社团 诗社") or "")
    homes = await park.rows(
        "select c.name, o.parent_id is null from club c join organisation o on o.id = c.organisation_id"
    )
    assert {name: bool(district) for name, district in homes} == {"棋社": False, "诗社": True}


async def test_a_leader_holds_the_activities_of_the_club_and_members_elsewhere_are_told_once(park: Park) -> None:
    sec, lin, wang = park.secretary("陈书记"), park.member("林晓"), park.member("王强")
    far = park.person("高翔", "member", "yunfan")
    await lin.says("大家早")
    await sec.says("@小红 成立社团 羽毛球社，负责人林晓")
    await sec.says("@小红 成立社团 读书社")
    await wang.says("@小红 加入羽毛球社")
    await far.whispers("加入羽毛球社")

    assert "只对支部书记、工作人员开放" in (await wang.says("@小红 发布活动：团建，8月2日下午2点到4点，广场") or "")
    assert "由它的负责人" in (await lin.says("@小红 发布活动：读书社分享会，8月2日下午2点到4点，二楼会议室") or "")
    draft = await lin.whispers("发布活动：周末友谊赛，7月26日下午2点到4点，体育馆，限8人")
    assert draft is not None and "主办：羽毛球社" in draft and "确认后发到：海纳商圈党建群。" in draft
    assert "已发布到1个群" in (await lin.whispers("确认") or "")
    assert "【活动203号】周末友谊赛" in park.to_chat("haina")[-1]
    await lin.whispers("发布活动：新手训练，8月6日晚上7点到9点，体育馆")
    await lin.whispers("发布活动：裁判课，8月7日晚上7点到9点，体育馆")
    both = await lin.whispers("取消")
    assert both is not None and "205号的草稿已作废" in both and "活动204号「新手训练」的草稿还没有发" in both
    assert "已发布" in (await lin.whispers("确认") or "")

    told = [out for out in await park.until("2025-07-22T12:00") if "新活动" in out.text]
    assert [out.to for out in told] == ["wx_高翔"]  # 王强 has read it in the group; one message for both
    assert "周末友谊赛" in told[0].text and "新手训练" in told[0].text
    assert "已报名「周末友谊赛」（1/8）" in (await far.whispers("周末友谊赛报名") or "")
    assert not [out for out in await park.until("2025-07-23T09:30") if "新活动" in out.text]

    held = await far.whispers("羽毛球社有什么活动")
    assert held is not None and held.startswith("「羽毛球社」有2项活动：\n203号 周末友谊赛")
    assert "1项活动：\n204号 新手训练" in (await wang.says("@小红 社团8月有什么活动") or "")
    assert "还没有安排活动" in (await wang.says("@小红 读书社下周有什么活动") or "")
    assert await wang.says("社团这个月有什么活动") is None
    assert "下周「羽毛球社」还没有安排活动" in (await wang.says("@小红 下周羽毛球社有什么活动") or "")

    assert "「周末友谊赛」已报名1人：高翔。" in (await lin.says("@小红 周末友谊赛报名情况") or "")
    assert "签到码" in (await lin.whispers("周末友谊赛签到码") or "")
    changed = await lin.says("@小红 活动203地点改成二号馆")
    assert changed is not None and "通知报名的1人" in changed
    assert "由发布人" in (await lin.says("@小红 活动201取消") or "")
    await sec.says("@小红 羽毛球社负责人改为王强")
    await sec.says("@小红 读书社负责人改为林晓")  # who leads another club now
    assert "由发布人" in (await lin.whispers("活动203改到7月27日下午2点") or "")
    assert "高翔" not in (await lin.whispers("周末友谊赛报名情况") or "")
    assert "通知报名的1人" in (await wang.whispers("活动203改到7月27日下午2点到4点") or "")
    assert "已取消" in (await wang.says("@小红 活动204取消，场馆检修") or "")


async def test_a_leaders_limits_hold_until_the_day(park: Park) -> None:
    sec, lin = park.secretary("陈书记"), park.member("林晓")
    await lin.says("大家早")
    await sec.says("@小红 成立社团 羽毛球社，负责人林晓")
    await sec.says("@小红 成立社团 读书社")
    worth = await lin.whispers("发布活动：友谊赛，7月26日下午2点到4点，体育馆，积分：50分")
    assert worth is not None and "积分、必选和主办由书记或工作人员来定" in worth
    assert await park.rows("select 1 from activity where title = '友谊赛'") == []

    await lin.whispers("发布活动：友谊赛，7月26日下午2点到4点，体育馆")
    for change in ("积分改为88888", "主办改为读书社", "改成必选"):
        refused = await lin.whispers(change)
        assert refused is not None and "没有改" in refused and "友谊赛" in refused, change
    assert "地点：二号馆" in (await lin.whispers("地点改成二号馆") or "")
    assert "已发布" in (await lin.whispers("确认") or "")
    assert "没有改" in (await lin.whispers("活动203积分改为88888") or "")
    assert "没有改" in (await lin.whispers("活动203主办改为读书社") or "")
    await lin.says("【羽毛球社训练】8月3日下午2点到4点，体育馆，积分：50分，欢迎报名")
    assert "社团负责人不能写。积分按规则算" in park.to_person(lin)[-1]
    assert "没有改" in (await lin.whispers("积分改为50") or "")
    rows = await park.rows("select points, required, organiser from activity where drafter_id is not null")
    assert [(points, bool(must), by) for points, must, by in rows] == [(None, False, "羽毛球社")] * 2

    assert "最多100积分" in (await sec.says("@小红 发布活动：党课，8月1日下午2点到4点，二楼，积分：101分") or "")
    await sec.says("@小红 发布活动：党课，8月1日下午2点到4点，二楼，积分：100分")
    assert "最多100积分" in (await sec.says("积分改为88888") or "")
    assert "积分：100分" in (await sec.says("确认") or "")

    await lin.whispers("发布活动：告别赛，8月2日下午2点到4点，体育馆")
    await sec.says("@小红 羽毛球社负责人改为陈书记")
    assert "现在不由您发布" in (await lin.whispers("确认") or "")
    assert await park.rows("select state from activity where title = '告别赛'") == [("draft",)]
    await sec.says("@小红 读书社负责人改为林晓")
    await lin.whispers("发布活动：分享会，8月2日下午2点到4点，二楼")
    await sec.says("@小红 解散读书社")
    await sec.says("@小红 羽毛球社负责人改为林晓")
    assert "「读书社」的活动由它的负责人" in (await lin.whispers("确认") or "")


async def test_a_series_is_found_by_its_name(park: Park) -> None:
    sec = park.secretary("陈书记")
    for plan in ("手工课，8月2日上午9点到11点", "绘本会，8月9日上午9点到11点"):
        await sec.says(f"@小红 发布活动：{plan}，一楼大厅，系列：周末亲子")
        await sec.says("确认")
    found = await park.member("王强").says("@小红 亲子系列有什么活动")
    assert found is not None and found.startswith("「周末亲子」有2项活动：")
    assert "1项活动" in (await park.member("王强").whispers("亲子系列8月9日有什么活动") or "")
