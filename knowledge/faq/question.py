"""Read a question as it arrives in a chat: what is asked counts, the story and the politeness around it less."""

import re
from dataclasses import dataclass

import numpy as np

from knowledge.faq.grams import Ints, cut
from knowledge.faq.index import Floats
from knowledge.normalize import clean

LONGEST = 600
"""Characters that are compared: of a longer message, the end, where the question is asked."""
_LONG = 45
"""Characters from which on a question is a story, whose other clauses say less than the one that asks."""
_ASIDE = 0.75
_BREAK = re.compile(r"[,.!?;。、\n…~]+")
_ASKS = re.compile(
    r"[吗么呢嘛不没]$|怎|咋|多少|几|什么|啥|哪|多久|多长|能不能|可不可以|是不是|要不要|有没有|如何|行不行"
)
_POLITE = re.compile(
    r"(?:各位|大家|老师|领导|同志|群主|小红)(?=[,!好您你])|您好|你好|请问|请教|麻烦问?一?下?|谢谢了?|多谢|辛苦了?"
    r"|打扰一?下?|[想我]?(?:咨询|请教|打听|了解)[一个]?下|[我想]{1,2}问一?下"
)
_BARE = re.compile(
    r"(?:请问|请教|想问|咨询|麻烦|问一?下|多少|几[天年个月次号点]|怎么[办弄搞样]?|咋[办弄整样]?|如何|什么|啥|哪[里儿个些家]?"
    r"|多[久长大]|找谁|为什么|[是能要可需有行会得该用不没去在到交带找给说看]|可以|知道|办理?|弄|搞|条件|材料|手续|流程|限制"
    r"|时间|时候|地方|地点|电话|钱|费用?|收费?|价格?|[你我他她它您咱]们?|大家|[这那][个样边种]?|[些事]|现在|今天|最近|一[个下]?"
    r"|[的了着过就都还也再又吗么呢吧啊呀嘛哦哈]|[\W_])*+"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its distinct grams, ascending, each with its share (0 to 1), its length in characters, its text."""

    grams: Ints
    shares: Floats
    length: int
    text: str


def is_bare(text: str) -> bool:
    """Tell whether a question names no matter at all: 多少钱, 要带什么材料. Any entry may be like it, none is meant."""
    message = clean(text)
    return message.quote is None and _BARE.fullmatch(message.text[-LONGEST:]) is not None


def read(text: str) -> Question:
    """Cut a question; a quoted message counts as an aside."""
    message = clean(text)
    clauses = _clauses(message.text[-LONGEST:])
    length = sum(map(len, clauses))
    asks = [length < _LONG or bool(_ASKS.search(clause)) for clause in clauses]
    if clauses:
        asks[-1] = True
    if message.quote:
        aside = _clauses(message.quote.text[:LONGEST])
        asks += [not clauses] * len(aside)
        clauses += aside
    grams, number = cut(clauses or [""])
    shares = np.where(np.array(asks or [True]), 1.0, _ASIDE)[number]
    order = np.lexsort((-shares, grams))
    grams, first = np.unique(grams[order], return_index=True)
    text = message.text[-LONGEST:] or (message.quote.text[:LONGEST] if message.quote else "")
    return Question(grams, shares[order][first].astype(np.float32), length, text)


def _clauses(text: str) -> list[str]:
    return [clause for clause in _BREAK.split(_POLITE.sub(",", text)) if clause.strip()]
