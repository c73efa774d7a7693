"""在吗: who calls the bot by name first and says in the next message what it is about."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import floor
from knowledge.reading import SILENT

NEXT_WORDS = timedelta(minutes=2)
LIKELY = 0.5
FOREIGN_FROM = 3
"""Words of other letters from which on they are a sentence, and no name or link."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NOTHING = re.compile(
    r"\W*(?:\w{0,2}|(?:好的?|嗯+|哦+|没事了?|算了|不用了?|没什么(?:事了?)?|谢+|谢谢\w{0,4}|ok|在的?|哈+|呵+|嘿+|[,，。!\s])+)\W*|(?:稍等|等[一下等]|马上|我?打字).{0,8}|.*@.*",
    re.IGNORECASE | re.DOTALL,
)
"""What needs no answer, or is said to others."""
_LINK = re.compile(r"\w+://\S*")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_GREETING = r"(?:在吗|在不在|在么|在没|你好|您好|哈喽|嗨|hello|hi)?"
_OPENING = (
    r"(?:(?:我?想|我?要|麻烦|我?有事?|我来)*(?:咨询|请教|打听|反映|问)(?:你们?|您)?(?:一?[个下件点])*(?:事情?|问题|情况)?"
    r"|我?有[个件点]?(?:事情?|问题)(?:要|想)?(?:咨询|请教|反映|问|说)?)?"
)
_WORD = re.compile(r"\w")
_CALL = re.compile(rf"(?:小红)?[,，。!！?？~\s]*{_GREETING}[,，。!！?？~\s]*{_OPENING}[,，。!！?？~\s]*", re.IGNORECASE)


def calls(ctx: Context) -> bool:
    """@小红 alone, or 在吗, or 想咨询个事: nothing to do yet."""
    if not ctx.addressed or ctx.chat.private or ctx.reading.quote:
        return False
    return not ctx.text or (bool(_CALL.fullmatch(ctx.text)) and bool(_WORD.search(ctx.text)))


@handler("call", when=calls)
def call(ctx: Context) -> str:
    """Answer, and hear the next words as said to the bot."""
    ctx.ask("called", "words", {"after": ctx.message.id}, within=NEXT_WORDS)
    return "我在，请说。"


def foreign(ctx: Context) -> bool:
    """Words, and none of them Chinese, said to the bot."""
    if not ctx.addressed or ctx.log or ctx.reading.quote:
        return False
    return not _HAN.search(ctx.text) and len(_LATIN.findall(_LINK.sub("", ctx.text))) >= FOREIGN_FROM


@handler("foreign", when=foreign)
def not_understood(ctx: Context) -> str:
    """A guess at what English means would go to the wrong desk."""
    return "抱歉，我只懂中文，请用中文再说一次，或回复「转人工」。Sorry, I only understand Chinese."


def read_words(ctx: Context, text: str) -> str | None:
    """What is said next, as said to the bot; once others spoke, where it is a wish when heard so."""
    if ctx.addressed or ctx.reading.speak or not text or ctx.reading.quote or _NOTHING.fullmatch(text):
        return None
    if not floor.taken(ctx.conn, ctx.message, int(ctx.args["after"]), (ctx.person.id,)):
        return text
    heard = ctx.reread(replace(ctx.message, mentioned=True), ctx.role, "")
    return text if heard.intent not in SILENT and heard.confidence >= LIKELY else None


@handler("called", slots=(Slot("words", read_words),))
def called(ctx: Context, words: str) -> None:
    """Carry out what was said after the call."""
    del words
    ctx.again(ctx.message, "")


HANDLERS: tuple[Handler, ...] = (call, called, not_understood)
