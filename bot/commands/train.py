"""`chuishao train`: fit the reader anew on the packaged messages and what people corrected; the better model is kept.

It lies in a folder beside the database and is used from the next start on, until the package brings a newer reader.
The tagger, which finds the words of slots, is weighed slot by slot and lies beside it.
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
from knowledge.lessons import slot_name
from knowledge.reading import Reader

try:
    from knowledge import relearn
    from knowledge.relearn import Taught, Verdict
    from knowledge.slots import relearn as slot_lessons
    from knowledge.slots import tagger, train_tagger
    from knowledge.slots.relearn import Pointed
    from knowledge.slots.train_tagger import Message
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
    file = settings.model_file()
    failed = improve(corpus(), lessons, file, WRITERS)
    beside = file.with_name(tagger.MODEL.name)
    return max(failed, improve_slots(train_tagger.messages(), lessons, beside, WRITERS, Reader.load(file)))


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


def improve_slots(
    messages: Sequence[Message], lessons: Sequence[Lesson], file: Path, writers: str, reader: Reader
) -> int:
    """The same for the words of slots, slot by slot; 1 where one was refused."""
    used, fitted, refused = slots_used(file), {}, 0
    for slot, told in pointed(lessons, reader).items():
        known, new = ([one for id, one in told.items() if (id > used.get(slot, 0)) == late] for late in (False, True))
        before, after = slot_lessons.as_messages(known), slot_lessons.as_messages([*known, *new])
        if len(after) == len(before):
            continue
        verdict = slot_lessons.weigh(slot, messages, before, after[len(before) :], writers)
        _say(
            f"{slot_name(slot)}：新的更正{len(after) - len(before)}条；没见过的写法{verdict.messages}条，原来读对"
            f"{verdict.right_before}条，新模型{verdict.right_after}条（改好{verdict.fixed}，改坏{verdict.spoilt}）。"
        )
        if verdict.worse:
            refused = 1
            _say("更差，没有采用。请检查最近的更正有没有记错。")
        else:
            fitted[slot] = slot_lessons.fit(slot, messages, after)
            used[slot] = max(told)
    if fitted:
        weights = slot_lessons.replaced(tagger.load(tagger.file(file)), fitted)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"new-{file.name}")
        tagger.save(weights, tagger.made_from(tagger.MODEL), fresh)
        fresh.replace(file)
        _slots_record(file).write_text(json.dumps(used), encoding="utf-8")
        _say(f"新模型已存到 {file}；重新启动后使用。")
    return refused


def pointed(lessons: Sequence[Lesson], reader: Reader) -> dict[str, dict[int, Pointed]]:
    """Per slot, the last that was said of each message, by the number of the lesson."""
    intents = {lesson.inbox_id: lesson.value for lesson in lessons if lesson.kind == learning.INTENT}
    latest: dict[tuple[str, int], Lesson] = {}
    for lesson in lessons:
        if lesson.kind == learning.SLOT:
            latest[lesson.value.partition("=")[0], lesson.inbox_id] = lesson
    found: dict[str, dict[int, Pointed]] = {}
    for (slot, inbox_id), lesson in sorted(latest.items()):
        chat = "private" if lesson.private else "group"
        intent = (
            intents.get(inbox_id)
            or reader.read(
                lesson.text, chat=chat, mentioned=lesson.mentioned, role=lesson.role, now=lesson.said_at
            ).intent
        )
        words = lesson.value.partition("=")[2]
        found.setdefault(slot, {})[lesson.id] = Pointed(lesson.text, intent, slot, words)
    return found


def slots_used(file: Path) -> dict[str, int]:
    """Per slot, the number of the last lesson that the tagger in a file was made with."""
    if tagger.file(file) != file or not _slots_record(file).exists():
        return {}
    used: dict[str, int] = json.loads(_slots_record(file).read_text(encoding="utf-8"))
    return used


def _slots_record(file: Path) -> Path:
    return file.with_name("slot-lessons.json")


def _worded(verdict: Verdict) -> str:
    return (
        f"没见过的写法{verdict.messages}条：原来读对{verdict.right_before}条，新模型{verdict.right_after}条"
        f"（改好{verdict.fixed}，改坏{verdict.spoilt}）；不该应答而应答：原来{verdict.needless_before}条，"
        f"新模型{verdict.needless_after}条。"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
