"""`chuishao train`: fit the reader anew on the packaged messages and what people corrected; the better model is kept.

It lies in a folder beside the database and is used from the next start on, until the package brings a newer reader.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import Connection

from bot.db import open_db
from bot.domain import learning
from bot.domain.learning import Lesson
from bot.errors import StartupError
from bot.migrations import newest, revision
from bot.settings import Settings
from knowledge.intents import MODEL, made_of
from knowledge.reading import Reader

try:
    from knowledge import relearn
    from knowledge.relearn import Taught, Verdict
    from knowledge.train import Labelled, corpus, save, train
except ImportError as missing:
    raise StartupError(f"训练需要的组件 {missing.name} 没有安装：请在源码目录执行 make setup 后再试。") from missing

WRITERS = "abc"
"""Whose messages the models are weighed on, each writer's by models that never saw a word of theirs."""


def run(settings: Settings) -> int:
    """Train from the packaged data and the database; 1 where the new model reads worse and the old one stays."""
    if revision(settings.database_url) != newest():
        raise StartupError("数据库结构不是最新的：请先运行 chuishao migrate。")
    lessons = asyncio.run(_lessons(settings.database_url))
    return improve(corpus(), lessons, settings.model_file(), WRITERS)


async def _lessons(url: str) -> list[Lesson]:
    db = open_db(url)
    try:
        return await db.run(_read)
    finally:
        await db.close()


def _read(conn: Connection) -> list[Lesson]:
    return learning.lessons(conn)


def improve(messages: Sequence[Labelled], lessons: Sequence[Lesson], file: Path, writers: str) -> int:
    """Weigh the new lessons, and write the model made with them unless it reads worse; the exit status."""
    known = last_used(file)
    reader = Reader.load(file)
    rows = relearn.labelled(taught(lessons), reader)
    newer = {lesson.inbox_id for lesson in lessons if lesson.id > known}
    before = [row for row in rows if int(row.id[1:]) not in newer]
    new = [row for row in rows if int(row.id[1:]) in newer]
    if not new:
        _say("没有新的更正，不用训练。")
        return 0
    _say(f"更正过的消息{len(rows)}条，其中新的{len(new)}条；用{len(messages)}条消息比较新旧，要几分钟。")
    verdict = relearn.cross_weigh(messages, before, new, writers, lambda writer: _say(f"已比较 {writer}"))
    _say(_worded(verdict))
    if verdict.worse:
        _say("新模型更差，没有采用，仍用原来的。请检查最近的更正有没有记错。")
        return 1
    model = replace(train([*messages, *rows * relearn.TIMES]), manifest=made_of(MODEL))
    right = relearn.read_right(rows, Reader(model))
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"new-{file.name}")
    save(model, fresh)
    fresh.replace(file)
    _record(file).write_text(json.dumps({"last": max(lesson.id for lesson in lessons)}), encoding="utf-8")
    _say(f"新模型已存到 {file}，更正过的消息读对{right}/{len(rows)}条；重新启动后使用。")
    return 0


def taught(lessons: Sequence[Lesson]) -> list[Taught]:
    """One example a message: the last that was said of its intent and of its service group."""
    found: dict[int, Taught] = {}
    for lesson in lessons:
        row = found.get(lesson.inbox_id) or Taught(
            lesson.inbox_id, lesson.text, lesson.private, lesson.mentioned, lesson.role, lesson.said_at, None, None
        )
        found[lesson.inbox_id] = row.said_to_be(lesson.kind, lesson.value)
    return [row for row in found.values() if row.intent or row.category]


def last_used(file: Path) -> int:
    """The number of the last lesson that the model in a file was made with; 0 where the packaged one is used."""
    if Reader.file(file) != file or not _record(file).exists():
        return 0
    return int(json.loads(_record(file).read_text(encoding="utf-8"))["last"])


def _record(file: Path) -> Path:
    return file.with_name("lessons.json")


def _worded(verdict: Verdict) -> str:
    return (
        f"没见过的写法{verdict.messages}条：原来读对{verdict.right_before}条，新模型{verdict.right_after}条"
        f"（改好{verdict.fixed}，改坏{verdict.spoilt}）；不该应答而应答：原来{verdict.needless_before}条，"
        f"新模型{verdict.needless_after}条。"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
