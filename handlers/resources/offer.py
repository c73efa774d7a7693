"""Offering a resource to the alliance."""

import re

from bot.capability import Context, Handler, handler
from bot.clock import local
from bot.domain import talk
from bot.domain.resources import Resource, fit, offers, requests, terms
from bot.notices.resources import ask_owner, summary, unit_of, wish
from knowledge import slips

_MEANT = re.compile(
    r"免|提供|借|空[着出闲]|共享|送|捐|折|优惠|价|闲置|登记资源|报(?:个)?资源|我家报|欢迎|来用|拿去用|拿走|拿出|开放|需要的|可以|义务|支援|清单|租|出[一两二三四五六七八九十\d]"
)
_ASKS = re.compile(r"\W*(?:请问)?(?:[谁哪]家?有|有没有|[谁哪](?:家|个单位|位)(?!.*(?:免费|送|需要|想|要)))")
_ASKS_WHICH = re.compile(r"哪[个间些里]\S{0,8}(?:空|闲|有|可以|能)|[有能]\S{0,8}[吗么][?？]?\W*$")
_AMOUNT = re.compile(r"(?P<number>\d{1,5})\s*(?P<unit>[把张间台套个辆份箱袋瓶件本盒斤人桌块米位名])")
_GIFT = re.compile(r"(?:赞助|捐赠?|赠送|送|提供|出)(?:大家|联盟|社区)?\s*(?P<thing>\d{1,5}\s*[^\W\d]{2,8})")
_SHORTEST = 8


@handler(
    "offer_resource",
    intents=("offer_resource",),
    overhear=True,
    title="登记资源",
    examples=("我们二楼有一间能坐50人的培训教室，工作日下午都空着，联盟单位可以免费用",),
)
def offer_resource(ctx: Context) -> str | None:
    """Record the offer, thank shortly; whoever waits for such a thing hears of it."""
    if _ASKS_WHICH.search(ctx.said):
        return "找资源请说「谁有…」，查场地请说「会议室什么时候空」。" if ctx.addressed else None
    read = terms.read(ctx.said, _given(ctx))
    if len(read.name) < 2 or not (ctx.addressed or _plain_enough(ctx.said)):
        return "请说说是什么资源，比如「我们有间能坐50人的培训教室，周末免费用」。" if ctx.addressed else None
    known = offers.same(ctx.conn, ctx.person.id, ctx.said, ctx.now)
    if known:
        return f"这项资源已经登记过了：资源{known.id}号 {summary(known)}。"
    offered = offers.offer(
        ctx.conn,
        read,
        text=ctx.said,
        owner_id=ctx.person.id,
        company=unit_of(ctx.conn, ctx.person),
        chat_id=ctx.chat.id,
        now=ctx.now,
    )
    text = f"已登记资源{offered.id}号：{summary(offered)}。谢谢！"
    waiting = requests.unanswered(ctx.conn, local(ctx.now).date())
    wanted = next((one for one in waiting if fit.suits(one, offered)), None)
    if wanted and ask_owner(ctx.conn, ctx.voice, wanted, offered, ctx.now):
        ctx.tell_person(
            wanted.seeker_id,
            f"您的求助{wanted.id}号（{wish(wanted)}）有了新资源：资源{offered.id}号 {summary(offered)}。"
            "已请对方确认，有答复马上告诉您。",
        )
    return text


def _corrected(ctx: Context) -> tuple[Resource, str, str] | None:
    """What the sender offered last here, and its name and words with the new amount in the place of the old one."""
    slip = None if ctx.reading.quote else slips.slip(ctx.text)
    amount = _AMOUNT.fullmatch(slip.new) if slip and slip.new else None
    if amount is None:
        return None
    lately = ctx.person.id, ctx.chat.id, ctx.now - talk.LATELY
    offered = offers.latest(ctx.conn, *lately)
    other = talk.last_item(ctx.conn, *lately, ctx.now)
    if offered is None or (other and other.at > offered.offered_at):
        return None
    same = [one[0] for one in _AMOUNT.finditer(offered.text) if one["unit"] == amount["unit"]]
    if len(same) != 1:
        return None
    return offered, offered.name.replace(same[0], amount[0]), offered.text.replace(same[0], amount[0])


@handler("amend_offer", when=lambda ctx: _corrected(ctx) is not None, overhear=True, title="更正刚登记的资源")
def amend_offer(ctx: Context) -> str:
    """改成30把, right after the offer."""
    found = _corrected(ctx)
    assert found is not None
    offered, name, text = found
    read = terms.read(text, name)
    return f"已改：资源{offered.id}号 {summary(offers.amend(ctx.conn, offered.id, read, text))}。"


def _given(ctx: Context) -> str | None:
    """What the reader found; 我家面馆赞助10斤面粉 gives the flour, not whoever gives it."""
    said, gift = ctx.slots.get("resource"), _GIFT.search(ctx.said)
    if gift and isinstance(said, str) and ctx.said.find(said) < gift.start():
        return gift["thing"]
    return said if isinstance(said, str) else None


def _plain_enough(text: str) -> bool:
    asks = _ASKS.match(text) or re.search(r"清单.{0,4}[看发]|[看发].{0,4}清单", text)
    return len(text) >= _SHORTEST and bool(_MEANT.search(text)) and not asks


HANDLERS: tuple[Handler, ...] = (amend_offer, offer_resource)
