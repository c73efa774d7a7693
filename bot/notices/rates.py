"""三率: the three rates in words, split by what people ask for, and the needs behind each of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.domain.needs import LEVELS
from bot.domain.statistics import figures
from bot.domain.statistics.cases import Case
from bot.domain.statistics.figures import Rate, Rates

SHOWN = 30
BY: Mapping[str, tuple[str, Callable[[Case], str]]] = {
    "category": ("类别", lambda case: case.category),
    "organisation": ("组织", lambda case: case.organisation or "未分组织"),
    "level": ("级别", lambda case: LEVELS[case.level]),
    "chat": ("群", lambda case: case.chat),
}
"""What the rates can be split by: how it is called, and what a need belongs to."""


def percent(rate: Rate) -> str:
    """75%, 66.7%; of nothing there is no share."""
    return f"{100 * rate.hits / rate.base:.1f}".removesuffix(".0") + "%" if rate.base else "暂无"


def share(rate: Rate) -> str:
    """75%，9/12."""
    return f"{percent(rate)}，{rate.hits}/{rate.base}" if rate.base else "暂无（0件）"


def rate_lines(found: Sequence[Case], now: datetime) -> list[str]:
    """The three rates with what they are of, and what is left out."""
    rates = figures.rates(found, now)
    lines = [
        f"响应率 {share(rates.response)}（按时响应/应响应）",
        f"解决率 {share(rates.resolution)}（办结/收到）",
        f"满意率 {share(rates.satisfaction)}（满意/已评价）",
    ]
    return [*lines, f"不计入：{left_out(rates)}"] if left_out(rates) else lines


def left_out(rates: Rates) -> str:
    """How many needs do not count, and why."""
    parts = (
        (rates.withdrawn, "撤回{}件"),
        (rates.merged, "并入别的{}件"),
        (rates.not_due, "未到响应时限{}件"),
        (rates.unrated, "未评价{}件（不算满意）"),
    )
    return "、".join(text.format(number) for number, text in parts if number)


def split_lines(found: Sequence[Case], by: str, now: datetime) -> list[str]:
    """One line for each service group, organisation, level or chat: the three rates as fractions."""
    _, of = BY[by]
    lines = []
    for name, part in figures.split(found, of).items():
        rates = figures.rates(part, now)
        said = (("响应", rates.response), ("解决", rates.resolution), ("满意", rates.satisfaction))
        shares = "，".join(f"{what}{rate.hits}/{rate.base}" for what, rate in said)
        lines.append(f"{name}（{len(part)}件）：{shares}")
    return lines


def behind(found: Sequence[Case], now: datetime) -> list[str]:
    """The numbers behind the rates: which needs are missing from each, and which are left out."""
    parts = figures.behind(found, now)
    rows = (
        ("未按时响应", parts.late),
        ("未办结", parts.unresolved),
        ("一般", parts.neutral),
        ("不满意", parts.dissatisfied),
        ("不计入：撤回", parts.withdrawn),
        ("不计入：并入别的", parts.merged),
        ("不计入：未到响应时限", parts.not_due),
        ("不计入：未评价", parts.unrated),
    )
    lines = [f"{name}：{_numbers(numbers)}" for name, numbers in rows if numbers]
    return [*(lines or ["没有未按时、未办结、不满意的。"]), "发「101号详情」（换成编号）看每一步和原话。"]


def _numbers(numbers: Sequence[int]) -> str:
    more = f"等{len(numbers)}件" if len(numbers) > SHOWN else ""
    return "、".join(f"{number}号" for number in numbers[:SHOWN]) + more
