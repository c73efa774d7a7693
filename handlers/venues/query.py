"""When is it free, what rooms are there, what have I booked."""

import re

from bot.capability import Context, Handler, handler
from bot.domain.venues import bookings, rooms
from bot.notices import venues as wording
from bot.notices.activities import when
from handlers.venues import draft, times
from handlers.venues.draft import Draft
from handlers.venues.times import Asked

_QUESTION = re.compile(
    r"(?:有|没|得|还)空|空[吗么不没着闲余]|有(?:没有)?人(?:在)?[用订约借占]|被(?:人)?[订约占借]|(?:什么|啥)时[候间]|几点(?:有|能|可以|空)"
    r"|哪[些天个几段].{0,6}(?:空|可以|能)|[能可]以?不?[能可]?以?[订约借]|谁(?:预|在)?[订定约用占]|约满|占用|使用情况|预约情况|空档"
)
_SHOWN = 6
COMMAND = (
    r"(?!.*(?:[谁哪]家|我[们家司]|咱|本|公司|单位|免费|欢迎|提供))(?=.{0,24}(?:会议室|[厅室堂]|礼堂|教室|场地))"
    r".{2,30}(?:有空|空着|空闲|空不空|空[吗么没]|有(?:没有)?人[用订约借]|[什啥]么?时[候间].{0,4}空|谁(?:预|在)?[订定约用]|[能可]以?[用订约借])"
    r"(?:了|着|的|吗|么|没有?|不|呢|\W)*"
)
"""A question about a room, however the reader takes it; nobody else's room."""
ANY_ROOM = (
    r"(?:请问)?(?:现在|今天|这会儿|目前|明天|下午|上午)*(?:还)?有?(?:哪[个间些]|[什啥]么?)(?:个|间)?(?:屋子?|房间?|会议室|教室|厅|场地)"
    r"(?:是|还)*(?:空着?|闲着?|没人用?|能用|可以用)(?:的|着|呢|啊|吗|\W)*"
)
"""现在哪个屋空着: of all rooms, said to the bot."""


def is_question(text: str) -> bool:
    """Whether a text asks when something is free."""
    return bool(_QUESTION.search(text))


def answer(ctx: Context, named: rooms.Named, asked: Asked) -> str | None:
    """The free times of the rooms meant, on the day meant; overheard, only of a room surely named."""
    options = list(named.rooms) if named.sure else []
    if not options:
        if not ctx.addressed:
            return None
        options = rooms.everything(ctx.conn)
    if asked.day is None:
        asked = Asked(times.local_day(ctx.now))
    if len(options) > 1:
        return "\n".join(draft.free_times(ctx, room, asked) for room in options[:_SHOWN])
    room = options[0]
    plan = Draft(ctx.said, room=room.id, asked=Asked(asked.day))
    span = times.span(asked, room)
    if span is None or asked.whole_day:
        draft.ask(ctx, plan)
        return f"{draft.free_times(ctx, room, asked)}要用请说几点到几点。"
    if bookings.clashes(ctx.conn, room, span):
        draft.ask(ctx, plan)
        return f"{room.name}{when(span.start, span.end)}已有人预约。{draft.free_times(ctx, room, Asked(asked.day))}"
    draft.ask(ctx, plan, [(room.id, span)])
    return f"{room.name}{when(span.start, span.end)}空着。要订请回复1。"


@handler(
    "list_venues",
    commands=(
        r"(?:请问)?(?:现在|咱们?这?|这里|服务中心)?(?:都)?(?:有)?(?:哪些|什么|哪几个)?\s*(?:可以|能)?(?:预约|约|订|借|用)?(?:的)?"
        r"\s*(?:场地|会议室|阵地|房间)\s*(?:都)?(?:有哪些|清单|列表|介绍|情况|可以(?:约|订|借|用))?(?:吗)?[?]?",
    ),
    title="有哪些场地",
    examples=("@小红 场地清单",),
)
def list_venues(ctx: Context) -> str:
    """The rooms with capacity, opening hours and equipment."""
    lines = [f"· {_in_full(one)}" for one in rooms.everything(ctx.conn)]
    return "\n".join(("可以预约的场地：", *lines, "说「预约哪个场地，哪天几点到几点」就行。"))


def _in_full(room: rooms.Venue) -> str:
    hours = f"{room.opens:%H:%M}–{room.closes:%H:%M}"
    return "，".join(part for part in (wording.room(room), hours, room.equipment) if part)


@handler(
    "my_bookings",
    commands=(
        r"(?:查一?下?|看一?下?|查询|查看)?\s*(?:我|我们)的?(?:场地|会议室)?预[约定订](?:了什么|了哪些|情况|记录|呢)?[?]?",
        r"(?:查一?下?|看一?下?|查询|查看)\s*(?:场地|会议室)?预[约定订]",
    ),
    title="我的预约",
    examples=("@小红 我的预约",),
)
def my_bookings(ctx: Context) -> str:
    """What the sender has booked."""
    mine = bookings.of_person(ctx.conn, ctx.person.id, ctx.now)
    if not mine:
        return "您现在没有预约场地。"
    return "\n".join(("您的预约：", *(wording.booked(ctx.conn, one) for one in mine)))


HANDLERS: tuple[Handler, ...] = (list_venues, my_bookings)
