"""接龙: what changed in a list, for whoever keeps it."""

from collections.abc import Sequence

from bot.domain.solitaires import Line, Listing
from bot.domain.solitaires.changes import Change


def difference(listing: Listing, changed: Sequence[Change], lines: Sequence[Line]) -> str:
    """接龙「周六义诊」今天：新增王海燕、李建军（2人）；退出马姐；改动张伟1人→3人。现在5条，共7人."""
    parts = {
        "新增": [_named(one.name, one.after) for one in changed if not one.before],
        "退出": [one.name for one in changed if not one.after],
        "改动": [f"{one.name}{one.before}人→{one.after}人" for one in changed if one.before and one.after],
    }
    said = "；".join(f"{word}{'、'.join(names)}" for word, names in parts.items() if names)
    heads = sum(line.people for line in lines)
    return f"接龙「{listing.title}」今天：{said}。现在{len(lines)}条，共{heads}人。"


def _named(name: str, people: int) -> str:
    return f"{name}（{people}人）" if people > 1 else name
