"""退单、转办、协办、合并: which service group a need belongs to, who helps, and which needs are one."""

import re

from bot.capability import Context, Slot, handler
from bot.domain import learning, needs, people
from bot.domain.needs import Need
from bot.errors import Refusal
from bot.notices.needs import (
    desk,
    dispatch,
    help_card,
    service_group,
    tell_moved,
    tell_officers,
    tell_reporters,
    whose,
)
from handlers.needs import topic
from handlers.needs.which import NUMBER, WORKERS, at_desk, by, named_need, quoted_need
from knowledge.private import mask

TOO_OFTEN = 3
"""Hand-backs after which the next level looks at it: nobody's need is somebody's."""
_GROUP = rf"(?:{'|'.join(one[:2] for one in needs.CATEGORIES)})"
_NOT_OURS = (
    r"(?:退单|不归我们|不属于我们|不是我们|不该我们|不在我们"
    rf"|不是{_GROUP}(?:服务|指导)?组?的(?:事|活|范围|职责)|不归{_GROUP}(?:服务|指导)?组?管)"
)
_GIVES = rf"(?:\S{{0,12}}[,\s])?(?:给|交给?|派给){_GROUP}(?:服务|指导)?组?(?:去|来)?(?:办理?|管|处理|跟)?[吧了。!]*"
"""给综合组吧, and no more: 给综合组打了电话 is word on the way."""
_TO = re.compile(
    r"(?:转|归|属于?|找|派)(?:给|到|往|办给?)?\s*(?P<unit>[\u4e00-\u9fff]{2,10}?)(?:服务组|组|局|委|办|部门)?(?:管|办理|负责|处理)?(?=[,。!\s]|$)"
)


LONGEST = 20
"""Characters of words that hand a need on without naming it."""
_HANDS_ON = re.compile(r"(?:请|麻烦)?转(?!发|告|账|达)")
_BARE = re.compile(rf"(?:这[个事件条]?|此[件事])?{_NOT_OURS}")


def says_not_ours(ctx: Context) -> bool:
    """不归我们 or 转住建, in reply to the card, or the first words after it in the group that got it."""
    text, short = ctx.text, len(ctx.text) <= LONGEST
    if ctx.reading.quote:
        hands_on = re.search(_NOT_OURS, text) or (short and _HANDS_ON.match(text))
        return bool(hands_on) and quoted_need(ctx) is not None
    elsewhere = _HANDS_ON.match(text) and needs.deadlines.department_in(text)
    return short and bool(_BARE.match(text) or elsewhere) and just_sent(ctx) is not None


def just_sent(ctx: Context) -> Need | None:
    """The need whose card this service group got last, while nobody else has spoken since."""
    waiting = at_desk(ctx, ("dispatched",)) if ctx.chat.service_group else []
    if not waiting:
        return None
    sent = [event.inbox_id for event in needs.events(ctx.conn, waiting[0].id) if event.kind == "dispatched"][-1]
    follows = topic.follows(ctx, sent) if sent else len(waiting) == 1
    return waiting[0] if follows else None


def handed_on(ctx: Context) -> Need | None:
    """The need that the message names, or whose card it answers."""
    return named_need(ctx) or just_sent(ctx)


