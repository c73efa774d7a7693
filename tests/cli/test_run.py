"""`chuishao run` and `migrate` as processes: starting on nothing, ending in time, and what keeps it from starting."""

import re
import socket
import urllib.request
from pathlib import Path

import pytest

from bot.cli import main
from bot.migrations import config, newest
from tests.cli.command import chuishao
from tests.cli.conftest import Command
from tests.core.process import Bot


def test_starts_on_a_fresh_folder_and_ends_while_a_page_listens(tmp_path: Path) -> None:
    bot = Bot("sqlite:///var/chuishao.db", tmp_path)
    for _ in range(2):
        bot.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{bot.port}/", timeout=5) as page:
            assert "text/html" in page.headers["Content-Type"]
        with urllib.request.urlopen(f"http://127.0.0.1:{bot.port}/api/events", timeout=10) as events:
            assert events.readline()
            assert bot.stop() == 0
    assert (tmp_path / "var" / "chuishao.db").exists()
    assert "Traceback" not in bot.log()


def test_a_port_that_is_taken_is_one_plain_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = chuishao("run", folder=tmp_path, port=port)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().count("\n") == 1
    assert port in done.stderr.decode() and "打不开" in done.stderr.decode()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"port": "abc"}, "CHUISHAO_PORT 有误：应当是整数"),
        ({"bulk_interval": "-1"}, "不能小于 0"),
        ({"log_level": "loud"}, "CHUISHAO_LOG_LEVEL"),
        ({"channels": "web,weixin"}, "不认识的通道「weixin」"),
        ({"channels": ""}, "没有配置通道"),
        ({"host": "0.0.0.0"}, "谁打开都能以任何人的身份说话"),
        ({"database_url": "chuishao.db"}, "数据库地址看不懂"),
        ({"database_url": "mysql://a@b/c"}, "数据库地址看不懂"),
        ({"database_url": "sqlite:////dev/null/chuishao.db"}, "打不开"),
        ({"database_url": "postgresql://bot:secret@127.0.0.1:1/chuishao"}, "打不开"),
    ],
)
def test_what_keeps_it_from_starting_is_one_plain_sentence(
    settings: dict[str, str], said: str, command: Command
) -> None:
    status, output, errors = command("run", **{"port": "0", **settings})
    assert said in errors
    assert errors.count("\n") == 1 and "secret" not in errors
    assert (status, output) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "还缺 命令。"),
        (("nosuch",), "命令 不能是 'nosuch'"),
        (("run", "--port", "abc"), "--port 的值 'abc' 不对。"),
        (("run", "--port"), "--port 后面要写一个值。"),
        (("doctor", "--fast"), "不认识 --fast。"),
        (("backup", "--help"), "用法：chuishao backup"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_in_chinese(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    output = "".join(capsys.readouterr())
    assert said in output and not re.search("usage|required|error|invalid", output)
    assert ended.value.code == (0 if "--help" in arguments else 2)


def test_a_file_that_is_not_there_is_one_plain_sentence(command: Command) -> None:
    for name in ("replay", "restore"):
        status, output, errors = command(name, "/nope/file")
        assert (status, output) == (1, "") and "打不开（没有这个文件或文件夹）" in errors


def test_a_database_that_is_not_there_is_one_plain_sentence(postgres: str, command: Command) -> None:
    status, _, errors = command("migrate", "--db", f"{postgres}/nowhere")
    assert status == 1
    assert errors.count("\n") == 1 and "nowhere" in errors


def test_migrating_twice_changes_nothing(tmp_path: Path, command: Command) -> None:
    for _ in range(2):
        assert command("migrate", "--db", "sqlite:///new/folder/x.db") == (0, "数据库已是最新结构。\n", "")
    assert (tmp_path / "new" / "folder" / "x.db").exists()


def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path, sqlite_template: Path, command: Command) -> None:
    database = tmp_path / "later.db"
    database.write_bytes(sqlite_template.read_bytes().replace(newest().encode(), b"9999"))
    status, _, errors = command("migrate", "--db", f"sqlite:///{database}")
    assert status == 1
    assert errors.count("\n") == 1 and "9999" in errors


def test_the_newest_revision_is_the_one_that_alembic_would_go_to(tmp_path: Path) -> None:
    from alembic.script import ScriptDirectory

    assert newest() == ScriptDirectory.from_config(config(f"sqlite:///{tmp_path}/x.db")).get_current_head()


def test_at_a_terminal_the_end_of_the_input_is_the_end(tmp_path: Path) -> None:
    done = chuishao("run", "--channel", "console", stdin="生育津贴怎么领\n".encode(), folder=tmp_path, port="0")
    assert done.returncode == 0
    assert "津贴" in done.stdout.decode()
    assert "Traceback" not in done.stderr.decode()
