"""`chuishao doctor`: what is missing, and what to do about it."""

from pathlib import Path

import pytest

from tests.cli.command import chuishao
from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "还没有建立"),
        ({"database_url": "sqlite:////dev/null/chuishao.db"}, "不是可以写的文件夹"),
        ({"database_url": "postgresql://bot:secret@127.0.0.1:1/chuishao"}, "打不开"),
        ({"database_url": "chuishao.db"}, "数据库地址看不懂"),
        ({"files": "/proc/chuishao"}, "写不了，请检查 CHUISHAO_FILES"),
        ({"log_level": "LOUD"}, "CHUISHAO_LOG_LEVEL 不能是 LOUD"),
        ({"channels": "weixin"}, "不认识的通道「weixin」"),
        ({"channels": "wechaty"}, "CHUISHAO_WECHATY_ENDPOINT"),
        ({"channels": "wecom"}, "CHUISHAO_WECOM_BOT_ID"),
        ({"channels": "webhook", "webhooks": "海纳商圈"}, "CHUISHAO_WEBHOOKS"),
        ({"channels": "wechaty", "wechaty_endpoint": "127.0.0.1:1", "wechaty_token": "secret"}, "wechaty"),
        ({"port": "abc"}, "应当是整数"),
        ({"host": "0.0.0.0"}, "✗ CHUISHAO_HOST=0.0.0.0 让别的机器也能打开网页"),
        ({"channels": "webhook", "webhooks": "海纳商圈=key"}, "没有设 CHUISHAO_PUBLIC_URL"),
    ],
)
def test_says_what_is_missing(settings: dict[str, str], said: str, tmp_path: Path, command: Command) -> None:
    status, output, errors = command("doctor", **settings)
    assert status == 1
    assert said in output + errors
    assert "secret" not in output + errors
    assert not (tmp_path / "var").exists()  # it only looks


def test_says_that_all_is_well(sqlite_template: Path, tmp_path: Path) -> None:
    done = chuishao("doctor", folder=tmp_path, database_url=f"sqlite:///{sqlite_template}")
    assert all(line.startswith("✓") for line in done.stdout.decode().splitlines()), done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")


def test_says_that_nobody_may_give_orders(tmp_path: Path, command: Command) -> None:
    webhook = {"channels": "webhook", "webhooks": "海纳商圈=key", "public_url": "https://example.org"}
    database = ("--db", f"sqlite:///{tmp_path}/new.db")
    command("migrate", *database)
    status, output, _ = command("doctor", *database, **webhook)
    assert (status, "chuishao grant 编号 staff" in output) == (1, True), output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grant", "wx_cai", "staff", "--channel", "wechat"), "--channel 不能是 'wechat'"),
        (("needs", "import", "a.csv", "--channel", "foo"), "--channel 不能是 'foo'"),
        (("run", "--port", "99999"), "--port 的值 '99999' 不对"),
    ],
)
def test_a_mistyped_option_is_refused(
    words: tuple[str, ...], said: str, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command(*words)
    assert said in capsys.readouterr().err


def test_what_only_looks_makes_no_database(tmp_path: Path, command: Command) -> None:
    missing = tmp_path / "missing.db"
    status, _, errors = command("calendar", "--db", f"sqlite:///{missing}")
    assert (status, missing.exists()) == (1, False) and "没有找到数据库" in errors


def test_says_that_something_else_is_no_database(tmp_path: Path, command: Command) -> None:
    (tmp_path / "notes.db").write_text("这不是数据库" * 100)
    status, output, _ = command("doctor", database_url=f"sqlite:///{tmp_path}/notes.db")
    assert status == 1
    assert "打不开" in output
