# ruff: noqa: E501 - an announcement stays on one line
"""Time phrases: the shared set, wider ones of our own, announcements, figures' periods, and what is no time."""

import json
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge.lunar import lunar_day, lunar_month, solar_term
from knowledge.times import event_time, find, period, when
from knowledge.workdays import add_workdays, calendar_covers, first_workday, holiday_around, is_workday

DATA = Path(__file__).parent / "data"
NOW = datetime.fromisoformat("2024-05-15T10:20:00+08:00")  # a Wednesday
DATED: list[dict[str, Any]] = [
    json.loads(line)
    for name in ("times.jsonl", "times_voices.jsonl")
    for line in (DATA / name).read_text("utf-8").splitlines()
]
OWN = [
    line.split("\t")
    for name in ("time_phrases.tsv", "time_suite.tsv", "time_kinds.tsv")
    for line in (DATA / name).read_text("utf-8").splitlines()
]


def moment(words: str) -> datetime:
    return datetime.fromisoformat(f"{words}+08:00" if ":" in words else f"{words} 00:00+08:00")


@pytest.mark.parametrize("phrase", DATED, ids=lambda phrase: phrase["text"])
def test_reads_the_shared_phrases_and_those_of_five_voices(phrase: dict[str, Any]) -> None:
    found = when(phrase["text"], datetime.fromisoformat(phrase["now"]))

    assert found is not None
    end = phrase["end"] and datetime.fromisoformat(phrase["end"])
    assert (found.start, found.end) == (datetime.fromisoformat(phrase["start"]), end)
    assert (found.granularity, found.repeats) == (phrase["granularity"], phrase.get("repeats"))


@pytest.mark.parametrize("row", OWN, ids=lambda row: row[0])
def test_reads_our_own_phrases(row: list[str]) -> None:
    text, start, end, repeats = (*row, "", "")[:4]
    found = when(text, NOW)

    if start == "-":
        assert found is None
        return
    assert found is not None
    assert (found.start, found.end) == (moment(start), moment(end) if end else None)
    assert found.granularity == ("minute" if ":" in start else "day")
    assert found.repeats == (repeats or None)


@pytest.mark.parametrize(
    "text",
    [
        "2号楼3楼203室电梯坏了", "37号单催一下", "诉求0037", "电话13812345678", "全场打6.5折，满12.5元包邮", "提三点建议",
        "我有两点想法", "第3期培训班", "24小时服务", "地铁一号线", "早一点来", "快一点", "有一点不明白", "来了十一个人",
        "八一路和五一广场", "一周一次", "二号会议室", "1号厅", "一日三餐", "十分好", "3小时车程", "三天打鱼两天晒网",
        "A座208", "2:1获胜", "100人", "6月龄的娃", "建党100周年", "十九届六中全会", "12345热线", "欠了三个季度",
        "请3号门保安开一下", "贷款利率低至2.9", "不超过三天", "后天气温", "周年庆", "你有空吗", "收到", "",
    ],
)  # fmt: skip
def test_leaves_other_numbers_alone(text: str) -> None:
    assert [text[slice(*one.span)] for one in find(text, NOW) if one.granularity == "minute" or one.repeats] == []
    assert when(text.replace("早一点", "一点"), NOW) is None


def test_finds_all_left_to_right_with_their_places() -> None:
    text = "本周五下午2點開會，6月1日前報名，每周三值班"

    found = find(text, NOW)

    assert [text[slice(*one.span)] for one in found] == ["本周五下午2點", "6月1日前", "每周三"]
    assert [one.repeats for one in found] == [None, None, "weekly"]


def test_most_informative_phrase_is_chosen() -> None:
    found = when("七一快到了，下周三上午9点到11点彩排，20号前报名", NOW)

    assert found is not None
    assert (found.start, found.end) == (moment("2024-05-22 09:00"), moment("2024-05-22 11:00"))


def test_open_dates_can_be_read_as_past() -> None:
    future, past = when("3月18日", NOW), when("3月18日", NOW, past=True)

    assert future and future.start.date() == date(2025, 3, 18)
    assert past and past.start.date() == date(2024, 3, 18)


