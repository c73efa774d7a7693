"""The reading of a message: what its sender wants, how sure that is, and whether the assistant should speak.

A few rules of high precision go before the model: exact outranks fuzzy. In a group, a message that does not
mention the assistant is overheard: there the reading is `none` unless something is wanted plainly enough.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from knowledge import plain
from knowledge.intents import MODEL, Guess, IntentModel, made_of
from knowledge.lessons import name_of
from knowledge.normalize import Cleaned, Quote, clean
from knowledge.shape import Setting
from knowledge.slots import fill, spans, tagger
from knowledge.slots.spans import Find

SILENT = frozenset({"none", "acknowledge"})
"""Intents that want no answer where nobody addressed the assistant."""
GROUPED = frozenset({"report_need", "ask_policy"})
"""Intents that concern one of the seven service groups."""
OVERHEARD_LEAST = 0.90
"""How likely the best guess of a wish must be, against silence, before an overheard message is acted on."""
NEARLY, DECIDED = OVERHEARD_LEAST - 0.01, 0.7
"""How likely one wish must be among all where the message is short: 3楼还是5楼 may be anything, so it is talk. With a
writer left out of training, this loses 2 of 344 wishes that were read right.
"""
TOLD = "按更正"

_CARDS = frozenset(
    "链接|文件|名片|个人名片|小程序|转账|微信红包|收款到账|语音通话|视频通话|音乐|视频号|公众号文章".split("|")  # noqa: SIM905
)
"""Placeholders of things passed on: in a group they are for the people there."""
_SYSTEM = re.compile(
    r"^[\"“]?.{1,40}(?:撤回了一条消息|加入了?(?:群聊|本群)|拍了拍.{0,40}|修改群名为.{0,60}|移出了?群聊)(?:\s*撤销)?[\"”]?$"
    r"|^以上是打招呼的内容$|^你已添加了.{1,30}现在可以开始聊天了"
)
_CHAIN = re.compile(r"^\s*#?\s*(?:接龙|group note)|接[龙拢笼]", re.IGNORECASE)
_ENTRY = re.compile(r"^\s*\d{1,3}\s*[.、,):\s]?\s*[^\d\s]", re.MULTILINE)
_RECEIPT = re.compile(
    r"^[\w·]{0,12}?(?:收[到倒]|已阅|已悉|知悉|遵照执行|照办)(?:收到)?(?:了)?[,!。~\s]*"
    r"(?:谢谢|感谢|辛苦了?|多谢|明白|了解|知道了|通知|准时(?:到|参加)|按时(?:到|参加)|马上(?:传达|通知|转达)|已(?:转达|传达|通知)|[^\w\s])*$"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is made of one message; `slots` are those of the corpus, `remarks` what was added to it later."""

    intent: str
    confidence: float
    runner_up: str
    speak: bool
    slots: Mapping[str, object] = field(repr=False)
    because: Callable[[], str] = field(repr=False, compare=False)
    text: str = field(repr=False)
    quote: Quote | None = field(repr=False)
    remarks: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why it was read so, terse and for staff: worded only when somebody asks."""
        return ";".join((self.because(), *self.remarks))


def by_rule(cleaned: Cleaned, setting: Setting) -> tuple[str, str] | None:
    """Give the intent of a message whose form alone settles it, and the rule's name."""
    text = cleaned.text
    if not setting.addressed and (not text or not _CARDS.isdisjoint(cleaned.placeholders)) and "\n" not in text:
        return "none", "只有卡片或表情"
    if len(text) <= 120 and _SYSTEM.match(text):
        return "none", "系统提示"
    if _CHAIN.search(text[:200]) and _ENTRY.search(text) and "\n" in text:
        return "solitaire", "接龙格式"
    if len(text) <= 30 and _RECEIPT.match(text) and "吗" not in text and "没" not in text:
        return "acknowledge", "收到回执"
    return None


