from dataclasses import replace
from datetime import datetime

from knowledge.notices import doubts, parse

NOW = datetime.fromisoformat("2025-03-03T10:00:00+08:00")


def test_a_command_with_a_plan() -> None:
    notice = parse("发布活动:消防体验课,下周三下午2点到4点,地点:消防救援站一楼,限3人", NOW)
    assert notice is not None
    assert (notice.title, notice.place, notice.capacity) == ("消防体验课", "消防救援站一楼", 3)
    assert notice.start == datetime.fromisoformat("2025-03-12T14:00:00+08:00")
    assert doubts(notice, NOW) == []
    assert doubts(replace(notice, weekday=0), NOW) == ["3月12日是星期三,通知里写的是星期一。"]
    assert "没有写地点。" in doubts(replace(notice, place=""), NOW)
