"""What hour a spoken hour means."""

from datetime import date, datetime, timedelta, timezone

from knowledge.times.clockwords import PARTS

CHINA = timezone(timedelta(hours=8))

_NAMES = tuple(PARTS)
_DAY_MINUTES = 24 * 60


def at(day: date, minutes: int = 0) -> datetime:
    """A moment so many minutes into a day, in China's time; past 24 hours it is the next day."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(minutes=minutes)


def minutes_of(clock: tuple[int, ...], part: int | None) -> int:
    """Minutes from midnight: the part of the day decides; without one, 1 to 5 o'clock are in the afternoon."""
    hour, minute, sure = clock
    name = "" if part is None else _NAMES[part]
    if not sure:
        hour = _hour_in(hour, name)
    elif hour == 0 and name in ("晚", "夜"):
        hour = 24
    return hour * 60 + minute


def _hour_in(hour: int, part: str) -> int:
    if part == "凌晨":
        return hour % 12
    if part in ("下午", "傍晚") and hour < 12:
        return hour + 12
    if part in ("晚", "夜"):
        return hour + 12 if hour >= 5 or part == "晚" else hour
    if part in ("中午", "白天", "") and 1 <= hour <= (3 if part == "中午" else 5):
        return hour + 12
    return hour


def end_minutes(clock: tuple[int, ...], part: int | None, start: int) -> int:
    """Minutes from the start's midnight to the end of a range: without a part of the day, the next that fits."""
    hour, minute, sure = clock
    if part is not None or sure:
        end = minutes_of(clock, part)
        return end if end > start else end + _DAY_MINUTES
    ends = (hour * 60 + minute + shift for shift in (0, 720, 1440, 2160))
    return next(end for end in ends if end > start)


def part_minutes(part: int) -> tuple[int, int]:
    """From when to when a part of the day lasts, in minutes from midnight."""
    first, last = PARTS[_NAMES[part]]
    return first * 60, last * 60
