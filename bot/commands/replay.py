"""`chuishao replay FILE`: play a chat log through the whole pipeline."""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bot import app as composition
from bot import district
from bot.clock import VirtualClock
from bot.commands.lines import numbered
from bot.errors import StartupError
from bot.jsonl import BadLine
from bot.messages import Outgoing
from bot.migrations import migrate
from bot.mind import Mind
from bot.replay import CHANNEL, Line, Replay, ReplayChannel, as_record, parse
from bot.settings import Settings
from knowledge.reading import Reader
from scheduler.clock import last_tick


def run(file: Path, url: str | None, settings: Settings) -> int:
    """Play a file; 1 when a line was bad."""
    if not file.is_file():
        raise StartupError(f"找不到聊天记录文件 {file}。")
    lines, failed = read_lines(file, settings.nickname)
    with tempfile.TemporaryDirectory() as folder:
        database = url or f"sqlite:///{folder}/replay.db"
        migrate(database)
        asyncio.run(play(lines, settings.model_copy(update={"database_url": database})))
    return failed


def read_lines(file: Path, nickname: str) -> tuple[list[Line], int]:
    """The good lines of a log; bad ones are reported with their number."""
    seen: Counter[str] = Counter()
    lines, failed = [], 0
    with file.open("rb") as log:
        for number, raw in numbered(log):
            try:
                lines.append(parse(raw, seen, nickname))
            except BadLine as error:
                failed = 1
                sys.stderr.write(f"第 {number} 行：{error}\n")
    return lines, failed


async def play(lines: list[Line], settings: Settings) -> None:
    """Play lines on a database that is at the newest revision, from where its last log ended."""
    first = min((line.at for line in lines), default=datetime.now(UTC))
    clock = VirtualClock(first)
    channel = ReplayChannel(write)
    app = composition.build(settings, clock, [channel], Mind(Reader.load()))
    try:
        await app.db.run(district.load, CHANNEL, first)
        await app.scheduler.start(first)
        ended = await app.db.run(last_tick)
        clock.move_to(ended or first)
        await app.runtime.recover()
        await Replay(app.runtime, app.scheduler, clock, channel).play(lines)
    finally:
        await app.db.close()


def write(message: Outgoing) -> None:
    """One JSON line on standard output."""
    sys.stdout.write(json.dumps(as_record(message), ensure_ascii=False) + "\n")
    sys.stdout.flush()
