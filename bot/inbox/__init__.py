"""The durable inbox: every event is a row before anything else happens. Rows only, no loops.

There is no "processing" state: outcome, effects and replies commit together, so a crash replays cleanly.
"""

from bot.inbox.queue import (
    BACKOFF,
    Done,
    SettledElsewhere,
    accept,
    count,
    fail,
    get,
    hold,
    moment_of,
    next_retry,
    recent,
    settle,
    take,
)
from bot.inbox.table import COLUMNS, Row, as_row, inbox

__all__ = [
    "BACKOFF",
    "COLUMNS",
    "Done",
    "Row",
    "SettledElsewhere",
    "accept",
    "as_row",
    "count",
    "fail",
    "get",
    "hold",
    "inbox",
    "moment_of",
    "next_retry",
    "recent",
    "settle",
    "take",
]
