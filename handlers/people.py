"""人: register, who am I, a new group, binding a group to an organisation, a person please, help, small talk."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import needs, people
from bot.domain.people import COMPANY, HANDLER, INSTRUCTOR, MEMBER, ROLE_NAMES, SECRETARY, STAFF, STRANGER
from bot.errors import Refusal
from knowledge import slots
from knowledge.private import mask

GREETING = (
    "大家好，我是小红，联盟的群助手。报诉求、报名签到、查政策，直接在群里说或@我；"
    "平时我不插话。发「@小红 帮助」看我能做什么。"
)


@handler("joined")
def joined(ctx: Context) -> str | None:
    """The bot entered a group: greet once."""
    return GREETING if people.greet_once(ctx.conn, ctx.chat.id, ctx.now) else None


@handler(
    "bind_chat",
    commands=(r"(?:把)?(?:本群|这个群|此群)?绑定(?:到)?[:：\s]*(?P<name>\S{2,30})",),
    roles=(STAFF,),
    title="绑定本群",
    examples=("@小红 绑定 海纳商圈",),
)
def bind_chat(ctx: Context) -> str:
    """Let this group belong to an organisation."""
    assert ctx.command is not None
    if ctx.chat.private:
        raise Refusal("请在要绑定的群里发这条命令。")
    organisation = people.find_organisation(ctx.conn, ctx.command["name"])
    if organisation is None:
        names = "、".join(row.short_name or row.name for row in people.organisations(ctx.conn, "area"))
        raise Refusal(f"没有找到「{ctx.command['name']}」。可以绑定：{names}。")
    people.bind_chat(ctx.conn, ctx.chat.id, organisation)
    return f"本群已绑定到{people.organisation_name(ctx.conn, organisation)}。"


def only_phone(ctx: Context) -> bool:
    """Whether the message is a phone and nothing else, and nothing was asked that it answers."""
    return bool(re.fullmatch(r"[\d\s+-]{11,18}", ctx.text)) and slots.phone(ctx.text) is not None


@handler(
    "register",
    intents=("register",),
    when=only_phone,
    overhear=True,
    title="登记身份",
    examples=("我是海纳电子的刘工，请帮我登记",),
)
def register(ctx: Context) -> str | None:
    """Put the sender's name and company on file. Says nothing of a role: roles are granted, not claimed."""
    name, company = ctx.slots.get("name"), ctx.slots.get("company")
    company = None if company == name else company
    name = None if name and not re.search(r"[^\W\d_]", name) else name  # the end of a phone is nobody's name
    if not ctx.addressed and (ctx.person.registered or ctx.text.startswith("成立社团")):
        return None  # 我是海纳电子的小王, to the others: no reason to call somebody otherwise
    if only_phone(ctx):
        if not ctx.addressed:
            return None
        phone = slots.phone(ctx.text)
        assert phone is not None
        people.set_phone(ctx.conn, ctx.person.id, phone)
        return f"已记下您的电话{mask(phone)}，以后报诉求不用再留。"
    if not name and not company:
        return "请告诉我您的单位和姓名，比如「我是海纳电子的刘芳」。" if ctx.addressed else None
    someone = people.register(ctx.conn, ctx.person.id, ctx.now, name=name, company=company)
    unit = f"（{someone.company}）" if someone.company else ""
    return f"已登记：{people.display_name(someone)}{unit}。"


@handler(
    "who_am_i",
    commands=(r"我是谁|我的(?:身份|信息|资料|登记信息)|查(?:一下)?我的(?:身份|信息)",),
    title="我是谁",
    examples=("@小红 我是谁",),
)
def who_am_i(ctx: Context) -> str:
    """What is on file about the sender; the phone only in private."""
    someone = ctx.person
    unit = someone.company or people.organisation_name(ctx.conn, someone.organisation_id)
    text = f"您是{people.display_name(someone)}{'，' + unit if unit else ''}，在这里的身份是{ROLE_NAMES[ctx.role]}。"
    if not someone.registered:
        text += "还没有登记单位，说「我是某某单位的某某」就可以登记。"
    if ctx.chat.private and someone.phone:
        text += f"登记电话{someone.phone}。"
    return text


