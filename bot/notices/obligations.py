"""职责: how a duty, its period and its state are written."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from bot.domain import people
from bot.domain.obligations import Owed, Period

QUARTERS = "一二三四"


def span(every: str, period: Period) -> str:
    """11月, 四季度, 下半年, 2026年."""
    first = period.first
    return {
        "month": f"{first.month}月",
        "quarter": f"{QUARTERS[(first.month - 1) // 3]}季度",
        "half": "上半年" if first.month == 1 else "下半年",
        "year": f"{first.year}年",
    }[every]


def line(conn: Connection, one: Owed, *, named: bool) -> str:
    """✓ 11月书记例会（海纳商圈）：活动205号; ○ where it is planned."""
    what = f"{span(one.obligation.every, one.period)}{one.obligation.name}"
    who = f"（{people.organisation_name(conn, one.organisation_id)}）" if named else ""
    if one.planned:
        return f"○ {what}{who}：已安排，{one.evidence}"
    if one.evidence:
        return f"✓ {what}{who}：{one.evidence}"
    return f"· {what}{who}：{one.period.last.month}月{one.period.last.day}日前"


def lines(conn: Connection, owed: Iterable[Owed]) -> str:
    """One line each, with the organisation where there are several."""
    found = list(owed)
    named = len({one.organisation_id for one in found}) > 1
    return "\n".join(line(conn, one, named=named) for one in found)
