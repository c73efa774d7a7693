"""积分: what chat and clock both say."""

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import points


def account_of(conn: Connection, first: datetime, after: datetime) -> str:
    """The reconciliation of a month, or of a part of it."""
    done = points.reconcile(conn, first, after)
    flows = f"发放{done.issued}，兑换{done.redeemed}，到期{done.expired}，结余{done.held}"
    verdict = "账平。" if not done.wrong else f"账不平：{'；'.join(done.wrong)}，请核对。"
    return f"{local(first).month}月积分对账：{flows}。{verdict}"


def expiry_notice(amount: int, on: datetime) -> str:
    """That points are going to end."""
    day = local(on)
    return f"您有{amount}积分将在{day.month}月{day.day}日到期，回复「兑换」看看能换什么。"