_ROLE = r"(?P<role>工作人员|管理员|(?:支部|党委)?书记|经办人?|(?:党建)?指导员|(?:企业)?联络员)"


@handler(
    "grant_role",
    commands=(
        rf"(?:请|麻烦)?(?:授予|任命|设置?)\s*(?P<who>[^\s,]{{2,12}}?)\s*(?:为|成|当|做)?(?:的)?{_ROLE}(?:身份|权限|角色)?[吧。!]*",
        rf"(?:请|麻烦)?(?:把|将|给)\s*(?P<who>[^\s,]{{2,12}}?)\s*(?:设|改|升|提|任命|授予|加|开)(?:成|为|个|到)?{_ROLE}(?:身份|权限|角色)?[吧。!]*",
    ),
    roles=(STAFF,),
    title="授予身份",
)
def grant_role(ctx: Context) -> str:
    """Roles are given on the server, where nobody can pretend to be somebody else: the words to type there."""
    assert ctx.command is not None
    name = ctx.command["role"]
    role = next((role for role, called in ROLE_NAMES.items() if name[-2:] in called), STAFF)
    found = people.named(ctx.conn, ctx.command["who"])
    where = people.address(ctx.conn, found[0], ctx.channel) if len(found) == 1 else None
    who = where[1] if where else "这个人的编号"
    command = f"chuishao grant {who} {role}"
    return f"身份不在聊天里改，请管理员在服务器上运行：{command}（加 --organisation 组织名，只在那里有效）。"


_RECORD = re.compile(
    r"(?:查一?下?|问一?下)?我们?(?:家|爱人|爸妈?|妈)?的?"
    r"(?P<what>党费|社保|医保|公积金|养老金|失业金|档案|组织关系|户口|居住证|补贴|津贴|报销)(?:报销|缴费|关系|转移)?(?:现在)?(?:都|还)?"
    r"(?:[交缴](?:到|了)|到账|转(?:到|过来|好)|批|发了|扣了|余额|还剩|哪个?月).{0,10}"
)
"""What offices keep of a person."""


def asks_for_record(ctx: Context) -> bool:
    """我的党费交到哪个月了, where the sender reported no need about it."""
    asked = _RECORD.fullmatch(ctx.text) if ctx.addressed else None
    mine = needs.of_reporter(ctx.conn, ctx.person.id, list(needs.STATES)) if asked else []
    return asked is not None and not any(asked["what"] in need.text for need in mine)


@handler("own_record", when=asks_for_record)
def own_record(ctx: Context) -> str:
    """That is on record elsewhere."""
    asked = _RECORD.fullmatch(ctx.text)
    assert asked is not None
    whom = "支部书记" if asked["what"] in ("党费", "组织关系") else "办理窗口或12345"
    return f"您个人的{asked['what']}记录我查不到，请问{whom}；要工作人员帮忙请说「转人工」。"


HELP = {
    MEMBER: "报名、签到、查活动、查积分，问政策，报诉求、查进度",
    COMPANY: "报诉求、催办、评价，问政策，报名活动，订场地，登记资源",
    HANDLER: "接单、报进展、办结，看诉求详情，答复政策问题",
    SECRETARY: "发布活动、看报名情况、发菜单，群发通知，看本组织的统计",
    INSTRUCTOR: "记走访，问政策，报诉求",
    STAFF: "看统计、三张清单、台账，群发通知，教我新知识，绑定群",
    STRANGER: "报诉求、问政策、看活动；登记后还能签到、积分",
}
COMMON = ("3号楼电梯坏了，请派人修，电话139…", "生育津贴怎么领", "这个月有什么活动")
TRY = {
    HANDLER: ("接单 101", "101号进展：配件已下单，周四到货", "101号办结，电梯已恢复", "回复12：带身份证到一楼窗口"),
    SECRETARY: ("发布活动：消防体验课，下周三下午2点到4点，一楼大厅，限30人", "报名情况", "群发：明天上午9点停水"),
    INSTRUCTOR: ("走访记录：今天走访福记面馆，老板反映停车难", *COMMON[:2]),
    STAFF: ("统计 本月", "三张清单", "台账", "教：办证要带什么？答：身份证", "群发：明天上午9点停水"),
    STRANGER: ("我是海纳电子的刘芳", *COMMON),
}


