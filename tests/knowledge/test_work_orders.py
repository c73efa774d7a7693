"""Work orders: labelled fields in any order, several in one message; what is none is not taken for one."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from knowledge.work_orders import Deadline, parse, phone_note

NOW = datetime.fromisoformat("2025-10-14T10:00:00+08:00")


def test_fields_in_any_order_on_one_line() -> None:
    batch = parse(
        "工单号：20251014-88；来电人：李女士（13900007782）；反映内容：楼下烧烤摊油烟扰民，希望处理；处理时限：5个工作日；紧急程度：特急",
        NOW,
    )
    assert batch is not None
    [order] = batch.orders
    assert (order.number, order.person, order.phone) == ("20251014-88", "李女士", "13900007782")
    assert (order.text, order.urgent) == ("楼下烧烤摊油烟扰民,希望处理", True)
    assert order.deadline == Deadline(amount=5, unit="working days")


def test_several_orders_in_one_message() -> None:
    batch = parse(
        "12345转办单 编号:A10086 诉求内容:路灯不亮 联系人:张三 电话:13900001111 截止时间:10月20日\n"
        "编号:A10087 诉求内容:井盖坏了\n联系人:李四 电话:13900001112 截止时间:明天下午5点",
        NOW,
    )
    assert batch is not None
    ends = [(order.number, order.deadline and order.deadline.at) for order in batch.orders]
    assert ends == [
        ("A10086", datetime.fromisoformat("2025-10-20T17:30:00+08:00")),
        ("A10087", datetime.fromisoformat("2025-10-15T17:00:00+08:00")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "101号工单办结，货梯已恢复",
        "工单内容：请大家填写",
        "12345热线：我打过了，路灯还是不亮",
        "姓名\t电话\n张三\t13900001111\n李四\t13900001112",
        "电话记录：好的",
    ],
)
def test_what_is_no_order(text: str) -> None:
    assert parse(text, NOW) is None
    assert phone_note(text) is None


def test_no_message_of_the_training_corpora_is_one() -> None:
    data = Path(__file__).parents[2] / "knowledge" / "data"
    lines = [line for file in data.glob("messages-*.jsonl") for line in file.read_text(encoding="utf-8").split("\n")]
    texts = [json.loads(line)["text"] for line in lines if line]
    assert not [text for text in texts if parse(text, NOW) or phone_note(text)]
