"""接单、认领: who takes a need, and who takes a part of it."""

import re

from bot.capability import Context, Slot, handler
from bot.domain import needs, people, points
from bot.domain.needs import Need
from bot.domain.people import COMPANY, HANDLER
from bot.notices.needs import desk, resolve_by, service_group, tell_reporters
from handlers.needs.which import NUMBER, WORKERS, by, name_of, named_need, to_accept, which
from knowledge.private import mask

TAKERS = (*WORKERS, COMPANY)
_PART = re.compile(
    r"(?P<what>(?:能|可以|愿意|来|负责|先)*(?:出|提供|负责|承担|赞助|捐|借出?|解决|支持|垫付|派)[^,。;!]{1,30})"
)
_TAKING = re.compile(r"接单|认领|受理|接了?|收到|我们?|来|办|处理|[\W\d_号]|诉求|了|吧|的|单")
SAYS_MORE = 3
"""Characters beside those of taking it from which on it says something of the work."""
_OURS = r"(?:我们?|我们?(?:公司|单位|支部|店|厂|商会|园区|社区|学校|银行)|我司|我店|我单位|本店|本公司|咱们?)"


@handler(
    "accept_need",
    intents=("accept_need",),
    roles=TAKERS,
    overhear=True,
    title="接单",
    slots=(which(to_accept, "接单"),),
    examples=("接单 101", "101号我接了，下午过去"),
)
def accept_need(ctx: Context, need: Need) -> str | None:
    """Take the need; what whoever has it says besides (101号下午过去看看) is word on the way."""
    if need.handler_id == ctx.person.id and need.state in needs.TAKEN and len(_TAKING.sub("", ctx.said)) >= SAYS_MORE:
        ctx.again(ctx.message, "update_need")
        return None
    return take(ctx, need)


def take(ctx: Context, need: Need) -> str:
    """Record who took it, tell the reporters who and until when; the full contact goes to the handler alone."""
    need = needs.accept(ctx.conn, need.id, by(ctx), mask(ctx.wording))
    me = people.display_name(ctx.person)
    until = f"，{resolve_by(need)}前办结" if need.resolve_by and need.resolve_by > ctx.now else ""
    told = f"诉求{need.id}号已由{me}接单，正在联系处理{until}。"
    tell_reporters(ctx.conn, ctx.voice, need, told, here=ctx.chat.id)
    tell_its_desk(ctx, need)
    return f"诉求{need.id}号由{me}接单{noted(ctx, need)}。{contact_given(ctx, need)}"


def contact_given(ctx: Context, need: Need) -> str:
    """Send whoever took it the contact, and say so. A company that helps gets none: that is not its to decide."""
    if ctx.role not in WORKERS:
        return "请报事人或工作人员与您联系。"
    give_contact(ctx, need)
    return f"联系方式已私发，办完请回复「{need.id}号办结」。"


def tell_its_desk(ctx: Context, need: Need, verb: str = "接单") -> None:
    """The service group hears that somebody else took its need, or had it done."""
    chat, me = desk(ctx.conn, need), people.display_name(ctx.person)
    of_it = need.category in needs.officers.groups_of(ctx.conn, ctx.person.id)
    if chat and not of_it and chat.id not in (ctx.chat.id, need.chat_id):
        ctx.tell_chat(chat, f"诉求{need.id}号已由{me}{verb}。")


def noted(ctx: Context, need: Need) -> str:
    """In the chat where the need was reported the reply itself tells the reporter."""
    return f"，请{name_of(ctx, need.reporter_id)}知悉" if need.chat_id == ctx.chat.id else ""


def give_contact(ctx: Context, need: Need) -> None:
    """Send the full contact to the sender, privately, and note that they saw it."""
    needs.note_access(ctx.conn, need.id, by(ctx))
    contact = " ".join(part for part in (need.company, need.contact, need.phone) if part)
    ctx.tell_person(ctx.person.id, f"诉求{need.id}号联系方式：{contact or '没有留电话，请在群里联系报事人'}")


