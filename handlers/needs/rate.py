"""评单: the reporter rates what was done; dissatisfied, the work starts again and we ask why."""

import re
from datetime import datetime, timedelta

from bot import questions
from bot.capability import Context, Slot, handler
from bot.domain import needs, people, points
from bot.domain.needs import Need
from bot.domain.people import STAFF
from bot.errors import Refusal
from handlers.needs import topic
from handlers.needs.which import by, find_need, read_need, to_rate
from knowledge import slots
from knowledge.private import mask
from knowledge.reading import SILENT
from knowledge.wording import readable

RATE_WITHIN = timedelta(days=14)
DIGIT_WITHIN = timedelta(minutes=30)
"""In a group a bare digit is an answer for so long: later it is more likely a receipt."""
WHY_WITHIN = timedelta(days=1)
DIGITS = {"1": "satisfied", "2": "neutral", "3": "dissatisfied"}
_BARE = re.compile(
    r"(?:诉求|#)?\s*\d*\s*号?[,:\s]*(?:非常|很|太|十分)?(?:不满意|差评|不行|不好|不认可|3)[了啊吧。!\s]*"
)
"""Dissatisfied, and not a word about why."""
_THANKS = re.compile(
    r"(?:好的?|嗯|哦|行|ok|太|非常|十分|很|那就?|先)*[,，\s]*(?:(?:谢谢|感谢|多谢|谢了|辛苦|麻烦)(?:了|啦|您|你们?|大家|师傅|各位|们)*[,，\s]*)+[^\w]*",
    re.IGNORECASE,
)
"""Thanks alone say nothing of the work: no answer is not satisfied."""
_PLAIN = re.compile(r"满意|[好差中]评")
"""What is said of a rating and of hardly anything else."""
_WORK = re.compile(r"[修办弄](?:[好完]|得)|没[修办弄解处]|还是坏|又坏|投诉|师傅(?:很|挺|真|太)?[专态]")
_JUDGING = re.compile(
    r"非常|十分|很|挺|太|真|还|更|都|就|也|比较|基本|可以|能|行|好|棒|赞|点|不错|一般|般|凑合|马虎|将就|差不多|差|慢|快|及时|专业|给力|靠谱|认可|优秀|表扬"
    r"|敷衍|糊弄|失望|不|没|得|了|吧|的|啊|呀|呢|嘛|哈|谢谢|感谢|多谢|辛苦|你们?|您|大家|我们?|服务|态度|效率|速度|[五四三二一]星|分|[\W\d_]"
)
"""Good or bad, and of nothing in particular."""
_ASKS = re.compile(r"[?？]|[吗呢么]\W*$|怎么|如何|多少|哪|什么|能不能|可不可以|是不是|有没有")
_RECEIPT = re.compile(r"(?:好的?[,，\s]*)?(?:收[到悉]|知悉|已阅|已悉)(?!.*满意)")


def read_answer(ctx: Context, text: str) -> str | None:
    """A rating, where the text is short enough to be an answer and no talk about something else; or its digit.

    Once others have spoken in the group, a digit or 谢谢 may be meant for them: only plain words are a rating then.
    """
    mine = topic.follows(ctx, int(ctx.args.get("after", 0)))
    if text in DIGITS:
        asked = datetime.fromisoformat(str(ctx.args["asked"])) if "asked" in ctx.args else ctx.now
        return DIGITS[text] if mine and (ctx.addressed or ctx.now - asked <= DIGIT_WITHIN) else None
    if (
        len(text) > 60 or _THANKS.fullmatch(text) or (not ctx.addressed and _RECEIPT.match(text))
    ):  # 收到，谢谢书记: of another's notice
        return None
    need = read_need(ctx, str(ctx.args["need"]))
    open_ = need is not None and need.state == "resolved"  # what was rated already is not spoken of in passing
    return slots.rating(text) if _PLAIN.search(text) or (open_ and _of_the_work(ctx, text, mine=mine)) else None


def _of_the_work(ctx: Context, text: str, *, mine: bool) -> bool:
    """Whether words are about what was done, and not of something else that is good or bad: 太慢了吧这快递."""
    need = read_need(ctx, str(ctx.args["need"]))
    if _WORK.search(text) or (need and topic.shares_topic(text, f"{need.text}{need.place or ''}")):
        return True
    return ctx.addressed or (mine and not _JUDGING.sub("", text))


@handler("rate_answer", slots=(Slot("rating", read_answer), Slot("need", read_need)))
def rate_answer(ctx: Context, rating: str, need: Need) -> str:
    """The answer to the question that followed the resolution."""
    return record_rating(ctx, need, rating)


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
    if not (topic.named(ctx) or _PLAIN.search(ctx.said)):
        return None
    if rating is None:
        asked = {"need": str(need.id), "asked": ctx.now.isoformat(), "after": ctx.message.id}
        ctx.ask("rate_answer", "rating", asked, within=RATE_WITHIN)
        return f"请评价诉求{need.id}号：1 满意 / 2 一般 / 3 不满意"
    return record_rating(ctx, need, rating)


