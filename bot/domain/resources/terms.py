"""What a message says of a resource: what it is, how many it holds, when it is to be had, on what terms."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.domain import crowds
from knowledge.yaml_files import parse

DATA = Path(__file__).parents[2] / "data" / "resources.yaml"
OTHER = "其他"
ROOM = "场地"
"""The thing that people sit in; what is only said to seat so many is one."""
_DAY = "[一二三四五六日末天]"
_DAYS = (
    rf"工作日|双休日|周末|节假日|每?周{_DAY}(?:[、和至到-]*周?{_DAY})*|每月[^,，。;；、\s]{{1,6}}"
    "|平时|每天|寒暑?假|暑假"
)
_PARTS = r"上午|下午|晚上|中午|白天|早上|全天|晚间"
_AVAILABLE = re.compile(rf"(?:{_DAYS})(?:的)?(?:{_PARTS})?|(?<![今明后天])(?:{_PARTS})(?=都?(?:空|闲|有空|可以用))")
_FREE = re.compile(r"免费|免非|不要钱|不收[钱费场一]|不收钱|一分钱不|无偿|义务|公益|白用|免费用|赠送|捐|送[给👏]?")
_DISCOUNT = re.compile(r"[一二三四五六七八九\d.]{1,3}折|半价|会员价|成本价|友情价|低价|优惠价?")
_PAID = re.compile(r"收费|付费|\d+\s*元|价格(?:好|可|面)?[谈议]|面议|象征性|水电费|电费")
_TRAILING = re.compile(r"(?:闲置|空置|空[着闲]|出租|共享|[一两二三]?[间台套个把辆]|[的了着])+$")


@cache
def things() -> Mapping[str, Sequence[str]]:
    """What is shared: each thing with the words for it."""
    words: dict[str, list[str]] = parse(DATA.read_bytes())
    return words


@dataclass(frozen=True, slots=True)
class Terms:
    """An offer's or a request's words, taken apart; empty where nothing is said."""

    name: str
    kind: str
    seats: int | None
    available: str
    price: str


def read(text: str, said: str | None) -> Terms:
    """Take a message apart. `said` is the name that the reader found in it."""
    word = longest(text)
    name = _TRAILING.sub("", (said or "").strip())
    if word and (len(name) < 2 or name in word):
        name = word
    available = _AVAILABLE.search(text)
    seats = crowds.seats(text)
    what = kind(name) or kind(text) or (ROOM if seats else OTHER)
    return Terms(name, what, seats, _plain(available), price(text))


def price(text: str) -> str:
    """免费, 八折, or 收费面议; empty where nothing is said of it."""
    if found := _DISCOUNT.search(text):
        return found[0]
    if _FREE.search(text):
        return "免费"
    return "费用面议" if _PAID.search(text) else ""


def kind(text: str) -> str | None:
    """The thing that a text speaks of: that of its longest word."""
    word = longest(text)
    return next((thing for thing, words in things().items() if word in words), None) if word else None


def longest(text: str) -> str | None:
    """The longest word for a thing in a text, the last of equals."""
    found = [word for words in things().values() for word in words if word in text]
    return max(found, key=lambda word: (len(word), text.rfind(word)), default=None)


def _plain(found: re.Match[str] | None) -> str:
    return found[0].rstrip("的、和与及到至-") if found else ""