@handler(
    "return_need",
    commands=(
        rf"退单[:,\s]*{NUMBER}(?P<rest>.*)",
        rf"{NUMBER}[,:\s]*(?P<rest>.*{_NOT_OURS}.*|(?:请|麻烦|应该)?(?:转|归)(?!发|告|账|达).{{2,16}}|{_GIVES})",
    ),
    when=says_not_ours,
    roles=WORKERS,
    overhear=True,
    title="退单、转办",
    slots=(Slot("need", lambda ctx, _: named_need(ctx), find=handed_on),),
    examples=("退单 101，不归我们管", "101号转法律服务组", "101号转住建"),
)
def return_need(ctx: Context, need: Need) -> str:
    """Not ours: dispatched again, to the group or department that the message names, or to the fallback."""
    own = bool(re.search(_NOT_OURS, ctx.text)) or need.category in needs.officers.groups_of(ctx.conn, ctx.person.id)
    category, department = destination(ctx.command["rest"] if ctx.command else ctx.text, need, own=own)
    if category == need.category and department in (None, need.department):
        raise Refusal(
            f"诉求{need.id}号已在{service_group(need)}，请说明转给谁，如「{need.id}号转{_another(need)}组」。"
        )
    before = need
    need = needs.give_back(ctx.conn, need.id, by(ctx), category, mask(ctx.wording), department)
    need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    tell_moved(ctx.conn, ctx.voice, before, need, by(ctx), here=ctx.chat.id)
    if category != needs.FALLBACK or (
        department and needs.deadlines.department_in(department) == (category, department)
    ):
        teach(ctx, need, before.category)
    passed_on = [event for event in needs.events(ctx.conn, need.id) if event.kind == "returned"]
    if len(passed_on) == TOO_OFTEN:
        need = needs.escalate(ctx.conn, need.id, by(ctx), f"退单{TOO_OFTEN}次")
        text = f"诉求{need.id}号（{need.category}）已被退单{TOO_OFTEN}次，请{needs.LEVELS[need.level]}协调由谁主办。"
        tell_officers(ctx.conn, ctx.voice, need, text)
    return f"诉求{need.id}号已退单，转{whose(need)}办理。"


def destination(text: str, need: Need, *, own: bool = False) -> tuple[str, str | None]:
    """The service group and the department that a message names; the fallback where it names none.

    A department whose group has the need, and says itself (`own`) that it is not theirs, is the fallback's to reach.
    Raises Refusal for a name that nobody knows: a guess would send the need astray.
    """
    said = _TO.search(re.sub(_NOT_OURS + "管?", "", text))
    groups = [one for one in needs.CATEGORIES if one[:2] in text and one != need.category]
    if groups:
        return groups[0], None
    named = needs.deadlines.department_in(said["unit"] if said else "") or needs.deadlines.department_in(text)
    if named and own and named[0] == need.category:
        return needs.FALLBACK, None if need.category.startswith(named[1]) else named[1]
    if named:
        return named
    if said and not re.search(r"综合|其他|别的|相关|有关|对口", said["unit"]):
        known = "、".join(one[:2] for one in needs.CATEGORIES)
        raise Refusal(f"没有找到「{said['unit']}」，可以转给：{known}，或住建、城管、人社、税务等部门。")
    return needs.FALLBACK, None


def _another(need: Need) -> str:
    return next(one for one in ("物业服务", "法律服务") if one != need.category)


def teach(ctx: Context, need: Need, before: str) -> None:
    """What the reader took for another group's: kept as a labelled example."""
    created = needs.events(ctx.conn, need.id)[0]
    if created.inbox_id and need.category != before:
        learning.record(
            ctx.conn,
            person_id=ctx.person.id,
            inbox_id=created.inbox_id,
            kind=learning.CATEGORY,
            value=need.category,
            now=ctx.now,
        )


@handler(
    "ask_help",
    commands=(
        rf"{NUMBER}[,:\s]*(?:由?(?P<lead>\S{{2,8}}?)主办[,、\s]*|主办(?P<lead2>\S{{2,8}}?)[,、\s]+)?(?:请|由|让)?(?P<co>\S{{2,20}}?)?协办(?P<rest>.*)",
    ),
    roles=WORKERS,
    overhear=True,
    title="请别的组协办",
    examples=("101号协办法律服务组",),
)
def ask_help(ctx: Context) -> str:
    """One lead, any number of helpers: their desks get a card of their own."""
    assert ctx.command is not None
    need = needs.get(ctx.conn, int(ctx.command["number"]))
    lead = ctx.command["lead"] or ctx.command["lead2"]
    if lead and (category := destination(f"转{lead}", need)[0]) != need.category:
        before = need
        need = needs.give_back(ctx.conn, need.id, by(ctx), category, mask(ctx.wording))
        need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
        tell_moved(ctx.conn, ctx.voice, before, need, by(ctx), here=ctx.chat.id)
    said = f"{ctx.command['co'] or ''}{ctx.command['rest']}"
    named = [one for one in needs.CATEGORIES if one[:2] in said and one != need.category]
    if not named and (found := needs.deadlines.department_in(said)) and found[0] != need.category:
        named = [found[0]]
    if not named:
        raise Refusal(f"请说明请哪个组协办，如「{need.id}号协办{_another(need)}组」。")
    for category in named:
        needs.ask_help(ctx.conn, need.id, by(ctx), f"{category}组")
        chat = people.handlers_chat(ctx.conn, category, ctx.chat.id)
        if chat:
            ctx.tell_chat(chat, help_card(ctx.conn, need))
    return f"诉求{need.id}号由{service_group(need)}主办，已请{'、'.join(f'{one}组' for one in named)}协办。"


