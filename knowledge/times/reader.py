"""Putting words together to phrases, and phrases to times."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from knowledge.times.built import Built, Phrase, stretch
from knowledge.times.cycles import anchors, choices, cycle_of
from knowledge.times.durations import Length
from knowledge.times.hours import at, minutes_of
from knowledge.times.intervals import narrow
from knowledge.times.ranges import from_hour_to_hour, from_part_to_part, hours_of
from knowledge.times.sides import Cursor, Side
from knowledge.times.spans import Base, Interval
from knowledge.times.tokens import Kind, Token
from knowledge.workdays import first_workday

_REPEATS = {1: "daily", 2: "weekly", 3: "monthly", 4: "yearly", 5: "quarterly", 6: "biweekly"}
_LASTING = re.compile(r"[ ,的()]{0,2}(?:连续|连着|接连|连[^\d,。]{0,2}?|为期|一?共)?")
_LISTED = re.compile(r"[,、和及两三都]|$")
_SPANS = (Kind.OFFSET, Kind.WITHIN, Kind.WINDOW)


class Reader:
    """Reads the phrases that begin where a cursor stands, as seen from a moment."""

    def __init__(self, cursor: Cursor, now: datetime, past: bool) -> None:
        self.cursor = cursor
        self.now = now
        self.today = now.date()
        self.past = past

    def phrase(self) -> Phrase | None:
        """The phrase that begins here, if one does."""
        cursor = self.cursor
        begin = cursor.place
        opened = bool(cursor.tokens[begin].kind is Kind.DEADLINE)
        cursor.place += opened
        if cursor.place >= len(cursor.tokens) or (opened and not cursor.peek()):
            return None
        built = self._span() if cursor.tokens[cursor.place].kind in _SPANS else self._plain()
        if built is None:
            return None
        return self._close(built, begin, opened)

    def _span(self) -> Built | None:
        """A phrase that a length of time makes: 三天后, 5日内, 近三个月."""
        token = self.cursor.tokens[self.cursor.place]
        self.cursor.place += 1
        if token.kind is Kind.WITHIN:
            return stretch(self.now, Length(*token.values)) if token.values else None
        length = Length(*token.values[1:])
        if token.kind is Kind.WINDOW:
            return stretch(self.now, length, token.values[0])
        moment = length.after(self.now, token.values[0])
        if length.minutes:
            return Built(moment, None, "minute", Side())
        side = self.cursor.side(first=False)
        day = Interval(moment.date(), moment.date())
        if side.chain and side.chain[0].kind is Kind.WEEKDAY and not length.days % 7:  # 两周后的周五
            day = narrow(side.chain, Base(self.today, moment.date())) or day
        return self._times(day, side, side)

    def _plain(self) -> Built | None:
        cursor = self.cursor
        side = cursor.side(first=True)
        if side.empty:
            return None
        interval = self._days(side, self.today)
        if interval is None:
            return None
        place = cursor.place
        if cursor.peek(Kind.SINCE) and cursor.peek(Kind.TO, Kind.UNTIL_NOW, ahead=1):
            cursor.take(Kind.SINCE)
        if cursor.take(Kind.UNTIL_NOW):
            return self._until_now(side, interval)
        built = self._to_other(side, interval)
        if built is None:
            cursor.place = place
            built = self._times(interval, side, side)
        return built

    def _to_other(self, side: Side, interval: Interval) -> Built | None:
        """From one side to the other that follows: 3号到5号, 5号之后20号之前."""
        cursor = self.cursor
        between = cursor.take(Kind.TO, Kind.AFTER)
        if between is None and not self._skip_to_last(side):
            return None
        other = cursor.side(first=False)
        if other.chain == () and other.clock is None and other.part is None:
            return None
        if between and between.kind is Kind.AFTER and not cursor.take(Kind.BEFORE):
            return None
        return self._range(side, interval, other)

    def _skip_to_last(self, side: Side) -> bool:
        """Whether days that follow one another are said in one breath, 五号六号; the cursor then stands at the last."""
        cursor = self.cursor
        last = side.chain[-1] if side.chain and side.part is None and side.clock is None else None
        begin = cursor.place
        while last and last.kind is Kind.DAY and (token := cursor.peek(Kind.DAY)):
            listed = token.start == last.end or _LISTED.match(cursor.text, token.end)
            if not listed or token.values[0] != last.values[0] + 1:
                break
            last = cursor.take(Kind.DAY)
        if cursor.place == begin:
            return False
        cursor.place -= 1
        return True

    def _days(self, side: Side, today: date) -> Interval | None:
        """The days of a side, the next from `today` on (or, for the past, the last begun by it)."""
        if not side.chain or (side.repeat == (5, 0) and len(side.chain) == 1):
            return self._repeated_day(side)
        cycle = cycle_of(side, self.past)
        backwards = self.past and today == self.today
        for anchor in anchors(cycle, today, backwards):
            for chain in choices(side.chain, backwards):
                one = narrow(chain, Base(self.today, anchor, bool(cycle)))
                ahead = one and one.last >= today and not self._over(one, side)
                if one and (not cycle or (one.first <= today if backwards else ahead)):
                    return one
        return None

    def _over(self, interval: Interval, side: Side) -> bool:
        """Whether the hour said has passed today, so that the next week's, or next time's, is meant."""
        if interval.last > self.today or side.clock is None:
            return False
        if side.repeat is None and side.chain[0].kind is not Kind.WEEKDAY:
            return False
        return at(interval.first, minutes_of(side.clock, side.part)) < self.now

    def _repeated_day(self, side: Side) -> Interval:
        day = self.today
        if side.repeat and side.clock and at(day, minutes_of(side.clock, side.part)) < self.now:
            day += timedelta(days=1)
        if side.repeat == (1, 1):
            day = first_workday(day)
        return Interval(day, day)

    def _begun(self, side: Side) -> Interval | None:
        """The days of a side that have begun: those before the next."""
        found = Reader(self.cursor, self.now, True)._days(side, self.today)
        return found if found and found.first <= self.today else None

    def _until_now(self, side: Side, interval: Interval) -> Built:
        begun = interval if interval.first <= self.today else self._begun(side)
        if begun is None:
            return self._times(interval, side, side)
        days = Interval(begun.first, self.today)
        return Built(at(days.first), at(days.last), "day", side, days)

    def _range(self, side: Side, interval: Interval, other: Side) -> Built | None:
        """From one side to the other."""
        if not other.chain:
            if side.clock is None and side.part is None and other.part is None:
                return None
            return self._times(interval, side, other)
        last = self._days(other, interval.first)
        if last and last.last < interval.first:  # 8月1日至昨天
            interval = self._begun(side) or interval
        if last is None or last.last < interval.first:
            return None
        days = Interval(interval.first, last.last)
        if side.clock is None and other.clock is None:
            return from_part_to_part(days, side, other)
        return from_hour_to_hour(days, side, other, self._daily_end(other) if side.clock is None else None)

    def _daily_end(self, other: Side) -> Side | None:
        """The hour up to which each day of a range lasts, after the one from which: 1日至3日每天9点到5点."""
        place = self.cursor.place
        if self.cursor.take(Kind.TO):
            end = self.cursor.side(first=False)
            if end.clock is not None:
                return end
        self.cursor.place = place
        return None

    def _times(self, interval: Interval, side: Side, other: Side) -> Built:
        """Days with the hours of both sides (one side twice where there is no range)."""
        if side.clock is None and side.part is None:
            last = at(interval.last) if interval.last > interval.first else None
            return Built(at(interval.first), last, "day", side, interval)
        begin, end = hours_of(side, other)
        last_day = interval.first
        close = None if end is None else at(last_day, end)
        return Built(at(interval.first, begin), close, "minute", side, interval)

    def _close(self, built: Built, begin: int, opened: bool) -> Phrase:
        """The phrase with what follows it: 前, 后, 内, 起, 截止."""
        cursor = self.cursor
        deadline = opened
        built = self._repeated_in(built)
        while token := cursor.take(Kind.BEFORE, Kind.DEADLINE, Kind.WITHIN, Kind.AFTER, Kind.SINCE):
            if token.kind is Kind.WITHIN and token.values:
                cursor.place -= 1
                break
            if token.kind is Kind.WITHIN:
                built = built.within(self.today)
            elif token.kind in (Kind.BEFORE, Kind.DEADLINE):
                deadline |= not built.range
            if token.kind is Kind.AFTER:
                built = built.later()
            if token.kind is Kind.SINCE:
                built = self._since(built, token)
        if deadline:
            built = built.by(self.now)
        tokens = cursor.tokens
        repeat = _REPEATS.get(built.side.repeat[0]) if built.side.repeat else None
        return Phrase(
            built.start, built.end, built.granularity, repeat, (tokens[begin].start, tokens[cursor.place - 1].end),
            bool(built.side.chain) or built.side.empty, built.hour, deadline, built.days, built.loose,
        )  # fmt: skip

    def _repeated_in(self, built: Built) -> Built:
        """What comes round in a stretch of days, 8月每周二; what else was read as it is."""
        if built.days and built.days.length > 6 and self.cursor.peek(Kind.REPEAT):
            return self._repeated_since(built) or built
        return built

    def _repeated_since(self, built: Built) -> Built | None:
        """What comes round from a day on: 下月起每周三."""
        place = self.cursor.place
        if built.days and not built.side.repeat:
            repeated = Reader(self.cursor, max(self.now, at(built.days.first)), False)._plain()
            if repeated:
                return repeated
        self.cursor.place = place
        return None

    def _since(self, built: Built, token: Token) -> Built:
        days = built.days
        repeated = self._repeated_since(built) if self.cursor.peek(Kind.REPEAT) else None
        if repeated:
            return repeated
        length = self.cursor.peek(Kind.LENGTH, gap=_LASTING)
        self.cursor.place += length is not None
        if token.word == "以来" and built.side.chain and days and days.first > self.today:
            days = self._begun(built.side) or days
        if length and days and not length.values[2]:
            last = Length(*length.values).after(at(days.first)) - timedelta(days=1)
            return Built(built.start, last, built.granularity, built.side, Interval(days.first, last.date()))
        if length and 0 < length.values[2] < 720 and built.granularity == "minute" and built.end is None:
            return replace(built, end=Length(*length.values).after(built.start))
        if token.word == "以来" and days and days.first <= self.today:
            return Built(at(days.first), at(self.today), "day", built.side, Interval(days.first, self.today))
        if built.granularity == "day":
            return Built(built.start, None, "day", built.side, days)
        return built
