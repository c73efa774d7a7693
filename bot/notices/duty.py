"""政策管家: how a day is written."""

from datetime import date

WEEKDAYS = "一二三四五六日"


def plain(day: date) -> str:
    """7月22日周二."""
    return f"{day.month}月{day.day}日周{WEEKDAYS[day.weekday()]}"
