"""接龙, as a group writes it: three posts and a stale copy, forks, edits, and lists for activities."""

import asyncio

import pytest

from tests.actors import Actor, Park

TITLE = "三八节插花活动报名"


def post(*names: str, title: str = TITLE) -> str:
    """A 接龙 post that shows these lines."""
    return f"#接龙\n{title}\n\n" + "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))


def nameless(park: Park, sender: str) -> Actor:
    """Somebody whose name the gateway does not tell."""
    actor = park.member(sender)
    actor.name = ""
    return actor


async def lines(park: Park) -> list[tuple[str, int]]:
    """Names and people of all lines, in order."""
    query = "select name, people from solitaire_entry order by solitaire_id, position"
    return [(row.name, row.people) for row in await park.rows(query)]


@pytest.mark.parametrize("named", [True, False])
async def test_a_list_grows_and_a_stale_copy_deletes_nobody(park: Park, named: bool) -> None:
    make = park.member if named else (lambda sender: nameless(park, sender))
    li, wang, he, sun, hua = (make(name) for name in ("李敏", "王丽华", "何丹", "孙晓燕", "阿华"))

    assert await li.says(post("李敏")) == f"已记下接龙「{TITLE}」，我来帮忙合并。"
    assert await wang.says(post("李敏", "王丽华")) is None
    assert await he.says("插花是上次那个老师吗") is None
    assert await sun.says(post("李敏", "王丽华", "孙晓燕（2人）", "马姐")) is None
    assert await hua.says(post("李敏", "王丽华", "阿华")) is None

    asked = await park.secretary("陈书记").says("@小红 插花现在报了几个人")
    assert asked == f"「{TITLE}」5条，共6人：李敏、王丽华、孙晓燕（2人）、马姐、阿华。"
    assert [row.title for row in await park.rows("select title from solitaire")] == [TITLE]
    credited = await park.rows(
        "select e.name, i.external_id from solitaire_entry e join identity i on i.person_id = e.by_id"
        " where i.channel = 'replay' order by position"
    )
    assert [tuple(row) for row in credited] == [
        ("李敏", "wx_李敏"),
        ("王丽华", "wx_王丽华"),
        ("孙晓燕", "wx_孙晓燕"),
        ("马姐", "wx_孙晓燕"),
        ("阿华", "wx_阿华"),
    ]


async def test_whoever_leaves_out_their_own_line_takes_off_only_themselves(park: Park) -> None:
    li, wang, sun = park.member("李敏"), park.member("王丽华"), park.member("孙晓燕")
    await li.says(post("李敏"))
    await wang.says(post("李敏", "王丽华"))
    await sun.says(post("李敏", "王丽华", "孙晓燕"))
    await wang.says(post("李敏"))
    assert await lines(park) == [("李敏", 1), ("孙晓燕", 1)]
    await li.says(post("李敏", "王丽华"))
    assert await lines(park) == [("李敏", 1), ("孙晓燕", 1)]
    await wang.says(post("李敏", "孙晓燕", "王丽华"))
    assert await lines(park) == [("李敏", 1), ("孙晓燕", 1), ("王丽华", 1)]


async def test_a_friend_goes_only_when_taken_off_the_newest_list(park: Park) -> None:
    li, sun = park.member("李敏"), park.member("孙晓燕")
    await li.says(post("李敏"))
    await sun.says(post("李敏", "孙晓燕", "马姐"))
    await li.says(post("李敏", "何丹"))
    await sun.says(post("李敏", "孙晓燕"))
    assert await lines(park) == [("李敏", 1), ("孙晓燕", 1), ("马姐", 1), ("何丹", 1)]
    await sun.says(post("李敏", "孙晓燕", "何丹"))
    assert await lines(park) == [("李敏", 1), ("孙晓燕", 1), ("何丹", 1)]


