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
from bot.commands.lines import numbered, report
from bot.errors import StartupError
from bot.jsonl import BadLine
from bot.messages import Outgoing
from bot.migrations import migrate
from bot.mind import Mind
from bot.replay import CHANNEL, Line, Replay, ReplayChannel, as_record, parse
from bot.settings import Settings
from knowledge.reasons import reason
from scheduler.runs import last_tick

EPOCH = datetime.fromtimestamp(0, UTC)


def run(file: Path, url: str | None, settings: Settings) -> int:
    """Play a file; 1 when a line was bad."""
    lines, failed = read_lines(file, settings.nickname)
    with tempfile.TemporaryDirectory() as folder:
        database = url or f"sqlite:///{folder}/replay.db"
        migrate(database)
        if lines:
            asyncio.run(play(lines, settings.model_copy(update={"database_url": database})))
    return failed


def read_lines(file: Path, nickname: str) -> tuple[list[Line], int]:
    """The good lines of a log, and 1 where there are bad ones, which are reported with their number."""
    seen: Counter[str] = Counter()
    lines, failed = [], 0
    try:
        with file.open("rb") as log:
            for number, raw in numbered(log):
                try:
                    lines.append(parse(raw, seen, nickname))
                except BadLine as error:
                    report(number, str(error))
                    failed = 1
    except OSError as error:
        raise StartupError(f"聊天记录文件 {file} 打不开（{reason(error)}）。") from error
    return lines, failed


async def play(lines: list[Line], settings: Settings) -> None:
    """Play lines on a database that is at the newest revision, from where its last log ended."""
    clock, channel = VirtualClock(EPOCH), ReplayChannel(write)
    app = composition.build(settings, clock, [channel], Mind.load(settings, live=False))
    try:
        ended: datetime | None = await app.db.run(last_tick)
        clock.move_to(ended or lines[0].at)
        await app.db.run(district.load, CHANNEL, clock.now())
        await app.scheduler.start(clock.now())
        await app.runtime.recover()
        await Replay(app.runtime, app.scheduler, clock, channel).play(lines)
    finally:
        app.runtime.mind.close()
        await app.db.close()


def write(message: Outgoing) -> None:
    """One JSON line on standard output."""
    sys.stdout.write(json.dumps(as_record(message), ensure_ascii=False) + "\n")
    sys.stdout.flush()
