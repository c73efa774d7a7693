"""`chuishao read`, `ask`, `when`: one line out for each line in, whatever comes."""

import subprocess

import pytest

from tests.cli.command import CHUISHAO, as_lines, chuishao, numbers, parsed

LIFT = {
    "text": "@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781",
    "chat": "haina",
    "mentioned": True,
    "role": "company",
    "now": "2026-03-02T10:00:00",
}
BAD = (
    b"not json",
    b'{"text": "\xff\xfe", "q": "\xff"}',
    b'["text"]',
    b"[" * 100_000,
    b'{"text": ' + b"1" * 5000 + b"}",
    {"role": "member"},
    {"text": 5, "q": 5},
    {"text": "好", "q": "好", "now": "yesterday"},
    {"text": "明天下午三点", "q": "好", "now": "9999-12-31T23:59:59"},
)
GOOD = (
    {"text": "长" * 1_000_000, "q": "长" * 1_000_000},
    {"text": "坏字符\ud800和\0零😀\u2028", "q": "坏字符\ud800和\0零😀\u2028"},
    {"text": "", "q": ""},
)


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("read", {"intent", "slots", "speak", "confidence", "why"}),
        ("ask", {"id", "candidates", "score"}),
        ("when", {"start", "end", "granularity", "repeats"}),
    ],
)
def test_bad_lines_are_answered_and_reported_and_the_rest_goes_on(command: str, keys: set[str]) -> None:
    done = chuishao(command, stdin=as_lines(*BAD, b"", *GOOD))
    answers = parsed(done.stdout)
    assert [set(answer) for answer in answers] == [{"error"}] * len(BAD) + [keys] * len(GOOD)
    assert numbers(done.stderr) == list(range(1, len(BAD) + 1))
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_read_says_what_a_message_is() -> None:
    lines = as_lines(
        LIFT,
        {**LIFT, "role": "king"},
        {**LIFT, "mentioned": "yes"},
        {"text": "今天天气真好", "chat": "group", "mentioned": False, "role": None},
        {"text": "今天天气真好", "chat": "private", "role": "staff"},
        b"\xef\xbb\xbf" + as_lines({"text": "收到"}).strip(),  # as some editors save it
    )
    done = chuishao("read", stdin=lines)
    need, unknown, unclear, chatter, private, receipt = parsed(done.stdout)
    assert (need["intent"], need["speak"]) == ("report_need", True)
    assert need["slots"]["phone"] == "13900007781"
    assert "king" in unknown["error"] and "secretary" in unknown["error"]
    assert "mentioned" in unclear["error"]
    assert (chatter["intent"], chatter["speak"]) == ("none", False)
    assert private["speak"]
    assert receipt["intent"] == "acknowledge"
    assert numbers(done.stderr) == [2, 3]


def test_when_reads_times_in_shanghai() -> None:
    lines = as_lines(
        {"text": "明天下午3点到5点", "now": "2026-03-02T10:00:00"},
        {"text": "明天下午3点", "now": "2026-03-02T20:00:00+00:00"},  # in Shanghai it is the third already
        {"text": "随便聊聊", "now": "2026-03-02T10:00:00+08:00"},
    )
    done = chuishao("when", stdin=lines)
    span, moment, nothing = parsed(done.stdout)
    assert (span["start"], span["end"]) == ("2026-03-03T15:00:00+08:00", "2026-03-03T17:00:00+08:00")
    assert moment["start"] == "2026-03-04T15:00:00+08:00"
    assert nothing == dict.fromkeys(("start", "end", "granularity", "repeats"))
    assert (done.returncode, done.stderr) == (0, b"")


def test_ask_answers_only_what_it_knows() -> None:
    done = chuishao("ask", stdin=as_lines({"q": "生育津贴怎么领"}, {"q": "火星上的房价是多少"}))
    known, unknown = parsed(done.stdout)
    assert known["id"] == known["candidates"][0] and len(known["candidates"]) <= 5
    assert unknown["id"] is None
    assert done.returncode == 0


def test_no_input_is_no_output() -> None:
    done = chuishao("when")
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def test_a_reader_that_goes_away_is_no_error() -> None:
    """As in `chuishao when | head -1`; and each answer comes at once, not at the end."""
    with subprocess.Popen(
        [*CHUISHAO, "when"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(as_lines({"text": "明天"}))
        process.stdin.flush()
        assert b"start" in process.stdout.readline()
        process.stdout.close()
        process.stdin.write(as_lines(*[{"text": "明天"}] * 1000))
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