def record_rating(ctx: Context, need: Need, rating: str) -> str:
    """Store the rating; dissatisfied starts the work again and goes up a level."""
    note = "不满意" if ctx.said in DIGITS and rating == "dissatisfied" else mask(ctx.wording)
    need = needs.rate(ctx.conn, need.id, by(ctx), rating, note)
    points.earn(ctx.conn, ctx.person.id, "rating", key=str(need.id), note=f"评价诉求{need.id}号", at=ctx.now)
    if rating != "dissatisfied":
        return f"谢谢您的评价，诉求{need.id}号已关闭。"
    level = needs.LEVELS[need.level]
    tell_those_who_follow(ctx, need, f"诉求{need.id}号评价不满意，需重办：{note[:80]}（{level}跟进）")
    why = ""
    if _BARE.fullmatch(ctx.said):
        ask_why(ctx, need)
        why = "请问哪里没办好？我一并转给经办人。"
    if need.state != "reopened":
        return f"很抱歉没有办好。诉求{need.id}号已重办{need.reopened}次，现转{level}专人跟进。{why}"
    return f"很抱歉没有办好。诉求{need.id}号已重新办理，并上报{level}跟进，请放心。{why}"


def dissatisfied(ctx: Context, need: Need) -> str:
    """还没好呢, which was asked about."""
    return record_rating(ctx, need, "dissatisfied")


def ask_why(ctx: Context, need: Need) -> None:
    """Here, or in private, where one says what one would not in a group."""
    asked = {"need": str(need.id), "after": ctx.message.id}
    ctx.ask("rate_why", "why", asked, within=WHY_WITHIN)
    alone = ctx.private_chat_of(ctx.person.id)
    if alone and alone.id != ctx.chat.id:
        ctx.ask("rate_why", "why", asked | {"elsewhere": True}, chat=alone, within=WHY_WITHIN)


def tell_those_who_follow(ctx: Context, need: Need, text: str) -> None:
    """Who handles it, who answers for its level, and the staff."""
    told = [need.handler_id, *needs.officers.told_last(ctx.conn, need.id), *people.holders(ctx.conn, STAFF)]
    for person_id in dict.fromkeys(told):
        if person_id:
            ctx.tell_person(person_id, text)


def read_why(ctx: Context, text: str) -> str | None:
    """Words of some length (in private 还在响); in a group nothing that asks or thanks."""
    shortest = 2 if ctx.addressed else 4
    talk = text in DIGITS or (not ctx.addressed and re.search(r"[?？]$|谢谢|收到|^(?:好的?|行|嗯|哦)", text))
    if len(text) < shortest or talk or (ctx.args.get("elsewhere") and _of_another(ctx, text)):
        return None
    return text


def _of_another(ctx: Context, text: str) -> bool:
    """Whether what is said where the question was not asked is a wish of its own."""
    reading, need = ctx.reading, read_need(ctx, str(ctx.args["need"]))
    if reading.intent == "report_need":
        return bool(reading.slots.get("place")) and not (need and topic.shares_topic(text, need.text))
    if reading.intent == "ask_policy":
        return bool(_ASKS.search(text))
    return reading.intent not in (*SILENT, "rate_need", "urge_need", "update_need", "resolve_need")


def without_why(ctx: Context) -> str | None:
    """取消, when asked why: the need is done again all the same."""
    mine = topic.follows(ctx, int(ctx.args.get("after", 0)))
    return f"好的，不说也行，诉求{ctx.args['need']}号照样重办。" if mine else None


@handler("rate_why", slots=(Slot("why", read_why, on_cancel=without_why), Slot("need", read_need)))
def rate_why(ctx: Context, why: str, need: Need) -> str:
    """What was not done well, passed on to whoever does it again."""
    note = mask(readable(why))
    for chat in (people.get_chat(ctx.conn, need.chat_id), ctx.private_chat_of(ctx.person.id)):
        for waiting in questions.open_for(ctx.conn, chat.id, ctx.person.id, ctx.now) if chat else ():
            if waiting.capability == "rate_why" and waiting.args["need"] == str(need.id):
                questions.close(ctx.conn, waiting.id)
    needs.change(ctx.conn, need.id, "said_why", by(ctx), note)
    if need.handler_id:
        ctx.tell_person(need.handler_id, f"诉求{need.id}号不满意的原因：{note[:200]}")
    return f"记下了，已转给诉求{need.id}号的经办人，谢谢您说明。"
