"""`chuishao`: the commands. English flags, Chinese sentences to people."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.commands.arguments import Parser, port, wrong
from bot.errors import StartupError
from bot.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status. Only what a command needs is imported, so that each starts quickly."""
    arguments = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):  # whatever the terminal's locale: JSON is UTF-8, and so is Chinese today
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        return int(arguments.run(arguments) or 0)
    except StartupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except ValidationError as error:
        for problem in error.errors():
            sys.stderr.write(f"配置 CHUISHAO_{str(problem['loc'][0]).upper()} 有误：{wrong(problem)}\n")
        return 1
    except BrokenPipeError:  # the reader of our output went away: `chuishao read | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


INTERRUPTED = 130
"""What shells expect of a program that was ended with Ctrl-C."""


_CHANNELS = ("web", "console", "wechaty", "wecom", "webhook", "replay")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = Parser(prog="chuishao", description="吹哨：商圈党建群助手")
    commands = top.add_subparsers(required=True, metavar="命令")

    run = commands.add_parser("run", help="启动（默认：本地网页群，127.0.0.1:8080）")
    run.add_argument(
        "--channel", action="append", choices=("web", "console", "wechaty", "wecom", "webhook"), help="通道，可写多次"
    )
    run.add_argument("--db", help="数据库地址，如 sqlite:///var/chuishao.db")
    run.add_argument("--port", type=port, help="网页端口")
    run.set_defaults(run=_run)

    for name, act, words in (
        ("migrate", _migrate, "把数据库升级到最新结构"),
        ("train", _train, "用更正过的消息重新训练，比原来的差就不采用"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("--db", help="数据库地址")
        command.set_defaults(run=act)

    doctor = commands.add_parser("doctor", help="检查配置、数据库和网关，说出缺什么")
    doctor.add_argument("--db", help="数据库地址")
    doctor.set_defaults(run=_doctor)

    grant = commands.add_parser("grant", help="授予身份，如第一位工作人员")
    grant.add_argument("person", help="这个人在通道里的编号")
    grant.add_argument("role", choices=("member", "company", "instructor", "handler", "secretary", "staff"))
    grant.add_argument("--channel", default="wechaty", choices=_CHANNELS, help="通道，默认 wechaty")
    grant.add_argument("--organisation", help="组织名称，默认整个区")
    grant.add_argument("--db", help="数据库地址")
    grant.set_defaults(run=_grant)

    backup = commands.add_parser("backup", help="备份数据库和收到的文件，不用停机")
    backup.add_argument("file", type=Path, help="要写的文件，如 chuishao-20260301.tar")
    backup.add_argument("--db", help="数据库地址")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="从备份恢复到一个空的数据库（两种数据库通用）")
    restore.add_argument("file", type=Path, help="备份文件")
    restore.add_argument("--db", help="数据库地址")
    restore.set_defaults(run=_restore)

    calendar = commands.add_parser("calendar", help="按虚拟时钟预演以后会自动发出的消息，不真发")
    calendar.add_argument("--months", type=int, default=12, help="预演几个月，默认 12")
    calendar.add_argument("--db", help="数据库地址；预演的是它的副本")
    calendar.set_defaults(run=_calendar)

    commands.add_parser("read", help="读消息：标准输入每行一个 JSON").set_defaults(run=_read)
    commands.add_parser("ask", help="问政策：标准输入每行一个 JSON").set_defaults(run=_ask)
    commands.add_parser("when", help="认时间：标准输入每行一个 JSON").set_defaults(run=_when)

    needs = commands.add_parser("needs", help="诉求：导入 12345 工单表")
    actions = needs.add_subparsers(required=True, metavar="动作")
    importing = actions.add_parser("import", help="导入 .xlsx 或 .csv 工单表，同一编号只登记一次")
    importing.add_argument("file", type=Path, help="第一行是列名：工单编号、诉求人、联系电话、诉求内容、办理时限……")
    importing.add_argument("--dry-run", action="store_true", help="只检查，不登记")
    importing.add_argument("--channel", default="web", choices=_CHANNELS, help="经哪个通道派单，默认 web")
    importing.add_argument("--db", help="数据库地址")
    importing.set_defaults(run=_import_needs)

    _add_faq(commands.add_parser("faq", help="知识库：导入、导出、检查"))

    replay = commands.add_parser("replay", help="按虚拟时钟重放聊天记录")
    replay.add_argument("file", type=Path, help="JSON 行格式的聊天记录")
    replay.add_argument("--db", help="数据库地址；不写则用临时的新库")
    replay.set_defaults(run=_replay)
    return top


def _add_faq(faq: argparse.ArgumentParser) -> None:
    actions = faq.add_subparsers(required=True, metavar="动作")
    importing = actions.add_parser("import", help="导入 .yaml、.xlsx、.csv、.docx，逐行检查，即刻生效")
    importing.add_argument("file", type=Path, help="表格第一行是列名：问题、答案、依据、文号、类别、有效期至……")
    importing.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    importing.add_argument("--author", default="工作人员", help="没有写作者的行，作者是谁")
    importing.add_argument("--source", default="", help="没有写依据的行，依据是什么")
    exporting = actions.add_parser("export", help="导出为 .yaml 或 .xlsx")
    exporting.add_argument("file", type=Path)
    checking = actions.add_parser("check", help="找出互相矛盾的、到期的、该核对的条目")
    for action, run in ((importing, _import_faq), (exporting, _export_faq), (checking, _check_faq)):
        action.add_argument("--db", help="数据库地址")
        action.set_defaults(run=run)


def _settings(arguments: argparse.Namespace) -> Settings:
    given: dict[str, Any] = {
        "database_url": getattr(arguments, "db", None),
        "port": getattr(arguments, "port", None),
        "channels": ",".join(getattr(arguments, "channel", None) or ()) or None,
    }
    return Settings(**{name: value for name, value in given.items() if value is not None})


def _run(arguments: argparse.Namespace) -> None:
    from bot import logs
    from bot.commands import run

    settings = _settings(arguments)
    if settings.log_level.upper() not in logging.getLevelNamesMapping():
        raise StartupError(f"配置 CHUISHAO_LOG_LEVEL 有误：{settings.log_level} 不是 DEBUG、INFO、WARNING 或 ERROR。")
    logs.configure(settings.log_level, settings.log_format)
    run.run(settings)


def _migrate(arguments: argparse.Namespace) -> None:
    from bot.migrations import migrate

    migrate(_settings(arguments).database_url)
    sys.stdout.write("数据库已是最新结构。\n")


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.commands import doctor

    return doctor.run(_settings(arguments))


def _grant(arguments: argparse.Namespace) -> None:
    from bot.commands import grant

    settings = _settings(argparse.Namespace(db=arguments.db))
    grant.run(settings, arguments.channel, arguments.person, arguments.role, arguments.organisation)


def _backup(arguments: argparse.Namespace) -> None:
    from bot.commands import backup

    settings = _settings(arguments)
    backup.save(settings.database_url, settings.files, arguments.file)


def _restore(arguments: argparse.Namespace) -> None:
    from bot.commands import backup

    settings = _settings(arguments)
    backup.restore(settings.database_url, settings.files, arguments.file)


def _calendar(arguments: argparse.Namespace) -> None:
    from bot.commands import calendar

    calendar.run(_settings(arguments).database_url, arguments.months)


def _read(_arguments: argparse.Namespace) -> int:
    from bot.commands import understand

    return understand.read()


def _ask(_arguments: argparse.Namespace) -> int:
    from bot.commands import understand

    return understand.ask()


def _when(_arguments: argparse.Namespace) -> int:
    from bot.commands import understand

    return understand.times()


def _import_needs(arguments: argparse.Namespace) -> int:
    from bot.commands import needs

    settings = _settings(argparse.Namespace(db=arguments.db))
    return needs.run(settings, arguments.file, arguments.channel, dry_run=arguments.dry_run)


def _import_faq(arguments: argparse.Namespace) -> int:
    from bot.commands import faq

    author, source = arguments.author, arguments.source
    return faq.bring_in(_settings(arguments), arguments.file, author=author, source=source, dry_run=arguments.dry_run)


def _export_faq(arguments: argparse.Namespace) -> int:
    from bot.commands import faq

    return faq.write_out(_settings(arguments), arguments.file)


def _check_faq(arguments: argparse.Namespace) -> int:
    from bot.commands import faq

    return faq.check(_settings(arguments))


def _train(arguments: argparse.Namespace) -> int:
    from bot.commands import train

    return train.run(_settings(arguments))


def _replay(arguments: argparse.Namespace) -> int:
    from bot.commands import replay

    return replay.run(arguments.file, arguments.db, _settings(argparse.Namespace()))