async def test_forks_are_joined_edits_count_and_examples_do_not(park: Park) -> None:
    li, wang, sun = park.member("李敏"), park.member("王丽华"), park.member("孙晓燕")
    await li.says(f"#接龙\n{TITLE}\n例 张三 2人\n\n1. 李敏")
    await asyncio.gather(wang.says(post("李敏", "王丽华")), sun.says(post("李敏", "孙晓燕")))
    assert {name for name, _ in await lines(park)} == {"李敏", "王丽华", "孙晓燕"}
    await wang.says(post("李敏 3人", "王丽华", "孙晓燕", title="三八节插花活动 报名！"))
    assert dict(await lines(park))["李敏"] == 3
    assert await park.rows("select count(*) from solitaire") == [(1,)]


async def test_lists_of_other_titles_chats_and_weeks_are_their_own(park: Park) -> None:
    li, wang = park.member("李敏"), park.member("王丽华")
    await li.says(post("李敏", title="周六羽毛球"))
    await wang.says(post("王丽华", title="周日羽毛球"))
    await li.says(post("李敏", title="主题党日请假"))
    await li.says(post("李敏 2箱", title="苹果团购"))
    await wang.says(post("王丽华", title="周六羽毛球"), chat="yunfan")
    assert await park.rows("select count(*) from solitaire") == [(5,)]
    assert await park.rows("select count(*) from sign_up") == [(0,)]
    await park.wait(days=7)
    await wang.says(post("王丽华", title="周六羽毛球"))
    await park.wait(days=15)
    await li.says(post("李敏", title="周六羽毛球"))
    assert await park.rows("select count(*) from solitaire where title = '周六羽毛球'") == [(4,)]


async def test_a_list_for_an_activity_signs_its_people_up(park: Park) -> None:
    li, wang, chen = park.member("李敏"), park.member("王丽华"), park.secretary("陈书记")
    await wang.says("大家早")
    await park.rows("select 1")
    begun = await li.says(post("李敏", "王丽华", "马姐（10人）", title="周末亲子手工课报名"))
    assert begun and "周末亲子手工课" in begun and "报名" in begun
    entries = (
        "select s.name, s.people, s.state, p.name as known from sign_up s left join person p on p.id = s.person_id"
    )
    assert [tuple(row) for row in await park.rows(f"{entries} order by s.id")] == [
        ("李敏", 1, "seated", "李敏"),
        ("王丽华", 1, "seated", "王丽华"),
        ("马姐", 10, "seated", None),
    ]
    said = await li.says(post("李敏", "王丽华", "马姐（10人）", "老赵（9人）", title="周末亲子手工课报名"))
    assert said is None
    assert "候补" in park.to_person(li)[-1] and "老赵" in park.to_person(li)[-1]
    await wang.says(post("李敏", "马姐（10人）", "老赵（9人）", title="周末亲子手工课报名"))
    states = {row.name: row.state for row in await park.rows("select name, state from sign_up")}
    assert states == {"李敏": "seated", "王丽华": "cancelled", "马姐": "seated", "老赵": "seated"}
    assert len([text for text in park.to_person(li) if "候补转为正式" in text]) == 1
    asked = await chen.says("@小红 亲子手工报了多少人")
    assert asked and "3条，共20人" in asked


async def test_questions_about_activities_and_figures_stay_theirs(park: Park) -> None:
    li, chen = park.member("李敏"), park.secretary("陈书记")
    await li.says(post("李敏", title="主题党日请假"))
    assert await park.rows("select count(*) from sign_up") == [(0,)]
    asked = await chen.says("@小红 主题党日现在报了几个人")
    assert asked and "接龙" not in asked and "1条" not in asked and "主题党日" in asked
    leave = await chen.says("@小红 主题党日请假的有哪些人")
    assert leave == "「主题党日请假」1条，共1人：李敏。"
    assert await chen.says("@小红 接龙现在几个人了", chat="yunfan") == "这里近期没有接龙。"
    assert await chen.says("接龙的名单我已经抄到本上了") is None


async def test_the_keeper_asks_in_private_and_strangers_to_the_group_do_not(park: Park) -> None:
    li, chen, other = park.member("李敏"), park.secretary("陈书记"), park.person("钱进", chat="yunfan")
    await li.says(post("李敏"))
    await chen.says("收到")
    await other.says("大家好")
    expected = f"「{TITLE}」1条，共1人：李敏。"
    assert await chen.whispers("插花接龙名单") == expected
    assert await li.whispers("插花接龙名单") == expected
    assert await other.whispers("插花接龙名单") == "这里近期没有接龙。"


