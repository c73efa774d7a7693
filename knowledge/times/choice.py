"""Choosing among the time phrases of a text."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from knowledge.times.built import Phrase
from knowledge.times.durations import LENGTH, Length, read_length
from knowledge.times.hours import CHINA, at
from knowledge.times.numerals import fold
from knowledge.times.phrases import phrases

_LABEL = re.compile(
    r"(?:时间|日期)(?:定在|定为|[:是为])?\s?(?:[:]|$)$|时间[定改]?[在为到至于]?$|改[到在为至]$|[调推](?:整|迟)[到在为至]$"
)
_SET = re.compile(r"(?:[定订拟将]于|[定订]在|[定订]了|安排在|于)[:]?$")
_OTHER_LABEL = re.compile(
    r"(?:报名|截止|集合|登记|签到|提交|发车|彩排|布展|回执)(?:的)?(?:时间|日期)?[:是为于]?$|原(?:定|计划)[^,。]{0,3}$"
)
_OTHER_USE = re.compile(
    r"[^,。;!\n]{0,6}?(?:前|报名|接龙|登记|报送|报给|提交|上交|回复|反馈|集合|签到|抽签|发车|出发|彩排|走台|入场|开?抢)"
)
_ENDS = re.compile(r"\s?(?:左右|前后|准时)?(?:就)?(?:结束|返回|返程|散场|散会|收摊|收工|打烊|闭馆|闭幕|撤展|撤场|离场)")
_ARRIVING = re.compile(r"\s?(?:开始)?(?:签到|集合|报到|入场|进场|候场)")
_BEGINS = re.compile(r"\s?(?:准时|正式)*(?:开始|开场|开讲|开幕|开会|开课|开演)|(?<=开始)")
_FIRST = re.compile(r"(?:[首第]一?[课场次期讲节批]|开[班课])(?:时间|日期)?[:是为在于]?$")
_UNTIL = re.compile(r"(?:到|至|持续到)$")
_BOOKED = re.compile(rf"(?:^|[,、 订用借约占]|时长:?)\s?(?P<length>{LENGTH})(?!前|后|内|[之以]|一)")
_EARLIER = timedelta(hours=2)
"""How much before a part of the day an hour in it may be said: 晚上五点."""
_SENTENCE = re.compile(r"[。!?\n;]")


def best(found: list[Phrase]) -> Phrase | None:
    """The phrase that says most: date and hour before date before hour; the first of equals."""
    return max(found, key=_weight, default=None)


def _weight(phrase: Phrase) -> int:
    weight = 8 * phrase.dated + 6 * phrase.hour + 2 * (phrase.granularity == "minute")
    about = phrase.loose and (phrase.days is None or phrase.days.length > 100)
    return weight + 3 * (phrase.repeats is not None) - 5 * phrase.deadline - phrase.loose - 5 * about


def of_event(text: str, now: datetime) -> Phrase | None:
    """The phrase that tells when the event takes place, with its hour and end from others where it lacks them."""
    folded = fold(text)
    found = [phrase for phrase in phrases(text, now)]
    ends = [phrase for phrase in found if _is_end(folded, phrase)]
    starts = [phrase for phrase in found if phrase not in ends]
    if not starts:
        return None
    chosen = max(starts, key=lambda phrase: _event_weight(folded, phrase, now))
    others = [phrase for phrase in starts if phrase is not chosen and not phrase.deadline]
    chosen = _begun(folded, _with_hour(folded, chosen, others), others)
    if chosen.end is None and chosen.hour:
        chosen = _with_end(folded, chosen, ends)
    return chosen


def _event_weight(text: str, phrase: Phrase, now: datetime) -> int:
    start, end = phrase.span
    before, after = text[max(0, start - 10) : start].rstrip(" ("), text[end : end + 12]
    weight = _weight(phrase) - 7 * (phrase.repeats is not None) - 10 * phrase.deadline
    weight += 8 * bool(_FIRST.search(before)) + 5 * bool(_LABEL.search(before)) + 3 * bool(_SET.search(before))
    weight -= 9 * bool(_OTHER_LABEL.search(before)) + 3 * bool(_OTHER_USE.match(after))
    if phrase.start.date() < now.astimezone(CHINA).date():
        weight -= 12
    return weight


def _is_end(text: str, phrase: Phrase) -> bool:
    """Whether a phrase without a date says when something ends."""
    start, end = phrase.span
    if phrase.dated or phrase.end:
        return False
    return bool(_ENDS.match(text, end) or _UNTIL.search(text[max(0, start - 4) : start]))


def _with_hour(text: str, chosen: Phrase, others: list[Phrase]) -> Phrase:
    """A date with the hour said elsewhere, or an hour with its date."""
    if chosen.hour == chosen.dated:
        return chosen
    fitting = [
        phrase for phrase in others
        if phrase.hour != chosen.hour
        and (phrase.dated != chosen.dated or _comes_round(phrase, chosen))
        and not _other_use(text, phrase)
    ]  # fmt: skip
    if not fitting:
        return chosen
    if chosen.dated:
        later = [phrase for phrase in fitting if phrase.span[0] > chosen.span[0] or _comes_round(phrase, chosen)]
        return _on_day(chosen, later[0]) if later else chosen
    earlier = [phrase for phrase in fitting if phrase.span[0] < chosen.span[0]]
    return _on_day(earlier[-1], chosen) if earlier else chosen


def _begun(text: str, chosen: Phrase, others: list[Phrase]) -> Phrase:
    """18:00签到，18:30开始: the hour of the beginning where the one chosen is for coming."""
    if not (chosen.dated and chosen.hour and chosen.end is None and _ARRIVING.match(text, chosen.span[1])):
        return chosen
    later = (
        phrase for phrase in others
        if phrase.hour and not phrase.dated and phrase.span[0] > chosen.span[1] and _BEGINS.match(text, phrase.span[1])
    )  # fmt: skip
    begin = next(later, None)
    return _on_day(replace(chosen, granularity="day"), begin) if begin else chosen


def _other_use(text: str, phrase: Phrase) -> bool:
    start, end = phrase.span
    return bool(_OTHER_LABEL.search(text[max(0, start - 10) : start]) or _OTHER_USE.match(text[end : end + 12]))


def _comes_round(phrase: Phrase, day: Phrase) -> bool:
    """Whether a phrase tells the hour of what comes round on that day of the week too."""
    return phrase.repeats == "weekly" and phrase.hour and phrase.start.weekday() == day.start.weekday()


def _on_day(day: Phrase, hour: Phrase) -> Phrase:
    shift = at(day.start.date()) - at(hour.start.date())
    half = timedelta(hours=12)
    if day.granularity == "minute" and day.end and hour.start + shift < day.start - _EARLIER:  # 晚上…六点半
        shift += half if hour.start + shift + half < day.end else timedelta()
    span = min(day.span[0], hour.span[0]), max(day.span[1], hour.span[1])
    end = hour.end and hour.end + shift
    if end and day.end and day.granularity == "day" and hour.repeats == "daily":
        end += at(day.end.date()) - at(day.start.date())
    return replace(hour, start=hour.start + shift, end=end, repeats=day.repeats, span=span, dated=True)


def _with_end(text: str, chosen: Phrase, ends: list[Phrase]) -> Phrase:
    """The end that another phrase tells, or a length booked."""
    for phrase in ends:
        if phrase.span[0] > chosen.span[0] and phrase.hour:
            end = at(chosen.start.date()) + (phrase.start - at(phrase.start.date()))
            while end <= chosen.start:
                end += timedelta(hours=12)
            return replace(chosen, end=end)
    rest = _SENTENCE.split(text[chosen.span[1] :], maxsplit=1)[0]
    booked = _BOOKED.search(rest[:40])
    if booked:
        length = Length(*read_length(booked["length"]))
        if 0 < length.minutes < 720 and not (length.days or length.months):
            return replace(chosen, end=length.after(chosen.start))
    return chosen
