"""发错了、改成4个: the sender's last sign-up is taken back, or comes to another number of people."""

import re

from bot.capability import Context, Handler, handler
from bot.domain import retractions
from bot.domain.activities import plan, sign_ups
from bot.domain.needs import By
from bot.domain.talk import SIGN_UP, Item
from bot.notices.activities import room, tell_promoted
from bot.notices.undo import undo
from knowledge.numbers import NUMERAL, number
from knowledge.slips import Slip

_COUNT = re.compile(
    rf"(?:我们|我|咱们)?(?:公司|单位|店里?|家)?(?:来|去|有)?(?:一?共|总共)?(?P<count>{NUMERAL})\s*(?:个|位|名|口)?(?:人|名额)?"
)
_COMPANIONS = re.compile(
    rf"(?:我)?(?:再)?带(?:了|上)?(?P<count>{NUMERAL})\s*(?:个|位|名|口)?(?:人|朋友|家属|家人|同事|孩子|小孩|娃|老人|同学)"
)


def _people(text: str) -> int | None:
    """How many people come in all: 4个, 我们公司3个人; 带两个朋友 is three."""
    counted, companions = _COUNT.fullmatch(text), _COMPANIONS.fullmatch(text)
    if companions:
        return 1 + (number(companions["count"]) or 1)
    return number(counted["count"]) if counted else None


def _slip(ctx: Context) -> tuple[Slip, Item] | None:
    """The slip, and the sign-up that it is about."""
    if ctx.reading.quote:
        return None
    who = ctx.person.id, ctx.chat.id
    found = retractions.slip_about(ctx.conn, SIGN_UP, ctx.message, ctx.text, who, addressed=ctx.addressed)
    return found if found and (found[0].retracts or _people(found[0].new or "")) else None


@handler("amend_sign_up", when=lambda ctx: _slip(ctx) is not None, overhear=True, title="改报名人数")
def amend_sign_up(ctx: Context) -> str:
    """Take it back, or change the number of people; whoever waits moves up into what falls free."""
    found = _slip(ctx)
    assert found is not None
    slip, item = found
    people = _people(slip.new or "")
    if people is None:
        by = By(ctx.person.id, ctx.now, ctx.message.id, ctx.role)
        return undo(ctx.conn, ctx.voice, item, by, "说发错了", here=ctx.chat.id) + "。"
    held = sign_ups.get(ctx.conn, item.id)
    what = plan.get(ctx.conn, held.activity_id, lock=True)
    changed = sign_ups.resize(ctx.conn, held, people)
    tell_promoted(ctx.conn, ctx.voice, what, sign_ups.promote(ctx.conn, what.id))
    return f"已改：「{what.title}」{changed.people}人（{room(ctx.conn, what)}）。"


HANDLERS: tuple[Handler, ...] = (amend_sign_up,)
