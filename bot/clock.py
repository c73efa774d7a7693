"""What time it is. Injected, so that tests and replays own the time."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Every time shown to a person is in this zone; every time stored is UTC."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved, and never runs backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment`; an earlier one is ignored."""
        self._now = max(self._now, moment)


def local(moment: datetime) -> datetime:
    """The same moment in Shanghai time."""
    return moment.astimezone(SHANGHAI)