@handler(
    "merge_needs",
    commands=(
        r"合并[:\s]*(?:诉求)?#?(?P<number>\d{1,9})号?\s*(?:到|进|并入|至|和|与|跟|、|,|\s)\s*(?:诉求)?#?(?P<into>\d{1,9})号?",
        r"(?:把|将)?(?:诉求)?#?(?P<number>\d{1,9})号?\s*(?:合并到|并到|并入|并进|归并到)\s*(?:诉求)?#?(?P<into>\d{1,9})号?.*",
        r"(?:诉求)?#?(?P<into>\d{1,9})号?(?:和|与|跟|、)(?:诉求)?#?(?P<number>\d{1,9})号?(?:是)?(?:同一件事?|一回事|一件事|重复)?[,]?合并.*",
    ),
    roles=WORKERS,
    overhear=True,
    title="合并同一件事",
    examples=("合并 105 到 101",),
)
def merge_needs(ctx: Context) -> str:
    """Two numbers, one matter: it goes on under one, and all reporters are told."""
    assert ctx.command is not None
    number, into = int(ctx.command["number"]), int(ctx.command["into"])
    merged = needs.merge(ctx.conn, number, into, by(ctx))
    target = needs.get(ctx.conn, into)
    told = f"诉求{number}号与{into}号是同一件事，已并入{into}号一起办，发「进度 {into}」可以看办到哪了。"
    tell_reporters(ctx.conn, ctx.voice, merged, told, here=ctx.chat.id)
    for person_id in {one.person_id for one in needs.reporters(ctx.conn, target)} - {merged.reporter_id}:
        ctx.tell_person(person_id, f"同样的诉求{number}号已并入您报的{into}号，一起办理。")
    if merged.handler_id and merged.handler_id != ctx.person.id:
        ctx.tell_person(merged.handler_id, f"诉求{number}号已并入{into}号，请一起办。")
    chat = desk(ctx.conn, target)
    if chat and merged.category != target.category and chat.id != ctx.chat.id:
        ctx.tell_chat(chat, told)
    return f"诉求{number}号已并入{into}号，两边的报事人都已告知。"


@handler(
    "unmerge_need",
    commands=(
        rf"(?:取消|撤[销回]|解除)合并{NUMBER}[吧了。!]*",
        rf"(?:把|将)?{NUMBER}(?:取消|撤[销回]|解除)合并[吧了。!]*",
        rf"(?:把|将)?{NUMBER}(?:和|与|从)[^,。]{{1,12}}(?:拆开|分开)[吧了。!]*",
    ),
    roles=WORKERS,
    overhear=True,
    title="取消合并",
    examples=("取消合并 105",),
)
def unmerge_need(ctx: Context) -> str:
    """Two matters after all: it is dispatched anew, and all reporters are told."""
    assert ctx.command is not None
    need, other = needs.unmerge(ctx.conn, int(ctx.command["number"]), by(ctx))
    need = dispatch(ctx.conn, ctx.voice, need, by(ctx))
    told = f"诉求{need.id}号与{other.id}号不是同一件事，已分开办理，由{service_group(need)}重新接单。"
    tell_reporters(ctx.conn, ctx.voice, need, told, here=ctx.chat.id)
    for person_id in {one.person_id for one in needs.reporters(ctx.conn, other)} - {need.reporter_id}:
        ctx.tell_person(person_id, f"诉求{need.id}号已和您报的{other.id}号分开办理，{other.id}号照常办。")
    return f"诉求{need.id}号已与{other.id}号分开，转{service_group(need)}重新接单，两边的报事人都已告知。"
