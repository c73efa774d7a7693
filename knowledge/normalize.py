"""Clean text: one width, one script, no invisible characters, no mention of the bot, quote and reply apart.

The text that is left keeps its line breaks. Placeholders of gateways (`[图片]`, `[捂脸]`) are taken out of it
and listed, so that nobody reads them as words; the reader sees them as features.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

LONGEST = 20_000
"""Characters that are looked at; of a longer text, the head and the tail."""
_TAIL = 4_000

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffc\U000e0000-\U000e0fff\ud800-\udfff]"
)
_CONTENT = (
    "图片|语音|视频|文件|链接|位置|红包|微信红包|转账|小程序|聊天记录|动画表情|表情|名片|个人名片"
    "|语音通话|视频通话|拍一拍|收款到账|分享|收藏|笔记|音乐|视频号|公众号文章|直播"
)
_FACES = (
    "微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|囧|抓狂|吐|偷笑|愉快|白眼|傲慢|困|惊恐|憨笑|悠闲|咒骂"
    "|疑问|嘘|晕|衰|骷髅|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|左哼哼|右哼哼|哈欠|鄙视|委屈|快哭了|阴险|亲亲|可怜|菜刀|西瓜|啤酒|咖啡|猪头|玫瑰|凋谢"
    "|嘴唇|爱心|心碎|蛋糕|炸弹|便便|月亮|太阳|拥抱|强|弱|握手|胜利|抱拳|勾引|拳头|OK|跳跳|发抖|怄火|转圈|笑脸|生病|破涕为笑|恐惧|脸红"
    "|失望|无语|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|加油|汗|天啊|Emm|社会社会|旺柴|好的|打脸|哇|翻白眼|666|让我看看|叹气|苦涩|裂开"
    "|合十|鬼魂|福|發|发|红包|烟花|爆竹|庆祝|礼物|笑哭|赞|送花|狗头|比心|双手合十"
)
_PLACEHOLDER = re.compile(rf"\[({_CONTENT}|{_FACES})\](?:\s?\d{{1,3}}(?:\"|″|''|秒))?")
_BLANKS, _EMPTY_LINES = re.compile(r"[^\S\n]+"), re.compile(r"\n{3,}")
_DASHES = re.compile(r"\n[ \t]*(?:[-—–―─━_=][ \t]*){3,}(?:\n|$)")
_QUOTED = re.compile(r"[「『“\"](?:引用 ?)?([^:\n]{1,60}):(.*?)[」』”\"]?$", re.DOTALL)
_CITED_BEFORE = re.compile(
    r"^\[?引用\]? ?[「\"“]?([^:\n]{1,40}?)(?: ?的(?:消息|发言))? ?: ?([^\n]{0,2000}?)[」\"”\]]?\n+(.+)$",
    re.DOTALL,
)
_CITED_AFTER = re.compile(
    r"\n[\[「(] ?引用 ?:? ?([^:\n]{1,40}?)(?: ?的(?:消息|发言))? ?: ?(.{0,2000}?)[\]」)]$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that another one replies to: its sender's name as shown in the chat, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A message ready to be read; `placeholders` holds the names without brackets, in order."""

    text: str
    quote: Quote | None
    mentioned: bool
    placeholders: tuple[str, ...]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _capped(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - _TAIL - 1] + "\n" + text[-_TAIL:]


def simplify(text: str) -> str:
    """Give the text in NFKC and simplified characters, without invisible ones; its length may change."""
    text = _INVISIBLE.sub("", _capped(text))
    if len(text) > 1_000:  # long runs of combining marks make normalisation quadratic
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = _capped(unicodedata.normalize("NFKC", text))
    return str(_converter().convert(text)) if not text.isascii() else text


@cache
def _mention(nickname: str) -> re.Pattern[str]:
    """Match @nickname, but not a longer name that merely begins with it (@小红花幼儿园 李老师, @小红姐)."""
    longer = r"(?![姐哥妹弟花书本帽梅]|老师|阿姨|主任|同志|[^\s,。!?:;、,.]{1,10}[ \u2005](?=\S))"
    return re.compile(rf"@{re.escape(simplify(nickname))}(?:(?=[\s,。!?:;、,.]|$)|{longer})[ \t]?")


def _split_quote(text: str) -> tuple[str, Quote | None]:
    if text[:1] in ("「", "『", "“", '"') and (lines := list(_DASHES.finditer(text))):
        if found := _QUOTED.match(text[: lines[-1].start()]):
            return text[lines[-1].end() :], Quote(found[1].strip(), found[2].strip())
    elif "引用" in text:
        if found := _CITED_BEFORE.match(text):
            return found[3], Quote(found[1].strip(), found[2].strip())
        if found := _CITED_AFTER.search(text):
            return text[: found.start()], Quote(found[1].strip(), found[2].strip())
    return text, None


def _tidy(text: str) -> str:
    text = _BLANKS.sub(" ", text).replace(" \n", "\n").replace("\n ", "\n")
    return _EMPTY_LINES.sub("\n\n", text).strip()


def clean(text: str, nickname: str = "小红") -> Cleaned:
    """Take a raw message apart; `mentioned` says whether the reply itself, not the quote, holds @nickname."""
    text = _tidy(simplify(text.replace("\r\n", "\n").replace("\r", "\n")))
    reply, quote = _split_quote(text)
    reply, mentions = _mention(nickname).subn(" ", reply)
    placeholders = tuple(found[1] for found in _PLACEHOLDER.finditer(reply))
    return Cleaned(_tidy(_PLACEHOLDER.sub(" ", reply)), quote, mentions > 0, placeholders)
