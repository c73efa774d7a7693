"""`chuishao faq`: bring entries in from a file, write them out, and say what does not fit together."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import yaml
from sqlalchemy.engine import Connection

from bot.clock import SystemClock, local
from bot.db import open_db
from bot.domain import answers
from bot.domain.needs import CATEGORIES
from bot.errors import StartupError
from bot.migrations import migrate
from bot.settings import Settings
from knowledge.faq import Entry, load_entries
from knowledge.faq.contradictions import Contradiction, contradictions
from knowledge.faq.files import COLUMNS, UnreadableFile, rows_of
from knowledge.faq.rows import Given, Rejected, cells_of, entry_of, plain
from knowledge.reasons import reason

LISTED = 50
"""Lines of one kind that a report names."""
_Result = TypeVar("_Result")


def bring_in(settings: Settings, file: Path, *, author: str, source: str, dry_run: bool) -> int:
    """Import a file and report; 1 where a row was refused. A running bot answers from the new entries at once."""
    now = SystemClock().now()
    try:
        rows = rows_of(file)
    except UnreadableFile as error:
        raise StartupError(f"{file.name}：{error}") from error
    given = Given(author, source, local(now).date(), CATEGORIES)
    made = [entry_of(row, given) for row in rows]
    entries = [one for one in made if isinstance(one, Entry)]
    rejected = [one for one in made if isinstance(one, Rejected)]
    rejected += [
        Rejected(id, "文件里出现了不止一次") for id, count in Counter(e.id for e in entries).items() if count > 1
    ]
    wanted = {entry.id: entry for entry in entries}
    known = _with_database(settings, _take_in, list(wanted.values()), now, dry_run)
    sys.stdout.write("\n".join(_report(wanted, known, rejected, dry_run)) + "\n")
    return 1 if rejected else 0


def _take_in(conn: Connection, wanted: Sequence[Entry], now: datetime, dry_run: bool) -> dict[str, Entry]:
    """Store what is new or changed; returns the base as it was."""
    known = {entry.id: entry for entry in answers.entries(conn)}
    for entry in wanted:
        if not dry_run and _is_news(entry, known.get(entry.id)):
            answers.teach(conn, entry, None, now)
    return known


def _is_news(entry: Entry, known: Entry | None) -> bool:
    """Whether it says anything that is not known; who brings in again what is there does not become its author."""
    return known is None or replace(entry, author=known.author) != known


def _report(
    wanted: dict[str, Entry], known: dict[str, Entry], rejected: Sequence[Rejected], dry_run: bool
) -> list[str]:
    new = [id for id in wanted if id not in known]
    changed = [id for id, entry in wanted.items() if id in known and _is_news(entry, known[id])]
    same = len(wanted) - len(new) - len(changed)
    verb = "试运行，没有写入：" if dry_run else ""
    lines = [f"{verb}新增 {len(new)} 条，更新 {len(changed)} 条，没有变化 {same} 条，拒绝 {len(rejected)} 行。"]
    lines += [f"拒绝 {one.place}：{one.why}" for one in rejected[:LISTED]]
    lines += [f"更新 {id} {wanted[id].question}" for id in changed[:LISTED]]
    after = {**known, **wanted}
    doubtful = [one for one in contradictions(list(after.values())) if set(one.ids) & {*new, *changed}]
    return [*lines, *_named(doubtful, after)]


def _named(found: Sequence[Contradiction], entries: dict[str, Entry]) -> list[str]:
    def called(id: str) -> str:
        return f"{id}「{entries[id].question}」"

    lines = [f"可能矛盾 {called(one.ids[0])}与 {called(one.ids[1])}：{one.what}" for one in found[:LISTED]]
    return [*lines, f"……还有 {len(found) - LISTED} 处可能矛盾。"] if len(found) > LISTED else lines


def check(settings: Settings) -> int:
    """Name what cannot both be true and what is due to be checked; 1 where there is a contradiction."""
    now = SystemClock().now()
    entries, stale = _with_database(settings, _state, now)
    found = contradictions(entries)
    unchecked = sum(entry.checked_on is None for entry in entries)
    lines = [
        f"知识库共 {len(entries)} 条：可能矛盾 {len(found)} 处，"
        f"到期或该核对 {len(stale)} 条，从未逐字核对 {unchecked} 条。",
        *_named(found, {entry.id: entry for entry in entries}),
        *(f"该核对 {one.entry.id} {one.entry.question}（{one.why}）" for one in stale[:LISTED]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


def _state(conn: Connection, now: datetime) -> tuple[list[Entry], list[answers.Stale]]:
    return answers.entries(conn), answers.stale(conn, local(now).date())


def write_out(settings: Settings, file: Path) -> int:
    """Write the whole base to a YAML or XLSX file, which can be imported again."""
    entries = _with_database(settings, answers.entries)
    writers = {".yaml": _as_yaml, ".yml": _as_yaml, ".xlsx": _as_xlsx}
    write = writers.get(file.suffix.lower())
    if write is None:
        raise StartupError("只能导出为 .yaml 或 .xlsx。")
    try:
        file.write_bytes(write(entries))
    except OSError as error:
        raise StartupError(f"写不了 {file.name}：{reason(error)}。") from error
    sys.stdout.write(f"已导出 {len(entries)} 条到 {file}。\n")
    return 0


def _as_yaml(entries: Sequence[Entry]) -> bytes:
    text = yaml.safe_dump([plain(entry) for entry in entries], allow_unicode=True, sort_keys=False, width=1000)
    return text.encode()


def _as_xlsx(entries: Sequence[Entry]) -> bytes:
    from bot.web.sheet import Sheet
    from bot.web.workbook import workbook

    head = tuple(names[0] for names in COLUMNS.values())
    return workbook([Sheet("知识库", head, [tuple(cells_of(entry)) for entry in entries])])


def _with_database(settings: Settings, read: Callable[..., _Result], *arguments: object) -> _Result:
    """Run a function on the base, which is made where there is none yet."""
    migrate(settings.database_url)

    async def run() -> _Result:
        db = open_db(settings.database_url)
        try:
            await db.run(answers.load, load_entries(), SystemClock().now())
            return await db.run(read, *arguments)
        finally:
            await db.close()

    return asyncio.run(run())
