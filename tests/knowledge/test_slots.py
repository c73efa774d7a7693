from datetime import datetime

import pytest

from knowledge.normalize import clean
from knowledge.slots import choices, contact_name, fill, go_ahead, need_no, people, rating, yes_no

NOW = datetime.fromisoformat("2025-03-03T10:00:00+08:00")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("诉求0037到哪一步了", "0037"),
        ("#37号办得咋样", "37"),
        ("37号单催一下", "37"),
        ("认领 3", "3"),
        ("0441 满意", "0441"),
        ("3号楼货梯坏了", None),
        ("再不修我们打12345了", None),
    ],
)
def test_need_number(text: str, number: str | None) -> None:
    assert need_no(text) == number


@pytest.mark.parametrize("number", ["110", "112", "114", "119", "120", "122"])
def test_a_need_may_have_the_number_of_a_hotline(number: str) -> None:
    """Beside what is done with needs it is one; beside what is done with a telephone it is not."""
    for text in (
        *(
            "接单 {}",
            "接单{}",
            "{} 接单",
            "我接{}",
            "办结 {}",
            "{}办结，换了灯",
            "{}已经办结",
            "催一下{}",
            "{}催一下",
            "催办 {}",
        ),
        *("进度 {}", "{}进展：在路上", "{}到哪一步了", "详情 {}", "撤回{}", "{}不用了，撤回吧", "取消 {}", "查 {}"),
        *("{}转法律服务组", "认领 {}", "{}满意", "{} 不满意", "{}重办", "延期 {}", "#{}", "诉求{}", "{}号", "{}"),
    ):
        assert need_no(text.format(number)) == number, text
    for text in ("打{}", "快打{}！", "已打{}了", "打{}催一下", "接{}电话", "先打{}，再催一下", "有事找{}", "查{}热线"):
        assert number == "112" or need_no(text.format(number)) is None, text


@pytest.mark.parametrize(
    ("text", "rated"),
    [
        ("基本满意", "neutral"),
        ("很不满意", "dissatisfied"),
        ("满意满意", "satisfied"),
        ("五星好评", "satisfied"),
        ("在吗", None),
    ],
)
def test_rating(text: str, rated: str | None) -> None:
    assert rating(text) == rated


@pytest.mark.parametrize(
    ("text", "count"),
    [("报名+2", 2), ("算我一个", 1), ("一家三口去", 3), ("一大一小", 2), ("报三人", 3), ("我要报名", None)],
)
def test_people(text: str, count: int | None) -> None:
    assert people(text) == count


def test_answers() -> None:
    assert (choices("选2、4"), choices("②④"), choices("13900007781")) == ([2, 4], [2, 4], [])
    assert (yes_no("好的"), yes_no("不用了"), yes_no("可以吗")) == (True, False, None)
    assert (contact_name("13900007781 找刘工"), contact_name("联系人王经理"), contact_name("我姓李")) == (
        "刘工",
        "王经理",
        "李",
    )


def test_a_quoted_number_counts_and_a_quoted_list_of_ratings_does_not() -> None:
    quoted = "「小红:诉求0190已办结,请评价(满意/一般/不满意)」\n- - - - - - - - - -\n一般"
    assert fill("rate_need", clean(quoted), NOW, "company") == {"need_no": "0190", "rating": "neutral"}


@pytest.mark.parametrize("text", ["", "\ud800", "１" * 3000, "#接龙\n" * 50, "😀 \u2005", "号" * 2000])
def test_no_text_raises(text: str) -> None:
    for intent in ("report_need", "solitaire", "publish_activity", "register", "query_stats", "sign_up", "none"):
        fill(intent, clean(text), NOW, "member")


def test_what_goes_out_to_many_wants_a_yes_and_nothing_else() -> None:
    for said in (
        "确认",
        "好的，发吧",
        "可以发布了",
        "没问题，就这样发",
        "确认发布，谢谢小红",
        "发",
        "OK",
        "要",
        "同意发到各群",
    ):
        assert go_ahead(said) is True, said
    for said in ("我要报修，灯坏了", "是三号楼的灯坏了", "要改时间", "可以坐几个人", "好吃的在哪", "行动不便怎么办"):
        assert go_ahead(said) is None, said
    assert go_ahead("不发了") is False
