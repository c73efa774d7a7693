"""发错了、说错了: what the sender just reported is taken back or set right; a recalled message takes its need along."""

import re

from bot.capability import Context, handler
from bot.domain import needs, people, retractions, talk
from bot.domain.needs import Need
from bot.domain.talk import NEED, Item
from bot.messages import Kind
from bot.notices.undo import undo
from handlers.needs import topic
from handlers.needs.more import pass_on
from handlers.needs.which import by
from knowledge import slips, slots
from knowledge.private import mask
from knowledge.slips import Slip

_UNIT = re.compile(r"(?P<which>[0-9A-Za-z一二三四五六七八九十]+)(?P<unit>号楼|栋|座|幢|单元|楼|层|号门|门|室|号)")
_OWN_WORDS = re.compile(r"错|刚|上面|上一?[条个]")
"""What is said of one's own message."""
_PHONE = r"(?:电话(?:号码)?|手机(?:号码?)?|号码|联系方式)"
_PLACE = re.compile(r"[楼栋座幢层室门厅区园路街巷店院库场梯]|单元|\d号")


def _slip(ctx: Context) -> tuple[Slip, Item] | None:
    """The slip, and the need that it is about."""
    if ctx.reading.quote:
        return None
    who = ctx.person.id, ctx.chat.id
    found = retractions.slip_about(ctx.conn, NEED, ctx.message, ctx.text, who, addressed=ctx.addressed)
    if found is None or not (found[0].retracts or _amends(found[0])):
        return None
    if found[0].retracts and not _OWN_WORDS.search(ctx.text):  # 算了，不用了 may be said to others
        return found if topic.follows_report(ctx, needs.get(ctx.conn, found[1].id)) else None
    return found


def _amends(slip: Slip) -> bool:
    """Whether what stands in the place of the words can be said of a need: a place or a phone."""
    return slip.new is not None and bool(slots.phone(slip.new) or _PLACE.search(slip.new))


@handler("amend_need", when=lambda ctx: _slip(ctx) is not None, overhear=True, title="更正、撤回刚报的诉求")
def amend_need(ctx: Context) -> str:
    """Withdraw it, or put the right place or phone in; those who have it are told."""
    found = _slip(ctx)
    assert found is not None
    slip, item = found
    if slip.new is None:
        return undo(ctx.conn, ctx.voice, item, by(ctx), "报事人说发错了", here=ctx.chat.id) + "。"
    need = needs.get(ctx.conn, item.id)
    if phone := slots.phone(slip.new):
        people.set_phone(ctx.conn, ctx.person.id, phone)
        needs.add_contact(ctx.conn, need.id, by(ctx), phone, slots.contact_name(slip.new))
        return f"已改：诉求{need.id}号的联系电话是{mask(phone)}。"
    place, text = corrected(need, slip)
    need = needs.change(ctx.conn, need.id, "amended", by(ctx), mask(ctx.wording), place=place[:64], text=text)
    pass_on(ctx, need, f"诉求{need.id}号更正：地点是{place}。")
    return f"已改：诉求{need.id}号的地点是{place}。"


@handler(
    "new_phone",
    commands=(
        rf"(?:那|就|麻烦|请|帮我|给我|我|想|要)*(?:换|改|更换|更新)(?:一?[个下]|了)?(?:我的?)?(?:联系)?{_PHONE}(?:吧|了)?[,:\s]*(?:是|成|为|到)?\s*(?P<phone>1[3-9]\d{{9}})\W*",
        rf"(?:我的?|我们?)?(?:联系)?{_PHONE}(?:换|改|变)(?:成|为)?了?[,:\s]*(?:现在|新的)*(?:是|用)?\s*(?P<phone>1[3-9]\d{{9}})\W*",
    ),
    title="换电话",
    yields=True,
)
def new_phone(ctx: Context) -> str:
    """On file from now on, and with what the sender reported that is not finished; who handles it is told."""
    assert ctx.command is not None
    phone = ctx.command["phone"]
    people.set_phone(ctx.conn, ctx.person.id, phone)
    mine = [need for need in needs.of_reporter(ctx.conn, ctx.person.id, needs.OPEN) if need.phone]
    for need in mine:
        needs.add_contact(ctx.conn, need.id, by(ctx), phone, None)
        if need.handler_id:
            ctx.tell_person(need.handler_id, f"诉求{need.id}号报事人的电话换成了{phone}。")
    numbers = "、".join(f"{need.id}号" for need in mine)
    return f"已记下您的新电话{mask(phone)}{f'，诉求{numbers}也改好了' if mine else '，以后报诉求不用再留'}。"


def corrected(need: Need, slip: Slip) -> tuple[str, str]:
    """Place and text with the new words in place of the old ones, or of those of the same unit (2号楼 → 5号楼)."""
    new = slip.new or ""
    old = slip.old if slip.old and slip.old in need.text else None
    unit = _UNIT.search(new)
    if old is None and unit:
        same = [found[0] for found in _UNIT.finditer(need.text) if found["unit"] == unit["unit"]]
        old, new = (same[0], unit[0]) if len(same) == 1 else (None, new)
    if old and need.place and old in need.place:
        return need.place.replace(old, new), need.text.replace(old, new)
    return new, need.text.replace(old, new) if old else f"{need.text}；更正：{new}"


def recalls(ctx: Context) -> bool:
    """A system line that says somebody took a message back, which had set something going."""
    return bool(slips.recalled_by(ctx.text)) and bool(_recalled(ctx))


def _recalled(ctx: Context) -> list[Item]:
    if ctx.message.kind == Kind.RECALLED:
        row = retractions.sent_as(ctx.conn, ctx.message, ctx.message.text)
    else:
        row = retractions.recalled(ctx.conn, ctx.message, slips.recalled_by(ctx.text) or "")
    return talk.set_going(ctx.conn, row) if row else []


@handler(Kind.RECALLED.value, when=recalls, overhear=True)
def recalled(ctx: Context) -> str | None:
    """What the recalled message set going is taken back, but for an urgent need: that is for people to say."""
    said = []
    for item in _recalled(ctx):
        need = needs.get(ctx.conn, item.id) if item.kind == NEED else None
        if need and need.urgent:
            said.append(f"诉求{need.id}号是紧急诉求，没有跟着撤回；不用办了请回复「撤回{need.id}号」")
        else:
            said.append(undo(ctx.conn, ctx.voice, item, by(ctx), "消息已撤回", here=ctx.chat.id))
    return "；".join(said) + "。" if said else None