EVENTS = [
    ("【通知】各支部：消防演练\n报名时间：5月16日17:00前\n活动时间：5月20日（周一）14:30-16:30\n地点：2号楼3楼", "05-20 14:30", "05-20 16:30"),
    ("日期：6月5日\n时间：上午九点至下午三点\n地点：广场", "06-05 09:00", "06-05 15:00"),
    ("定于6月8日（周六）上午9:00举办运动会，8:30集合，请于6月1日前报名", "06-08 09:00", None),
    ("今晚七点电影放映，放到九点半结束", "05-15 19:00", "05-15 21:30"),
    ("后天的读书会，社区活动室，下午两点开始", "05-17 14:00", None),
    ("订二楼会议室，明天下午三点，一个半小时", "05-16 15:00", "05-16 16:30"),
    ("5月10日的参观很成功，下一场5月24日下午2点", "05-24 14:00", None),
    ("插花课5月22日19:00开课，每周三晚上，共八节，一节课一个半小时", "05-22 19:00", None),
    ("原定5月18日上午9点的义诊改到5月25日上午9点", "05-25 09:00", None),
    ("定一下周四下午三点的会议室", "05-16 15:00", None),
    ("【预告】党群夜校每周四19:00-20:30，首课5月23日，5月20日中午12点开抢", "05-23 19:00", "05-23 20:30"),
    ("从下周开始每周三中午12:30-13:15工间操", "05-22 12:30", "05-22 13:15"),
    ("招聘会就在本周六，上午九点进场，下午四点撤展", "05-18 09:00", "05-18 16:00"),
    ("6月1日、2日两天办市集，每天10:00至20:00，摊位5月28日前报", "06-01 10:00", "06-02 20:00"),
    ("想约下下周四晚上的多功能厅 六点半开始 两个小时就够", "05-30 18:30", "05-30 20:30"),
    ("5月21号晚上的迎新会提前到20号晚上七点", "05-20 19:00", None),
    ("联谊会 5/25 18:00 签到 18:30 开始 21:00 结束", "05-25 18:30", "05-25 21:00"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "end"), EVENTS)
def test_event_time_among_other_times(text: str, start: str, end: str | None) -> None:
    found = event_time(text, NOW)

    assert found is not None
    assert found.start == moment(f"2024-{start}")
    assert found.end == (moment(f"2024-{end}") if end else None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("统计本月诉求办结率", date(2024, 5, 1), date(2024, 5, 31)),
        ("上季度签到率多少", date(2024, 1, 1), date(2024, 3, 31)),
        ("三季度三张清单", date(2023, 7, 1), date(2023, 9, 30)),
        ("前三季度物业类诉求各多少件，部里下午要", date(2024, 1, 1), date(2024, 9, 30)),
        ("2025年3月", date(2025, 3, 1), date(2025, 3, 31)),
        ("上周各组接单情况", date(2024, 5, 6), date(2024, 5, 12)),
        ("12月走访了几家", date(2023, 12, 1), date(2023, 12, 31)),
        ("1到4月走访了多少家企业", date(2024, 1, 1), date(2024, 4, 30)),
        ("今年到现在收了多少条", date(2024, 1, 1), date(2024, 5, 15)),
        ("昨天新报了几条", date(2024, 5, 14), date(2024, 5, 14)),
        ("最近30天的办理量", date(2024, 4, 15), date(2024, 5, 15)),
        ("周一走访了几家", date(2024, 5, 13), date(2024, 5, 13)),
    ],
)
def test_periods_lie_in_the_past(text: str, first: date, last: date) -> None:
    assert period(text, NOW) == (first, last)


def test_no_period_in_a_plain_question() -> None:
    assert period("未办结的列个清单", NOW) is None


def test_workdays_follow_the_state_council() -> None:
    assert not is_workday(date(2024, 5, 1))
    assert is_workday(date(2024, 5, 11))  # a Saturday worked in exchange
    assert add_workdays(date(2024, 4, 30), 1) == date(2024, 5, 6)
    assert add_workdays(date(2024, 5, 6), -1) == date(2024, 4, 30)
    assert first_workday(date(2024, 5, 1)) == date(2024, 5, 6)
    assert holiday_around(date(2024, 10, 1)) == (date(2024, 10, 1), date(2024, 10, 7))


def test_years_without_a_calendar_count_weekdays() -> None:
    assert calendar_covers(2024)
    assert not calendar_covers(2049)
    assert is_workday(date(2049, 10, 1))  # a Friday: the calendar is missing, and says so


def test_lunar_calendar_and_terms() -> None:
    assert lunar_day(2024, 1, 1) == date(2024, 2, 10)
    assert lunar_month(2025, 6, leap=True) == (date(2025, 7, 25), date(2025, 8, 22))
    assert lunar_month(2024, 6, leap=True) is None
    assert lunar_day(2060, 1, 1) is None
    assert solar_term(2024, "清明") == date(2024, 4, 4)
    assert solar_term(2023, "冬至") == date(2023, 12, 22)


HOSTILE = [*"1周一大上", "周一", "9点", "3月1日-", "2024年", "每周一二", "国庆后", "9999年后", "1、", "逢五", "周一起每周三"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_costs_little(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begun = time.process_time()

    find(text, NOW)
    event_time(text, NOW)

    assert time.process_time() - begun < 8


@pytest.mark.parametrize(
    "text",
    ["2月30日", "13月45日", "99点99分", "9999年后", "9000个月后", "9999周前", "腊月三十一", "闰二月初三", "零零零零年"],
)
def test_impossible_dates_raise_nothing(text: str) -> None:
    find(text, NOW)
    period(text, NOW)
