"""Say what an answer rests on: source, validity, last check, and what it must not be taken for."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from knowledge.faq.entries import Entry, Source

_LOCAL = ZoneInfo("Asia/Shanghai")
_CAUTIONS = {
    "medium": "把握程度中等，关键内容待核对原文",
    "low": "把握程度低，待核对原文，请勿直接引用",
}


def day_of(now: datetime) -> date:
    """Give the day in China at the moment; ValueError for a moment without time zone."""
    if now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return now.astimezone(_LOCAL).date()


def cite(entry: Entry, now: datetime) -> str:
    """Render one citation block, a line each for source, validity with last check, and every caution."""
    lines = [_basis(entry.source), f"{_validity(entry, day_of(now))} · {_check(entry)}"]
    if entry.local_varies:
        lines.append("各地标准不同，请以当地窗口为准")
    if caution := _CAUTIONS.get(entry.confidence):
        lines.append(caution)
    return "\n".join(lines)


def _basis(source: Source | None) -> str:
    if source is None:
        return "依据：未注明，待补充"
    titles = [title.strip() for title in re.split("[；;]", source.title)]
    title = "".join(title if title.startswith("《") else f"《{title}》" for title in titles if title)
    issued = "，".join(part for part in (source.issuer, source.date) if part)
    return f"依据：{title}{source.number}" + (f"（{issued}）" if issued else "")


def _validity(entry: Entry, today: date) -> str:
    begins, ends = entry.effective_from, entry.effective_to
    if ends and ends < today:
        return f"有效期至 {ends}，已到期"
    if begins and begins > today:
        return f"自 {begins} 起施行，尚未生效"
    if ends:
        return f"有效期至 {ends}"
    return f"自 {begins} 起有效" if begins else "长期有效"


def _check(entry: Entry) -> str:
    return f"核对于 {entry.checked_on}" if entry.checked_on else "尚未逐字核对"
