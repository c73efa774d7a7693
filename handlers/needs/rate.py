"""评价: the reporter says whether it is good; dissatisfied starts the work again."""

from datetime import timedelta

from bot.capability import Context, Slot, handler
from bot.domain import needs, people
from bot.domain.needs import Need
from bot.domain.people import STAFF
from bot.errors import Refusal
from handlers.needs.which import by, find_need, read_need, to_rate
from knowledge import slots
from knowledge.private import mask
from knowledge.wording import readable

RATE_WITHIN = timedelta(days=7)


@handler(
    "rate_answer",
    slots=(Slot("rating", lambda _, text: read_rating(text)), Slot("need", read_need)),
)
def rate_answer(ctx: Context, rating: str, need: Need) -> str:
    """The answer to the question that followed the resolution."""
    return record_rating(ctx, need, rating)


def read_rating(text: str) -> str | None:
    """A rating, where the text is short enough to be an answer and no talk about something else."""
    return slots.rating(text) if len(text) <= 60 else None


@handler(
    "rate_need",
    intents=("rate_need",),
    overhear=True,
    title="评价",
    slots=(
        Slot("need", read_need, find=find_need(to_rate)),
        Slot("rating", lambda _, text: slots.rating(text), find=lambda ctx: ctx.slots.get("rating")),
    ),
    examples=("101号满意", "101号不满意，今早又坏了"),
)
def rate_need(ctx: Context, need: Need | None, rating: str | None) -> str | None:
    """A rating out of the blue: the reporter's counts, anybody else's is passed over in silence."""
    if need is None or need.reporter_id != ctx.person.id:
        if ctx.addressed:
            raise Refusal(f"只有诉求{need.id}号的报事人可以评价。" if need else "没有找到等您评价的诉求。")
        return None
    if rating is None:
        ctx.ask("rate_answer", "rating", {"need": str(need.id)}, within=RATE_WITHIN)
        return f"请评价诉求{need.id}号：满意 / 一般 / 不满意"
    return record_rating(ctx, need, rating)


def record_rating(ctx: Context, need: Need, rating: str) -> str:
    """Store the rating; dissatisfied starts the work again and goes up a level."""
    note = mask(readable(ctx.text))
    need = needs.rate(ctx.conn, need.id, by(ctx), rating, note)
    if rating != "dissatisfied":
        return f"谢谢您的评价，诉求{need.id}号已关闭。"
    text = f"诉求{need.id}号评价不满意，需重办：{note[:80]}（{needs.LEVELS[need.level]}跟进）"
    if need.handler_id:
        ctx.tell_person(need.handler_id, text)
    for person_id in people.holders(ctx.conn, STAFF):
        ctx.tell_person(person_id, text)
    if need.state != "reopened":
        return f"很抱歉没有办好。诉求{need.id}号已重办{need.reopened}次，现转{needs.LEVELS[need.level]}专人跟进。"
    return f"很抱歉没有办好。诉求{need.id}号已重新办理，并上报{needs.LEVELS[need.level]}跟进，请放心。"
