"""The reading of a message: what its sender wants, how sure that is, and whether the assistant should speak.

A few rules of high precision go before the model: exact outranks fuzzy. In a group, a message that does not mention
the assistant is overheard: there the chance that anything is wanted at all must be high, or the reading is `none`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.features import Setting
from knowledge.intents import Guess, IntentModel
from knowledge.normalize import Cleaned, Quote, clean

SILENT = frozenset({"none", "acknowledge"})
"""Intents that want no answer where nobody addressed the assistant."""
GROUPED = frozenset({"report_need", "ask_policy"})
"""Intents that concern one of the seven service groups."""
OVERHEARD_LEAST = 0.55
"""The least chance, among overheard messages, that one wants something."""

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
_ACKNOWLEDGED = re.compile(r"^(?:收到|已阅|已悉|知悉|知道|明白|了解)")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is made of one message; `why` is terse and for staff, `slots` are those of the corpus."""

    intent: str
    confidence: float
    runner_up: str
    speak: bool
    slots: Mapping[str, object] = field(repr=False)
    why: str
    text: str = field(repr=False)
    quote: Quote | None = field(repr=False)


def by_rule(cleaned: Cleaned) -> tuple[str, str] | None:
    """Give the intent of a message whose form alone settles it, and the rule's name."""
    text = cleaned.text
    if len(text) <= 120 and _SYSTEM.match(text):
        return "none", "系统提示"
    if _CHAIN.search(text[:200]) and _ENTRY.search(text) and "\n" in text:
        return "solitaire", "接龙格式"
    if len(text) <= 30 and _RECEIPT.match(text) and "吗" not in text and "没" not in text:
        return "acknowledge", "收到回执"
    return None


def by_model(guess: Guess, setting: Setting) -> tuple[str, float, str]:
    """Choose intent, confidence and runner-up; overheard, silence wins unless acting is likely enough."""
    ranked = sorted(guess.odds.items(), key=lambda pair: -pair[1])
    (best, confidence), (second, _) = ranked[:2]
    acting = 1.0 - sum(guess.odds.get(intent, 0.0) for intent in SILENT)
    if setting.addressed:
        return best, confidence, second
    if best in SILENT and acting >= OVERHEARD_LEAST:
        wanted = next(pair for pair in ranked if pair[0] not in SILENT)
        return wanted[0], wanted[1], best
    if best not in SILENT and acting < OVERHEARD_LEAST:
        return "none", 1.0 - acting, best
    return best, confidence, second


class Reader:
    """Reads messages; holds nothing but the model, so one serves all threads."""

    def __init__(self, model: IntentModel) -> None:
        self._model = model

    @classmethod
    def load(cls) -> "Reader":
        """Build a reader on the model file that ships with the package."""
        return cls(IntentModel.load())

    def read(self, text: str, *, chat: str, mentioned: bool, role: str, now: datetime) -> Reading:
        """Read one message; `now` is aware and the time of sending. Never raises on any text."""
        cleaned = clean(text)
        setting = Setting(chat, mentioned or cleaned.mentioned, role)
        category = ""
        if settled := by_rule(cleaned):
            intent, why = settled
            confidence, runner_up = 1.0, "none"
        else:
            guess = self._model.guess(cleaned, setting)
            intent, confidence, runner_up = by_model(guess, setting)
            category = guess.category
            why = f"{'、'.join(guess.words) or '语境'};{confidence:.2f},次选 {runner_up}"
        try:
            from knowledge.slots import fill

            slots = fill(intent, cleaned, now, role)
        except ImportError:
            slots = {}
        if intent in GROUPED and category:
            slots["category"] = category
        speak = setting.addressed or intent not in SILENT
        return Reading(intent, confidence, runner_up, speak, slots, why, cleaned.text, cleaned.quote)
