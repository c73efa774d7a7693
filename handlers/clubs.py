"""社团: founded by a secretary or the staff, joined and left by a word; who is in one is told to its leader alone."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import people
from bot.domain.activities import clubs, organisers, reach
from bot.domain.activities.clubs import Club
from bot.domain.people import SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices.aside import aside

_NAME = r"[「“\"]?(?P<name>[^\s,，。:：;；「」“”\"]{2,20}?)[」”\"]?"
_LEADER = r"(?:负责人|社长|队长|会长)"
_WHO = r"(?P<leader>我|[^\s,，。:：]{2,8}?)"
_LED_BY = rf"(?:[,，。;；\s]*{_LEADER}(?:是|为|[:：])?\s*{_WHO})?"
_NO_QUESTION = r"(?!.*(?:怎么|如何|什么|哪[些个里]|[吗么?？]\W*$))"
_JOIN = re.compile(rf"(?:我)?(?:要|想|想要|也要|也想|申请|报名)?(?:加入|参加){_NAME}(?:吧|可以吗|行吗|了)?\W*")
_LEAVE = re.compile(rf"(?:我)?(?:要|想|想要|申请)?(?:退出|退了|不参加){_NAME}(?:了|吧)?\W*")
_MEMBERS = re.compile(
    rf"(?:看看|查一?下?)?{_NAME}(?:里|现在)?的?(?:都)?"
    r"(?:(?:怎么|如何|咋)(?:加入|参加|报名?)|有(?:哪些|多少|几个?|什么)人|有谁|(?:成员|会员|社员)(?:名单|有谁|有哪些)?|名单|人数)\W*"
)
_HAND_OVER = re.compile(rf"(?:把)?{_NAME}的?{_LEADER}(?:改|换)(?:为|成|由)?[:：\s]*{_WHO}(?:担任)?\W*")
_DISSOLVE = re.compile(rf"(?:解散|撤销)(?:社团)?[:：\s]*{_NAME}\W*")
_CLUB = re.compile(r".+(?:社|社团|俱乐部|协会)")
"""What can only be a club, so that one that is not there is told."""


def _asked(ctx: Context, wish: re.Pattern[str]) -> Club | str | None:
    """The club that the message is about, or how it calls one that there is not; None where it is about none."""
    found = wish.fullmatch(ctx.text)
    if found is None:
        return None
    return clubs.meant(ctx.conn, found["name"]) or (found["name"] if _CLUB.fullmatch(found["name"]) else None)


def _wanted(ctx: Context, wish: re.Pattern[str]) -> bool:
    """Whether the message is such a wish; overheard, only of a club that there is."""
    asked = _asked(ctx, wish)
    return isinstance(asked, Club) or (asked is not None and ctx.addressed)


def _known(ctx: Context, wish: re.Pattern[str]) -> Club:
    asked = _asked(ctx, wish)
    if isinstance(asked, Club):
        return asked
    names = "、".join(one.name for one in clubs.everything(ctx.conn))
    raise Refusal(f"没有找到「{asked}」。{f'现有社团：{names}。' if names else '还没有社团。'}")


@handler(
    "found_club",
    commands=(
        rf"(?:我们)?(?:成立|新建|创建|组建|登记)(?:一个)?(?:新)?社团{_NO_QUESTION}[:：\s]*{_NAME}{_LED_BY}\W*",
        rf"(?:我们)?(?:成立|组建)(?:一个)?(?P<name>[^\s,，。:：]{{1,16}}(?:社|俱乐部)){_LED_BY}\W*",
        rf"(?:我们)?成立社团{_NO_QUESTION}(?P<unclear>(?:[^的].{{0,120}})?)",
    ),
    roles=(SECRETARY, STAFF),
    title="成立社团",
    examples=("@小红 成立社团 羽毛球社，负责人林晓",),
)
def found_club(ctx: Context) -> str:
    """A club of the organisation it is founded in; led by who is named, else by who says it."""
    assert ctx.command is not None
    said = ctx.command.groupdict()
    if "unclear" in said:
        raise Refusal("请写上社团的名称和负责人，如「成立社团 羽毛球社，负责人林晓」。")
    leader = _person(ctx, said["leader"]) if said["leader"] else ctx.person.id
    made = clubs.found(ctx.conn, said["name"], leader, _home(ctx), ctx.now)
    if leader != ctx.person.id:
        text = f"您是「{made.name}」的负责人了。可以私聊我：「发布活动：…」「{made.name}有哪些人」。"
        ctx.tell_person(leader, text)
    return f"「{made.name}」成立了，负责人{_name(ctx, leader)}。想参加的说「加入{made.name}」。"


def _home(ctx: Context) -> int | None:
    """Whose club it becomes: of the group's organisation; in private of the sender's. Raises Refusal."""
    if ctx.chat.organisation_id:
        return ctx.chat.organisation_id
    if ctx.role == STAFF:
        return ctx.person.organisation_id or people.district_id(ctx.conn)
    homes = clubs.homes(ctx.conn, ctx.person.id)
    if len(homes) != 1:
        names = "、".join(people.organisation_name(ctx.conn, one) for one in homes)
        why = f"您是{names}的书记" if homes else "还不知道您是哪个组织的书记"
        raise Refusal(f"{why}，请在要成立社团的那个组织的群里说。")
    return homes[0]


def _person(ctx: Context, name: str) -> int:
    """Whom a name means: here, else among those who are registered. Raises Refusal."""
    if re.fullmatch(r"(?:就是|是)?(?:我|本人|我自己)", name):
        return ctx.person.id
    known = None if ctx.chat.private else reach.person_named(ctx.conn, name, ctx.chat.id)
    found = [known] if known else people.find_people(ctx.conn, name, ctx.channel)
    if len(found) != 1:
        why = "有几位叫这个名字，请在有他的群里说" if found else "请他先和我说一声「我是某单位的某某」"
        raise Refusal(f"没有认出「{name}」：{why}。")
    return found[0]


def _name(ctx: Context, person_id: int | None) -> str:
    return people.display_name(people.get_person(ctx.conn, person_id)) if person_id else "待定"


def _change(ctx: Context) -> tuple[Club, str | None] | None:
    """The club that is to have another leader, and who; or none, where it is to end."""
    handed, over = _HAND_OVER.fullmatch(ctx.text), _DISSOLVE.fullmatch(ctx.text)
    found = handed or over
    one = clubs.meant(ctx.conn, found["name"]) if found else None
    return (one, handed["leader"] if handed else None) if one else None


@handler(
    "change_club",
    when=lambda ctx: _change(ctx) is not None,
    roles=(SECRETARY, STAFF),
    title="社团换负责人、解散",
    examples=("@小红 羽毛球社负责人改为林晓",),
)
def change_club(ctx: Context) -> str:
    """Another leader, or an end."""
    found = _change(ctx)
    assert found is not None
    one, name = found
    if ctx.role != STAFF and ctx.person.id not in organisers.over_club(ctx.conn, one, ctx.channel):
        raise Refusal(f"「{one.name}」由它所在组织的书记或工作人员来改。")
    if name is None:
        clubs.dissolve(ctx.conn, one.id)
        return f"「{one.name}」已解散，办过的活动都还在。"
    leader = _person(ctx, name)
    clubs.hand_over(ctx.conn, one.id, leader, ctx.now)
    return f"「{one.name}」负责人已改为{_name(ctx, leader)}。"


@handler(
    "join_club",
    when=lambda ctx: _wanted(ctx, _JOIN),
    overhear=True,
    title="加入社团",
    examples=("加入羽毛球社",),
)
def join_club(ctx: Context) -> str:
    """Become a member, at once."""
    one = _known(ctx, _JOIN)
    if not clubs.join(ctx.conn, one.id, ctx.person.id, ctx.now):
        return f"您已经在「{one.name}」里了。"
    return f"已加入「{one.name}」，有新活动会告诉您。不想参加了说「退出{one.name}」。"


@handler(
    "leave_club",
    when=lambda ctx: _wanted(ctx, _LEAVE),
    overhear=True,
    title="退出社团",
    examples=("退出羽毛球社",),
)
def leave_club(ctx: Context) -> str:
    """Be a member no longer; a leader hands over first."""
    one = _known(ctx, _LEAVE)
    if one.leader_id == ctx.person.id:
        raise Refusal(f"您是「{one.name}」的负责人，请书记先换人，如「{one.name}负责人改为某某」。")
    if not clubs.leave(ctx.conn, one.id, ctx.person.id):
        return f"您没有参加「{one.name}」，不用退出。"
    return f"已退出「{one.name}」。"


@handler(
    "club_members",
    when=lambda ctx: isinstance(_asked(ctx, _MEMBERS), Club),
    title="社团成员",
    examples=("羽毛球社有哪些人",),
)
def club_members(ctx: Context) -> str:
    """The names privately to its leader and the staff; how many they are to everybody."""
    one = _known(ctx, _MEMBERS)
    there = clubs.members(ctx.conn, one.id)
    head = f"「{one.name}」{len(there)}人，负责人{_name(ctx, one.leader_id)}"
    if ctx.role != STAFF and one.leader_id != ctx.person.id:
        how = "" if ctx.person.id in there else f"想参加说「加入{one.name}」。"
        return f"{head}。{how}名单只告诉负责人和工作人员。"
    text = f"{head}：{'、'.join(_name(ctx, who) for who in there)}。"
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "名单")


@handler(
    "list_clubs",
    commands=(
        r"(?:请问|看看|查一?下?)?(?:咱们?|我们|这里|现在)?(?:都)?(?:有)?(?:哪些|什么|哪几个)?(?:兴趣)?社团(?:都)?(?:有哪些|有什么|列表|清单|名单)?(?:可以(?:参加|加入))?(?:吗|呢|呀)?\W*",
    ),
    title="有哪些社团",
    examples=("@小红 有哪些社团",),
)
def list_clubs(ctx: Context) -> str:
    """All clubs with their leaders and how many are in them."""
    known = clubs.everything(ctx.conn)
    if not known:
        return "还没有社团。书记和工作人员可以说「成立社团 羽毛球社」。"
    lines = [
        f"· {one.name}（负责人{_name(ctx, one.leader_id)}，{len(clubs.members(ctx.conn, one.id))}人）" for one in known
    ]
    return "\n".join(
        ["现有社团：", *lines, f"想参加说「加入{known[0].name}」，看活动说「{known[0].name}有什么活动」。"]
    )


HANDLERS: tuple[Handler, ...] = (found_club, change_club, join_club, leave_club, club_members, list_clubs)
