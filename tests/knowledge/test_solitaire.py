from knowledge.solitaire import Entry, head_count, merge, parse

HEAD = "#接龙\n三八节插花活动报名\n例 张三\n\n"


def entries(text: str) -> list[Entry]:
    read = parse(HEAD + text)
    assert read is not None and read.title == "三八节插花活动报名"
    return list(read.entries)


def test_a_stale_copy_deletes_nobody() -> None:
    first = entries("1. 李敏\n2. 王丽华")
    second = entries("1. 李敏\n2. 王丽华\n3. 孙晓燕（2人）\n4. 马姐")
    known = merge(merge([], first), second, earlier=[first])
    known = merge(known, entries("1. 李敏\n2. 王丽华\n3. 阿华"), earlier=[first, second])
    assert [entry.name for entry in known] == ["李敏", "王丽华", "孙晓燕", "马姐", "阿华"]
    assert head_count(known) == 6


def test_only_one_s_own_line_can_be_left_out() -> None:
    known = [Entry("李敏"), Entry("王丽华")]
    assert merge(known, [Entry("李敏")], own=["王丽华"]) == [Entry("李敏")]
    assert merge(known, [Entry("李敏")], own=["李敏"]) == known


def test_an_edit_wins_over_an_older_line_but_a_stale_line_does_not() -> None:
    old, new = [Entry("李敏")], [Entry("李敏", 2, "2人")]
    assert merge(old, new, earlier=[old]) == new
    assert merge(new, old, earlier=[old, new]) == new


def test_numbered_points_are_no_list() -> None:
    assert parse("反映两件事\n1. 电梯坏了三天没人来修\n2. 停车场灯不亮请处理") is None
