"""What suits what: the same thing, big enough, at the right time; with the reasons, in words to show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from math import inf

from bot.clock import local
from bot.domain.resources.offers import Resource
from bot.domain.resources.requests import Request
from bot.domain.resources.terms import OTHER, ROOM
from knowledge.workdays import is_workday

_WEEKDAYS = {day: at for at, day in enumerate("一二三四五六日", 1)} | {"天": 7}
_NAMED_DAYS = re.compile(r"周([一二三四五六日天](?:[、和至到-]*周?[一二三四五六日天])*)")
_DAY_RANGE = re.compile(r"([一二三四五六日天])[至到-]周?([一二三四五六日天])")
_PARTS = {
    "上午": (8, 12),
    "早上": (6, 10),
    "中午": (11, 14),
    "下午": (12, 18),
    "白天": (8, 18),
    "晚上": (17, 23),
    "晚间": (17, 23),
}
_COMMON = re.compile("免费|公司|企业|单位|服务|培训|活动|专业|设备|合作|资源|我们|提供|一[个间套台名位家]|[的和与及]")


@dataclass(frozen=True, slots=True)
class Fit:
    """A resource that suits a request, and why."""

    resource: Resource
    reasons: tuple[str, ...]
    spare: float  # seats left over


def matches(wanted: Request, on_offer: Iterable[Resource]) -> list[Fit]:
    """The offers of others that suit a request, best first."""
    found = [fit for one in on_offer if (fit := suits(wanted, one))]
    return sorted(found, key=lambda fit: (-len(fit.reasons), fit.spare, -fit.resource.id))


def suits(wanted: Request, offered: Resource) -> Fit | None:
    """Why an offer suits a request; None where it does not."""
    if offered.owner_id == wanted.seeker_id or not same_thing(wanted.name, wanted.kind, offered):
        return None
    reasons = [f"有{offered.name}"]
    spare = inf
    if wanted.people and offered.seats:
        if offered.seats < wanted.people:
            return None
        reasons.append(f"坐得下{wanted.people}人")
        spare = offered.seats - wanted.people
    elif wanted.people and offered.kind == ROOM:
        reasons.append("坐多少人待确认")
    if wanted.day and offered.available:
        if not _free_on(offered.available, wanted.day) or not _free_at(offered.available, wanted.start):
            return None
        reasons.append(f"{offered.available}合您的时间")
    if offered.price == "免费":
        reasons.append("免费")
    return Fit(offered, tuple(reasons), spare)


def same_thing(name: str, kind: str, offered: Resource) -> bool:
    """Whether a name or a thing is what is offered: the same thing, else a distinctive pair of characters."""
    if kind != OTHER:
        return kind == offered.kind
    pairs = _pairs(name)
    return bool(pairs and pairs & _pairs(offered.name + "," + offered.text))


def _pairs(text: str) -> set[str]:
    plain = _COMMON.sub(" ", text)
    return {pair for at in range(len(plain) - 1) if (pair := plain[at : at + 2]).isalnum()}


def _free_on(available: str, day: date) -> bool:
    if "工作日" in available:
        return is_workday(day)
    if "周末" in available or "双休" in available:
        return day.isoweekday() > 5
    named = _NAMED_DAYS.search(available)
    return named is None or day.isoweekday() in _weekdays(named[1])


def _weekdays(named: str) -> set[int]:
    """一三五, 一到五."""
    days = {_WEEKDAYS[char] for char in named if char in _WEEKDAYS}
    for first, last in _DAY_RANGE.findall(named):
        days |= set(range(_WEEKDAYS[first], _WEEKDAYS[last] + 1))
    return days


def _free_at(available: str, start: datetime | None) -> bool:
    spans = [(time(first), time(last)) for part, (first, last) in _PARTS.items() if part in available]
    if start is None or not spans:
        return True
    at = local(start).time()
    return any(first <= at < last for first, last in spans)