@pytest.mark.parametrize(
    "text", ["@小红 #接龙 参会名单 1.何俊 2.罗海涛", "@小红 帮收一下接龙~\n【参会名单】\n1. 何俊\n2. 罗海涛"]
)
async def test_whoever_addresses_the_bot_with_a_list_hears_of_it(park: Park, text: str) -> None:
    li = park.member("李敏")
    assert await li.says(text) == "已记下接龙「参会名单」，我来帮忙合并。"
    assert await li.says(text) == "已更新接龙「参会名单」2条，共2人：何俊、罗海涛。"


async def test_an_announcement_with_numbered_points_is_no_list(park: Park) -> None:
    await park.secretary("陈书记").says("请大家接龙报名\n1. 时间：周六上午9点\n2. 地点：一楼大厅\n3. 对象：全体党员")
    assert await park.rows("select count(*) from solitaire") == [(0,)]


async def test_the_secretary_reads_in_the_evening_what_changed(park: Park) -> None:
    li, wang, chen = park.member("李敏"), park.member("王丽华"), park.secretary("陈书记")
    await chen.says("收到")
    await li.says(post("李敏"))
    await wang.says(post("李敏", "王丽华（2人）"))
    await li.says(post("李敏", "王丽华（2人）", "马姐"))
    await li.says(post("李敏", "王丽华（2人）"))
    await park.until("2025-07-22T18:05")
    assert park.to_person(chen) == [f"接龙「{TITLE}」今天：新增李敏、王丽华（2人）。现在2条，共3人。"]
    await li.says(post("李敏（3人）", "王丽华（2人）"))
    await wang.says(post("李敏（3人）"))
    await park.until("2025-07-24T18:05")
    assert park.to_person(chen)[1:] == [f"接龙「{TITLE}」今天：退出王丽华；改动李敏1人→3人。现在1条，共3人。"]


async def test_a_list_of_who_came_checks_in(park: Park) -> None:
    chen, li, wang = park.secretary("陈书记"), park.member("李敏"), park.member("王丽华")
    await chen.says("@小红 发布活动：读书会，7月22日上午10点到11点，城市书房")
    await chen.says("确认")
    await wang.says("早")
    begun = await li.says(post("李敏", "王丽华", title="读书会签到接龙"))
    assert begun is not None and "由组织者确认" in begun
    assert await wang.says(post("李敏", "王丽华", title="读书会签到接龙")) is None
    assert await park.rows("select via from check_in") == [("list",)]
    assert await park.rows("select count(*) from sign_up") == [(0,)]
    assert "王丽华" in (await chen.whispers("待确认") or "")
    await chen.whispers("确认")
    assert await park.rows("select count(*) from check_in") == [(2,)]


async def test_neighbours_trade_is_no_business_and_whoever_says_so_is_put_onto_the_list(park: Park) -> None:
    li, wang = park.member("李敏"), park.member("王丽华")
    for title in ("羊肉拼单接龙", "大米团购接龙", "草莓接龙，20元一斤"):
        assert await li.says(f"{title}\n1. 李敏 2斤\n2. 何丹 1斤") is None, title
    assert await wang.says("加我") is None  # 1斤? 2斤? she will say so herself
    assert len(await park.rows("select 1 from solitaire")) == 3
    posted = await li.says("#接龙\n请大家报一下本周六义诊\n1. 李敏")
    assert posted == "已记下接龙「本周六义诊」，我来帮忙合并。"
    assert await wang.says("加我一个") == "已把王丽华加到接龙「本周六义诊」，现有2条。"
    assert await park.member("何丹").says("也算上我吧") == "已把何丹加到接龙「本周六义诊」，现有3条。"
    await li.says("中午吃什么")
    assert await park.member("孙晓燕").says("加我") is None
    assert await park.member("孙晓燕").says("加我微信") is None
    assert await wang.says("大家接龙报名周日扫雪\n1. 王丽华") == "已记下接龙「周日扫雪」，我来帮忙合并。"