def by_model(guess: Guess, setting: Setting, text: str) -> tuple[str, float, str]:
    """Choose intent, confidence and runner-up; overheard, silence wins unless a wish is likely enough."""
    ranked = sorted(guess.odds, key=guess.odds.__getitem__, reverse=True)
    if setting.addressed:
        return ranked[0], guess.odds[ranked[0]], ranked[1]
    wish = next(intent for intent in ranked if intent not in SILENT)
    silence = next(intent for intent in ranked if intent in SILENT)
    chance = guess.odds[wish] / (guess.odds[wish] + guess.odds[silence])
    if not plain.names(wish, text) or (len(text) <= plain.SHORT and guess.odds[wish] < DECIDED):
        chance = min(chance, NEARLY)
    if chance >= OVERHEARD_LEAST:
        return wish, chance, next(intent for intent in ranked if intent != wish)
    return silence, 1.0 - chance, wish


def because(guess: Guess, setting: Setting, intent: str, confidence: float, runner_up: str) -> str:
    """Say in plain Chinese what decided: the words, how sure it is, what else it may have been."""
    words = "".join(f"「{word}」" for word in guess.telling(intent)) or "整句的样子"
    second = name_of(runner_up)
    if setting.addressed or intent not in SILENT:
        return f"读作{name_of(intent)}，凭{words}，把握{confidence:.2f}；其次像{second}（{guess.odds[runner_up]:.2f}）"
    said = "".join(f"「{word}」" for word in guess.telling(runner_up)) or "整句的样子"
    return (
        f"读作{name_of(intent)}，凭{words}，把握{confidence:.2f}；其次像{second}，凭{said}，"
        f"{1 - confidence:.2f}，没到插话的{OVERHEARD_LEAST:.2f}"
    )


class Reader:
    """Reads messages; holds nothing but the model, so one serves all threads."""

    def __init__(self, model: IntentModel, find: Find = spans.find) -> None:
        self._model = model
        self._find = find

    @staticmethod
    def file(trained: Path | None = None) -> Path:
        """The model file to use: one trained on the spot, unless it is of another version than the package's own."""
        if trained is None or not trained.exists():
            return MODEL
        return trained if made_of(trained) == made_of(MODEL) else MODEL

    @classmethod
    def load(cls, trained: Path | None = None) -> "Reader":
        """Build a reader on its model file, ready for the first message; a tagger trained here lies beside it."""
        model = IntentModel.load(cls.file(trained))
        find = spans.finder(trained.with_name(tagger.MODEL.name) if trained else None)
        reader, now = cls(model, find), datetime.now(UTC)
        cleaned = clean("8月1日下午3点到5点,借用三楼会议室")
        for intent in model.intents:  # what is lazy in the extractors of slots is loaded now
            fill(intent, cleaned, now, "member", find)
        reader.read(cleaned.text, chat="private", mentioned=False, role="member", now=now)
        return reader

    def read(self, text: str, *, chat: str, mentioned: bool, role: str, now: datetime, intent: str = "") -> Reading:
        """Read one message; `now` is aware and the time of sending. Never raises on any text.

        With an `intent`, that is what the message is, as somebody says who knows; the rest is read as ever.
        """
        cleaned = clean(text)
        setting = Setting(chat, mentioned or cleaned.mentioned, role)
        settled = (intent, TOLD) if intent else by_rule(cleaned, setting)
        category = self._model.guess(cleaned, setting).category if intent in GROUPED else ""
        if settled:
            intent, why = settled[0], partial(str, settled[1])
            confidence, runner_up = 1.0, "none"
        else:
            guess = self._model.guess(cleaned, setting)
            intent, confidence, runner_up = by_model(guess, setting, cleaned.text)
            category = guess.category
            why = partial(because, guess, setting, intent, confidence, runner_up)
        slots = fill(intent, cleaned, now, role, self._find)
        if intent in GROUPED and category:
            slots["category"] = category
        speak = setting.addressed or intent not in SILENT
        return Reading(intent, confidence, runner_up, speak, slots, why, cleaned.text, cleaned.quote)
