"""The console channel in a process of its own, through real pipes."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pytest

from bot.channels.console import ConsoleChannel
from bot.messages import Incoming

PROGRAM = """
import asyncio, json, sys
from bot.channels.console import ConsoleChannel
from bot.messages import Outgoing

channel = ConsoleChannel(nickname="小红")

async def accept(event):
    facts = {name: getattr(event, name) for name in event.__slots__ if name not in ("at", "extra")}
    print(json.dumps(facts), file=sys.stderr, flush=True)
    out = Outgoing(1, "k", "console", event.chat, "收到：" + event.text, event.private, to=event.sender)
    await channel.send(out)
    return True

asyncio.run(channel.run(accept))
"""


def talk(lines: Sequence[str]) -> tuple[list[str], list[dict[str, Any]]]:
    """What the console prints and what is accepted, for these lines."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        input="".join(line + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return done.stdout.splitlines(), [json.loads(line) for line in done.stderr.splitlines()]


def test_conversation() -> None:
    printed, accepted = talk(
        [
            "你好",
            "",
            "/as 张伟 handler",
            "/group 一栋",
            "@小红 签到",
            "吃了吗",
            "/as 李雷",
            "/private",
            "在吗",
        ]
    )
    keys = ("chat", "sender", "role", "private", "mentioned", "text")
    assert [tuple(event[key] for key in keys) for event in accepted] == [
        ("p:我", "我", None, True, False, "你好"),
        ("一栋", "张伟", "handler", False, True, "@小红 签到"),
        ("一栋", "张伟", "handler", False, False, "吃了吗"),
        ("p:李雷", "李雷", None, True, False, "在吗"),
    ]
    assert {event["channel"] for event in accepted} == {"console"}
    assert printed[1:] == [
        "[私聊 我] 小红：收到：你好",
        "张伟（handler） 在 私聊 张伟 说话。",
        "张伟（handler） 在 一栋 说话。",
        "[一栋] 小红：@张伟 收到：@小红 签到",
        "[一栋] 小红：@张伟 收到：吃了吗",
        "李雷 在 一栋 说话。",
        "李雷 在 私聊 李雷 说话。",
        "[私聊 李雷] 小红：收到：在吗",
    ]


def test_command_that_is_not_understood_shows_the_commands() -> None:
    printed, accepted = talk(["/as", "/group", "/help"])
    assert len(printed) == 4
    assert len(set(printed)) == 1
    assert accepted == []


def test_message_ids_are_unique_across_restarts() -> None:
    ids = [event["message_id"] for _ in range(2) for event in talk(["一", "一"])[1]]
    assert len(set(ids)) == 4


def test_last_line_without_a_newline_and_broken_utf8() -> None:
    program = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(program, input=b"\xff\xfe\n\xe5\xa5\xbd", capture_output=True, check=True, timeout=20)
    assert [json.loads(line)["text"] for line in done.stderr.splitlines()] == ["\ufffd\ufffd", "好"]


def test_input_from_a_file(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("你好\n再见\n", encoding="utf-8")
    with script.open() as source:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], stdin=source, capture_output=True, check=True, timeout=20
        )
    assert [json.loads(line)["text"] for line in done.stderr.splitlines()] == ["你好", "再见"]


@dataclass(frozen=True)
class Terminal:
    """Both ends of a pseudo terminal: the keyboard's descriptor, and what a program sees."""

    keyboard: int
    source: TextIO
    sink: TextIO


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    keyboard, device = pty.openpty()
    with (
        os.fdopen(device, encoding="utf-8") as source,
        open(device, "w", closefd=False, encoding="utf-8") as sink,
    ):
        yield Terminal(keyboard, source, sink)
    os.close(keyboard)


async def test_cancelled_at_a_terminal(terminal: Terminal) -> None:
    """Ends at once while it waits for a line, and leaves the terminal as it was."""
    heard: list[Incoming] = []
    arrived = asyncio.Event()

    async def accept(event: Incoming) -> bool:
        heard.append(event)
        arrived.set()
        return True

    running = asyncio.create_task(ConsoleChannel(source=terminal.source, sink=terminal.sink).run(accept))
    os.write(terminal.keyboard, "值班表\n".encode())
    await asyncio.wait_for(arrived.wait(), 5)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
    assert [event.text for event in heard] == ["值班表"]
    assert os.get_blocking(terminal.source.fileno())