@handler("help", intents=("help",), overhear=True, title="帮助", examples=("@小红 你能做什么",))
def help_(ctx: Context) -> str:
    """What the sender's role can do here, with words to copy."""
    who = "您还没有登记" if ctx.role == STRANGER else f"您在这里是{ROLE_NAMES[ctx.role]}"
    lines = "\n".join(f"· {words}" for words in TRY.get(ctx.role, COMMON))
    return f"{who}，我能帮您：{HELP[ctx.role]}。\n试着说：\n{lines}\n需要工作人员请说「转人工」。"


@handler(
    "ask_human",
    intents=("ask_human",),
    overhear=True,
    title="转人工",
    examples=("转人工",),
)
def ask_human(ctx: Context) -> str:
    """Pass the sender on to the staff, privately."""
    staff = people.holders(ctx.conn, STAFF)
    who = people.display_name(ctx.person)
    unit = f"（{ctx.person.company}）" if ctx.person.company else ""
    where = "私聊" if ctx.chat.private else f"「{ctx.chat.title}」"
    for person_id in staff:
        ctx.tell_person(person_id, f"{who}{unit}在{where}找工作人员：{ctx.said[:100]}")
    return "好的，已转给工作人员，会尽快联系您。" if staff else "好的，已记下，工作人员上班后联系您。"


THANKS = re.compile(r"谢谢|多谢|感谢|辛苦|谢了|谢啦")
HELLO = re.compile(r"你好|您好|早上好|早安|在吗|在不在|晚上好|下午好|嗨|哈喽|hello|hi", re.IGNORECASE)


NOTED = re.compile(
    r"(?:好[的嘞]?|行|嗯+|哦+|噢|知道了|明白了?|清楚了|没事了?|没什么事?了?|收到|ok|[,，。!\s~])+", re.IGNORECASE
)
BOT = re.compile(r".{0,4}(?:真人|机器人|活人|人工智能|AI|ai)(?:吗|还是|么|吧).{0,8}[?？]?")
CROSS = re.compile(r"吃干饭|干什么吃的|垃圾|废物|没用|太差|什么态度|敷衍|糊弄|投诉你|[不没]人管|忽悠|效率太?低|一点用")
LATER = (
    r"(?:那|我|就)*(?:先|暂时|还是先)不(?:报|报名|参加|去|订|换|选|要)(?:了|吧|名)*\W*",
    r"(?:我)?(?:再|先)(?:想想|看看|考虑一?下?)(?:吧|再说)*\W*",
)


@handler("later", commands=LATER, yields=True)
def later(ctx: Context) -> str:
    """先不报: nothing happens."""
    return "好的，想好了再告诉我。"


@handler("small_talk", intents=("none", "acknowledge"))
def small_talk(ctx: Context) -> str:
    """Addressed with nothing to do: short and friendly."""
    if THANKS.search(ctx.text):
        return "不客气，有事随时叫我。"
    if NOTED.fullmatch(ctx.text):
        return "好的，有事随时叫我。"
    if BOT.fullmatch(ctx.text):
        return "我是群助手小红，是程序，不是真人。要找人请说「转人工」。"
    if CROSS.search(ctx.text):
        return "对不起，让您久等或不满意了。是哪件事？说编号或说说情况，我马上转；要找人请说「转人工」。"
    if HELLO.search(ctx.text):
        return "您好，我在。报诉求、问政策、报名签到都可以直接说，发「帮助」看我能做什么。"
    return "我没太明白您的意思。报诉求、问政策、看活动可以直接说，发「帮助」看我能做什么，或说「转人工」。"


HANDLERS: tuple[Handler, ...] = (
    joined,
    bind_chat,
    register,
    who_am_i,
    own_record,
    grant_role,
    help_,
    later,
    ask_human,
    small_talk,
)