@handler(
    "claim_need",
    commands=(
        rf"(?:我们?来?|我司|我店)?(?:认领|协办){NUMBER}[,:;\s]*(?P<rest>\S.*)",
        rf"{NUMBER}[,:\s]*{_OURS}(?:来|也)?认领[,:;\s]*(?P<rest>\S.*)",
        rf"{NUMBER}[,:\s]*(?P<rest>{_OURS}(?:可以|能|愿意|来)*(?:出|提供|承担|赞助|捐|借出?)[^,。?]{{2,30}}.*)",
        rf"协办{NUMBER}(?P<rest>)",
    ),
    roles=TAKERS,
    overhear=True,
    title="认领一部分",
    slots=(Slot("need", lambda ctx, _: named_need(ctx), find=named_need),),
    examples=("认领101号，我们出场地",),
)
def claim_need(ctx: Context, need: Need) -> str:
    """Take a part; any number of organisations may. A handler who takes all of what nobody has yet is the lead."""
    assert ctx.command is not None
    found = _PART.search(ctx.command["rest"])
    lead_free = need.handler_id is None and need.state in needs.WAITING
    if lead_free and (found is None or (ctx.role == HANDLER and desk(ctx.conn, need) == ctx.chat)):
        return take(ctx, need)
    what = mask(found["what"] if found else "协办")
    unit = ctx.person.company or people.display_name(ctx.person)
    need = needs.claim(ctx.conn, need.id, by(ctx), unit, what)
    told = f"诉求{need.id}号：{unit}认领「{what}」。"
    tell_reporters(ctx.conn, ctx.voice, need, told, here=ctx.chat.id)
    chat = desk(ctx.conn, need)
    if need.handler_id:
        ctx.tell_person(need.handler_id, told)
    elif chat and chat.id != ctx.chat.id:
        ctx.tell_chat(chat, told)
    return f"{told}{lead(ctx, need)}办好后请回复「{need.id}号我们那部分办好了」。"


def lead(ctx: Context, need: Need) -> str:
    """主办：物业服务组郭师傅；一起办：…."""
    who = name_of(ctx, need.handler_id) if need.handler_id else ""
    others = [f"{part.unit}（{part.what}{'，已完成' if part.done else ''}）" for part in needs.parts(ctx.conn, need.id)]
    together = f"；一起办：{'、'.join(others)}" if len(others) > 1 else ""
    return f"主办：{service_group(need)}{who}{together}。"


@handler(
    "finish_part",
    commands=(
        rf"{NUMBER}[,:\s]*{_OURS}(?:认领|负责|承担)?的?(?:那|这)?(?:一?部分|块)(?P<rest>.*(?:好|完|结|到位|落实).*)",
    ),
    roles=TAKERS,
    overhear=True,
    title="认领的部分办好了",
    examples=("101号我们那部分办好了",),
)
def finish_part(ctx: Context) -> str:
    """The part is done; the lead, who resolves the whole, is told."""
    assert ctx.command is not None
    need = needs.get(ctx.conn, int(ctx.command["number"]))
    needs.change(ctx.conn, need.id, "part_done", by(ctx), mask(ctx.wording))
    points.earn(
        ctx.conn, ctx.person.id, "service", key=f"{need.id}:{ctx.person.id}", note=f"诉求{need.id}号出力", at=ctx.now
    )
    parts = needs.parts(ctx.conn, need.id)
    left = [part.unit for part in parts if part.person_id and not part.done]
    unit = next(part.unit for part in parts if part.person_id == ctx.person.id)
    text = f"诉求{need.id}号：{unit}认领的部分已办好" + (f"，还有{'、'.join(left)}在办。" if left else "。")
    if need.handler_id and need.handler_id != ctx.person.id:
        ctx.tell_person(need.handler_id, text)
    return text
