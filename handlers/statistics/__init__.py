"""统计: figures of a period, the ledger, the lists of a quarter; for staff, and for secretaries about their own."""

from bot.capability import Handler
from handlers.statistics.query import query_stats

HANDLERS: tuple[Handler, ...] = (query_stats,)
