"""The owner's yes or no, and taking a request back."""

import re
from datetime import datetime, timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain.people import STAFF
from bot.domain.resources import Request, offers, requests
from bot.errors import Refusal
from bot.notices.resources import ask_next, await_answer, exchange_contacts
from knowledge import slots

_NO = re.compile(
    r"不行|不可以|不能|不方便|不凑巧|不巧|[借用来给]不了|没空|不空|有安排|占[用了]|[租借]出去|自己(?:也|们)?(?:要|得)?用|用完了|送完|没有了"
    r"|坏了|抱歉|不好意思|对不起|不借|停了|满了"
)
_YES = re.compile(r"可以|没问题|行|留着|留好|给你们?留|空着|有空|欢迎|来[用吧拿]|尽管|随时|同意|^能|能用|能借|借给")
_NUMBER = re.compile(r"求助\s*[#第]?(\d{1,9})\s*号?")
_LONGEST = 40
_AT_ONCE = timedelta(minutes=30)
"""How long after the question a mere 好的 is an answer to it."""


def read_decision(ctx: Context, text: str) -> bool | None:
    """A plain yes or no to the question; None for anything doubtful, a question, or words to somebody else."""
    text = _NUMBER.sub("", text).strip()
    if (
        not text
        or len(text) > _LONGEST
        or text.startswith("@")
        or re.search(r"[吗?？]|几点|多少|领导|再说|商量|不用", text)
    ):
        return None
    said, no, yes = slots.yes_no(text), _NO.search(text), _YES.search(text)
    if no:
        return None if said and yes else False
    if said is False or (said is None and not yes):
        return said
    asked_at = ctx.args.get("asked_at")
    bare = not yes and not ctx.addressed and asked_at
    return None if bare and ctx.now - datetime.fromisoformat(str(asked_at)) > _AT_ONCE else True


def _mine(ctx: Context, number: int) -> int | None:
    """The number of the sender's resource that a request asks for and that is not decided yet."""
    waiting = requests.waiting_for(ctx.conn, ctx.person.id)
    return next((resource_id for wanted, resource_id in waiting if wanted.id == number), None)


@handler(
    "answer_request",
    commands=(
        r"(?:我?同意)?求助\s*[#第]?\d{1,9}\s*号?\W*(?:可以|同意|没问题|行|能|不行|不可以|不同意|不方便|不能|借不了|拒绝).{0,20}",
    ),
    slots=(
        Slot("decision", read_decision, find=lambda ctx: read_decision(ctx, ctx.text)),
        Slot("request", lambda _, text: int(text)),
    ),
    overhear=True,
    title="答复求助",
    examples=("求助13号可以",),
)
def answer_request(ctx: Context, decision: bool | None, request: int | None) -> str | None:
    """A yes matches and exchanges contacts; a no lets the next owner be asked."""
    named = _NUMBER.search(ctx.text)
    number = int(named[1]) if named else request
    resource_id = _mine(ctx, number) if number else None
    if number is None or resource_id is None or decision is None:
        return f"求助{number}号现在不用您答复。" if ctx.addressed and number else None
    wanted = requests.answer(ctx.conn, number, resource_id, requests.YES if decision else requests.NO, ctx.now)
    reply = _agreed(ctx, wanted, resource_id) if decision else _declined(ctx, wanted)
    return reply + _more(ctx)


def _agreed(ctx: Context, wanted: Request, resource_id: int) -> str:
    offered = offers.get(ctx.conn, resource_id)
    exchange_contacts(ctx.conn, ctx.voice, wanted, offered)
    when = f"，{wanted.when_said}" if wanted.when_said else ""
    return f"求助{wanted.id}号已定：资源{offered.id}号「{offered.name}」{when}。双方联系方式已私发，谢谢！"


def _declined(ctx: Context, wanted: Request) -> str:
    following = ask_next(ctx.conn, ctx.voice, wanted, ctx.now)
    if following:
        return f"好的，求助{wanted.id}号再问下一家（资源{following.id}号）。"
    if wanted.chat_id != ctx.chat.id:
        ctx.tell_person(wanted.seeker_id, f"您的求助{wanted.id}号：对方不方便。有合适的马上告诉您。")
    return f"好的。求助{wanted.id}号暂时没有别的合适资源，有了马上告诉求助方。"


def _more(ctx: Context) -> str:
    """Another request that the sender was asked about here: the question stays open."""
    left = requests.waiting_for(ctx.conn, ctx.person.id)
    if not left:
        return ""
    await_answer(ctx.conn, left[0][0].id, ctx.person.id, ctx.chat, ctx.now)
    return f"\n还有求助{left[0][0].id}号在等您答复：「可以」或「不行」？"


@handler(
    "withdraw_request",
    commands=(
        r"(?:请|麻烦)?(?:取消|撤销|撤回)\s*求助\s*[#第]?\d{1,9}\s*号?[吧了]?\W*",
        r"求助\s*[#第]?\d{1,9}\s*号?\W*(?:不用了|不需要了|取消|撤销|撤回|已?解决了?|找到了|有了).{0,12}",
    ),
    overhear=True,
    title="撤销求助",
    examples=("求助13号不用了",),
)
def withdraw_request(ctx: Context) -> str | None:
    """Only the seeker (or staff) takes a request back; owners who were asked are told."""
    found = _NUMBER.search(ctx.text)
    assert found is not None
    wanted = requests.get(ctx.conn, int(found[1]))
    if wanted.seeker_id != ctx.person.id and ctx.role != STAFF:
        raise Refusal(f"只有求助{wanted.id}号的求助人可以撤销。")
    if wanted.state not in (requests.OPEN, requests.ASKED, requests.MATCHED):
        raise Refusal(f"求助{wanted.id}号已经结束了。")
    for owner_id in requests.owners_concerned(ctx.conn, wanted.id):
        ctx.tell_person(owner_id, f"求助{wanted.id}号已由求助方撤销，不用再留了，谢谢。")
    requests.withdraw(ctx.conn, wanted.id)
    return f"求助{wanted.id}号已撤销。"


HANDLERS: tuple[Handler, ...] = (answer_request, withdraw_request)
